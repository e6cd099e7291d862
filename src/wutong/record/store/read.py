"""Reads one resource, one of its versions, or a person's projection, under an `Opened`."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import Any
from uuid import UUID

from psycopg import AsyncConnection
from psycopg.rows import class_row, dict_row
from psycopg.types.json import Jsonb

from wutong.core import json_text
from wutong.record.gate.batches import Batches
from wutong.record.gate.open import AWAY, Opened
from wutong.record.store import identity
from wutong.record.store.rows import Stored
from wutong.record.store.session import Pool, ReadAsked, ReadFound, Store, Under, transaction

_COLUMNS = "resource_type, resource_id, version, stored_at, depositor_id, body"
_OF_PATIENT = """
select {columns}, patient_id, {is_deleted} as is_deleted
  from record.{table}
 where patient_id = any (%(patients)s) and resource_type = %(type)s and resource_id = %(id)s
   and (depositor_id = %(depositor)s or category = any (%(categories)s))
"""
_OF_DEPOSITOR = """
select {columns}, {is_deleted} as is_deleted
  from record.{table}
 where depositor_id = %(depositor)s and resource_type = %(type)s and resource_id = %(id)s
"""
_CURRENT = _OF_PATIENT.format(columns=_COLUMNS, table="resource", is_deleted="false")
_CURRENT_DIRECTORY = _OF_DEPOSITOR.format(columns=_COLUMNS, table="directory", is_deleted="false")
_EARLIER = _OF_PATIENT.format(columns=_COLUMNS, table="superseded", is_deleted="is_deleted")
_EARLIER_DIRECTORY = _OF_DEPOSITOR.format(columns=_COLUMNS, table="directory_superseded", is_deleted="is_deleted")
_DELETION = _EARLIER + " and is_deleted order by version desc limit 1"
_DELETION_DIRECTORY = _EARLIER_DIRECTORY + " and is_deleted order by version desc limit 1"
# One statement, one moment: an update between two would hide a version.
_VERSION = "with v as ({} union all {}) select * from v where version = %(version)s"
_READ_VERSION = _VERSION.format(_CURRENT, _EARLIER)
_READ_VERSION_DIRECTORY = _VERSION.format(_CURRENT_DIRECTORY, _EARLIER_DIRECTORY)

_READ_TOGETHER = "select * from gate.read_v1(%s)"
_COUNTS = "select category, number from gate.count_v1()"

_IDENTITY = """
select resource_id, version, place, sealed from record.identity_value
 where patient_id = any (%(patients)s) and resource_type = any (%(types)s)
   and resource_id = any (string_to_array(%(ids)s, ',')::uuid[]) and depositor_id = %(depositor)s
"""


async def read(opened: Opened, store: Store, resource_type: str, resource_id: UUID) -> Stored | None:
    """The current version, or None where this permission shows none; of what is deleted, its depositor sees that."""
    answer = await store.reads.ask((opened, resource_type, resource_id))
    if answer is None:
        return None
    found, is_long = answer
    if is_long:
        return await _read_long(opened, store, resource_type, resource_id)
    if opened.scope.depositor_id is None:
        return _for_others(found)
    if not _may_be_masked(opened, found):
        return found
    async with transaction(opened, store) as connection:
        [restored] = await restore(connection, opened, store, [found])
    return restored


async def _read_long(opened: Opened, store: Store, resource_type: str, resource_id: UUID) -> Stored | None:
    """The same of a row that is too long to be read with others', by a statement of its own under the same ticket."""
    asked = _question(opened, resource_type, resource_id)
    question = asked | {"patients": [asked["patient"]]}
    statement = _CURRENT if asked["patient"] else _CURRENT_DIRECTORY
    async with transaction(opened, store) as connection:
        # Binary: as hexadecimal text, the body would be twice as much.
        cursor = connection.cursor(binary=True, row_factory=class_row(Stored))
        await cursor.execute(statement, question)
        rows = await restore(connection, opened, store, await cursor.fetchall())
    return rows[0] if rows else await read(opened, store, resource_type, resource_id)  # it was deleted meanwhile


def batched(pool: Pool) -> Batches[ReadAsked, ReadFound | None]:
    """Those who wait for a single resource."""
    return Batches(partial(_read_together, pool), hopeless=AWAY)


def under(connection: AsyncConnection[Any], store: Store) -> Store:
    """The store as a transaction sees it that goes on; who reads there has his place already."""
    held = Under(connection, store.pool.timeout)
    return Store(held, store.sealer, batched(held), asyncio.Semaphore(1))


async def _read_together(pool: Pool, asked: Sequence[ReadAsked]) -> list[ReadFound | None]:
    """What each of several permissions shows of one resource, by one call (gate.read_v1)."""
    questions = Jsonb([_question(*each) for each in asked], dumps=json_text.dump)
    async with pool.connection() as connection, connection.cursor(binary=True) as cursor:
        await cursor.execute(_READ_TOGETHER, [questions], prepare=True)
        found = {place: (Stored(*row), is_long) for place, *row, is_long in await cursor.fetchall()}
    return [found.get(place) for place, _ in enumerate(asked, start=1)]


def _question(opened: Opened, resource_type: str, resource_id: UUID) -> dict[str, Any]:
    """As gate.read_v1 reads it."""
    row = opened.scope.directory_row
    return {
        "ticket": opened.tickets[0],
        "patient": _patient_of(opened, resource_type, resource_id),
        "type": resource_type,
        "id": resource_id,
        "depositor": row.depositor_id if row else opened.scope.depositor_id,
        "categories": list(opened.scope.categories),
    }


