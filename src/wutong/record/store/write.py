"""The only writer of records: rows, superseded versions, whereabouts, identity values and the audit entry, together.

Set-based: a deposit of any length takes the same few statements.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg import AsyncConnection
from psycopg.types.json import Jsonb

from wutong.core import ids
from wutong.core.events import Event
from wutong.record.gate.open import Opened
from wutong.record.searching.entries import LONGEST_KEY, Entries
from wutong.record.store.identity import SealedValue


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


# The columns of `_entries`.
_ENTRIES = "tokens, strings, date_names, date_begins, date_ends, amount_names, amount_lows, amount_highs, amount_units"
_INSERT = f"""
insert into record.resource
  (patient_id, resource_type, resource_id, version, depositor_id, category, clinical_at, stored_at, body, {_ENTRIES})
values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
"""  # noqa: S608 - our own names
_INSERT_DIRECTORY = f"""
insert into record.directory (depositor_id, resource_type, resource_id, version, stored_at, body, {_ENTRIES})
values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
"""  # noqa: S608 - as above
_INSERT_KEY = """
insert into record.deposit_key (depositor_id, resource_type, value, resource_id, patient_id)
values (%s, %s, %s, %s, %s) on conflict do nothing
"""
_INSERT_WHEREABOUTS = """
insert into record.whereabouts (resource_type, resource_id, patient_id, depositor_id) values (%s, %s, %s, %s)
"""
_INSERT_IDENTITY = """
insert into record.identity_value
  (patient_id, resource_type, resource_id, version, place, depositor_id, trace, sealed)
values (%s, %s, %s, %s, %s, %s, %s, %s)
"""
_INSERT_DIRECTORY_REFERENCE = """
insert into record.directory_reference (patient_id, resource_type, resource_id, depositor_id, category)
values (%s, %s, %s, %s, %s) on conflict do nothing
"""
_LOCK = """
select version from record.resource
 where patient_id = %s and resource_type = %s and resource_id = %s for no key update
"""
_LOCK_DIRECTORY = """
select version from record.directory
 where depositor_id = %s and resource_type = %s and resource_id = %s for no key update
"""
_DELETED = """
select max(version) filter (where is_deleted) from record.superseded
 where patient_id = %s and resource_type = %s and resource_id = %s
"""
_DELETED_DIRECTORY = """
select max(version) filter (where is_deleted) from record.directory_superseded
 where depositor_id = %s and resource_type = %s and resource_id = %s
"""
_DELETE = "select gate.delete_v1(%s, %s, %s, %s)"
# Against a deletion of the Patient at the same moment; an update of it is not in the way.
_HOLD = """
select patient_id from record.resource
 where patient_id = any (%s) and resource_type = 'Patient' order by patient_id for key share
"""
_SUPERSEDE = f"""
insert into record.superseded
  (patient_id, resource_type, resource_id, version, depositor_id, category, clinical_at, stored_at, body, stored_by,
   replaced_at, {_ENTRIES})
select patient_id, resource_type, resource_id, version, depositor_id, category, clinical_at, stored_at, body, stored_by,
       %s, {_ENTRIES}
  from record.resource where patient_id = %s and resource_type = %s and resource_id = %s
"""  # noqa: S608 - as above
_SUPERSEDE_DIRECTORY = f"""
insert into record.directory_superseded
  (depositor_id, resource_type, resource_id, version, stored_at, body, stored_by, replaced_at, {_ENTRIES})
select depositor_id, resource_type, resource_id, version, stored_at, body, stored_by, %s, {_ENTRIES}
  from record.directory where depositor_id = %s and resource_type = %s and resource_id = %s
"""  # noqa: S608 - as above
_UPDATE = f"""
update record.resource
   set (version, category, clinical_at, stored_at, body, stored_by, {_ENTRIES})
     = (%s, %s, %s, %s, %s, pg_current_xact_id(), %s, %s, %s, %s, %s, %s, %s, %s, %s)
 where patient_id = %s and resource_type = %s and resource_id = %s
