"""A request names a resource by a search instead of an id. Page: docs/flows/resolve_conditions.md.

The search runs before the gate decides on the writing, because what it finds says whose record is written to; then
once more behind a lock on the condition, inside the transaction that writes.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
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
from wutong.record.flows.problems import fault
from wutong.record.gate.facts import Target
from wutong.record.gate.open import Ask, Opened, open_records
from wutong.record.store import search, write
from wutong.record.store.rows import Stored
from wutong.record.store.session import transaction

MOST_CONDITIONS = 1_000


class Moved(Exception):
    """A condition finds something else than a moment ago: the request is to be tried again."""


@dataclass(frozen=True)
class Resolved:
    """What the conditions of a request found, and the permissions to look for it."""

    opened: tuple[Opened, ...] = ()
    hits: Mapping[str, Stored | None] = field(default_factory=dict)
    _searches: Sequence[tuple[Condition, Opened]] = ()
    _locked: frozenset[str] = frozenset()

    async def hold(self, connection: AsyncConnection[Any], plane: Plane) -> None:
        """Keep everybody else from the same conditions, and look again; raises Moved."""
        for text in sorted(self._locked):
            await write.lock_condition(connection, self.opened[0], text)
        for condition, opened in self._searches:
            if condition.text in self._locked:
                found = await _one(connection, opened, plane, condition)
                before = self.hits[condition.text]
                if (found and found.resource_id) != (before and before.resource_id):
                    raise Moved


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
    return Resolved(opened, await _find(plane, searches), searches, locked)


def _conditions(changes: Iterable[Change]) -> Iterable[Condition]:
    for change in changes:
        yield from filter(None, [change.condition, *(link.condition for link in change.links)])


def _ask(patient_id: UUID | None, group: Sequence[Condition]) -> Ask:
    kinds = sorted({condition.search.query.resource_type for condition in group})
    categories = frozenset[str]().union(*(categories_asked(kind, ()) for kind in kinds))
    detail = {"asked": ", ".join(kinds), "by": sorted({name for each in group for name in each.search.names})}
    return Ask(Act.READ, Event.RECORD_SEARCH, Target(patient_id=patient_id), categories, detail=detail)


async def _find(plane: Plane, searches: Sequence[tuple[Condition, Opened]]) -> dict[str, Stored | None]:
    found = {}
    for opened, group in groupby(searches, key=lambda each: each[1]):
        async with transaction(opened, plane.store) as connection:
            for condition, _ in group:
                found[condition.text] = await _one(connection, opened, plane, condition)
    return found


async def _one(connection: AsyncConnection[Any], opened: Opened, plane: Plane, condition: Condition) -> Stored | None:
    query = replace(condition.search.query, count=2, has_total=False)
    page = await search.page(connection, opened, plane.store, query)
    if len(page.rows) > 1:
        sentence = f"The condition {condition.text[:200]} finds several resources. Name one: add a parameter."
        raise fault("multiple-matches", sentence, status=412)
    return page.rows[0] if page.rows else None
