"""Which rows a search may look at: those of the caller's scope, as they were at one moment.

Row security holds underneath; the scope's conditions stand here too, since they are what an index can serve: under row
security PostgreSQL uses one for `=` and `<` of plain types, and for nothing richer (docs/decisions/0019).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from psycopg import sql

from wutong.core.access import Scope
from wutong.record.store.search.values import Values

# After a restore from a dump the numbers of transactions begin anew; what was stored long before was there.
_LONGEST_TRANSACTION = timedelta(minutes=10)
_COLUMNS = sql.SQL(
    "resource_type, resource_id, version, stored_at, depositor_id, body, tokens, strings, date_names, date_begins,"
    " date_ends, amount_names, amount_lows, amount_highs, amount_units"
)
_OF_PATIENTS = sql.SQL("select {columns}, patient_id, clinical_at from {table} where {conditions}")
_OF_DIRECTORY = sql.SQL(
    "select {columns}, patient_id, clinical_at from"
    " (select row.*, null::uuid as patient_id, null::timestamptz as clinical_at from {table} as row) as entry"
    " where {conditions}"
)
_STORED = sql.SQL("(pg_visible_in_snapshot(stored_by, {snapshot}::pg_snapshot) or stored_at < {long_ago})")
_REPLACED = sql.SQL("(pg_visible_in_snapshot(replaced_by, {snapshot}::pg_snapshot) or replaced_at < {long_ago})")
_IS_ONE = sql.SQL("patient_id = any ({}::uuid[])")
_PLACED = sql.SQL("patient_id = any (array(select record.placed_v1({}, {}::uuid[])))")
_KEYED = sql.SQL(
    "{column} = any (array(select k.{column} from record.deposit_key k where k.depositor_id = {depositor}"
    " and k.resource_type = {resource_type} and k.value = any ({keys}::text[])))"
)
_NAMED = sql.SQL(
    "depositor_id = any (array(select n.depositor_id from record.named_v1() n where n.resource_id = any ({}::uuid[])))"
)


@dataclass(frozen=True)
class Moment:
    """What was committed when the first page was asked for: PostgreSQL's snapshot, and the time."""

    snapshot: str
    at: datetime


@dataclass(frozen=True)
class View:
    """Whose rows, of when (None: now), from which tables, and among them these alone (None: all).

    `tables`: of "both", the directory is the depositor's own, and nobody else's. Of the "directory" alone, who has none
    sees of others' what the record names, by `resources`. `patients`: in whose records (empty: in nobody's); `keys`: of
    a system's own deposits (`Entries.keys`; rows can have lost it since).
    """

    scope: Scope
    moment: Moment | None = None
    tables: Literal["patients", "directory", "both"] = "both"
    patients: Sequence[UUID] | None = None
    resources: Sequence[UUID] | None = None
    keys: Sequence[str] | None = None


def rows(view: View, resource_type: str, condition: sql.Composable, values: Values) -> sql.Composed:
    """A select of the rows of a type that the condition holds of."""
    return _together(selects(view, resource_type, condition, values))


def selects(view: View, resource_type: str, condition: sql.Composable, values: Values) -> list[sql.Composable]:
    """The same as several, whose rows together they are: each of one table, which an index of it can put in order."""
    shared = [sql.SQL("resource_type = {}").format(values.put(resource_type)), condition]
    if view.resources is not None:
        shared.append(sql.SQL("resource_id = any ({}::uuid[])").format(values.put(list(view.resources))))
    if view.scope.depositor_id is not None and view.keys is not None:
        shared.append(_keyed("resource_id", view, resource_type, values))
    found = list[sql.Composable]()
    if view.tables != "directory":
        found += _of_patients(view, [*_placed(view, resource_type, values), *shared], values)
    if _has_directory(view, resource_type):
        found += _of_directory(view, [_whose_directory(view, values), *shared], values)
    return found


def rows_of_patients(view: View, conditions: Sequence[sql.Composable], values: Values) -> sql.Composed:
    """A select of the rows, of whatever type, of the patients of the scope."""
    return _together(_of_patients(view, conditions, values))


