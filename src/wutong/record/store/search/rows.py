"""Which rows a search may look at: those of the caller's scope, as they were at one moment.

Row security holds underneath; the scope's conditions stand here too, since they are what an index can serve: under row
security PostgreSQL uses one for `=` and `<` of plain types, and for nothing richer (docs/decisions/0019).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
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


@dataclass(frozen=True)
class Moment:
    """What was committed when the first page was asked for: PostgreSQL's snapshot, and the time."""

    snapshot: str
    at: datetime


@dataclass(frozen=True)
class View:
    """Whose rows, of when (None: now), and among them these alone (None: all)."""

    scope: Scope
    moment: Moment | None = None
    is_of_patients: bool = False  # and none of the depositor's directory
    among: tuple[Sequence[UUID], Sequence[UUID]] | None = None  # patients, resources


def rows(view: View, resource_type: str, condition: sql.Composable, values: Values) -> sql.Composed:
    """A select of the rows of a type that the condition holds of."""
    shared = [sql.SQL("resource_type = {}").format(values.put(resource_type)), condition]
    if view.among:
        shared.append(sql.SQL("resource_id = any ({}::uuid[])").format(values.put(list(view.among[1]))))
    return sql.SQL(" union all ").join(
        template.format(columns=_COLUMNS, table=sql.SQL(table), conditions=sql.SQL(" and ").join([*own, *shared]))
        for template, table, own in _sources(view, values)
    )


def _sources(view: View, values: Values) -> Iterator[tuple[sql.SQL, str, list[sql.Composable]]]:
    is_stored, was_current = _at(view.moment, values)
    of_patients = _patients(view, values)
    yield _OF_PATIENTS, "record.resource", [*of_patients, *is_stored]
    if view.moment:
        yield _OF_PATIENTS, "record.superseded", [*of_patients, *was_current]
    if view.scope.depositor_id is None or view.is_of_patients:
        return
    of_depositor = [_depositor(view, values)]
    yield _OF_DIRECTORY, "record.directory", [*of_depositor, *is_stored]
    if view.moment:
        yield _OF_DIRECTORY, "record.directory_superseded", [*of_depositor, *was_current]


def _patients(view: View, values: Values) -> list[sql.Composable]:
    scope, found = view.scope, list[sql.Composable]()
    wanted = list(view.among[0]) if view.among else list(scope.patient_ids)
    if wanted or view.among or scope.depositor_id is None or view.is_of_patients:
        found.append(sql.SQL("patient_id = any ({}::uuid[])").format(values.put(wanted)))
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
