"""Reads sharing consents. Which of them holds for a provider, the gate's own function says (gate.consent_to_v1)."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Exists, OuterRef

from wutong.control.consent.models import ConsentForm, ConsentVersion, GroupConsentVersion
from wutong.control.consent.ways import Way
from wutong.core import clock

ENDS_SOON = timedelta(days=30)
TOLD_BEFORE = timedelta(days=14)  # a member that joins counts so long after the person was told (gate.consent_to_v1)
_WORDS = """
select p.provider_id, w.version, w.is_given, w.valid_until, w.stated_at, w.scope, w.group_id
  from provider p
 cross join lateral gate.consent_to_v1(%s, p.provider_id, %s, %s) w
 where p.provider_id = coalesce(%s, p.provider_id)
"""


@dataclass(frozen=True)
class Word:
    """What a person said that holds for one provider: about it alone, or about more (`scope`, `group_id`)."""

    provider_id: UUID
    version: int
    is_given: bool
    valid_until: date | None
    stated_at: datetime
    scope: str  # "provider"; or "group", "programme", "whoever"
    group_id: UUID | None

    @property
    def is_in_force(self) -> bool:
        """Given, and not over today."""
        return self.is_given and (self.valid_until is None or clock.today() <= self.valid_until)


@dataclass(frozen=True)
class _Consent:
    """One version of a consent."""

    person_id: UUID
    version: int
    is_given: bool
    kind: str
    stated_at: datetime
    valid_until: date | None
    stated_by: UUID
    stated_as: str

    @property
    def is_in_force(self) -> bool:
        """Given, and not over today."""
        return self.holds_on(clock.today())

    def holds_on(self, day: date) -> bool:
        """Whether it lets the provider look on that day, if no other statement follows it."""
        return self.is_given and (self.valid_until is None or day <= self.valid_until)

    @property
    def ends_soon(self) -> bool:
        """In force, but not for longer than 30 days."""
        return self.is_in_force and self.valid_until is not None and self.valid_until <= clock.today() + ENDS_SOON


@dataclass(frozen=True)
class ConsentFacts(_Consent):
    """One version of a consent to a provider."""

    provider_id: UUID
    way: str = Way.PORTAL
    taken_by: UUID | None = None
    form_reference: str = ""

    @property
    def about_id(self) -> UUID:
        """Whom it is about."""
        return self.provider_id


@dataclass(frozen=True)
class GroupConsentFacts(_Consent):
    """One version of a consent to a group, a programme, or whoever treats the person."""

    group_id: UUID

    @property
    def about_id(self) -> UUID:
        """Whom it is about."""
        return self.group_id


AnyConsent = ConsentFacts | GroupConsentFacts


def words_of(person_id: UUID) -> dict[UUID, Word]:
    """By provider, the word that holds today, given or withdrawn; one that is over where there is no other."""
    return _words(person_id, None, None)


def word_to(person_id: UUID, provider_id: UUID) -> Word | None:
    """The one for a single provider."""
    return _words(person_id, provider_id, None).get(provider_id)


def words_at(person_id: UUID, at: datetime) -> dict[UUID, Word]:
    """By provider, the word that held at that instant."""
    return _words(person_id, None, at)


def _words(person_id: UUID, provider_id: UUID | None, at: datetime | None) -> dict[UUID, Word]:
    with connection.cursor() as cursor:
        cursor.execute(_WORDS, [person_id, at or clock.now(), at, provider_id])
        return {row[0]: Word(*row) for row in cursor.fetchall()}


def history_of(person_id: UUID, *, limit: int | None = None, offset: int = 0) -> list[AnyConsent]:
    """All versions of all, newest statement first; or some of them."""
    end = None if limit is None else offset + limit
    own = ConsentVersion.objects.filter(person_id=person_id).order_by("-stated_at", "-version")[:end]
    wider = GroupConsentVersion.objects.filter(person_id=person_id).order_by("-stated_at", "-version")[:end]
    found: list[AnyConsent] = [*map(facts_of, own), *map(group_facts_of, wider)]
    return sorted(found, key=lambda each: (each.stated_at, each.version), reverse=True)[offset:end]


def newest_of(person_id: UUID) -> dict[UUID, ConsentFacts]:
    """The newest version to each provider."""
    rows = ConsentVersion.objects.filter(person_id=person_id).order_by("provider_id", "-version")
    return {row.provider_id: facts_of(row) for row in rows.distinct("provider_id")}


def newest_to_groups(person_id: UUID) -> dict[UUID, GroupConsentFacts]:
    """The newest version to each group, programme, or whoever."""
    rows = GroupConsentVersion.objects.filter(person_id=person_id).order_by("group_id", "-version")
    return {row.group_id: group_facts_of(row) for row in rows.distinct("group_id")}


def versions_of(person_id: UUID, provider_id: UUID) -> list[ConsentFacts]:
    """Every version to one provider, newest first."""
    rows = ConsentVersion.objects.filter(person_id=person_id, provider_id=provider_id).order_by("-version")
    return [facts_of(row) for row in rows]


def newest_to(person_id: UUID, provider_id: UUID) -> ConsentFacts | None:
    """The newest version to one provider."""
    rows = ConsentVersion.objects.filter(person_id=person_id, provider_id=provider_id)
    row = rows.order_by("-version").first()
    return facts_of(row) if row else None


def versions_to_group(person_id: UUID, group_id: UUID) -> list[GroupConsentFacts]:
    """Every version to one group, newest first."""
    rows = GroupConsentVersion.objects.filter(person_id=person_id, group_id=group_id).order_by("-version")
    return [group_facts_of(row) for row in rows]


def ending_on(day: date) -> list[AnyConsent]:
    """Everybody's consents of which that day is the last, and which no later statement has replaced."""
    own = ConsentVersion.objects.exclude(_newer(ConsentVersion, "provider_id"))
    wider = GroupConsentVersion.objects.exclude(_newer(GroupConsentVersion, "group_id"))
    last = {"state": ConsentVersion.State.GIVEN, "valid_until": day}
    return [*map(facts_of, own.filter(**last)), *map(group_facts_of, wider.filter(**last))]


