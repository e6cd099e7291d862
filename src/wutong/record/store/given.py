"""What an upload stores, as the JSON that the one statement of write.py takes."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson

from wutong.record.searching.entries import LONGEST_KEY, Entries
from wutong.record.store.identity import SealedValue

# The columns of what a row can be found by, with their types.
ENTRIES = {
    "tokens": "text[]",
    "strings": "text[]",
    "date_names": "text[]",
    "date_begins": "timestamptz[]",
    "date_ends": "timestamptz[]",
    "amount_names": "text[]",
    "amount_lows": "numeric[]",
    "amount_highs": "numeric[]",
    "amount_units": "text[]",
}


@dataclass(frozen=True)
class Row:
    """One resource as it will be stored. `patient_id` None: it concerns no patient and goes to the directory."""

    patient_id: UUID | None
    resource_type: str
    resource_id: UUID
    version: int
    category: str | None
    clinical_at: datetime | None
    entries: Entries
    body: bytes
    as_sent: bytes  # with identity numbers, for the depositor's own answer; never stored
    identity: Sequence[SealedValue] = ()
    names: Sequence[tuple[str, UUID]] = ()  # rows of a directory that it refers to, by type and id


@dataclass(frozen=True)
class Rows:
    """What an upload stores: resources that are new, that were deleted and come back, and new versions of others."""

    new: Sequence[Row] = ()
    back: Sequence[Row] = ()
    renewed: Sequence[Row] = ()

    def __iter__(self) -> Iterator[Row]:
        yield from (*self.new, *self.back, *self.renewed)


def values(rows: Rows, depositor: UUID | None, at: datetime) -> dict[str, Any]:
    given = [
        _given(row, how)
        for how, some in (("new", rows.new), ("back", rows.back), ("renewed", rows.renewed))
        for row in some
    ]
    return {
        "depositor": depositor,
        "at": at,
        "patients": sorted({row.patient_id for row in rows if row.patient_id}),
        "rows": as_json(given),
        "keys": as_json(_keys(rows)),
        "identity": as_json(_identity(rows)),
        "names": as_json(_names(rows)),
    }


def _given(row: Row, how: str) -> dict[str, Any]:
    return {
        "how": how,
        "patient_id": row.patient_id,
        "resource_type": row.resource_type,
        "resource_id": row.resource_id,
        "version": row.version,
        "category": row.category,
        "clinical_at": row.clinical_at,
        "body": row.body.decode(),
        **columns(row.entries),
    }


def columns(found: Entries) -> dict[str, list[Any]]:
    """The columns of `ENTRIES`; in order, so that equal resources make equal rows."""
    dates, amounts = sorted(found.dates), sorted(found.amounts)
    return {
        "tokens": sorted(found.tokens),
        "strings": sorted(found.strings),
        "date_names": [name for name, _, _ in dates],
        "date_begins": [begin for _, begin, _ in dates],
        "date_ends": [end for _, _, end in dates],
        "amount_names": [name for name, _, _, _ in amounts],
        "amount_lows": [low for _, low, _, _ in amounts],
        "amount_highs": [high for _, _, high, _ in amounts],
        "amount_units": [unit for _, _, _, unit in amounts],
    }


def _keys(rows: Iterable[Row]) -> list[dict[str, Any]]:
    """By which the depositor finds its rows; too long a value is no identifier that anybody looks for."""
    return [
        {"resource_type": r.resource_type, "value": key, "resource_id": r.resource_id, "patient_id": r.patient_id}
        for r in rows
        for key in sorted(r.entries.keys)
        if len(key) <= LONGEST_KEY
    ]


def _identity(rows: Iterable[Row]) -> list[dict[str, Any]]:
    return [
        {
            "patient_id": r.patient_id,
            "resource_type": r.resource_type,
            "resource_id": r.resource_id,
            "version": r.version,
            "place": v.place,
            "trace": v.trace.hex(),
            "sealed": v.sealed.hex(),
        }
        for r in rows
        for v in r.identity
    ]


def _names(rows: Iterable[Row]) -> list[dict[str, Any]]:
    """Which rows of the directory the shared rows name."""
    named = {
        (row.patient_id, *key, row.category)
        for row in rows
        if row.patient_id is not None and row.category is not None
        for key in row.names
    }
    columns = ("patient_id", "resource_type", "resource_id", "category")
    return [dict(zip(columns, each, strict=True)) for each in sorted(named)]


def as_json(tree: Any) -> str:
    return orjson.dumps(tree, default=str).decode()  # a Decimal keeps its digits
