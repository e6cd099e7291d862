"""The only writer of sharing consents: a new version at each statement, never a change of an old one."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from wutong.control.audit.append import Actor, append
from wutong.control.consent.models import ConsentVersion
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
    is_new: bool = True


@transaction.atomic
def give(*, actor: Actor, person_id: UUID, provider_id: UUID, kind: str) -> Stated | Missing:
    """Allow the provider; a repetition on the same day changes nothing. Missing: there is no such person."""
    if not hold_person(person_id):
        return Missing("person")
    until = clock.same_date_next_year(clock.today()) if kind == Kind.ONE_YEAR else None
    before = _newest(person_id, provider_id)
    if before and (before.state, before.kind, before.valid_until) == (State.GIVEN, kind, until):
        return _stated(before, is_new=False)
    return _state(before, actor, person_id, provider_id, state=State.GIVEN, kind=kind, valid_until=until)


@transaction.atomic
def withdraw(*, actor: Actor, person_id: UUID, provider_id: UUID) -> Stated | Missing:
    """Take the permission back; Missing: there is none to take back."""
    if not hold_person(person_id):
        return Missing("person")
    before = _newest(person_id, provider_id)
    if before is None or before.state != State.GIVEN:
        return Missing("consent")
    return _state(before, actor, person_id, provider_id, state=State.WITHDRAWN, kind=before.kind, valid_until=None)


def _state(
    before: ConsentVersion | None,
    actor: Actor,
    person_id: UUID,
    provider_id: UUID,
    *,
    state: str,
    kind: str,
    valid_until: date | None,
) -> Stated:
    if actor.account_id is None:
        raise ValueError("a consent is stated by an account")
    made = ConsentVersion.objects.create(
        person_id=person_id,
        provider_id=provider_id,
        version=before.version + 1 if before else 1,
        state=state,
        kind=kind,
        stated_at=clock.now(),
        valid_until=valid_until,
        stated_by=actor.account_id,
    )
    detail = {"provider": str(provider_id), "old": _told(before), "new": _told(made)}
    append(Event.CONSENT_CHANGE, actor=actor, person_id=person_id, detail=detail)
    return _stated(made, is_new=True)


def _newest(person_id: UUID, provider_id: UUID) -> ConsentVersion | None:
    return ConsentVersion.objects.filter(person_id=person_id, provider_id=provider_id).order_by("-version").first()


def _stated(row: ConsentVersion, *, is_new: bool) -> Stated:
    return Stated(row.version, row.state, row.kind, row.valid_until, row.stated_at, is_new)


def _told(version: ConsentVersion | None) -> dict[str, object] | None:
    if version is None:
        return None
    until = version.valid_until.isoformat() if version.valid_until else None
    return {"version": version.version, "state": version.state, "kind": version.kind, "until": until}
