"""Composes the SQL of a search: alone in the house. What the caller may not see is cut here, in the statement."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from psycopg import sql
from psycopg.rows import class_row

from wutong.core.categories import DIRECTORY_TYPES
from wutong.record.gate.open import Opened
from wutong.record.store.read import restore
from wutong.record.store.rows import Stored
from wutong.record.store.session import Store, transaction

_COLUMNS = sql.SQL(
    "select resource_type, resource_id, version, stored_at, depositor_id, body, patient_id, clinical_at"
    " from record.resource where resource_type = %(type)s"
)
_DIRECTORY_COLUMNS = sql.SQL(
    "select resource_type, resource_id, version, stored_at, depositor_id, body"
    " from record.directory where resource_type = %(type)s"
)
_ORDERS: Mapping[str, sql.SQL] = {
    "-date": sql.SQL("clinical_at is null, clinical_at desc, resource_id"),
    "date": sql.SQL("clinical_at is null, clinical_at, resource_id"),
    "-_lastUpdated": sql.SQL("stored_at desc, resource_id"),
    "_lastUpdated": sql.SQL("stored_at, resource_id"),
}
SORTS = frozenset(_ORDERS)
DIRECTORY_SORTS = frozenset({"-_lastUpdated", "_lastUpdated"})
_PREFIXES: Mapping[str, sql.SQL] = {
    "ge": sql.SQL("clinical_at >= {}"),
    "gt": sql.SQL("clinical_at > {}"),
    "le": sql.SQL("clinical_at <= {}"),
    "lt": sql.SQL("clinical_at < {}"),
}
_BEGINS = sql.SQL("exists (select from unnest(tokens) t, unnest({}::text[]) b where starts_with(t, b))")
DATE_PREFIXES = frozenset(_PREFIXES)


@dataclass(frozen=True)
class Query:
    """One search: every condition must hold; within one condition any of its tokens will do."""

    resource_type: str
    has_patient: bool
    tokens: Sequence[Sequence[str]] = ()
    names: Sequence[Sequence[str]] = ()  # beginnings of name tokens; of the directory alone
    dates: Sequence[tuple[str, datetime]] = ()
    ids: Sequence[UUID] = ()
    sort: str = "-date"
    count: int = 50
    offset: int = 0

    @property
    def in_directory(self) -> bool:
        """Whether it is the directory that is searched, which has no patients, categories or clinical times."""
        return self.resource_type in DIRECTORY_TYPES


@dataclass(frozen=True)
class Page:
    """One page of a search and the number of all its hits within what the caller may see."""

    rows: list[Stored] = field(default_factory=list)
    total: int = 0


async def search(opened: Opened, store: Store, query: Query) -> Page:
    """Run the search under `opened`."""
    condition, values = _where(opened, query)
    rows = (
        (_DIRECTORY_COLUMNS if query.in_directory else _COLUMNS)
        + condition
        + sql.SQL(" order by ")
        + _ORDERS[query.sort]
        + sql.SQL(" limit %(count)s offset %(offset)s")
    )
    table = sql.Identifier("record", "directory" if query.in_directory else "resource")
    total = sql.SQL("select count(*) from {} where resource_type = %(type)s").format(table) + condition
    async with transaction(opened, store) as connection:
        async with connection.cursor(row_factory=class_row(Stored)) as cursor:
            await cursor.execute(rows, values)
            found = await cursor.fetchall()
        counted = await (await connection.execute(total, values)).fetchone()
        return Page(await restore(connection, opened, store, found), counted[0] if counted else 0)


def _where(opened: Opened, query: Query) -> tuple[sql.Composed, dict[str, Any]]:
    scope = opened.scope
    values: dict[str, Any] = {"type": query.resource_type, "count": query.count, "offset": query.offset}
    parts: list[sql.Composable] = []
    if query.has_patient:
        values["patients"] = list(scope.patient_ids)
        parts.append(sql.SQL("patient_id = any (%(patients)s)"))
    if scope.depositor_id is not None or query.in_directory:
        values["depositor"] = scope.depositor_id
        parts.append(sql.SQL("depositor_id = %(depositor)s"))
    else:
        values["categories"] = sorted(scope.categories)
        parts.append(sql.SQL("category = any (%(categories)s)"))
    if query.ids:
        values["ids"] = list(query.ids)
        parts.append(sql.SQL("resource_id = any (%(ids)s)"))
    for number, tokens in enumerate(query.tokens):
        values[f"tokens{number}"] = list(tokens)
        parts.append(sql.SQL("tokens && {}").format(sql.Placeholder(f"tokens{number}")))
    for number, names in enumerate(query.names):
        values[f"names{number}"] = list(names)
        parts.append(_BEGINS.format(sql.Placeholder(f"names{number}")))
    for number, (prefix, instant) in enumerate(query.dates):
        values[f"date{number}"] = instant.astimezone(UTC)
        parts.append(_PREFIXES[prefix].format(sql.Placeholder(f"date{number}")))
    return sql.SQL("").join(sql.SQL(" and ") + part for part in parts), values
