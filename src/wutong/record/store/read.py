"""Reads one resource, its history, or a person's projection, under an `Opened`."""

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

_OF_PATIENT = """
select resource_type, resource_id, version, stored_at, depositor_id, body, patient_id
  from record.{table}
 where patient_id = any (%(patients)s) and resource_type = %(type)s and resource_id = %(id)s
   and (depositor_id = %(depositor)s or category = any (%(categories)s))
"""
_OF_DEPOSITOR = """
select resource_type, resource_id, version, stored_at, depositor_id, body
  from record.{table}
 where depositor_id = %(depositor)s and resource_type = %(type)s and resource_id = %(id)s
"""
_CURRENT = _OF_PATIENT.format(table="resource")
_CURRENT_DIRECTORY = _OF_DEPOSITOR.format(table="directory")
# One statement, one moment: an update between two would show a version twice and hide another.
_NEWEST_FIRST = "{} union all {} order by version desc"
_ALL = _NEWEST_FIRST.format(_CURRENT, _OF_PATIENT.format(table="superseded"))
_ALL_DIRECTORY = _NEWEST_FIRST.format(_CURRENT_DIRECTORY, _OF_DEPOSITOR.format(table="directory_superseded"))

_COUNTS = "select category, number from gate.count_v1()"

_IDENTITY = """
select resource_id, version, place, sealed from record.identity_value
 where patient_id = any (%(patients)s) and resource_type = any (%(types)s) and resource_id = any (%(ids)s)
   and depositor_id = %(depositor)s
"""


async def read(opened: Opened, store: Store, resource_type: str, resource_id: UUID) -> Stored | None:
    """The current version, or None where this permission shows none."""
    async with transaction(opened, store) as connection:
        found = await _rows(connection, opened, _CURRENT, _CURRENT_DIRECTORY, resource_type, resource_id)
        restored = await restore(connection, opened, store, found)
    return restored[0] if restored else None


async def history(opened: Opened, store: Store, resource_type: str, resource_id: UUID) -> list[Stored]:
    """All versions, newest first."""
    async with transaction(opened, store) as connection:
        found = await _rows(connection, opened, _ALL, _ALL_DIRECTORY, resource_type, resource_id)
        return await restore(connection, opened, store, found)


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


async def _rows(
    connection: AsyncConnection[Any],
    opened: Opened,
    of_patient: Any,
    of_depositor: Any,
    resource_type: str,
    resource_id: UUID,
) -> list[Stored]:
    row = opened.scope.directory_row
    question = {
        "type": resource_type,
        "id": resource_id,
        "patients": list({*opened.scope.patient_ids, *filter(None, [opened.row_patient_id])}),
        "depositor": row.depositor_id if row else opened.scope.depositor_id,
        "categories": sorted(opened.scope.categories),
    }
    is_deposit = opened.scope.depositor_id is not None
    in_directory = row is not None or (is_deposit and opened.row_patient_id is None and resource_type != "Patient")
    async with connection.cursor(row_factory=class_row(Stored)) as cursor:
        await cursor.execute(of_depositor if in_directory else of_patient, question)
        return await cursor.fetchall()
