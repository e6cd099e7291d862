"""All of a person's record, a page at a time: the Patient asked for, other Patients, their rows, what these name.

One statement a page, under the same cut, moment and links as a search. The order is the one of the primary key, so that
a page costs what is on it. Source: HL7 FHIR R4, OperationDefinition Patient-everything.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg import AsyncConnection, sql

from wutong.core import clock, ids
from wutong.record.gate.open import Opened
from wutong.record.store.read import projection_within, restore
from wutong.record.store.rows import Stored
from wutong.record.store.search.cut import cut
from wutong.record.store.search.order import Key
from wutong.record.store.search.rows import Moment, View, rows_of_directory, rows_of_patients
from wutong.record.store.search.run import Asked, in_turn
from wutong.record.store.search.values import Values
from wutong.record.store.session import Store

# Where a row stands: behind the projection, which is no row; rows of one rank by patient (or depositor), type and id.
_START, _ASKED, _OTHER, _ROWS, _NAMED = range(5)
_COLUMNS = sql.SQL(
    "resource_type, resource_id, version, stored_at, depositor_id, body, patient_id, rank::text, lead::text"
)
_ORDER = sql.SQL("rank, lead, resource_type, resource_id")
_PART = sql.SQL(
    "(select {rank} as rank, {lead} as lead, resource_type, resource_id, version, stored_at, depositor_id, body,"
    " patient_id from ({rows}) as found order by {order} limit {limit})"
)
# What the record names is looked for on the page alone that comes to the end of the record.
_PAGE = sql.SQL(
    "(with held as materialized ({held}) select * from held"
    " union all select * from {named} as named where (select count(*) from held) < {limit}"
    " order by {order} limit {limit})"
)
_NAMED_IN_OPEN_ROWS = sql.SQL(
    "(depositor_id, resource_type, resource_id) in"
    " (select n.depositor_id, n.resource_type, n.resource_id from record.named_v1() as n)"
)
# Their tokens name what they refer to: `performer=Practitioner/` and an id. Each name is looked at once.
_NAMED_IN_OWN_ROWS = sql.SQL(
    "depositor_id = {depositor} and (resource_type, resource_id) in (with name as materialized ("
    "select distinct split_part(entry, '=', 2) collate \"C\" as text"
    " from ({rows}) as naming, unnest(tokens) as t (entry) where entry like '%%=%%/%%' and strpos(entry, '|') = 0),"
    " key as materialized ("
    "select split_part(text, '/', 1) as kind, split_part(text, '/', 2)::uuid as id from name"
    " where text ~ '^[A-Za-z]+/[0-9a-f]{{8}}(-[0-9a-f]{{4}}){{3}}-[0-9a-f]{{12}}$')"
    " select kind, id from key)"
)


@dataclass(frozen=True)
class Wanted:
    """What of the record is asked for; `types` empty: all. `since`: changed after it; `start`, `end`: its care."""

    patient_id: UUID
    types: frozenset[str] = frozenset()
    since: datetime | None = None
    start: datetime | None = None
    end: datetime | None = None
    count: int = 500

    def has(self, resource_type: str) -> bool:
        """Whether resources of a type are asked for."""
        return not self.types or resource_type in self.types


@dataclass(frozen=True)
class Part:
    """One page; `person`: the row of gate.projection_v1, `along`: what the rows name, `is_whole`: all of the record."""

    person: dict[str, Any] | None = None
    rows: list[Stored] = field(default_factory=list)
    along: list[Stored] = field(default_factory=list)
    is_whole: bool = False
    following: Asked | None = None


async def everything(opened: Opened, store: Store, wanted: Wanted, asked: Asked | None = None) -> Part:
    """The first page, or the one that `asked` says; raises TooCostly."""
    async with in_turn(opened, store) as connection:
        return await _part(connection, opened, store, wanted, asked)


async def _part(
    connection: AsyncConnection[Any], opened: Opened, store: Store, wanted: Wanted, asked: Asked | None
) -> Part:
    person = None
    if asked is None and wanted.has("Patient") and wanted.patient_id == opened.person_id:
        person = await projection_within(connection, opened)
    room = wanted.count - (person is not None)
    values = Values()
    scope, moment = opened.scope, asked.moment if asked else None
    view = View(scope, moment, "patients", scope.patient_ids)
    after = asked.after if asked else _key(_START)
    statement = _Record(view, wanted, max(room, 1), after, values).statement()
    # Binary: of a page of bodies, hexadecimal text would be twice as much.
    found = await (await connection.cursor(binary=True).execute(statement, values)).fetchall()
    shown = found[:room]
    following = _following(found, shown, asked)
    restored = await restore(connection, opened, store, [Stored(*row[2:9]) for row in shown])
    places = [int(row[9]) for row in shown]
    return Part(
        person=person,
        rows=[row for row, place in zip(restored, places, strict=True) if place != _NAMED],
        along=[row for row, place in zip(restored, places, strict=True) if place == _NAMED],
        is_whole=asked is None and following is None,
        following=following,
    )


def _following(found: Sequence[Any], shown: Sequence[Any], asked: Asked | None) -> Asked | None:
    if not found or found[0][0] <= len(shown):
        return None
    last = shown[-1] if shown else None
    after = Key((last[9], last[10], last[2]), last[3]) if last else _key(_START)
    return Asked(after, asked.moment if asked else Moment(found[0][1], clock.now()), None)


def _key(rank: int) -> Key:
    return Key((str(rank), str(ids.NOBODY), ""), ids.NOBODY)


@dataclass(frozen=True)
class _Record:
    """The statement of one page: its parts in order, of which those before `after` are left out."""

    view: View
    wanted: Wanted
    count: int
    after: Key
    values: Values

    def statement(self) -> sql.Composed:
        """As many rows as are wanted, of one moment, with their places."""
        limit = self.values.put(self.count + 1)
        parts = list(self._parts(limit)) or [self._part(_ROWS, [sql.SQL("false")], limit)]
        held = sql.SQL("select * from ({}) as parts order by {} limit {}").format(
            sql.SQL(" union all ").join(parts), _ORDER, limit
        )
        found = _PAGE.format(held=held, named=self._named(limit), order=_ORDER, limit=limit)
        return cut(_COLUMNS, found, _ORDER, self.count, self.values)

    def _parts(self, limit: sql.Placeholder) -> Iterator[sql.Composable]:
        if self._rank <= _OTHER and self.wanted.has("Patient"):
            yield self._patients(limit)
        if self._rank <= _ROWS and self.wanted.types != {"Patient"}:
            yield self._part(_ROWS, [sql.SQL("resource_type <> 'Patient'"), *self._filters(), *self._period()], limit)

    @property
    def _rank(self) -> int:
        return int(self.after.values[0] or 0)

    def _patients(self, limit: sql.Placeholder) -> sql.Composable:
        """The one that is asked for first; few, so that no index needs to know."""
        conditions = [sql.SQL("resource_type = 'Patient'"), *self._filters()]
        rank = sql.SQL("case when patient_id = {} then {} else {} end").format(
            self.values.put(self.wanted.patient_id), sql.Literal(_ASKED), sql.Literal(_OTHER)
        )
        if self._rank > _START:
            beyond = sql.SQL("({}, patient_id) > ({}, {}::uuid)")
            conditions.append(beyond.format(rank, sql.Literal(self._rank), self.values.put(self.after.values[1])))
        found = rows_of_patients(self.view, conditions, self.values)
        order = sql.SQL("rank, patient_id")
        return _PART.format(rank=rank, lead=sql.SQL("patient_id"), rows=found, order=order, limit=limit)

    def _part(self, rank: int, conditions: Sequence[sql.Composable], limit: sql.Placeholder) -> sql.Composable:
        found = rows_of_patients(self.view, [*conditions, *self._behind(rank, "patient_id")], self.values)
        return self._ranked(rank, "patient_id", found, limit)

    def _named(self, limit: sql.Placeholder) -> sql.Composable:
        """Rows without a patient that the record names, whatever is asked for of the record itself."""
        conditions = [self._is_named(), *self._filters(), *self._behind(_NAMED, "depositor_id")]
        return self._ranked(_NAMED, "depositor_id", rows_of_directory(self.view, conditions, self.values), limit)

    def _is_named(self) -> sql.Composable:
        depositor = self.view.scope.depositor_id
        if depositor is None:
            return _NAMED_IN_OPEN_ROWS
        naming = rows_of_patients(self.view, [], self.values)
        return _NAMED_IN_OWN_ROWS.format(depositor=self.values.put(depositor), rows=naming)

    def _ranked(self, rank: int, lead: str, found: sql.Composable, limit: sql.Placeholder) -> sql.Composed:
        order = sql.SQL("{}, resource_type, resource_id").format(sql.Identifier(lead))
        return _PART.format(rank=sql.Literal(rank), lead=sql.Identifier(lead), rows=found, order=order, limit=limit)

    def _behind(self, rank: int, lead: str) -> Iterator[sql.Composable]:
        if self._rank == rank:
            _, *last = self.after.values
            key = [self.values.put(each) for each in [*last, self.after.resource_id]]
            beyond = sql.SQL("({}, resource_type, resource_id) > ({}::uuid, {}, {}::uuid)")
            yield beyond.format(sql.Identifier(lead), *key)

    def _filters(self) -> Iterator[sql.Composable]:
        if self.wanted.types:
            yield sql.SQL("resource_type = any ({}::text[])").format(self.values.put(sorted(self.wanted.types)))
        if self.wanted.since:
            yield sql.SQL("stored_at > {}").format(self.values.put(self.wanted.since))

    def _period(self) -> Iterator[sql.Composable]:
        """What has no time of its own, such as an allergy, belongs to every period."""
        for column, end in (("clinical_at >= {}", self.wanted.start), ("clinical_at < {}", self.wanted.end)):
            if end:
                yield sql.SQL(f"(clinical_at is null or {column})").format(self.values.put(end))
