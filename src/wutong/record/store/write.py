"""The only writer of records: rows, superseded versions, whereabouts, identity values and the audit entries, together.

Set-based: what an upload of any length stores takes one statement, made of a part for each table that it touches. What
is stored goes over as JSON, which costs a third of the processor time of parameters in arrays.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg import AsyncConnection
from psycopg.errors import SerializationFailure
from psycopg.types.json import Jsonb

from wutong.core import ids
from wutong.core.events import Event
from wutong.record.gate.open import Opened
from wutong.record.store.given import ENTRIES, Rows, as_json, values


@dataclass(frozen=True)
class Written:
    """What an upload did with one person's record, or with nobody's in particular: its own audit entry.

    A ticket without one reads "intended, not done".
    """

    opened: Opened
    person_id: UUID | None
    counts: Mapping[str, Mapping[str, int]]


_ENTRIES = ", ".join(ENTRIES)
_OF_GIVEN = ", ".join(f"g.{name}" for name in ENTRIES)
_GIVEN = f"""
given as materialized (
  select * from json_to_recordset(%(rows)s::json) as g (
    how text, patient_id uuid, resource_type text, resource_id uuid, version int, category text,
    clinical_at timestamptz, body text, {", ".join(f"{name} {kind}" for name, kind in ENTRIES.items())}))"""  # noqa: S608 - our own names
_WHEREABOUTS = """
whereabouts as (
  insert into record.whereabouts (resource_type, resource_id, patient_id, depositor_id)
  select resource_type, resource_id, patient_id, %(depositor)s from given where how = 'new')"""
_STORED = f"""
stored as (
  insert into record.resource
    (patient_id, resource_type, resource_id, version, depositor_id, category, clinical_at, stored_at, body, {_ENTRIES})
  select patient_id, resource_type, resource_id, version, %(depositor)s, category, clinical_at, %(at)s,
         convert_to(body, 'UTF8'), {_ENTRIES}
    from given where how <> 'renewed' and patient_id is not null)"""  # noqa: S608 - as above
_LISTED = f"""
listed as (
  insert into record.directory (depositor_id, resource_type, resource_id, version, stored_at, body, {_ENTRIES})
  select %(depositor)s, resource_type, resource_id, version, %(at)s, convert_to(body, 'UTF8'), {_ENTRIES}
    from given where how <> 'renewed' and patient_id is null)"""  # noqa: S608 - as above
# Both see the version before: the parts of a statement see what was there when it began.
_RENEWED = f"""
superseded as (
  insert into record.superseded
    (patient_id, resource_type, resource_id, version, depositor_id, category, clinical_at, stored_at, body, stored_by,
     replaced_at, {_ENTRIES})
  select r.patient_id, r.resource_type, r.resource_id, r.version, r.depositor_id, r.category, r.clinical_at,
         r.stored_at, r.body, r.stored_by, %(at)s, {_OF_GIVEN.replace("g.", "r.")}
    from given g join record.resource r using (patient_id, resource_type, resource_id)
   where g.how = 'renewed' and r.patient_id = any (%(patients)s::uuid[])),
renewed as (
  update record.resource r
     set (version, category, clinical_at, stored_at, body, stored_by, {_ENTRIES})
       = (g.version, g.category, g.clinical_at, %(at)s, convert_to(g.body, 'UTF8'), pg_current_xact_id(), {_OF_GIVEN})
    from given g
   where g.how = 'renewed' and r.patient_id = any (%(patients)s::uuid[]) and r.patient_id = g.patient_id
     and r.resource_type = g.resource_type and r.resource_id = g.resource_id
  returning r.resource_id)"""  # noqa: S608 - as above
_RELISTED = f"""
superseded_in_directory as (
  insert into record.directory_superseded
    (depositor_id, resource_type, resource_id, version, stored_at, body, stored_by, replaced_at, {_ENTRIES})
  select d.depositor_id, d.resource_type, d.resource_id, d.version, d.stored_at, d.body, d.stored_by, %(at)s,
         {_OF_GIVEN.replace("g.", "d.")}
    from given g join record.directory d using (resource_type, resource_id)
   where g.how = 'renewed' and g.patient_id is null and d.depositor_id = %(depositor)s),