def rows_of_directory(view: View, conditions: Sequence[sql.Composable], values: Values) -> sql.Composed:
    """A select of rows without a patient. Whose they are, the conditions say, and row security."""
    return _together(_of_directory(view, conditions, values))


def _of_patients(view: View, conditions: Sequence[sql.Composable], values: Values) -> list[sql.Composable]:
    every = [*_patients(view, values), *conditions]
    return _then(_OF_PATIENTS, "record.resource", "record.superseded", every, view.moment, values)


def _of_directory(view: View, conditions: Sequence[sql.Composable], values: Values) -> list[sql.Composable]:
    return _then(_OF_DIRECTORY, "record.directory", "record.directory_superseded", conditions, view.moment, values)


def _then(
    template: sql.SQL,
    current: str,
    superseded: str,
    conditions: Sequence[sql.Composable],
    moment: Moment | None,
    values: Values,
) -> list[sql.Composable]:
    """What is current; of an earlier moment, what is current still and what was so then."""
    is_stored, was_current = _at(moment, values)
    found = _select(template, current, [*conditions, *is_stored])
    return [found, _select(template, superseded, [*conditions, *was_current])] if moment else [found]


def _together(every: Sequence[sql.Composable]) -> sql.Composed:
    return sql.SQL(" union all ").join(every)


def _select(template: sql.SQL, table: str, conditions: Sequence[sql.Composable]) -> sql.Composed:
    return template.format(columns=_COLUMNS, table=sql.SQL(table), conditions=sql.SQL(" and ").join(conditions))


def _placed(view: View, resource_type: str, values: Values) -> list[sql.Composable]:
    """Of a system's own deposits: whose those with these ids or keys are, since the patients lead the key."""
    if view.scope.depositor_id is None or view.scope.patient_ids or view.patients is not None:
        return []
    if view.keys is not None:
        return [_keyed("patient_id", view, resource_type, values)]
    if view.resources is None:
        return []
    wanted = values.put(list(view.resources))
    return [_IS_ONE.format(wanted) if resource_type == "Patient" else _PLACED.format(values.put(resource_type), wanted)]


def _keyed(column: str, view: View, resource_type: str, values: Values) -> sql.Composable:
    """Few rows, found by an index that row security leaves usable."""
    return _KEYED.format(
        column=sql.Identifier(column),
        depositor=values.put(view.scope.depositor_id),
        resource_type=values.put(resource_type),
        keys=values.put(list(view.keys or ())),
    )


def _has_directory(view: View, resource_type: str) -> bool:
    if view.tables == "both":
        return view.scope.depositor_id is not None and resource_type != "Patient"
    return view.tables == "directory"


def _whose_directory(view: View, values: Values) -> sql.Composable:
    """The depositor's own, or that of whoever's rows the record names: row security says so too, but this is a key."""
    if view.scope.depositor_id is not None:
        return _depositor(view, values)
    return _NAMED.format(values.put(list(view.resources or ())))


def _patients(view: View, values: Values) -> list[sql.Composable]:
    scope, found = view.scope, list[sql.Composable]()
    wanted = list(scope.patient_ids if view.patients is None else view.patients)
    if wanted or view.patients is not None or scope.depositor_id is None:
        found.append(_IS_ONE.format(values.put(wanted)))
    if scope.depositor_id is not None:
        return [*found, _depositor(view, values)]
    return [*found, sql.SQL("category = any ({}::text[])").format(values.put(sorted(scope.categories)))]


def _depositor(view: View, values: Values) -> sql.Composable:
    return sql.SQL("depositor_id = {}").format(values.put(view.scope.depositor_id))


def _at(moment: Moment | None, values: Values) -> tuple[list[sql.Composable], list[sql.Composable]]:
    """What holds of rows that are current still, and of those that were then."""
    if moment is None:
        return [], []
    names = {
        "snapshot": values.put(moment.snapshot),
        "long_ago": values.put(moment.at - _LONGEST_TRANSACTION),
    }
    stored = _STORED.format(**names)
    return [stored], [stored, sql.SQL("not ") + _REPLACED.format(**names)]
