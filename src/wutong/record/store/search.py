"""Composes the SQL of a search: alone in the house. What the caller may not see is cut here, in the statement."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg import AsyncConnection, sql
from psycopg.rows import class_row

from wutong.record.gate.open import Opened
from wutong.record.store.read import restore
from wutong.record.store.rows import Stored
from wutong.record.store.session import Store, transaction

MOST_BYTES = 16 * 1024 * 1024  # of the bodies on a page, which is in memory whole: of 500 documents it can be 10 GB
_PAGE = sql.SQL(
    "select resource_type, resource_id, version, stored_at, depositor_id, body, patient_id, clinical_at from {held}"
    " order by {order} limit %(count)s offset %(offset)s"
)
# A body's length is known without reading the body.
_WITHIN_BYTES = sql.SQL(
    "select resource_type, resource_id, version, stored_at, depositor_id, body, patient_id from ("
    "select page.*, row_number() over in_order as place, sum(octet_length(body)) over in_order as bytes"
    " from ({page}) as page window in_order as (order by {order} rows unbounded preceding)"
    ") as page where place = 1 or bytes <= %(most_bytes)s order by place"
)
_COUNT = sql.SQL("select count(*) from ")
_OF_PATIENTS = sql.SQL("record.resource")
# Without a patient: a system's own deposits, with those that concern no patient.
_OF_DEPOSITOR = sql.SQL(
    "(select patient_id, resource_type, resource_id, version, depositor_id, clinical_at, tokens, stored_at, body"
    " from record.resource union all"
    " select null, resource_type, resource_id, version, depositor_id, null, tokens, stored_at, body"
    " from record.directory) as deposit"
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
    "eq": sql.SQL("clinical_at >= {begin} and clinical_at < {end}"),
    "ge": sql.SQL("clinical_at >= {begin}"),
    "gt": sql.SQL("clinical_at >= {end}"),
    "le": sql.SQL("clinical_at < {end}"),
    "lt": sql.SQL("clinical_at < {begin}"),
}
_BEGINS = sql.SQL("exists (select from unnest(tokens) t, unnest({}::text[]) b where starts_with(t, b))")
DATE_PREFIXES = frozenset(_PREFIXES)


@dataclass(frozen=True)
class Query:
    """One search: every condition must hold; within one condition any of its tokens will do.

    `dates`: a prefix with the period that the date means, from its first instant until the first one after it.
    """

    resource_type: str
    has_patient: bool
    tokens: Sequence[Sequence[str]] = ()
    names: Sequence[Sequence[str]] = ()  # beginnings of name tokens; of the directory alone
    dates: Sequence[tuple[str, datetime, datetime]] = ()
    ids: Sequence[UUID] = ()
    sort: str = "-date"
    count: int = 50
    offset: int = 0


@dataclass(frozen=True)
class Page:
    """One page of a search and the number of all its hits within what the caller may see.

    `rows` can be fewer than were asked for though more follow: their bodies have MOST_BYTES, or there is one row.
    """

    rows: list[Stored] = field(default_factory=list)
    total: int = 0


async def search(opened: Opened, store: Store, query: Query) -> Page:
    """Run the search under `opened`."""
    async with transaction(opened, store) as connection:
        return await page(connection, opened, store, query)


async def page(connection: AsyncConnection[Any], opened: Opened, store: Store, query: Query) -> Page:
    """The same within a transaction that has begun under the tickets of `opened`."""
    condition, values = _where(opened, query)
    held = (_OF_PATIENTS if query.has_patient or opened.scope.depositor_id is None else _OF_DEPOSITOR) + condition
    order = _ORDERS[query.sort]
    rows = _WITHIN_BYTES.format(page=_PAGE.format(held=held, order=order), order=order)
    async with connection.cursor(row_factory=class_row(Stored)) as cursor:
        await cursor.execute(rows, values)
        found = await cursor.fetchall()
    counted = await (await connection.execute(_COUNT + held, values)).fetchone()
    return Page(await restore(connection, opened, store, found), counted[0] if counted else 0)


def _where(opened: Opened, query: Query) -> tuple[sql.Composed, dict[str, Any]]:
    scope = opened.scope
    values: dict[str, Any] = {"type": query.resource_type, "count": query.count, "offset": query.offset}
    values["most_bytes"] = MOST_BYTES
    parts: list[sql.Composable] = [sql.SQL("resource_type = %(type)s")]
    if query.has_patient:
        values["patients"] = list(scope.patient_ids)
        parts.append(sql.SQL("patient_id = any (%(patients)s)"))
    if scope.depositor_id is not None:
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
    for number, (prefix, *period) in enumerate(query.dates):
        ends = {"begin": f"begin{number}", "end": f"end{number}"}
        values |= zip(ends.values(), period, strict=True)
        parts.append(_PREFIXES[prefix].format(**{end: sql.Placeholder(name) for end, name in ends.items()}))
    return sql.SQL(" where ") + sql.SQL(" and ").join(parts), values
