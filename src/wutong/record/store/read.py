"""Reads one resource, one of its versions, or a person's projection, under an `Opened`."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from psycopg import AsyncConnection
from psycopg.rows import class_row, dict_row

from wutong.core import json_text
from wutong.record.gate.open import Opened
from wutong.record.store import identity
from wutong.record.store.rows import Stored
from wutong.record.store.session import Store, transaction

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

_COUNTS = "select category, number from gate.count_v1()"

_IDENTITY = """
select resource_id, version, place, sealed from record.identity_value
 where patient_id = any (%(patients)s) and resource_type = any (%(types)s) and resource_id = any (%(ids)s)
   and depositor_id = %(depositor)s
"""


async def read(opened: Opened, store: Store, resource_type: str, resource_id: UUID) -> Stored | None:
    """The current version, or None where this permission shows none; of what is deleted, its depositor sees that."""
    key = resource_type, resource_id
    async with transaction(opened, store) as connection:
        found = await rows_of(connection, opened, (_CURRENT, _CURRENT_DIRECTORY), *key)
        if not found and opened.scope.depositor_id is not None:
            found = await rows_of(connection, opened, (_DELETION, _DELETION_DIRECTORY), *key)
        restored = await restore(connection, opened, store, found)
    return restored[0] if restored else None


async def version(opened: Opened, store: Store, resource_type: str, resource_id: UUID, number: int) -> Stored | None:
    """One version, or None where this permission does not show it."""
    statements = _READ_VERSION, _READ_VERSION_DIRECTORY
    async with transaction(opened, store) as connection:
        found = await rows_of(connection, opened, statements, resource_type, resource_id, version=number)
        restored = await restore(connection, opened, store, found)
    return restored[0] if restored else None


async def locked(
    connection: AsyncConnection[Any], opened: Opened, store: Store, patient_id: UUID | None, key: tuple[str, UUID]
) -> Stored:
    """The current version of what `write.lock` has found, with its identity numbers, within the same transaction."""
    question = _within(opened, patient_id, key)
    async with connection.cursor(row_factory=class_row(Stored)) as cursor:
        await cursor.execute(_CURRENT if patient_id else _CURRENT_DIRECTORY, question)
        [row] = await restore(connection, opened, store, await cursor.fetchall())
    return row


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
    async with transaction(opened, store) as connection, connection.cursor(row_factory=dict_row) as cursor:
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
    of_patients = [row for row in rows if row.patient_id is not None]
    if opened.scope.depositor_id is None or not of_patients:
        return list(rows)
    question = {
        "patients": [row.patient_id for row in of_patients],
        "types": [row.resource_type for row in of_patients],
        "ids": [row.resource_id for row in of_patients],
        "depositor": opened.scope.depositor_id,
    }
    cursor = await connection.execute(_IDENTITY, question)
    sealed: dict[tuple[UUID, int], dict[str, bytes]] = {}
    for resource_id, version, place, value in await cursor.fetchall():
        sealed.setdefault((resource_id, version), {})[place] = value
    return [_put_back(row, sealed.get((row.resource_id, row.version)), store) for row in rows]


def _put_back(row: Stored, sealed: dict[str, bytes] | None, store: Store) -> Stored:
    if not sealed:
        return row
    resource = json_text.parse(row.body)
    identity.put_back(resource, sealed, store.sealer, resource_id=row.resource_id)
    return Stored(**{**row.__dict__, "body": json_text.dump(resource)})


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
