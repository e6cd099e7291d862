"""The only writer of sharing consents: a new version at each statement, never a change of an old one."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from wutong.control.audit.append import Actor, append
from wutong.control.consent.models import ConsentForm, ConsentVersion
from wutong.control.consent.ways import PORTAL, Taken
from wutong.control.people.actions.persons import hold_person
from wutong.core import clock
from wutong.core.answers import Missing
from wutong.core.events import Event

State, Kind = ConsentVersion.State, ConsentVersion.Kind


@dataclass(frozen=True)
class Stated:
    """What holds now; `is_new` is False where the statement only repeated what held already."""

    version: int
    state: str
    kind: str
    valid_until: date | None
    stated_at: datetime
    stated_as: str
    is_new: bool = True


@dataclass(frozen=True)
class Outdated:
    """The consent is another one than the speaker was shown: nothing was stated."""


@dataclass(frozen=True)
class _Word:
    """A statement before it holds: whose, about whom and whom, as what, after which version was shown, how taken."""

    actor: Actor
    person_id: UUID
    provider_id: UUID
    stated_as: str
    seen: int | None
    taken: Taken


@transaction.atomic
def give(
    *,
    actor: Actor,
    person_id: UUID,
    provider_id: UUID,
    kind: str,
    stated_as: str = "",
    seen: int | None = None,
    taken: Taken = PORTAL,
) -> Stated | Missing | Outdated:
    """Allow the provider; a repetition on the same day changes nothing. Missing: there is no such person.

    `stated_as`: as the person's parent, ...; empty: for themselves. `seen`: the version that the speaker was shown, 0
    where there was none; None: they were shown nothing. `taken`: by which way it came.
    """
    if not hold_person(person_id):
        return Missing("person")
    word = _Word(actor, person_id, provider_id, stated_as, seen, taken)
    before, until = _newest(word), until_of(kind)
    if before and (before.state, before.kind, before.valid_until) == (State.GIVEN, kind, until):
        return _stated(before, is_new=False)
    return _state(word, before, state=State.GIVEN, kind=kind, valid_until=until)


@transaction.atomic
def withdraw(
    *,
    actor: Actor,
    person_id: UUID,
    provider_id: UUID,
    stated_as: str = "",
    seen: int | None = None,
    taken: Taken = PORTAL,
) -> Stated | Missing | Outdated:
    """Take the permission back; Missing: there is none to take back. `stated_as`, `seen` and `taken` as in `give`."""
    if not hold_person(person_id):
        return Missing("person")
    word = _Word(actor, person_id, provider_id, stated_as, seen, taken)
    before = _newest(word)
    if before is None or before.state != State.GIVEN:
        return Missing("consent")
    return _state(word, before, state=State.WITHDRAWN, kind=before.kind, valid_until=None)


def until_of(kind: str) -> date | None:
    """The last day of a consent of that kind that is given today; None: it has no end."""
    return clock.same_date_next_year(clock.today()) if kind == Kind.ONE_YEAR else None


def _state(
    word: _Word, before: ConsentVersion | None, *, state: str, kind: str, valid_until: date | None
) -> Stated | Outdated:
    newest = before.version if before else 0
    if word.seen not in {None, newest}:
        return Outdated()
    if word.actor.account_id is None:
        raise ValueError("a consent is stated by an account")
    made = ConsentVersion.objects.create(
        person_id=word.person_id,
        provider_id=word.provider_id,
        version=newest + 1,
        state=state,
        kind=kind,
        stated_at=clock.now(),
        valid_until=valid_until,
        stated_by=word.actor.account_id,
        stated_as=word.stated_as,
        way=word.taken.way,
        taken_by=word.taken.by,
        form_reference=word.taken.form_reference,
        signed_on=word.taken.signed_on,
    )
    if word.taken.is_on_paper:  # raises IntegrityError where this provider has recorded the form before
        ConsentForm.objects.create(
            provider_id=word.provider_id, reference=word.taken.form_reference, person_id=word.person_id
        )
    _enter(word, before, made)
    return _stated(made, is_new=True)


def _enter(word: _Word, before: ConsentVersion | None, made: ConsentVersion) -> None:
    detail = {"provider": str(word.provider_id), "old": _told(before), "new": _told(made), **word.taken.told}
    if word.stated_as:
        detail["relation"] = word.stated_as
    append(Event.CONSENT_CHANGE, actor=word.actor, person_id=word.person_id, detail=detail)


def _newest(word: _Word) -> ConsentVersion | None:
    versions = ConsentVersion.objects.filter(person_id=word.person_id, provider_id=word.provider_id)
    return versions.order_by("-version").first()


def _stated(row: ConsentVersion, *, is_new: bool) -> Stated:
    return Stated(row.version, row.state, row.kind, row.valid_until, row.stated_at, row.stated_as, is_new)


def _told(version: ConsentVersion | None) -> dict[str, object] | None:
    if version is None:
        return None
    until = version.valid_until.isoformat() if version.valid_until else None
    return {"version": version.version, "state": version.state, "kind": version.kind, "until": until}