relisted as (
  update record.directory d
     set (version, stored_at, body, stored_by, {_ENTRIES})
       = (g.version, %(at)s, convert_to(g.body, 'UTF8'), pg_current_xact_id(), {_OF_GIVEN})
    from given g
   where g.how = 'renewed' and g.patient_id is null and d.depositor_id = %(depositor)s
     and d.resource_type = g.resource_type and d.resource_id = g.resource_id
  returning d.resource_id)"""  # noqa: S608 - as above
_KEYS = """
keys as (
  insert into record.deposit_key (depositor_id, resource_type, value, resource_id, patient_id)
  select %(depositor)s, resource_type, value, resource_id, patient_id
    from json_to_recordset(%(keys)s::json) as k (resource_type text, value text, resource_id uuid, patient_id uuid)
  on conflict do nothing)"""
_IDENTITY = """
identity as (
  insert into record.identity_value
    (patient_id, resource_type, resource_id, version, place, depositor_id, trace, sealed)
  select patient_id, resource_type, resource_id, version, place, %(depositor)s, decode(trace, 'hex'),
         decode(sealed, 'hex')
    from json_to_recordset(%(identity)s::json) as i (
      patient_id uuid, resource_type text, resource_id uuid, version int, place text, trace text, sealed text))"""
# In one order for all, so that no two uploads wait in a ring.
_NAMES = """
names as (
  insert into record.directory_reference (patient_id, resource_type, resource_id, depositor_id, category)
  select patient_id, resource_type, resource_id, %(depositor)s, category
    from json_to_recordset(%(names)s::json) as n (
      patient_id uuid, resource_type text, resource_id uuid, category text)
  on conflict do nothing)"""
_COUNTS = {_RENEWED: "(select count(*) from renewed)", _RELISTED: "(select count(*) from relisted)"}
_DELETE = """
select gate.delete_v1(d.patient_id, d.resource_type, d.resource_id, %s)
  from json_to_recordset(%s::json) as d (patient_id uuid, resource_type text, resource_id uuid)
"""
_REGISTER = "select gate.register_v1(s -> 'source', s -> 'documents') from jsonb_array_elements(%s) as s"
_COMPARE = "select gate.compare_v1(s -> 'source', s -> 'documents') from jsonb_array_elements(%s) as s"
# Against a deletion of the Patient at the same moment; an update of it is not in the way.
_HELD = """
held as (
  select patient_id from record.resource
   where patient_id = any (%(held)s::uuid[]) and resource_type = 'Patient' order by patient_id for key share)"""
_NOTED = "(select count(audit.append_v1(entry)) from jsonb_array_elements(%(written)s) as entry)"


async def register(connection: AsyncConnection[Any], sources: Sequence[Mapping[str, Any]]) -> None:
    """Link new source records to their tickets' persons, registering those whose documents nobody has.

    `sources`: each with its `source` and `documents` (gate.register_v1). Raises SerializationFailure where the
    documents became another's since the ticket.
    """
    if sources:
        await connection.execute(_REGISTER, [Jsonb(sources)])


async def compare(connection: AsyncConnection[Any], sources: Sequence[Mapping[str, Any]]) -> None:
    """Where later versions of source records disagree with the index, let them wait for review (gate.compare_v1)."""
    if sources:
        await connection.execute(_COMPARE, [Jsonb(sources)])


async def store(
    connection: AsyncConnection[Any],
    opened: Opened,
    rows: Rows,
    written: Iterable[Written],
    *,
    under: Collection[UUID],
    at: datetime,
) -> set[UUID]:
    """Store all rows, what is kept beside them, and the upload's own audit entries; an earlier version is superseded.

    `under`: the source records whose Patients must not be deleted until the transaction ends; those that are there are
    given back, and without one of them all is to be undone. What comes back or is renewed was locked before. Raises
    SerializationFailure where the ticket ended meanwhile.
    """
    parts = _parts(rows, under)
    renewed = [_COUNTS[part] for part in parts if part in _COUNTS]
    held = "array(select patient_id from held)" if under else "'{}'::uuid[]"
    statement = f"{'with' if parts else ''} {','.join(parts)} select {' + '.join(renewed) or '0'}, {held}, {_NOTED}"
    given = values(rows, opened.scope.depositor_id, at)
    given |= {"held": sorted(under), "written": Jsonb([_entry(each, at) for each in written])}
    [(count, found, _)] = await (await connection.execute(statement, given)).fetchall()
    if count != len(rows.renewed):
        raise SerializationFailure("a ticket ended while its upload was written")
    return set(found)


async def delete(
    connection: AsyncConnection[Any], places: Sequence[tuple[UUID | None, str, UUID]], *, at: datetime
) -> list[int]:
    """Move locked rows to the superseded ones, in this order; the versions that say "deleted" (gate.delete_v1)."""
    if not places:
        return []
    given = [dict(zip(("patient_id", "resource_type", "resource_id"), place, strict=True)) for place in places]
    cursor = await connection.execute(_DELETE, [at, as_json(given)])
    return [int(version) for (version,) in await cursor.fetchall()]


def _entry(written: Written, at: datetime) -> dict[str, Any]:
    opened, caller = written.opened, written.opened.caller
    return {
        "person_id": str(written.person_id) if written.person_id else None,
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
        "detail": written.counts,
    }


def _parts(rows: Rows, under: Collection[UUID]) -> list[str]:
    """The parts of the statement for what there is to store."""
    added, every = [*rows.new, *rows.back], list(rows)
    wanted = {
        _HELD: under,
        _GIVEN: every,
        _WHEREABOUTS: rows.new,
        _STORED: any(row.patient_id for row in added),
        _LISTED: any(row.patient_id is None for row in added),
        _RENEWED: any(row.patient_id for row in rows.renewed),
        _RELISTED: any(row.patient_id is None for row in rows.renewed),
        _KEYS: any(row.entries.keys for row in every),
        _IDENTITY: any(row.identity for row in every),
        _NAMES: any(row.names for row in every),
    }
    return [part for part, is_wanted in wanted.items() if is_wanted]
