"""Runs a search: one page of hits, their number, and what comes along, in one transaction under the caller's ticket."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from psycopg import AsyncConnection, sql
from psycopg.errors import QueryCanceled

from wutong.core import clock
from wutong.record.gate.open import Opened
from wutong.record.searching.query import Condition, Query
from wutong.record.store.read import restore
from wutong.record.store.rows import Stored
from wutong.record.store.search.along import brought_along
from wutong.record.store.search.conditions import composed
from wutong.record.store.search.order import Key, after, order_by, sort_columns
from wutong.record.store.search.rows import Moment, View, rows
from wutong.record.store.search.values import Values
from wutong.record.store.session import Store, transaction

MOST_BYTES = 16 * 1024 * 1024  # of the bodies on a page, which is in memory whole: of 500 documents it can be 10 GB
MOST_MILLISECONDS = 4000  # of a statement
_MOST_KEYS = 1000  # rows that an identifier may lead to; beyond, it narrows nothing
# A body's length is known without reading the body. `fetched`: with the one that says whether there is more.
_PAGE = sql.SQL(
    "select resource_type, resource_id, version, stored_at, depositor_id, body, patient_id, tokens, total, fetched,"
    " pg_current_snapshot()::text{sorts} from ("
    "select page.*, row_number() over in_order as place, sum(octet_length(body)) over in_order as bytes,"
    " count(*) over () as fetched from ("
    "select held.*, {total} as total from (select found.*{sort_columns} from ({rows}) as found) as held"
    " where {after} order by {order} limit {limit}"
    ") as page window in_order as (order by {order} rows unbounded preceding)"
    ") as page where place = 1 or (bytes <= {most_bytes} and place <= {count}) order by place"
)
_COUNT = sql.SQL("select count(*) from ({rows}) as found")
_KEYS = """
select patient_id, resource_id from record.deposit_key
 where depositor_id = %s and resource_type = %s and value = any (%s) limit %s
"""


class TooCostly(Exception):
    """The search took longer than one may take."""


@dataclass(frozen=True)
class Asked:
    """A page that goes on: after which hit, at which moment, and how many hits there are in all."""

    after: Key
    moment: Moment
    total: int | None


@dataclass(frozen=True)
class Page:
    """One page of a search; `total`: of all hits within what the caller may see, None where it was not asked for.

    `rows` can be fewer than were asked for though more follow: their bodies have MOST_BYTES, or there is one row.
    """

    rows: list[Stored] = field(default_factory=list)
    along: list[Stored] = field(default_factory=list)
    total: int | None = None
    following: Asked | None = None


async def search(opened: Opened, store: Store, query: Query, asked: Asked | None = None) -> Page:
    """The first page, or the one that `asked` says; raises TooCostly."""
    try:
        async with transaction(opened, store, most_milliseconds=MOST_MILLISECONDS) as connection:
            return await page(connection, opened, store, query, asked)
    except QueryCanceled as late:
        raise TooCostly from late


async def page(
    connection: AsyncConnection[Any], opened: Opened, store: Store, query: Query, asked: Asked | None = None
) -> Page:
    """The same within a transaction that has begun under the tickets of `opened`."""
    view = View(opened.scope, asked.moment if asked else None, is_of_patients=query.has_patient)
    if query.keys and not query.has_patient and view.scope.depositor_id is not None:
        view = await _narrowed(connection, view, query)
    statements = _Page(query, view, asked)
    found, fetched = await statements.fetch(connection)
    total = await statements.total(connection, found)
    shown = [each.row for each in found]
    following = Asked(found[-1].key, found[-1].moment, total) if found and fetched > len(found) else None
    if asked and following:
        following = replace(following, moment=asked.moment)
    along = await brought_along(connection, View(view.scope, view.moment), query, [(e.row, e.tokens) for e in found])
    restored = await restore(connection, opened, store, [*shown, *along])
    return Page(restored[: len(shown)], restored[len(shown) :], total, following)


async def _narrowed(connection: AsyncConnection[Any], view: View, query: Query) -> View:
    """A system's own deposits by identifier: few rows, found by an index that row security leaves usable."""
    question = [view.scope.depositor_id, query.resource_type, list(query.keys or ()), _MOST_KEYS]
    found = await (await connection.execute(_KEYS, question)).fetchall()
    if len(found) == _MOST_KEYS:
        return view
    patients: list[UUID] = sorted({patient for patient, _ in found if patient})
    return replace(view, among=(patients, [resource_id for _, resource_id in found]))


@dataclass(frozen=True)
class _Hit:
    row: Stored
    tokens: Sequence[str]
    total: int | None
    key: Key
    moment: Moment


@dataclass(frozen=True)
class _Page:
    """The statements of one page."""

    query: Query
    view: View
    asked: Asked | None

    async def fetch(self, connection: AsyncConnection[Any]) -> tuple[list[_Hit], int]:
        """The hits, and how many there were with those that did not fit."""
        if not self.query.count:
            return [], 0
        statement, values = self._statement()
        found = await (await connection.execute(statement, values)).fetchall()
        at = clock.now()
        return [_hit(each, at) for each in found], found[0][9] if found else 0

    async def total(self, connection: AsyncConnection[Any], found: Sequence[_Hit]) -> int | None:
        """The number of all hits: counted with the first page, where that reads them all anyway."""
        if self.asked or not self.query.has_total:
            return self.asked.total if self.asked else None
        if self._counts_along and self.query.count:
            return found[0].total if found else 0
        values = Values()
        statement = _COUNT.format(rows=self._rows(values))
        counted = await (await connection.execute(statement, values)).fetchone()
        return counted[0] if counted else 0

    @property
    def _counts_along(self) -> bool:
        return self.query.has_patient and self.query.has_total and self.asked is None

    def _statement(self) -> tuple[sql.Composed, Values]:
        values, sorts = Values(), self.query.sorts
        # As text: PostgreSQL's times go beyond what Python's can hold, above all in the session's own zone.
        names = [sql.SQL(", {}::text").format(sql.Identifier(f"sort{number}")) for number in range(len(sorts))]
        statement = _PAGE.format(
            sorts=sql.SQL("").join(names),
            total=sql.SQL("count(*) over ()" if self._counts_along else "null::bigint"),
            sort_columns=sort_columns(sorts, values),
            rows=self._rows(values),
            after=after(self.asked.after if self.asked else None, sorts, values),
            order=order_by(sorts),
            limit=values.put(self.query.count + 1),
            count=values.put(self.query.count),
            most_bytes=values.put(MOST_BYTES),
        )
        return statement, values

    def _rows(self, values: Values) -> sql.Composable:
        condition = _all(self.query.conditions, self.view, values)
        return rows(self.view, self.query.resource_type, condition, values)


def _all(conditions: Sequence[Condition], view: View, values: Values) -> sql.Composable:
    parts = [composed(each, view, values) for each in conditions]
    return sql.SQL(" and ").join(parts) if parts else sql.SQL("true")


def _hit(row: Sequence[Any], at: Any) -> _Hit:
    stored = Stored(*row[:7])
    return _Hit(
        row=stored,
        tokens=row[7],
        total=row[8],
        key=Key(tuple(row[11:]), stored.resource_id),
        moment=Moment(row[10], at),
    )
