"""What an upload keeps others from while it is written: rows, and conditions. One order for all.

Uploads that change the same rows wait for each other in the order of the keys, so that no two wait in a ring.
"""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from psycopg import AsyncConnection
from psycopg.rows import class_row

from wutong.record.gate.open import Opened
from wutong.record.store.read import restore
from wutong.record.store.rows import Stored
from wutong.record.store.session import Store

Place = tuple[UUID | None, str, UUID]  # patient (None: the depositor's directory), type, id

_GIVEN = "unnest(%(patients)s::uuid[], %(types)s::text[], %(ids)s::uuid[]) with ordinality as g (p, t, i, n)"
# By patients twice: a distributed database prunes by the second (scale rule 8).
_ROW = (
    "on r.patient_id = g.p and r.patient_id = any (%(patients)s::uuid[]) and r.resource_type = g.t"
    " and r.resource_id = g.i"
)
_ENTRY = "on r.depositor_id = %(depositor)s and r.resource_type = g.t and r.resource_id = g.i"
_LOCK = f"""
select r.resource_id, r.version from {_GIVEN} join record.resource r {_ROW}
 order by g.n for no key update of r
"""  # noqa: S608 - our own names
_LOCK_DIRECTORY = f"""
select r.resource_id, r.version from {_GIVEN} join record.directory r {_ENTRY}
 order by g.n for no key update of r
"""  # noqa: S608 - as above
_DELETED = f"""
select r.resource_id, max(r.version) from {_GIVEN} join record.superseded r {_ROW} and r.is_deleted group by 1
"""  # noqa: S608 - as above
_DELETED_DIRECTORY = f"""
select r.resource_id, max(r.version) from {_GIVEN} join record.directory_superseded r {_ENTRY} and r.is_deleted
 group by 1
"""  # noqa: S608 - as above
_COLUMNS = "r.resource_type, r.resource_id, r.version, r.stored_at, r.depositor_id, r.body"
_READ = f"""
select {_COLUMNS}, r.patient_id from {_GIVEN} join record.resource r {_ROW}
union all
select {_COLUMNS}, null from {_GIVEN} join record.directory r {_ENTRY} where g.p is null
"""  # noqa: S608 - as above
_SIZES = f"""
select r.resource_id, octet_length(r.body) from {_GIVEN} join record.resource r {_ROW}
union all
select r.resource_id, octet_length(r.body) from {_GIVEN} join record.directory r {_ENTRY} where g.p is null
"""  # noqa: S608 - as above
# In the order of the locks themselves.
_BY_TEXT = """
select pg_advisory_xact_lock(key)
  from (select distinct hashtextextended(text, 0) as key from unnest(%s::text[]) as c (text) order by 1) as keys
"""


async def lock(connection: AsyncConnection[Any], opened: Opened, places: Sequence[Place]) -> dict[UUID, int]:
    """The versions of those that are there, by id; locked, in this order, until the transaction ends."""
    return await _versions(connection, opened, places, _LOCK, _LOCK_DIRECTORY)


async def lock_absent(connection: AsyncConnection[Any], places: Sequence[Place]) -> None:
    """Let whoever else would bring back what is not there wait until the transaction ends: there is no row to lock.

    Whoever had this before may have brought it back: it is to be looked for again.
    """
    await _lock_texts(connection, [f"deleted|{kind}|{resource_id}" for _, kind, resource_id in places])


async def deleted_versions(
    connection: AsyncConnection[Any], opened: Opened, places: Sequence[Place]
) -> dict[UUID, int]:
    """The version that says "deleted" of what `lock` did not find, by id; without what nobody deleted here."""
    return await _versions(connection, opened, places, _DELETED, _DELETED_DIRECTORY)


async def sizes(connection: AsyncConnection[Any], opened: Opened, places: Sequence[Place]) -> dict[UUID, int]:
    """How many bytes the current versions have, by id."""
    if not places:
        return {}
    return dict(await (await connection.execute(_SIZES, _question(opened, places))).fetchall())


async def read_current(
    connection: AsyncConnection[Any], opened: Opened, store: Store, places: Sequence[Place]
) -> dict[UUID, Stored]:
    """The current versions of what is there, with their identity numbers, by id."""
    if not places:
        return {}
    # Binary: as hexadecimal text, a body would be twice as much.
    async with connection.cursor(binary=True, row_factory=class_row(Stored)) as cursor:
        await cursor.execute(_READ, _question(opened, places))
        found = await cursor.fetchall()
    return {row.resource_id: row for row in await restore(connection, opened, store, found)}


async def lock_conditions(connection: AsyncConnection[Any], opened: Opened, texts: Iterable[str]) -> None:
    """Let one request at a time act on each condition of this depositor, until its transaction ends."""
    await _lock_texts(connection, [f"condition|{opened.scope.depositor_id}|{text}" for text in texts])


async def _lock_texts(connection: AsyncConnection[Any], texts: Sequence[str]) -> None:
    if texts:
        await connection.execute(_BY_TEXT, [texts])


async def _versions(
    connection: AsyncConnection[Any], opened: Opened, places: Sequence[Place], of_patients: str, of_directory: str
) -> dict[UUID, int]:
    found = dict[UUID, int]()
    listed = [place for place in places if place[0] is None]
    for statement, some in ((of_patients, [each for each in places if each[0]]), (of_directory, listed)):
        if some:
            found |= dict(await (await connection.execute(statement, _question(opened, some))).fetchall())
    return found


def _question(opened: Opened, places: Sequence[Place]) -> dict[str, Any]:
    patients, types, resource_ids = map(list, zip(*places, strict=True))
    return {"patients": patients, "types": types, "ids": resource_ids, "depositor": opened.scope.depositor_id}
