"""Every row is read and compared with what it is found by. Page: docs/flows/compare_records.md."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any
from uuid import UUID

from psycopg import Connection

from wutong.core.events import Event
from wutong.core.sealing import Sealer
from wutong.record.flows.worked_out import Unreadable, differing, keys_of, references_of, work_out
from wutong.record.store.keeper import beside
from wutong.record.store.keeper.beside import Key, Reference
from wutong.record.store.keeper.rows import PATIENTS, SHELVES, Shelf, Version, units, versions
from wutong.record.store.keeper.session import Keeper, moment, noted


@dataclass
class Compared:
    """How many versions were read; differences that `wutong reindex` mends, and others."""

    read: int = 0
    index: int = 0
    data: int = 0


@dataclass(frozen=True)
class _Work:
    keeper: Keeper
    say: Callable[[str], None]
    done: Compared

    def index(self, sentence: str) -> None:
        """Something is found otherwise than the data says."""
        self.done.index += 1
        self.say(sentence)

    def data(self, sentence: str) -> None:
        """Something is missing, or too much, or changed."""
        self.done.data += 1
        self.say(sentence)


def compare_records(
    connection: Connection[Any], sealer: Sealer, *, say: Callable[[str], None], tell: Callable[[Compared], None]
) -> Compared:
    """`say` gets a sentence for each difference, `tell` how far it is. Each patient is looked at as of one moment."""
    work = _Work(Keeper(connection, sealer), say, Compared())
    with noted(work.keeper, Event.RECORD_COMPARE, {}, lambda: asdict(work.done)):
        for shelf in SHELVES.values():
            for unit in units(work.keeper, shelf):
                with moment(work.keeper):
                    _unit(work, shelf, unit)
                tell(work.done)
        _strays(work)
    return work.done


def _unit(work: _Work, shelf: Shelf, unit: UUID) -> None:
    named, last = set[Reference](), None
    for piece in versions(work.keeper, shelf, unit):
        named |= _piece(work, piece)
        for version in piece:
            _follows(work, last, version)
            last = version
    _follows(work, last, None)
    if shelf is PATIENTS:
        _beside_patient(work, unit, named)


def _piece(work: _Work, piece: Sequence[Version]) -> set[Reference]:
    keys, named, numbers = set[Key](), set[Reference](), beside.identity_of(work.keeper, piece)
    for version in piece:
        mine = numbers.get((*version.key, version.version), {})
        try:
            wanted = work_out(version, mine, work.keeper.sealer)
        except Unreadable as why:
            work.data(f"{version.name}: {why}.")
            continue
        if others := list(differing(version, wanted)):
            work.index(f"{version.name} is indexed otherwise than its content says: {', '.join(others)}.")
        if {place: trace for place, (trace, _) in mine.items()} != wanted.traces:
            work.data(f"{version.name} has other identity numbers than are stored beside it.")
        keys.update(keys_of(version, wanted))
        named.update(references_of(version, wanted))
    for key in beside.missing_keys(work.keeper, keys):
        work.index(f"{key[1]}/{key[3]} lacks a key by which its depositor finds it.")
    _whereabouts(work, piece)
    work.done.read += len(piece)
    return named


def _whereabouts(work: _Work, piece: Sequence[Version]) -> None:
    known = beside.whereabouts_of(work.keeper, {version.key for version in piece})
    for version in piece:
        if known.get(version.key) != (version.patient_id, version.depositor_id):
            work.data(f"{version.name} does not lie where its whereabouts say.")


def _follows(work: _Work, before: Version | None, version: Version | None) -> None:
    """A history is whole: 1 to n, the last current or a deletion, none but the last current."""
    for sentence in _breaks(before, version):
        work.data(sentence)


def _breaks(before: Version | None, version: Version | None) -> Iterator[str]:
    is_same = before and version and before.key == version.key
    if before and not is_same and not (before.is_current or before.is_deleted):
        yield f"{before.name} is superseded, and there is no later one."
    if version and not is_same and version.version != 1:
        yield f"{version.name} has no earlier ones."
    if before and version and is_same:
        if version.version != before.version + 1:
            yield f"{version.name} follows upon version {before.version}."
        if before.is_current:
            yield f"{before.name} is current, and there is a later one."


def _beside_patient(work: _Work, patient_id: UUID, named: set[Reference]) -> None:
    noted_there = beside.references_of(work.keeper, patient_id)
    for kind, resource_id, _, category in sorted(named - noted_there):
        work.index(f"That rows of Patient/{patient_id} in {category} name {kind}/{resource_id} is not noted.")
    for kind, resource_id, _, category in sorted(noted_there - named):
        work.index(f"No row of Patient/{patient_id} in {category} names {kind}/{resource_id}, as is noted.")
    for kind, resource_id, version in beside.stray_identity(work.keeper, patient_id):
        work.data(f"{kind}/{resource_id} version {version} is not there; an identity number of it is.")


def _strays(work: _Work) -> None:
    for keys in beside.unfounded_keys(work.keeper):
        for _, kind, _, resource_id, _ in keys:
            work.index(f"{kind}/{resource_id} has a key that none of its versions gives.")
    for lost in beside.stray_whereabouts(work.keeper):
        for kind, resource_id in lost:
            work.data(f"{kind}/{resource_id} is not where its whereabouts say; it may be lost.")
