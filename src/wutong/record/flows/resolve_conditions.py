"""A request names a resource by a search instead of an id. Page: docs/flows/resolve_conditions.md.

The search runs before the gate decides on the writing, because what it finds says whose record is written to; then
once more behind a lock on the condition, inside the transaction that writes.
"""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import reduce
from itertools import groupby
from typing import Any
from uuid import UUID

from psycopg import AsyncConnection

from wutong.core.access import Act
from wutong.core.answers import Refused
from wutong.core.categories import categories_asked
from wutong.core.events import Event
from wutong.record.flows.changes import Change, Condition
from wutong.record.flows.plane import Plane
from wutong.record.flows.problems import Unacceptable, fault, several_found
from wutong.record.gate.facts import Target
from wutong.record.gate.open import Ask, Opened, open_records
from wutong.record.store import lock, search
from wutong.record.store.rows import Found

MOST_CONDITIONS = 1_000


class Moved(Exception):
    """A condition finds something else than a moment ago: the request is to be tried again."""


@dataclass(frozen=True)
class Resolved:
    """What the conditions of a request found, and the permissions to look for it."""

    opened: tuple[Opened, ...] = ()
    hits: Mapping[str, Found | None] = field(default_factory=dict)
    _searches: Sequence[tuple[Condition, Opened]] = ()
    _locked: frozenset[str] = frozenset()

    async def hold(self, connection: AsyncConnection[Any]) -> Mapping[str, Found | None]:
        """Keep everybody else from the conditions of changes, and look for all again: what they find by now.

        Raises Moved where that is another resource, Unacceptable.
        """
        if self._locked:
            await lock.lock_conditions(connection, self.opened[0], self._locked)
        try:
            async with asyncio.timeout(search.MOST_MILLISECONDS / 1000):
                found = await _found(connection, self._searches)
        except TimeoutError:
            raise _too_costly() from None
        if any(_id(found[text]) != _id(before) for text, before in self.hits.items()):
            raise Moved
        return found


async def resolve_conditions(plane: Plane, token: bytes, changes: Sequence[Change]) -> Resolved | Refused:
    """The one resource that each condition finds among the caller's own deposits; raises Unacceptable for several."""
    conditions = {condition.text: condition for condition in _conditions(changes)}
    if not conditions:
        return Resolved()
    if len(conditions) > MOST_CONDITIONS:
        sentence = f"A bundle may have {MOST_CONDITIONS} different conditions. Send several bundles."
        raise fault("too-costly", sentence, status=413)
    groups: dict[UUID | None, list[Condition]] = {}
    for condition in conditions.values():
        groups.setdefault(condition.search.patient, []).append(condition)
    answers = await open_records(plane.gate, token, [_ask(patient_id, group) for patient_id, group in groups.items()])
    searches = list[tuple[Condition, Opened]]()
    for answer, group in zip(answers, groups.values(), strict=False):
        if isinstance(answer, Refused):
            return answer
        searches += [(condition, answer) for condition in group]
    opened = tuple(dict.fromkeys(each for _, each in searches))
    locked = frozenset(change.condition.text for change in changes if change.condition)
    return Resolved(opened, await _find(plane, opened, searches), searches, locked)


def _conditions(changes: Iterable[Change]) -> Iterable[Condition]:
    for change in changes:
        yield from filter(None, [change.condition, *(link.condition for link in change.links)])


def _ask(patient_id: UUID | None, group: Sequence[Condition]) -> Ask:
    kinds = sorted({condition.search.query.resource_type for condition in group})
    categories = frozenset[str]().union(*(categories_asked(kind, ()) for kind in kinds))
    detail = {"asked": ", ".join(kinds), "by": sorted({name for each in group for name in each.search.names})}
    return Ask(Act.READ, Event.RECORD_SEARCH, Target(patient_id=patient_id), categories, detail=detail)


async def _find(
    plane: Plane, opened: Sequence[Opened], searches: Sequence[tuple[Condition, Opened]]
) -> dict[str, Found | None]:
    """All of a request within the time of one search, of however many patients they are."""
    try:
        async with search.in_time(reduce(Opened.joined, opened), plane.store) as connection:
            return await _found(connection, searches)
    except search.TooCostly:
        raise _too_costly() from None


async def _found(
    connection: AsyncConnection[Any], searches: Sequence[tuple[Condition, Opened]]
) -> dict[str, Found | None]:
    """What each condition finds within its own permission's scope."""
    found = dict[str, Found | None]()
    for opened, group in groupby(searches, key=lambda each: each[1]):
        conditions = [condition for condition, _ in group]
        rows = await search.few(connection, opened, [condition.search.query for condition in conditions])
        found |= {each.text: _one(each, some) for each, some in zip(conditions, rows, strict=True)}
    return found


def _one(condition: Condition, rows: Sequence[Found]) -> Found | None:
    if len(rows) > 1:
        raise several_found(condition.text, condition.place)
    return rows[0] if rows else None


def _id(found: Found | None) -> UUID | None:
    return found.resource_id if found else None


def _too_costly() -> Unacceptable:
    sentence = "To look for what the conditions name takes too long. Name resources by an identifier of theirs."
    return fault("too-costly", sentence, status=422)
