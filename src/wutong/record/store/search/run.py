"""Runs a search: one page of hits, their number, and what comes along, in one transaction under the caller's ticket."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from psycopg import AsyncConnection, sql
from psycopg.errors import QueryCanceled

from wutong.core import clock
from wutong.record.gate.open import Opened
from wutong.record.searching.query import Condition, IdIs, Query
from wutong.record.store.read import restore
from wutong.record.store.rows import Found, Stored
from wutong.record.store.search.along import brought_along
from wutong.record.store.search.conditions import composed
from wutong.record.store.search.cut import cut
from wutong.record.store.search.order import Key, after, order_by, sort_columns
from wutong.record.store.search.rows import Moment, View, selects
from wutong.record.store.search.values import Values
from wutong.record.store.session import Store, place, transaction

MOST_MILLISECONDS = 4000  # of all statements of a search; the server ends each by itself after as long
_COLUMNS = sql.SQL(
    "resource_type, resource_id, version, stored_at, depositor_id, body, patient_id, tokens, total{sorts}"
)
_HITS = sql.SQL(
    "(select held.*, {total} as total from (select found.*{sort_columns} from ({rows}) as found) as held"
    " where {after} order by {order} limit {limit})"
)
_WHICH = sql.SQL(
    "select resource_type, resource_id, version, stored_at, patient_id from ({hits}) as found limit {limit}"
)
_FIRST = sql.SQL("select * from ({selects}) as every order by {order} limit {limit}")
_UNION = sql.SQL(" union all ")
_COUNT = sql.SQL("select count(*) from ({rows}) as found")
# In the order of the index: what comes first is found without a look at the rest.
_COUNTED = sql.SQL("(select from ({rows}) as found order by stored_at desc limit {limit})")


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
    """One page of a search.

    `total`: of all hits within what the caller may see, None where it was not asked for, or where there are more than
    the query counts.

    `rows` can be fewer than were asked for though more follow: their bodies have MOST_BYTES, or there is one row.
    """

    rows: list[Stored] = field(default_factory=list)
    along: list[Stored] = field(default_factory=list)
    total: int | None = None
    following: Asked | None = None


@asynccontextmanager
async def in_time(opened: Opened, store: Store) -> AsyncIterator[AsyncConnection[Any]]:
    """A transaction that only reads, all of one moment: hits, their number and what comes along fit each other.

    Its statements may together take no longer than a search; raises TooCostly.
    """
    begun = transaction(opened, store, most_milliseconds=MOST_MILLISECONDS, is_of_one_moment=True)
    try:
        async with begun as connection:
            async with asyncio.timeout(MOST_MILLISECONDS / 1000):
                yield connection
    except (QueryCanceled, TimeoutError) as late:
        raise TooCostly from late


@asynccontextmanager
async def in_turn(opened: Opened, store: Store) -> AsyncIterator[AsyncConnection[Any]]:
    """The same for what is asked for page by page, of which only so many are under way at once."""
    async with place(store), in_time(opened, store) as connection:
        yield connection


async def search(opened: Opened, store: Store, query: Query, asked: Asked | None = None) -> Page:
    """The first page, or the one that `asked` says; raises TooCostly."""
    async with in_turn(opened, store) as connection:
        return await page(connection, opened, store, query, asked)


async def page(
    connection: AsyncConnection[Any], opened: Opened, store: Store, query: Query, asked: Asked | None = None
) -> Page:
    """The same within a transaction that has begun under the tickets of `opened`."""
    moment = asked.moment if asked else None
    view = _view(opened, query, moment)
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


async def which(connection: AsyncConnection[Any], opened: Opened, query: Query) -> list[Found]:
    """Which resources are the hits of its first page, without their bodies, in no order."""
    values = Values()
    hits = _Page(query, _view(opened, query), None).hits(values)
    statement = _WHICH.format(hits=hits, limit=values.put(query.count))
    return [Found(*row) for row in await (await connection.execute(statement, values)).fetchall()]


def _view(opened: Opened, query: Query, moment: Moment | None = None) -> View:
    view = View(opened.scope, moment, resources=_ids(query), keys=query.keys)
    return replace(view, tables="patients", patients=opened.scope.patient_ids) if query.has_patient else view


def _ids(query: Query) -> Sequence[UUID] | None:
    return next((each.ids for each in query.conditions if isinstance(each, IdIs)), None)


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
        return [_hit(each, at) for each in found], found[0][0] if found else 0

    async def total(self, connection: AsyncConnection[Any], found: Sequence[_Hit]) -> int | None:
        """The number of all hits: counted with the first page, where that reads them all anyway."""
        most = self.query.counted
        if self.asked or most == 0:
            return self.asked.total if self.asked else None
        if self._counts_along and self.query.count:
            return found[0].total if found else 0
        statement, values = self._count(most)
        [(counted,)] = await (await connection.execute(statement, values)).fetchall()
        return int(counted) if most is None or counted <= most else None

    @property
    def _counts_along(self) -> bool:
        return self.query.has_patient and self.query.counted is None and self.asked is None

    def _count(self, most: int | None) -> tuple[sql.Composed, Values]:
        values = Values()
        found = self._selects(values)
        if most is not None:
            limit = values.put(most + 1)
            found = [_COUNTED.format(rows=each, limit=limit) for each in found]
        return _COUNT.format(rows=_UNION.join(found)), values

    def _statement(self) -> tuple[sql.Composed, Values]:
        values, sorts = Values(), self.query.sorts
        # As text: PostgreSQL's times go beyond what Python's can hold, above all in the session's own zone.
        names = [sql.SQL(", {}::text").format(sql.Identifier(f"sort{number}")) for number in range(len(sorts))]
        columns = _COLUMNS.format(sorts=sql.SQL("").join(names))
        return cut(columns, self.hits(values), order_by(sorts), self.query.count, values), values

    def hits(self, values: Values) -> sql.Composable:
        """The first of each select, and of them all together."""
        sorts = self.query.sorts
        order, limit = order_by(sorts), values.put(self.query.count + 1)
        total = sql.SQL("count(*) over ()" if self._counts_along else "null::bigint")
        columns = sort_columns(sorts, values)
        behind = after(self.asked.after if self.asked else None, sorts, values)
        hits = [
            _HITS.format(total=total, sort_columns=columns, rows=each, after=behind, order=order, limit=limit)
            for each in self._selects(values)
        ]
        return hits[0] if len(hits) == 1 else _FIRST.format(selects=_UNION.join(hits), order=order, limit=limit)

    def _selects(self, values: Values) -> list[sql.Composable]:
        condition = _all(self.query.conditions, self.view, values)
        return selects(self.view, self.query.resource_type, condition, values)


def _all(conditions: Sequence[Condition], view: View, values: Values) -> sql.Composable:
    parts = [composed(each, view, values) for each in conditions]
    return sql.SQL(" and ").join(parts) if parts else sql.SQL("true")


def _hit(row: Sequence[Any], at: Any) -> _Hit:
    _fetched, snapshot, *columns = row
    stored = Stored(*columns[:7])
    return _Hit(
        row=stored,
        tokens=columns[7],
        total=columns[8],
        key=Key(tuple(columns[9:]), stored.resource_id),
        moment=Moment(snapshot, at),
    )
