"""What stands in tables beside the rows: identity numbers, keys, references to directories, whereabouts.

Keys and references are only ever added by uploads, `on conflict do nothing`. To take one away, its table is locked
until whoever is adding has committed, and what the row needs is looked at again behind the lock.
"""

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, LiteralString
from uuid import UUID

from wutong.core import ids
from wutong.record.store.keeper.rows import Version
from wutong.record.store.keeper.session import Keeper, moment

# (resource_type, resource_id, depositor_id, category) of a patient's rows
Reference = tuple[str, UUID, UUID, str]
# (depositor_id, resource_type, value, resource_id, patient_id)
Key = tuple[UUID, str, str, UUID, UUID | None]
_PIECE = 1000

_IDENTITY = """
select resource_type, resource_id, version, place, trace, sealed, depositor_id from record.identity_value
 where patient_id = %s and (resource_type, resource_id, version) >= (%s, %s, %s)
   and (resource_type, resource_id, version) <= (%s, %s, %s)
"""
_STRAY_IDENTITY = """
select i.resource_type, i.resource_id, i.version from record.identity_value i
 where i.patient_id = %(patient)s
   and not exists (select from record.resource r where r.patient_id = i.patient_id
                      and (r.resource_type, r.resource_id, r.version) = (i.resource_type, i.resource_id, i.version))
   and not exists (select from record.superseded r where r.patient_id = i.patient_id
                      and (r.resource_type, r.resource_id, r.version) = (i.resource_type, i.resource_id, i.version))
"""
_WANTED_KEYS = """
select w.*
  from unnest(%s::uuid[], %s::text[], %s::text[], %s::uuid[], %s::uuid[]) w(depositor, kind, value, id, patient)
"""
_MISSING_KEYS = f"""
{_WANTED_KEYS}
 where not exists (select from record.deposit_key k where k.depositor_id = w.depositor and k.resource_type = w.kind
                      and k.value = w.value and k.resource_id = w.id and k.patient_id is not distinct from w.patient)
"""  # noqa: S608 - our own text
_TAKE_KEY = """
delete from record.deposit_key where depositor_id = %s and resource_type = %s and value = %s and resource_id = %s
"""
_PUT_KEY = """
insert into record.deposit_key (depositor_id, resource_type, value, resource_id, patient_id)
values (%s, %s, %s, %s, %s) on conflict do nothing
"""
# Whether a version of the row has the identifier, where the key says that it lies.
_FOUNDED = """
case when k.patient_id is null then
  exists (select from record.directory r where r.depositor_id = k.depositor_id and r.resource_type = k.resource_type
             and r.resource_id = k.resource_id and 'identifier' || k.value = any (r.tokens))
  or exists (select from record.directory_superseded r where r.depositor_id = k.depositor_id
             and r.resource_type = k.resource_type and r.resource_id = k.resource_id
             and 'identifier' || k.value = any (r.tokens))
else
  exists (select from record.resource r where r.patient_id = k.patient_id and r.resource_type = k.resource_type
             and r.resource_id = k.resource_id and r.depositor_id = k.depositor_id
             and 'identifier' || k.value = any (r.tokens))
  or exists (select from record.superseded r where r.patient_id = k.patient_id and r.resource_type = k.resource_type
             and r.resource_id = k.resource_id and r.depositor_id = k.depositor_id
             and 'identifier' || k.value = any (r.tokens))
end
"""
_KEYS = f"""
select k.depositor_id, k.resource_type, k.value, k.resource_id, k.patient_id, {_FOUNDED} from record.deposit_key k
 where (k.depositor_id, k.resource_type, k.value, k.resource_id) > (%s, %s, %s, %s)
 order by k.depositor_id, k.resource_type, k.value, k.resource_id limit %s
"""  # noqa: S608 - our own text
_TAKE_UNFOUNDED = f"""
delete from record.deposit_key k
 where k.depositor_id = %s and k.resource_type = %s and k.value = %s and k.resource_id = %s and not ({_FOUNDED})
"""  # noqa: S608 - our own text
_REFERENCES = """
select resource_type, resource_id, depositor_id, category from record.directory_reference where patient_id = %s
"""
_PUT_REFERENCE = """
insert into record.directory_reference (patient_id, resource_type, resource_id, depositor_id, category)
values (%s, %s, %s, %s, %s) on conflict do nothing
"""
_TAKE_REFERENCE = """
delete from record.directory_reference
 where patient_id = %s and resource_type = %s and resource_id = %s and depositor_id = %s and category = %s
"""
_WHEREABOUTS = """
select resource_type, resource_id, patient_id, depositor_id from record.whereabouts
 where (resource_type, resource_id) in (select * from unnest(%s::text[], %s::uuid[]))
"""
_STRAY_WHEREABOUTS = """
select w.resource_type, w.resource_id,
       case when w.patient_id is null then
         exists (select from record.directory r where r.depositor_id = w.depositor_id
                    and r.resource_type = w.resource_type and r.resource_id = w.resource_id)
         or exists (select from record.directory_superseded r where r.depositor_id = w.depositor_id
                    and r.resource_type = w.resource_type and r.resource_id = w.resource_id)
       else
         exists (select from record.resource r where r.patient_id = w.patient_id
                    and r.resource_type = w.resource_type and r.resource_id = w.resource_id)
         or exists (select from record.superseded r where r.patient_id = w.patient_id
                    and r.resource_type = w.resource_type and r.resource_id = w.resource_id)
       end
  from record.whereabouts w where (w.resource_type, w.resource_id) > (%s, %s)
 order by w.resource_type, w.resource_id limit %s
"""


