"""What comes along with the hits of a page: what they point to (`_include`), and what points to them (`_revinclude`).

Under the same cut as the hits: what the caller may not see does not come along. Source: HL7 FHIR R4, search page.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from psycopg import AsyncConnection, sql

from wutong.core import ids
from wutong.core.categories import DIRECTORY_TYPES
from wutong.record.searching.query import Held, Query, ReverseInclude
from wutong.record.store.rows import Stored
from wutong.record.store.search.conditions import composed
from wutong.record.store.search.cut import cut
from wutong.record.store.search.rows import View, rows
from wutong.record.store.search.values import Values

MOST = 1000  # resources that come along with one page
_COLUMNS = sql.SQL("resource_type, resource_id, version, stored_at, depositor_id, body, patient_id")
_ORDER = sql.SQL("resource_type, resource_id")
_EACH_ONCE = sql.SQL("select distinct on ({order}) * from ({rows}) as every order by {order} limit {limit}")

Hits = Sequence[tuple[Stored, Sequence[str]]]


class TooMuch(Exception):
    """More comes along than an answer can hold; half of it would look like all of it."""


async def brought_along(connection: AsyncConnection[Any], view: View, query: Query, hits: Hits) -> list[Stored]:
    """Each once, and none that is a hit of the page itself; raises TooMuch."""
    if not hits or not (query.includes or query.reverse_includes):
        return []
    values = Values()
    selects = [*_pointed_to(view, query, hits, values), *_pointing(view, query, hits, values)]
    if not selects:
        return []
    every = sql.SQL(" union all ").join(selects)
    each_once = _EACH_ONCE.format(order=_ORDER, rows=every, limit=values.put(MOST + 1))
    statement = cut(_COLUMNS, each_once, _ORDER, MOST, values)
    found = await (await connection.execute(statement, values)).fetchall()
    if found and found[0][0] > len(found):
        raise TooMuch
    shown = {(row.resource_type, row.resource_id) for row, _ in hits}
    others = (Stored(*row[2:]) for row in found)
    return [row for row in others if (row.resource_type, row.resource_id) not in shown]


def _pointed_to(view: View, query: Query, hits: Hits, values: Values) -> Iterator[sql.Composable]:
    wanted: dict[str, set[UUID]] = {}
    for include in query.includes:
        for kind, resource_id in _named(include.name, hits):
            if include.resource_type in {"", kind}:
                wanted.setdefault(kind, set()).add(resource_id)
    for kind, resource_ids in sorted(wanted.items()):
        asked = replace(view, resources=sorted(resource_ids))
        if kind in DIRECTORY_TYPES and view.scope.depositor_id is None:
            asked = replace(asked, tables="directory")
        yield rows(asked, kind, sql.SQL("true"), values)


def _named(name: str, hits: Hits) -> Iterator[tuple[str, UUID]]:
    for _, tokens in hits:
        for token in tokens:
            if token.startswith(f"{name}="):
                kind, _, text = token.removeprefix(f"{name}=").partition("/")
                if resource_id := ids.read(text):
                    yield kind, resource_id


def _pointing(view: View, query: Query, hits: Hits, values: Values) -> Iterator[sql.Composable]:
    for reverse in query.reverse_includes:
        names = tuple(f"{reverse.name}={row.resource_type}/{row.resource_id}" for row, _ in hits)
        yield rows(
            _of(view, reverse, hits), reverse.resource_type, composed(Held("tokens", names), view, values), values
        )


def _of(view: View, reverse: ReverseInclude, hits: Hits) -> View:
    """What says by this reference to whom it belongs is of the patients who are hits, and nowhere else."""
    if not reverse.is_of_patient:
        return view
    return replace(view, tables="patients", patients=sorted(row.resource_id for row, _ in hits))
