"""Conditions as SQL over the columns of a row. Source: HL7 FHIR R4, search page, prefixes: how two ranges stand."""

from collections.abc import Mapping
from datetime import datetime

from psycopg import sql

from wutong.core import clock
from wutong.record.searching.dates import FIRST, LAST
from wutong.record.searching.query import (
    AmountIs,
    AnyOf,
    Chain,
    Condition,
    DateIs,
    Has,
    Held,
    IdIs,
    Like,
    Name,
    Not,
    Present,
    SpanIs,
    TimeIs,
    TimePresent,
    Unit,
)
from wutong.record.searching.writing import liked
from wutong.record.store.search.rows import View, rows
from wutong.record.store.search.values import Values

_EQUAL = "({b} >= {begin} and {e} <= {end})"
_DATES: Mapping[str, sql.SQL] = {
    name: sql.SQL(text.replace("EQUAL", _EQUAL).replace("{b}", "b").replace("{e}", "e"))
    for name, text in {
        "eq": "EQUAL",
        "ne": "not EQUAL",
        "gt": "e > {end}",
        "lt": "b < {begin}",
        "ge": "(e > {end} or EQUAL)",
        "le": "(b < {begin} or EQUAL)",
        "sa": "b >= {end}",
        "eb": "e <= {begin}",
        "ap": "(b < {end} and e > {begin})",
    }.items()
}
# The moment of a column is a point: it lies in the period, before it, or after.
_TIMES: Mapping[str, sql.SQL] = {
    "eq": sql.SQL("({column} >= {begin} and {column} < {end})"),
    "ne": sql.SQL("not ({column} >= {begin} and {column} < {end})"),
    "gt": sql.SQL("{column} >= {end}"),
    "lt": sql.SQL("{column} < {begin}"),
    "ge": sql.SQL("{column} >= {begin}"),
    "le": sql.SQL("{column} < {end}"),
    "sa": sql.SQL("{column} >= {end}"),
    "eb": sql.SQL("{column} < {begin}"),
    "ap": sql.SQL("({column} >= {begin} and {column} < {end})"),
}
_AMOUNTS: Mapping[str, sql.SQL] = {
    "eq": sql.SQL("({l} >= {low} and {h} < {high})"),
    "ne": sql.SQL("not ({l} >= {low} and {h} < {high})"),
    "gt": sql.SQL("{h} > {exact}"),
    "lt": sql.SQL("{l} < {exact}"),
    "ge": sql.SQL("{h} >= {exact}"),
    "le": sql.SQL("{l} <= {exact}"),
    "sa": sql.SQL("{l} > {exact}"),
    "eb": sql.SQL("{h} < {exact}"),
    "ap": sql.SQL("({l} <= {high} and {h} >= {low})"),
}
_LOWEST, _HIGHEST = sql.SQL("l"), sql.SQL("h")
_HAS_DATE = sql.SQL(
    "exists (select from unnest(date_names, date_begins, date_ends) as d (n, b, e) where {name} and {holds})"
)
_HAS_AMOUNT = sql.SQL(
    "exists (select from unnest(amount_names, amount_lows, amount_highs, amount_units) as a (n, l, h, u)"
    " where {name} and {unit} and {holds})"
)
_LIKE = sql.SQL("exists (select from unnest({column}) as t (entry) where entry like any ({patterns}::text[]))")
_PRESENT = sql.SQL(
    "({name} = any (tokens) or {name} = any (date_names) or {name} = any (amount_names)"
    " or exists (select from unnest(tokens || strings || date_names || amount_names) as t (entry)"
    " where entry like any ({patterns}::text[])))"
)
_CHAIN = sql.SQL("tokens && array(select {start} || resource_id from ({rows}) as pointed)")
# Where the reference says in whose record a row is, whose patient leads the key: those patients' rows alone.
_OF_PATIENT = sql.SQL(
    "(patient_id = any (array(select resource_id from ({rows}) as pointed)) and {start} || patient_id = any (tokens))"
)
_HAS_OF_PATIENT = sql.SQL(
    "exists (select from (select resource_id as asked) as hit, lateral ({rows}) as pointing"
    " where pointing.patient_id = hit.asked and {start} || hit.asked = any (pointing.tokens))"
)
_HAS = sql.SQL(
    "resource_id::text = any (array(select substr(entry, {length}) from ({rows}) as pointing,"
    " unnest(tokens) as t (entry) where starts_with(entry, {start})))"
)
_TENTH = 10


