"""What comes along with the hits of a page: what they point to (`_include`), and what points to them (`_revinclude`).

Under the same cut as the hits: what the caller may not see does not come along. Source: HL7 FHIR R4, search page.
"""

from collections.abc import Iterator, Sequence
from typing import Any
from uuid import UUID

from psycopg import AsyncConnection, sql

from wutong.core import ids
from wutong.record.searching.query import Held, Query
from wutong.record.store.rows import Stored
from wutong.record.store.search.conditions import composed
from wutong.record.store.search.rows import View, rows
from wutong.record.store.search.values import Values

MOST = 1000  # resources that come along with one page
_ROWS = sql.SQL(
    "select resource_type, resource_id, version, stored_at, depositor_id, body, patient_id from ({rows}) as found"
    " order by resource_type, resource_id limit {limit}"
)

Hits = Sequence[tuple[Stored, Sequence[str]]]


async def brought_along(connection: AsyncConnection[Any], view: View, query: Query, hits: Hits) -> list[Stored]:
    """Each once, and none that is a hit of the page itself."""
    if not hits or not (query.includes or query.reverse_includes):
        return []
    values = Values()
    selects = [*_pointed_to(view, query, hits, values), *_pointing(view, query, hits, values)]
    if not selects:
        return []
    statement = _ROWS.format(rows=sql.SQL(" union all ").join(selects), limit=values.put(MOST))
    found = [Stored(*row) for row in await (await connection.execute(statement, values)).fetchall()]
    shown = {(row.resource_type, row.resource_id) for row, _ in hits}
    others = {(row.resource_type, row.resource_id): row for row in found}
    return [row for key, row in others.items() if key not in shown]


def _pointed_to(view: View, query: Query, hits: Hits, values: Values) -> Iterator[sql.Composable]:
    wanted: dict[str, set[UUID]] = {}
    for include in query.includes:
        for kind, resource_id in _named(include.name, hits):
            if include.resource_type in {"", kind}:
                wanted.setdefault(kind, set()).add(resource_id)
    for kind, resource_ids in sorted(wanted.items()):
        is_one = sql.SQL("resource_id = any ({}::uuid[])").format(values.put(sorted(resource_ids)))
        yield rows(view, kind, is_one, values)


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
        yield rows(view, reverse.resource_type, composed(Held("tokens", names), view, values), values)