def _patient_of(opened: Opened, resource_type: str, resource_id: UUID) -> UUID | None:
    """Whose row it is, None for a directory's; a source record's Patient has the patient's own id."""
    if opened.scope.directory_row is not None:
        return None
    return resource_id if resource_type == "Patient" else opened.row_patient_id


def _may_be_masked(opened: Opened, row: Stored) -> bool:
    """Whether a number may have been taken out of a row that the reader deposited: its mask would be in the body."""
    return opened.scope.depositor_id is not None and row.patient_id is not None and identity.MASK in row.body


async def version(opened: Opened, store: Store, resource_type: str, resource_id: UUID, number: int) -> Stored | None:
    """One version, or None where this permission does not show it."""
    statements = _READ_VERSION, _READ_VERSION_DIRECTORY
    async with transaction(opened, store) as connection:
        found = await rows_of(connection, opened, statements, resource_type, resource_id, version=number)
        restored = await restore(connection, opened, store, found)
    return restored[0] if restored else None


async def kept_version(
    connection: AsyncConnection[Any],
    opened: Opened,
    store: Store,
    patient_id: UUID | None,
    key: tuple[str, UUID],
    number: int,
) -> Stored:
    """A version that the caller was told of, wherever it is by now: none of them ever goes."""
    question = _within(opened, patient_id, key) | {"version": number}
    async with connection.cursor(row_factory=class_row(Stored)) as cursor:
        await cursor.execute(_READ_VERSION if patient_id else _READ_VERSION_DIRECTORY, question)
        [row] = await restore(connection, opened, store, await cursor.fetchall())
    return row


def _within(opened: Opened, patient_id: UUID | None, key: tuple[str, UUID]) -> dict[str, Any]:
    return {
        "type": key[0],
        "id": key[1],
        "patients": [patient_id],
        "depositor": opened.scope.depositor_id,
        "categories": [],
    }


async def projection(opened: Opened, store: Store) -> dict[str, Any] | None:
    """The index's own particulars of the opened person (gate.projection_v1), or None where PID is closed."""
    async with transaction(opened, store) as connection:
        return await projection_within(connection, opened)


async def projection_within(connection: AsyncConnection[Any], opened: Opened) -> dict[str, Any] | None:
    """The same within a transaction that has begun under the tickets of `opened`."""
    async with connection.cursor(row_factory=dict_row) as cursor:
        await cursor.execute("select * from gate.projection_v1 where person_id = %s", [opened.person_id])
        return await cursor.fetchone()


async def counts(opened: Opened, store: Store) -> dict[str, int]:
    """How many resources are stored of each category, in their current versions; a category without any is left out."""
    async with transaction(opened, store) as connection:
        return dict(await (await connection.execute(_COUNTS)).fetchall())


async def restore(
    connection: AsyncConnection[Any], opened: Opened, store: Store, rows: Sequence[Stored]
) -> list[Stored]:
    """The rows with their identity numbers put back where the caller deposited them, masked elsewhere."""
    if opened.scope.depositor_id is None:
        return [_for_others(row) for row in rows]
    of_patients = [row for row in rows if _may_be_masked(opened, row)]
    if not of_patients:
        return list(rows)
    question = {
        "patients": list({row.patient_id for row in of_patients}),
        "types": list({row.resource_type for row in of_patients}),
        "ids": ",".join(str(row.resource_id) for row in of_patients),  # of many, an array is slow to write
        "depositor": opened.scope.depositor_id,
    }
    cursor = await connection.execute(_IDENTITY, question)
    sealed: dict[tuple[UUID, int], dict[str, bytes]] = {}
    for resource_id, version, place, value in await cursor.fetchall():
        sealed.setdefault((resource_id, version), {})[place] = value
    return [_put_back(row, sealed.get((row.resource_id, row.version)), store) for row in rows]


def _for_others(row: Stored) -> Stored:
    """A row of a directory keeps its identity numbers, for its depositor alone; in a patient's row they are masked."""
    if row.patient_id is not None or b'"value"' not in row.body:
        return row
    resource = json_text.parse(row.body)
    return replace(row, body=json_text.dump(resource)) if identity.mask(resource) else row


def _put_back(row: Stored, sealed: dict[str, bytes] | None, store: Store) -> Stored:
    if not sealed:
        return row
    resource = json_text.parse(row.body)
    identity.put_back(resource, sealed, store.sealer, resource_id=row.resource_id)
    return replace(row, body=json_text.dump(resource))


async def rows_of(
    connection: AsyncConnection[Any],
    opened: Opened,
    statements: tuple[str, str],
    resource_type: str,
    resource_id: UUID,
    **more: Any,
) -> list[Stored]:
    """What one of two statements finds of a resource: of a patient's rows, or of a depositor's directory."""
    question, in_directory = rows_asked(opened, resource_type, resource_id)
    async with connection.cursor(row_factory=class_row(Stored)) as cursor:
        await cursor.execute(statements[1] if in_directory else statements[0], question | more)
        return await cursor.fetchall()


def rows_asked(opened: Opened, resource_type: str, resource_id: UUID | None) -> tuple[dict[str, Any], bool]:
    """The parameters of a statement about what `opened` opens, and whether it lives in a depositor's directory."""
    row = opened.scope.directory_row
    question = {
        "type": resource_type,
        "id": resource_id,
        "patients": list({*opened.scope.patient_ids, *filter(None, [opened.row_patient_id])}),
        "depositor": row.depositor_id if row else opened.scope.depositor_id,
        "categories": sorted(opened.scope.categories),
    }
    is_deposit = opened.scope.depositor_id is not None
    return question, row is not None or (is_deposit and opened.row_patient_id is None and resource_type != "Patient")