def composed(condition: Condition, view: View, values: Values) -> sql.Composable:
    """The condition, to stand in a `where` over one row."""
    match condition:
        case Held(column):
            return sql.SQL("{} && {}::text[]").format(sql.Identifier(column), values.put(_entries(condition, view)))
        case Like(column, fitting):
            return _LIKE.format(column=sql.Identifier(column), patterns=values.put(list(fitting)))
        case DateIs():
            return _date(condition, view, values)
        case AmountIs():
            return _amount(condition, values)
        case SpanIs():
            return _span(condition, values)
        case TimeIs():
            return _time(condition, view, values)
        case IdIs(ids):
            return sql.SQL("resource_id = any ({}::uuid[])").format(values.put(list(ids)))
        case TimePresent(column):
            return sql.SQL("{} is not null").format(sql.Identifier(column))
        case Present(name):
            patterns = [f"{liked(name)}{mark}%" for mark in "=:#$"]
            return _PRESENT.format(name=values.put(name), patterns=values.put(patterns))
        case AnyOf(conditions):
            parts = [composed(each, view, values) for each in conditions]
            return sql.SQL("({})").format(sql.SQL(" or ").join(parts))
        case Not(inner):
            return sql.SQL("({}) is not true").format(composed(inner, view, values))
        case Chain():
            return _chain(condition, view, values)
        case Has():
            return _has(condition, view, values)


def _entries(condition: Held, view: View) -> list[str]:
    """Those of identity numbers are for a system among its own deposits alone, which it reads unmasked."""
    return list(condition.entries if view.scope.depositor_id is None else condition.every)


def _chain(condition: Chain, view: View, values: Values) -> sql.Composable:
    """Looked up once a statement, under the same cut and at the same moment as the hits."""
    ids = condition.condition.ids if isinstance(condition.condition, IdIs) else None
    wide = View(view.scope, view.moment, resources=ids, keys=condition.keys)
    found = rows(wide, condition.resource_type, composed(condition.condition, wide, values), values)
    start = values.put(f"{condition.name}={condition.resource_type}/")
    return (_OF_PATIENT if condition.is_of_patient else _CHAIN).format(start=start, rows=found)


def _has(condition: Has, view: View, values: Values) -> sql.Composable:
    wide = View(view.scope, view.moment, tables="patients" if condition.is_of_patient else "both")
    found = rows(wide, condition.resource_type, composed(condition.condition, wide, values), values)
    text = f"{condition.name}={condition.target}/"
    start = values.put(text)
    if condition.is_of_patient:
        return _HAS_OF_PATIENT.format(start=start, rows=found)
    return _HAS.format(start=start, length=values.put(len(text) + 1), rows=found)


def _date(condition: DateIs, view: View, values: Values) -> sql.Composable:
    begin, end = _reach(condition, view) if condition.prefix == "ap" else (condition.begin, condition.end)
    holds = _DATES[condition.prefix].format(begin=values.put(begin), end=values.put(end))
    return _HAS_DATE.format(name=_named(condition.name, values), holds=holds)


def _time(condition: TimeIs, view: View, values: Values) -> sql.Composable:
    begin, end = _reach(condition, view) if condition.prefix == "ap" else (condition.begin, condition.end)
    column = sql.Identifier(condition.column)
    return _TIMES[condition.prefix].format(column=column, begin=values.put(begin), end=values.put(end))


def _reach(condition: DateIs | TimeIs, view: View) -> tuple[datetime, datetime]:
    """About then: within a tenth of the time between then and now (of a later page: and the first one)."""
    now = view.moment.at if view.moment else clock.now()
    away = max(now - condition.end, condition.begin - now, now - now) / _TENTH
    begin = condition.begin - min(away, condition.begin - FIRST)
    return begin, condition.end + min(away, LAST - condition.end)


def _amount(condition: AmountIs, values: Values) -> sql.Composable:
    return _HAS_AMOUNT.format(
        name=_named(condition.name, values),
        unit=_unit(condition.unit, values),
        holds=_stands(condition, _LOWEST, _HIGHEST, values),
    )


def _span(condition: SpanIs, values: Values) -> sql.Composable:
    begins = _stands(condition.begin, _LOWEST, _LOWEST, values)
    ends = _stands(condition.end, _HIGHEST, _HIGHEST, values)
    both = sql.SQL("({} and {})").format(begins, ends)
    return _HAS_AMOUNT.format(name=_named(condition.begin.name, values), unit=sql.SQL("true"), holds=both)


def _stands(condition: AmountIs, lowest: sql.SQL, highest: sql.SQL, values: Values) -> sql.Composable:
    ends = {"exact": condition.exact, "low": condition.low, "high": condition.high}
    used = {name: values.put(value) for name, value in ends.items()}
    return _AMOUNTS[condition.prefix].format(l=lowest, h=highest, **used)


def _named(name: Name, values: Values) -> sql.Composable:
    return sql.SQL("n like {}" if name.is_pattern else "n = {}").format(values.put(name.text))


def _unit(unit: Unit, values: Values) -> sql.Composable:
    if unit.exact:
        return sql.SQL("starts_with(u, {})").format(values.put(f"{unit.exact}|"))
    if unit.code:
        return sql.SQL("{} in (split_part(u, '|', 2), split_part(u, '|', 3))").format(values.put(unit.code))
    return sql.SQL("true")
