"""The order of hits, and where a page goes on: after the last hit of the one before, whatever was stored meanwhile."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import LiteralString
from uuid import UUID

from psycopg import sql

from wutong.record.searching.query import Sort
from wutong.record.searching.writing import liked
from wutong.record.store.search.values import Values

_DATE = sql.SQL("(select {least}(b) from unnest(date_names, date_begins) as d (n, b) where n = {name})")
_AMOUNT = sql.SQL("(select {least}({end}) from unnest(amount_names, {ends}) as a (n, {end}) where n = {name})")
_TEXT = sql.SQL(
    '(select {least}(substr(entry, {length}) collate "C") from unnest({column}) as t (entry)'
    " where entry like {pattern}{more})"
)
_TYPES: Mapping[str, str] = {"date": "timestamptz", "number": "numeric", "quantity": "numeric"}
_NEVER_NULL = frozenset({"stored_at", "resource_id"})
_COLUMN_TYPES = {"stored_at": "timestamptz", "clinical_at": "timestamptz", "resource_id": "uuid"}


@dataclass(frozen=True)
class Key:
    """Where a page ended: the values that the last hit was ordered by (as text), and its id."""

    values: tuple[str | None, ...]
    resource_id: UUID


def sort_columns(sorts: Sequence[Sort], values: Values) -> sql.Composable:
    """What the hits are ordered by, as further columns `sort0`, `sort1` … of their rows."""
    columns = [
        sql.SQL(", {} as {}").format(_value(sort, values), sql.Identifier(f"sort{number}"))
        for number, sort in enumerate(sorts)
    ]
    return sql.SQL("").join(columns)


def order_by(sorts: Sequence[Sort]) -> sql.Composable:
    """Those that lack what is ordered by come last; ids decide between equals."""
    parts = [sql.SQL("{}" + _way(sort)).format(sql.Identifier(f"sort{number}")) for number, sort in enumerate(sorts)]
    return sql.SQL(", ").join([*parts, sql.SQL("resource_id")])


def _way(sort: Sort) -> LiteralString:
    """Where nothing is lacking, in the words of the index, which has its nulls at the other end."""
    nulls: LiteralString = "" if sort.name in _NEVER_NULL and sort.kind == "column" else " nulls last"
    return f" desc{nulls}" if sort.is_descending else nulls


def after(key: Key | None, sorts: Sequence[Sort], values: Values) -> sql.Composable:
    """The condition of what comes behind `key`."""
    if key is None:
        return sql.SQL("true")
    last = sql.SQL("resource_id > {}").format(values.put(key.resource_id))
    behind: sql.Composable = last
    for number, sort in reversed(list(enumerate(sorts))):
        behind = _behind(sort, sql.Identifier(f"sort{number}"), key.values[number], behind, values)
    return behind


def _behind(
    sort: Sort, column: sql.Identifier, value: str | None, then: sql.Composable, values: Values
) -> sql.Composed:
    if value is None:
        return sql.SQL("({} is null and {})").format(column, then)
    known = sql.SQL("{}::{}").format(values.put(value), sql.SQL(_type(sort)))
    beyond = sql.SQL("<" if sort.is_descending else ">")
    return sql.SQL("({0} is null or {0} {1} {2} or ({0} = {2} and {3}))").format(column, beyond, known, then)


def _type(sort: Sort) -> str:
    return _COLUMN_TYPES[sort.name] if sort.kind == "column" else _TYPES.get(sort.kind, 'text collate "C"')


def _value(sort: Sort, values: Values) -> sql.Composable:
    least = sql.SQL("max" if sort.is_descending else "min")
    match sort.kind:
        case "column":
            return sql.Identifier(sort.name)
        case "date":
            return _DATE.format(least=least, name=values.put(sort.name))
        case "number" | "quantity":
            end = "h" if sort.is_descending else "l"
            ends = sql.Identifier({"l": "amount_lows", "h": "amount_highs"}[end])
            return _AMOUNT.format(least=least, end=sql.Identifier(end), ends=ends, name=values.put(sort.name))
    column = "strings" if sort.kind == "string" else "tokens"
    return _TEXT.format(
        least=least,
        length=values.put(len(sort.name) + 2),
        column=sql.Identifier(column),
        pattern=values.put(f"{liked(sort.name)}=%"),
        more=sql.SQL(" and strpos(entry, '|') = 0") if sort.kind == "token" else sql.SQL(""),
    )
