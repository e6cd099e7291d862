"""Reads the trail for those who inspect it: newest first, a page at a time, cut in the SQL to what they may see."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import OperationalError, connection, transaction
from psycopg.errors import QueryCanceled

from wutong.core.answers import Problem
from wutong.core.events import Event

_COLUMNS = """person_id, at, entry_id, event, outcome, reason, act, caller_kind, caller_id, session_id, provider_id,
       profession, purpose, ground, look_id, categories, detail"""
# What is not asked for is a condition on a constant: the planner takes it out, and what is left finds its index.
_ENTRIES = f"""
select {_COLUMNS}
  from gate.trail_v1
 where at >= %(since)s and at < %(until)s
   and (%(person)s::uuid is null or person_id = %(person)s::uuid)
   and (%(callers)s::uuid[] is null or caller_id = any (%(callers)s::uuid[]))
   and (%(provider)s::uuid is null or provider_id = %(provider)s::uuid)
   and (%(within)s::uuid is null or provider_id = %(within)s::uuid and event <> all (%(office)s))
   and (%(event)s = '' or event = %(event)s)
   and (%(outcome)s = '' or outcome = %(outcome)s)
   and (%(ground)s = '' or ground = %(ground)s)
   and (%(purpose)s = '' or purpose = %(purpose)s)
   and (%(before_at)s::timestamptz is null or (at, entry_id) < (%(before_at)s::timestamptz, %(before_id)s::uuid))
 order by at desc, entry_id desc
 limit %(limit)s
"""  # noqa: S608 - our own words; what is asked for is parameters
_ENTRY = f"""
select {_COLUMNS}
  from gate.trail_v1
 where at = %(at)s and entry_id = %(entry)s
   and (%(within)s::uuid is null or provider_id = %(within)s::uuid and event <> all (%(office)s))
"""  # noqa: S608 - as above
# Who inspected is for the office alone: an inspection stands under the person searched for, so whoever read it would
# learn who is registered. (docs/decisions/0016)
_OFFICE_ONLY = [Event.AUDIT_INSPECT.value, Event.AUDIT_EXPORT.value]
_LONGEST_MS = 4000


class TooSlow(Problem):
    """The search was ended, so that it keeps nobody else waiting."""


@dataclass(frozen=True)
class Place:
    """A place in the trail, which is ordered by time and then by id: what entries are before or after."""

    at: datetime
    entry_id: UUID


@dataclass(frozen=True)
class Filter:
    """Which entries: from `since` until before `until`, and whatever else is given; `within` is the provider whose
    callers alone may be seen (None: everybody's)."""

    since: datetime
    until: datetime
    within: UUID | None = None
    person_id: UUID | None = None
    caller_ids: tuple[UUID, ...] | None = None
    provider_id: UUID | None = None
    event: str = ""
    outcome: str = ""
    ground: str = ""
    purpose: str = ""
    before: Place | None = None


@dataclass(frozen=True)
class Entry:
    """One entry of the trail; `person_id` is None for an event about nobody in particular."""

    person_id: UUID | None
    at: datetime
    entry_id: UUID
    event: str
    outcome: str
    reason: str | None
    act: str | None
    caller_kind: str | None
    caller_id: UUID | None
    session_id: UUID | None
    provider_id: UUID | None
    profession: str | None
    purpose: str | None
    ground: str | None
    look_id: UUID | None
    categories: list[str]
    detail: dict[str, Any]

    @property
    def place(self) -> Place:
        """Where it stands."""
        return Place(self.at, self.entry_id)


def entries(wanted: Filter, *, limit: int) -> list[Entry]:
    """The newest entries of those wanted, at most `limit`; raises TooSlow."""
    before = wanted.before
    asked = {
        "since": wanted.since,
        "until": wanted.until,
        "within": wanted.within,
        "person": wanted.person_id,
        "callers": None if wanted.caller_ids is None else list(wanted.caller_ids),
        "provider": wanted.provider_id,
        "event": wanted.event,
        "outcome": wanted.outcome,
        "ground": wanted.ground,
        "purpose": wanted.purpose,
        "before_at": before.at if before else None,
        "before_id": before.entry_id if before else None,
        "limit": limit,
    }
    return _read(_ENTRIES, asked)


def entry(place: Place, *, within: UUID | None) -> Entry | None:
    """One entry, if it is there and may be seen."""
    found = _read(_ENTRY, {"at": place.at, "entry": place.entry_id, "within": within})
    return found[0] if found else None


def _read(statement: str, asked: dict[str, Any]) -> list[Entry]:
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"set local statement_timeout = {_LONGEST_MS}")
            cursor.execute(statement, {**asked, "office": _OFFICE_ONLY})
            return [_entry(row) for row in cursor.fetchall()]
    except OperationalError as failed:
        if isinstance(failed.__cause__, QueryCanceled):
            raise TooSlow("The search took too long. Name a shorter time, a patient or a person.") from failed
        raise


def _entry(row: Sequence[Any]) -> Entry:
    return Entry(*[*row[:-1], json.loads(row[-1])])
