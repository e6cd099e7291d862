"""Reads versions, newest first, a page at a time, under an `Opened`: of one resource, or of all of a type.

A page goes on from the last version shown (keyset), so that what is stored meanwhile neither repeats nor hides one.
"""

from dataclasses import dataclass, fields
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from psycopg.rows import dict_row

from wutong.record.gate.open import Opened
from wutong.record.store.read import restore, rows_asked
from wutong.record.store.rows import Stored
from wutong.record.store.search import MOST_BYTES, in_turn
from wutong.record.store.session import Store

_COLUMNS = "resource_type, resource_id, version, stored_at, depositor_id, body"
_IN_RECORD = "{columns}, patient_id, {deleted} as is_deleted from record.{table}"
_IN_DIRECTORY = "{columns}, null::uuid as patient_id, {deleted} as is_deleted from record.{table}"
_TABLES = (
    _IN_RECORD.format(columns=_COLUMNS, deleted="false", table="resource"),
    _IN_RECORD.format(columns=_COLUMNS, deleted="is_deleted", table="superseded"),
)
_DIRECTORY_TABLES = (
    _IN_DIRECTORY.format(columns=_COLUMNS, deleted="false", table="directory"),
    _IN_DIRECTORY.format(columns=_COLUMNS, deleted="is_deleted", table="directory_superseded"),
)
_OF_PATIENT = """patient_id = any (%(patients)s) and resource_type = %(type)s
   and (depositor_id = %(depositor)s or category = any (%(categories)s))"""
_OF_DEPOSITOR = "depositor_id = %(depositor)s and resource_type = %(type)s"
_SINCE = " and stored_at >= %(since)s"
_THIS = " and resource_id = %(id)s"
# A version is told by (stored_at, resource_id, version); of one resource by its number alone. The first comparison says
# no more than the second, and is the one that an index can begin with.
_AFTER = """ and stored_at <= %(after_at)s
   and (stored_at, resource_id, version) < (%(after_at)s, %(after_id)s, %(after_version)s)"""
_ORDER = "stored_at desc, resource_id desc, version desc"
# One statement, one moment: an update between two would show a version twice and hide another.
_INSTANCE = """
with v as ({versions}),
page as (select * from v where version < %(after_version)s order by version desc limit %(limit)s),
weighed as (select page.*, row_number() over w as place, sum(octet_length(body)) over w as bytes
              from page window w as (order by version desc rows unbounded preceding))
select weighed.*, (select count(*) from v) as total, (select count(*) from page) as held from weighed
 where place = 1 or bytes <= %(most_bytes)s order by version desc
"""
_TYPE = """
with page as (select * from ({versions}) as v order by stored_at desc, resource_id desc, version desc limit %(limit)s),
weighed as (select page.*, row_number() over w as place, sum(octet_length(body)) over w as bytes
              from page window w as (order by stored_at desc, resource_id desc, version desc rows unbounded preceding))
select *, null as total, (select count(*) from page) as held from weighed
 where place = 1 or bytes <= %(most_bytes)s order by place
"""


def _versions(tables: tuple[str, ...], condition: str) -> str:
    return " union all ".join(f"select {table} where {condition}" for table in tables)


def _newest_versions(tables: tuple[str, ...], condition: str) -> str:
    """Each table gives no more than a page: its index has them in order."""
    arms = [f"(select {table} where {condition}{_AFTER} order by {_ORDER} limit %(limit)s)" for table in tables]
    return " union all ".join(arms)


_OF_ONE = _INSTANCE.format(versions=_versions(_TABLES, _OF_PATIENT + _THIS + _SINCE))
_OF_ONE_IN_DIRECTORY = _INSTANCE.format(versions=_versions(_DIRECTORY_TABLES, _OF_DEPOSITOR + _THIS + _SINCE))
_OF_TYPE_OF_PATIENT = _TYPE.format(versions=_newest_versions(_TABLES, _OF_PATIENT + _SINCE))
_OF_TYPE = _TYPE.format(versions=_newest_versions(_TABLES + _DIRECTORY_TABLES, _OF_DEPOSITOR + _SINCE))


@dataclass(frozen=True)
class Mark:
    """The last version of a page: where the next one goes on."""

    stored_at: datetime
    resource_id: UUID
    version: int


_FIRST = datetime(1, 1, 1, tzinfo=UTC)
END = Mark(datetime(9999, 12, 31, tzinfo=UTC), UUID(int=2**128 - 1), 2**31 - 1)  # newer than all


@dataclass(frozen=True)
class Pages:
    """Which part of a history is asked for."""

    count: int
    since: datetime | None = None
    after: Mark = END


@dataclass(frozen=True)
class Versions:
    """One page. `total` is of the whole history of one resource since then; nobody counts that of a type."""

    rows: list[Stored]
    has_more: bool
    total: int | None = None


async def of_resource(opened: Opened, store: Store, resource_type: str, resource_id: UUID, pages: Pages) -> Versions:
    """Versions of one resource; none where this permission shows none. Raises TooCostly."""
    question, in_directory = rows_asked(opened, resource_type, resource_id)
    return await _page(opened, store, _OF_ONE_IN_DIRECTORY if in_directory else _OF_ONE, question, pages)


async def of_type(opened: Opened, store: Store, resource_type: str, pages: Pages, *, has_patient: bool) -> Versions:
    """Versions of all resources of a type: of a patient, or (`has_patient` false) of all that the caller deposited.

    Raises TooCostly.
    """
    question, _ = rows_asked(opened, resource_type, None)
    return await _page(opened, store, _OF_TYPE_OF_PATIENT if has_patient else _OF_TYPE, question, pages)


async def _page(opened: Opened, store: Store, statement: str, question: dict[str, Any], pages: Pages) -> Versions:
    question |= {
        "since": pages.since or _FIRST,
        "limit": pages.count + 1,
        "most_bytes": MOST_BYTES,
        "after_at": pages.after.stored_at,
        "after_id": pages.after.resource_id,
        "after_version": pages.after.version,
    }
    async with in_turn(opened, store) as connection:
        async with connection.cursor(row_factory=dict_row) as cursor:
            await cursor.execute(statement, question)
            found = await cursor.fetchall()
        rows = await restore(connection, opened, store, [_stored(row) for row in found[: pages.count]])
    first = found[0] if found else {"total": 0, "held": 0}
    return Versions(rows, has_more=first["held"] > len(rows), total=first["total"])


def _stored(row: dict[str, Any]) -> Stored:
    return Stored(**{each.name: row[each.name] for each in fields(Stored)})
