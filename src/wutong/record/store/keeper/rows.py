"""Reads all versions, whoever's they are, in pieces; and writes what they are found by, where it is another.

A version's content never changes, so what it is found by is the same wherever the version lies: what was worked out is
written to the version of that number, current or superseded by then. Beside a running server nothing else is needed.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, LiteralString
from uuid import UUID

from psycopg.rows import class_row

from wutong.core import ids
from wutong.record.searching.entries import Entries
from wutong.record.store.given import ENTRIES, columns
from wutong.record.store.keeper.session import Keeper

_PIECE = 200


@dataclass(frozen=True)
class Shelf:
    """Two tables of equal rows, and the column that leads their keys."""

    name: str
    current: LiteralString
    superseded: LiteralString
    leading: LiteralString
    of_patient: LiteralString  # patient_id, category, clinical_at
    units: Sequence[LiteralString]  # the tables that the leading column's values are gathered from


PATIENTS = Shelf(
    "patients", "resource", "superseded", "patient_id", "patient_id, category, clinical_at",
    ("resource", "superseded", "identity_value", "directory_reference"),
)  # fmt: skip
DIRECTORIES = Shelf(
    "directories", "directory", "directory_superseded", "depositor_id",
    "null::uuid as patient_id, null::text as category, null::timestamptz as clinical_at",
    ("directory", "directory_superseded"),
)  # fmt: skip
SHELVES = {shelf.name: shelf for shelf in (PATIENTS, DIRECTORIES)}


@dataclass(frozen=True)
class Version:
    """One version as it is stored. `patient_id` None: a row of its depositor's directory."""

    patient_id: UUID | None
    depositor_id: UUID
    resource_type: str
    resource_id: UUID
    version: int
    is_current: bool
    is_deleted: bool
    category: str | None
    clinical_at: datetime | None
    stored_at: datetime
    body: bytes
    tokens: list[str]
    strings: list[str]
    date_names: list[str]
    date_begins: list[datetime]
    date_ends: list[datetime]
    amount_names: list[str]
    amount_lows: list[Any]
    amount_highs: list[Any]
    amount_units: list[str]

    @property
    def key(self) -> tuple[str, UUID]:
        """Type and id."""
        return self.resource_type, self.resource_id

    @property
    def name(self) -> str:
        """What to call it in a sentence."""
        return f"{self.resource_type}/{self.resource_id} version {self.version}"

    def entries(self) -> Entries | None:
        """What it is found by; None where the columns do not fit together."""
        dates = self.date_names, self.date_begins, self.date_ends
        amounts = self.amount_names, self.amount_lows, self.amount_highs, self.amount_units
        if any(len({len(column) for column in columns}) > 1 for columns in (dates, amounts)):
            return None
        return Entries(set(self.tokens), set(self.strings), set(zip(*dates)), set(zip(*amounts)))  # noqa: B905 - just seen


@dataclass(frozen=True)
class Change:
    """What a version should be found by."""

    version: Version
    category: str | None
    clinical_at: datetime | None
    entries: Entries


_ENTRIES = ", ".join(ENTRIES)
_COLUMNS = f"depositor_id, resource_type, resource_id, version, stored_at, body, {_ENTRIES}"


def units(keeper: Keeper, shelf: Shelf, after: UUID = ids.NOBODY) -> Iterator[UUID]:
    """Whose rows there are, in order: patients, or depositors with a directory."""
    first = "(select {0} from record.{1} where {0} > %(after)s order by {0} limit 1)"
    query = f"select least({', '.join(first.format(shelf.leading, table) for table in shelf.units)})"
    while row := keeper.connection.execute(query, {"after": after}).fetchone():
        if row[0] is None:
            return
        after = row[0]
        yield after


def versions(keeper: Keeper, shelf: Shelf, unit: UUID, only: str | None = None) -> Iterator[list[Version]]:
    """All versions of a unit in pieces, by type, id and number; of one type, where `only` says which."""
    given = {"unit": unit, "only": only, "most": _PIECE}
    after: tuple[Any, ...] = ("", ids.NOBODY, 0, False)
    query = _piece(shelf)
    while True:
        names = dict(zip(("type", "id", "version", "is_current"), after, strict=True))
        with keeper.connection.cursor(row_factory=class_row(Version)) as cursor:
            piece = cursor.execute(query, given | names).fetchall()
        if piece:
            yield piece
        if len(piece) < _PIECE:
            return
        last = piece[-1]
        after = (*last.key, last.version, last.is_current)


def _piece(shelf: Shelf) -> str:
    """One statement, one moment: a version that moves between the tables is seen once."""
    order = "order by resource_type, resource_id, version, is_current limit %(most)s"
    half = f"""
    (select {shelf.of_patient}, {_COLUMNS}, {{0}} as is_current, {{1}} as is_deleted from record.{{2}}
      where {shelf.leading} = %(unit)s and (%(only)s::text is null or resource_type = %(only)s)
        and (resource_type, resource_id, version, {{0}}) > (%(type)s, %(id)s, %(version)s, %(is_current)s) {order})
    """  # noqa: S608 - our own names
    current = half.format("true", "false", shelf.current)
    return f"{current} union all {half.format('false', 'is_deleted', shelf.superseded)} {order}"


def write(keeper: Keeper, shelf: Shelf, changes: Sequence[Change]) -> None:
    """Let each version be found by what was worked out from it, where it lies by now."""
    written = f"category, clinical_at, {_ENTRIES}" if shelf is PATIENTS else _ENTRIES
    marks = ", ".join(["%s"] * (written.count(",") + 1))
    values = [_values(shelf, change) for change in changes]
    with keeper.connection.transaction(), keeper.connection.cursor() as cursor:
        for table in (shelf.current, shelf.superseded):  # in this order: that is how versions move
            cursor.executemany(
                f"""
                update record.{table} set ({written}) = ({marks})
                 where {shelf.leading} = %s and resource_type = %s and resource_id = %s and version = %s
                """,  # noqa: S608 - our own names
                values,
            )


def _values(shelf: Shelf, change: Change) -> list[Any]:
    version = change.version
    of_patient = [change.category, change.clinical_at] if shelf is PATIENTS else []
    leading = version.patient_id or version.depositor_id
    return [*of_patient, *columns(change.entries).values(), leading, *version.key, version.version]