"""  # noqa: S608 - as above
_UPDATE_DIRECTORY = f"""
update record.directory
   set (version, stored_at, body, stored_by, {_ENTRIES})
     = (%s, %s, %s, pg_current_xact_id(), %s, %s, %s, %s, %s, %s, %s, %s, %s)
 where depositor_id = %s and resource_type = %s and resource_id = %s
"""  # noqa: S608 - as above


async def register(connection: AsyncConnection[Any], source: dict[str, Any], documents: list[dict[str, str]]) -> None:
    """Link a new source record to the ticket's person, registering the person where nobody has the documents.

    Raises SerializationFailure where the documents became another's since the ticket (gate.register_v1).
    """
    await connection.execute("select gate.register_v1(%s, %s)", [Jsonb(source), Jsonb(documents)])


async def compare(connection: AsyncConnection[Any], source: dict[str, Any], documents: list[dict[str, str]]) -> None:
    """Where a later version of a source record disagrees with the index, let it wait for review (gate.compare_v1)."""
    await connection.execute("select gate.compare_v1(%s, %s)", [Jsonb(source), Jsonb(documents)])


async def insert(connection: AsyncConnection[Any], opened: Opened, rows: Sequence[Row], *, at: datetime) -> None:
    """Store new resources."""
    depositor = opened.scope.depositor_id
    async with connection.cursor() as cursor:
        await _many(
            cursor, _INSERT_WHEREABOUTS, [(r.resource_type, r.resource_id, r.patient_id, depositor) for r in rows]
        )
    await bring_back(connection, opened, rows, at=at)


async def bring_back(connection: AsyncConnection[Any], opened: Opened, rows: Sequence[Row], *, at: datetime) -> None:
    """Store resources whose place is known already: they were deleted."""
    depositor = opened.scope.depositor_id
    of_patients = [row for row in rows if row.patient_id is not None]
    others = [row for row in rows if row.patient_id is None]
    async with connection.cursor() as cursor:
        await _many(
            cursor,
            _INSERT,
            [
                (r.patient_id, r.resource_type, r.resource_id, r.version, depositor, r.category, r.clinical_at,
                 at, r.body, *_entries(r.entries))
                for r in of_patients
            ],
        )  # fmt: skip
        await _many(
            cursor,
            _INSERT_DIRECTORY,
            [(depositor, r.resource_type, r.resource_id, r.version, at, r.body, *_entries(r.entries)) for r in others],
        )
        await _many(cursor, _INSERT_KEY, _keys(rows, depositor))
        await _many(cursor, _INSERT_IDENTITY, _identity(of_patients, depositor))


async def refer(connection: AsyncConnection[Any], opened: Opened, rows: Iterable[Row]) -> None:
    """Note which rows of the directory the shared rows name; once an upload, sorted, so that no two wait in a ring."""
    depositor = opened.scope.depositor_id
    named = {
        (row.patient_id, *key, depositor, row.category)
        for row in rows
        if row.patient_id is not None and row.category is not None
        for key in row.names
    }
    async with connection.cursor() as cursor:
        await _many(cursor, _INSERT_DIRECTORY_REFERENCE, sorted(named))


async def lock(
    connection: AsyncConnection[Any], opened: Opened, patient_id: UUID | None, key: tuple[str, UUID]
) -> int | None:
    """The version of an existing resource, locked until the transaction ends; None where there is none."""
    leading = patient_id or opened.scope.depositor_id
    cursor = await connection.execute(_LOCK if patient_id else _LOCK_DIRECTORY, [leading, *key])
    row = await cursor.fetchone()
    return row[0] if row else None


async def deleted_version(
    connection: AsyncConnection[Any], opened: Opened, patient_id: UUID | None, key: tuple[str, UUID]
) -> int | None:
    """The version that says "deleted", of a resource that `lock` does not find; None where nobody deleted it here."""
    leading = patient_id or opened.scope.depositor_id
    cursor = await connection.execute(_DELETED if patient_id else _DELETED_DIRECTORY, [leading, *key])
    row = await cursor.fetchone()
    return row[0] if row else None


async def lock_condition(connection: AsyncConnection[Any], opened: Opened, text: str) -> None:
    """Let one request at a time act on a condition of this depositor, until its transaction ends."""
    named = f"condition|{opened.scope.depositor_id}|{text}"
    await connection.execute("select pg_advisory_xact_lock(hashtextextended(%s, 0))", [named])


async def hold_patients(connection: AsyncConnection[Any], patient_ids: Collection[UUID]) -> set[UUID]:
    """Keep the Patients of these source records from being deleted until the transaction ends; those that are there."""
    cursor = await connection.execute(_HOLD, [sorted(patient_ids)])
    return {patient_id for (patient_id,) in await cursor.fetchall()}


async def delete(
    connection: AsyncConnection[Any], patient_id: UUID | None, key: tuple[str, UUID], *, at: datetime
) -> int:
    """Move the version that `lock` found to the superseded ones; the version that says "deleted" (gate.delete_v1)."""
    cursor = await connection.execute(_DELETE, [patient_id, *key, at])
    [(version,)] = await cursor.fetchall()
    return int(version)


async def replace(connection: AsyncConnection[Any], opened: Opened, row: Row, *, at: datetime) -> None:
    """Store `row` over the version that `lock` found; the earlier version moves to the superseded ones."""
    depositor = opened.scope.depositor_id
    if row.patient_id is None:
        key = (depositor, row.resource_type, row.resource_id)
        await connection.execute(_SUPERSEDE_DIRECTORY, [at, *key])
        await connection.execute(_UPDATE_DIRECTORY, [row.version, at, row.body, *_entries(row.entries), *key])
    else:
        place = (row.patient_id, row.resource_type, row.resource_id)
        await connection.execute(_SUPERSEDE, [at, *place])
        values = [row.version, row.category, row.clinical_at, at, row.body, *_entries(row.entries)]
        await connection.execute(_UPDATE, [*values, *place])
    async with connection.cursor() as cursor:
        await _many(cursor, _INSERT_KEY, _keys([row], depositor))
        await _many(cursor, _INSERT_IDENTITY, _identity([row], depositor))


async def note(
    connection: AsyncConnection[Any],
    opened: Opened,
    person_id: UUID | None,
    counts: Mapping[str, Mapping[str, int]],
    *,
    at: datetime,
) -> None:
    """The write's own audit entry, in the write's own transaction: a ticket without it reads "intended, not done"."""
    caller = opened.caller
    entry = {
        "person_id": str(person_id) if person_id else None,
        "at": at.isoformat(),
        "entry_id": str(ids.new()),
        "event": Event.RECORD_WRITTEN,
        "outcome": "allowed",
        "act": "write",
        "ground": opened.ground,
        "caller_kind": caller.kind,
        "caller_id": str(caller.caller_id),
        "provider_id": str(caller.provider_id),
        "patient_ids": [str(patient_id) for patient_id in opened.scope.patient_ids],
        "depositor_id": str(opened.scope.depositor_id),
        "detail": counts,
    }
    await connection.execute("select audit.append_v1(%s)", [Jsonb(entry)])


def _entries(found: Entries) -> list[list[Any]]:
    """The values of the columns of `_ENTRIES`; in order, so that equal resources make equal rows."""
    dates, amounts = sorted(found.dates), sorted(found.amounts)
    columns: list[list[Any]] = [[each[place] for each in dates] for place in range(3)]
    columns += [[each[place] for each in amounts] for place in range(4)]
    return [sorted(found.tokens), sorted(found.strings), *columns]


def _keys(rows: Iterable[Row], depositor: UUID | None) -> list[tuple[Any, ...]]:
    """By which the depositor finds its rows; too long a value is no identifier that anybody looks for."""
    return [
        (depositor, r.resource_type, key, r.resource_id, r.patient_id)
        for r in rows
        for key in sorted(r.entries.keys)
        if len(key) <= LONGEST_KEY
    ]


def _identity(rows: Iterable[Row], depositor: UUID | None) -> list[tuple[Any, ...]]:
    return [
        (r.patient_id, r.resource_type, r.resource_id, r.version, v.place, depositor, v.trace, v.sealed)
        for r in rows
        for v in r.identity
    ]


async def _many(cursor: Any, statement: str, values: Sequence[tuple[Any, ...]]) -> None:
    if values:
        await cursor.executemany(statement, values)