def identity_of(keeper: Keeper, piece: Sequence[Version]) -> dict[tuple[Any, ...], dict[str, tuple[bytes, bytes]]]:
    """By type, id and version: each place's trace and sealed number."""
    first, last = piece[0], piece[-1]
    if first.patient_id is None:
        return {}
    ends = [*first.key, first.version, *last.key, last.version]
    found: dict[tuple[Any, ...], dict[str, tuple[bytes, bytes]]] = {}
    for *key, place, trace, sealed, _ in keeper.connection.execute(_IDENTITY, [first.patient_id, *ends]):
        found.setdefault(tuple(key), {})[place] = (trace, sealed)
    return found


def stray_identity(keeper: Keeper, patient_id: UUID) -> list[tuple[str, UUID, int]]:
    """Versions that are not there, of which there are identity numbers."""
    return keeper.connection.execute(_STRAY_IDENTITY, {"patient": patient_id}).fetchall()


def missing_keys(keeper: Keeper, wanted: Collection[Key]) -> list[Key]:
    """Those of `wanted` that are not there as they should be."""
    columns = [list(column) for column in zip(*wanted, strict=True)]
    return keeper.connection.execute(_MISSING_KEYS, columns).fetchall() if wanted else []


def put_keys(keeper: Keeper, keys: Sequence[Key]) -> None:
    """Add keys; one that led elsewhere is replaced."""
    with keeper.connection.transaction(), keeper.connection.cursor() as cursor:
        cursor.executemany(_TAKE_KEY, [key[:4] for key in keys])
        cursor.executemany(_PUT_KEY, keys)


def unfounded_keys(keeper: Keeper) -> Iterator[list[Key]]:
    """All keys in pieces: those of each piece that no version of their row has."""
    after: tuple[Any, ...] = (ids.NOBODY, "", "", ids.NOBODY)
    while piece := keeper.connection.execute(_KEYS, [*after, _PIECE]).fetchall():
        yield [key for *key, is_founded in piece if not is_founded]
        after = piece[-1][:4]


def take_keys(keeper: Keeper, keys: Sequence[Key]) -> None:
    """Take away keys that are still unfounded behind the lock."""
    lock: LiteralString = "lock table record.deposit_key in share row exclusive mode"
    with _alone(keeper, lock), keeper.connection.cursor() as cursor:
        cursor.executemany(_TAKE_UNFOUNDED, [key[:4] for key in keys])


def references_of(keeper: Keeper, patient_id: UUID) -> set[Reference]:
    """What is noted of the directory rows that a patient's rows name."""
    return set(keeper.connection.execute(_REFERENCES, [patient_id]))


def put_references(keeper: Keeper, patient_id: UUID, references: Collection[Reference]) -> None:
    """Note more of them."""
    with keeper.connection.cursor() as cursor:
        cursor.executemany(_PUT_REFERENCE, [(patient_id, *each) for each in sorted(references)])


def take_references(keeper: Keeper, patient_id: UUID, references: Collection[Reference]) -> None:
    """Take notes away, inside `references_alone`."""
    with keeper.connection.cursor() as cursor:
        cursor.executemany(_TAKE_REFERENCE, [(patient_id, *each) for each in references])


@contextmanager
def references_alone(keeper: Keeper) -> Iterator[None]:
    """Inside nobody adds a reference, and what is read is of one moment behind the lock."""
    with _alone(keeper, "lock table record.directory_reference in share row exclusive mode"):
        yield


@contextmanager
def _alone(keeper: Keeper, lock: LiteralString) -> Iterator[None]:
    with moment(keeper):
        keeper.connection.execute(lock)  # before the first look, which is the moment
        yield


def whereabouts_of(keeper: Keeper, keys: Collection[tuple[str, UUID]]) -> dict[tuple[str, UUID], tuple[UUID, UUID]]:
    """Of each resource that is known: its patient (None: a directory's) and its depositor."""
    columns = [[kind for kind, _ in keys], [resource_id for _, resource_id in keys]]
    rows = keeper.connection.execute(_WHEREABOUTS, columns)
    return {(kind, resource_id): (patient_id, depositor_id) for kind, resource_id, patient_id, depositor_id in rows}


def stray_whereabouts(keeper: Keeper) -> Iterator[list[tuple[str, UUID]]]:
    """All whereabouts in pieces: those of each piece that lead to no row."""
    after: tuple[Any, ...] = ("", ids.NOBODY)
    while piece := keeper.connection.execute(_STRAY_WHEREABOUTS, [*after, _PIECE]).fetchall():
        yield [(kind, resource_id) for kind, resource_id, is_there in piece if not is_there]
        after = piece[-1][:2]