def holders_of(group_id: UUID, *, since_before: datetime) -> list[UUID]:
    """Everybody whose consent to the group is in force, and was given before that instant."""
    given = {"group_id": group_id, "state": ConsentVersion.State.GIVEN, "stated_at__lt": since_before}
    rows = GroupConsentVersion.objects.filter(**given)
    in_force = rows.exclude(valid_until__lt=clock.today()).exclude(_newer(GroupConsentVersion, "group_id"))
    return list(in_force.values_list("person_id", flat=True))


def _newer(rows: type[ConsentVersion | GroupConsentVersion], about: str) -> Exists:
    same = {"person_id": OuterRef("person_id"), about: OuterRef(about)}
    return Exists(rows.objects.filter(**same, version__gt=OuterRef("version")))


def facts_of(row: ConsentVersion) -> ConsentFacts:
    """One version as it stands in the table."""
    return ConsentFacts(
        **_common(row),
        provider_id=row.provider_id,
        way=row.way,
        taken_by=row.taken_by,
        form_reference=row.form_reference,
    )


def group_facts_of(row: GroupConsentVersion) -> GroupConsentFacts:
    """The same of a wider one."""
    return GroupConsentFacts(**_common(row), group_id=row.group_id)


def _common(row: ConsentVersion | GroupConsentVersion) -> dict[str, Any]:
    return {
        "person_id": row.person_id,
        "version": row.version,
        "is_given": row.state == ConsentVersion.State.GIVEN,
        "kind": row.kind,
        "stated_at": row.stated_at,
        "valid_until": row.valid_until,
        "stated_by": row.stated_by,
        "stated_as": row.stated_as,
    }


def is_form_known(provider_id: UUID, reference: str) -> bool:
    """Whether a form with that reference was recorded at the provider."""
    return ConsentForm.objects.filter(provider_id=provider_id, reference=reference).exists()
