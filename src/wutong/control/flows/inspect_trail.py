"""A privacy officer inspects the trail, and is in it by doing so. Page: docs/flows/inspect_trail.md."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction

from wutong.control.audit import queries, trail
from wutong.control.audit.append import Actor, append
from wutong.control.audit.queries import LookLine
from wutong.control.audit.trail import Entry, Filter, Place, TooSlow
from wutong.control.people.queries import persons
from wutong.control.people.queries.callers import callers_called
from wutong.control.people.queries.persons import PersonSummary
from wutong.control.people.queries.providers import Watched, watched_by
from wutong.core import clock, hkid
from wutong.core.answers import Missing, Refused
from wutong.core.events import Event

PAGE = 50
MOST_EXPORTED = 10_000


@dataclass(frozen=True)
class Asked:
    """What an officer wants to find, from the day `first` to the day `last`, both included, in the territory.

    `patient` is an HKID or eHR number, `who` a name, a sign-in name or a registration number; empty: anybody.
    """

    first: date
    last: date
    patient: str = ""
    who: str = ""
    provider_id: UUID | None = None
    event: str = ""
    outcome: str = ""
    ground: str = ""
    purpose: str = ""


@dataclass(frozen=True)
class Found:
    """Entries, newest first; `patient` is who was searched for, told to the office alone."""

    entries: tuple[Entry, ...] = ()
    has_more: bool = False
    is_too_slow: bool = False
    patient: PersonSummary | None = None


@dataclass(frozen=True)
class Inspected:
    """One entry, and what was stated when the look that it belongs to began."""

    entry: Entry
    look: LookLine | None


def inspect_trail(actor: Actor, asked: Asked, *, before: Place | None = None) -> Found | Refused:
    """A page of the entries asked for, those before the place `before`."""
    return _search(actor, asked, before=before, limit=PAGE, event=Event.AUDIT_INSPECT)


def export_trail(actor: Actor, asked: Asked) -> Found | Refused:
    """All entries asked for, as far as a file may hold them."""
    return _search(actor, asked, before=None, limit=MOST_EXPORTED, event=Event.AUDIT_EXPORT)


@transaction.atomic
def inspect_entry(actor: Actor, place: Place) -> Inspected | Missing | Refused:
    """One entry whole; one that the officer may not see is as good as none."""
    watched = watched_by(actor.provider_id)
    if isinstance(watched, Refused):
        return _refused(actor, watched, Event.AUDIT_INSPECT)
    found = trail.entry(place, within=watched.within)
    detail = {"entry": str(place.entry_id), "found": int(found is not None)}
    append(Event.AUDIT_INSPECT, actor=actor, person_id=found.person_id if found else None, detail=detail)
    if found is None:
        return Missing("entry")
    look = queries.look(found.person_id, found.look_id) if found.person_id and found.look_id else None
    return Inspected(found, look)


@transaction.atomic
def _search(actor: Actor, asked: Asked, *, before: Place | None, limit: int, event: Event) -> Found | Refused:
    watched = watched_by(actor.provider_id)
    if isinstance(watched, Refused):
        return _refused(actor, watched, event)
    patient = _patient(asked.patient)
    callers = callers_called(asked.who) if asked.who else None
    found = _found(
        _filter(asked, watched, patient, callers, before), limit, is_nobody=bool(asked.patient) and not patient
    )
    detail = _criteria(asked, callers, found, is_further=before is not None)
    append(event, actor=actor, person_id=patient.person_id if patient else None, detail=detail)
    return Found(found.entries, found.has_more, found.is_too_slow, patient if watched.within is None else None)


def _refused(actor: Actor, refused: Refused, event: Event) -> Refused:
    append(event, actor=actor, reason=refused.reason)
    return refused


def _patient(number: str) -> PersonSummary | None:
    if not number:
        return None
    return persons.find_by_hkid(number) if hkid.is_valid(number) else persons.find_by_ehr_number(number)


def _found(wanted: Filter, limit: int, *, is_nobody: bool) -> Found:
    if is_nobody:
        return Found()
    try:
        read = trail.entries(wanted, limit=limit + 1)
    except TooSlow:
        return Found(is_too_slow=True)
    return Found(tuple(read[:limit]), has_more=len(read) > limit)


def _filter(
    asked: Asked,
    watched: Watched,
    patient: PersonSummary | None,
    callers: tuple[UUID, ...] | None,
    before: Place | None,
) -> Filter:
    return Filter(
        since=_begin_of(asked.first),
        until=_begin_of(asked.last + timedelta(days=1)),
        within=watched.within,
        person_id=patient.person_id if patient else None,
        caller_ids=callers,
        provider_id=asked.provider_id,
        event=asked.event,
        outcome=asked.outcome,
        ground=asked.ground,
        purpose=asked.purpose,
        before=before,
    )


def _begin_of(day: date) -> datetime:
    return datetime.combine(day, time(), tzinfo=clock.TERRITORY)


def _criteria(asked: Asked, callers: tuple[UUID, ...] | None, found: Found, *, is_further: bool) -> dict[str, Any]:
    """What was asked, without what was typed: it may hold an identity number."""
    said = {
        "from": asked.first.isoformat(),
        "until": asked.last.isoformat(),
        "by_patient": bool(asked.patient),
        "callers": None if callers is None else [str(each) for each in callers],
        "of_provider": str(asked.provider_id) if asked.provider_id else None,
        "event": asked.event,
        "outcome": asked.outcome,
        "ground": asked.ground,
        "purpose": asked.purpose,
        "further": is_further,
        "too_slow": found.is_too_slow,
    }
    return {name: value for name, value in said.items() if value or value == []} | {"found": len(found.entries)}
