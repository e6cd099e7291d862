"""Reads sharing consents."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db.models import Exists, OuterRef

from wutong.control.consent.models import ConsentForm, ConsentVersion
from wutong.control.consent.ways import Way
from wutong.core import clock

ENDS_SOON = timedelta(days=30)


@dataclass(frozen=True)
class ConsentFacts:
    """One version of a consent."""

    person_id: UUID
    provider_id: UUID
    version: int
    is_given: bool
    kind: str
    stated_at: datetime
    valid_until: date | None
    stated_by: UUID
    stated_as: str
    way: str = Way.PORTAL
    taken_by: UUID | None = None
    form_reference: str = ""

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


def history_of(person_id: UUID, *, limit: int | None = None, offset: int = 0) -> list[ConsentFacts]:
    """All versions, newest statement first; or some of them."""
    rows = ConsentVersion.objects.filter(person_id=person_id).order_by("-stated_at", "-version")
    return [facts_of(row) for row in (rows if limit is None else rows[offset : offset + limit])]


def newest_of(person_id: UUID) -> dict[UUID, ConsentFacts]:
    """The newest version to each provider."""
    found: dict[UUID, ConsentFacts] = {}
    for facts in sorted(history_of(person_id), key=lambda each: each.version):
        found[facts.provider_id] = facts
    return found


def versions_of(person_id: UUID, provider_id: UUID) -> list[ConsentFacts]:
    """Every version to one provider, newest first."""
    rows = ConsentVersion.objects.filter(person_id=person_id, provider_id=provider_id).order_by("-version")
    return [facts_of(row) for row in rows]


def newest_to(person_id: UUID, provider_id: UUID) -> ConsentFacts | None:
    """The newest version to one provider."""
    rows = ConsentVersion.objects.filter(person_id=person_id, provider_id=provider_id)
    row = rows.order_by("-version").first()
    return facts_of(row) if row else None


def ending_on(day: date) -> list[ConsentFacts]:
    """Everybody's consents of which that day is the last, and which no later statement has replaced."""
    newer = ConsentVersion.objects.filter(
        person_id=OuterRef("person_id"), provider_id=OuterRef("provider_id"), version__gt=OuterRef("version")
    )
    rows = ConsentVersion.objects.filter(state=ConsentVersion.State.GIVEN, valid_until=day).exclude(Exists(newer))
    return [facts_of(row) for row in rows]


def facts_of(row: ConsentVersion) -> ConsentFacts:
    """One version as it stands in the table."""
    return ConsentFacts(
        person_id=row.person_id,
        provider_id=row.provider_id,
        version=row.version,
        is_given=row.state == ConsentVersion.State.GIVEN,
        kind=row.kind,
        stated_at=row.stated_at,
        valid_until=row.valid_until,
        stated_by=row.stated_by,
        stated_as=row.stated_as,
        way=row.way,
        taken_by=row.taken_by,
        form_reference=row.form_reference,
    )


def is_form_known(provider_id: UUID, reference: str) -> bool:
    """Whether a form with that reference was recorded at the provider."""
    return ConsentForm.objects.filter(provider_id=provider_id, reference=reference).exists()
