"""What rows are found by is worked out anew, beside a running server. Page: docs/flows/reindex_records.md."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any
from uuid import UUID

from psycopg import Connection
from psycopg.errors import DeadlockDetected

from wutong.core import ids
from wutong.core.events import Event
from wutong.core.sealing import Sealer
from wutong.record.flows.worked_out import Unreadable, WorkedOut, differing, keys_of, references_of, work_out
from wutong.record.store.keeper import beside
from wutong.record.store.keeper.beside import Key, Reference
from wutong.record.store.keeper.rows import PATIENTS, SHELVES, Change, Shelf, Version, units, versions, write
from wutong.record.store.keeper.session import Keeper, noted

_TRIES = 5


@dataclass
class Reindexed:
    """How many versions were read, and what was mended."""

    read: int = 0
    rows: int = 0
    categories: int = 0  # of those rows: how many changed their category
    keys: int = 0
    references: int = 0
    unreadable: int = 0


# The counts so far, and the place to go on from: "patients/<id>" or "directories/<id>".
Tell = Callable[[Reindexed, str], None]


@dataclass(frozen=True)
class _Work:
    keeper: Keeper
    only: str | None
    say: Callable[[str], None]
    done: Reindexed


def reindex_records(
    connection: Connection[Any],
    sealer: Sealer,
    *,
    only: str | None = None,
    after: tuple[str, UUID] | None = None,
    say: Callable[[str], None],
    tell: Tell,
) -> Reindexed:
    """Work it out for all versions of type `only`, or of every type; from behind the place `after` on.

    `say` gets a sentence for each version that cannot be read, `tell` how far it is.
    """
    work = _Work(Keeper(connection, sealer), only, say, Reindexed())
    asked = {"type": only, "after": "/".join(map(str, after)) if after else None}
    with noted(work.keeper, Event.RECORD_REINDEX, asked, lambda: asdict(work.done)):
        begin, last = after or (PATIENTS.name, ids.NOBODY)
        names = list(SHELVES)
        for name in names[names.index(begin) :]:
            for unit in units(work.keeper, SHELVES[name], last if name == begin else ids.NOBODY):
                _unit(work, SHELVES[name], unit)
                tell(work.done, f"{name}/{unit}")
        _take_unfounded_keys(work)
    return work.done


def _unit(work: _Work, shelf: Shelf, unit: UUID) -> None:
    named, unreadable = set[Reference](), work.done.unreadable
    for piece in versions(work.keeper, shelf, unit, work.only):
        named |= _piece(work, shelf, piece)
    if shelf is not PATIENTS:
        return
    noted_before = beside.references_of(work.keeper, unit)
    if missing := named - noted_before:
        beside.put_references(work.keeper, unit, missing)
        work.done.references += len(missing)
    # What of a patient is unread, or cannot be read, may name them.
    if work.only is None and work.done.unreadable == unreadable and noted_before - named:
        _take_references(work, unit)


def _piece(work: _Work, shelf: Shelf, piece: Sequence[Version]) -> set[Reference]:
    changes, keys, named = list[Change](), set[Key](), set[Reference]()
    for version, wanted in _worked_out(work, piece):
        if list(differing(version, wanted)):
            changes.append(Change(version, wanted.category, wanted.clinical_at, wanted.entries))
        keys.update(keys_of(version, wanted))
        named.update(references_of(version, wanted))
    if changes:
        _patiently(lambda: write(work.keeper, shelf, changes))
    if missing := beside.missing_keys(work.keeper, keys):
        _patiently(lambda: beside.put_keys(work.keeper, missing))
    work.done.read += len(piece)
    work.done.rows += len(changes)
    work.done.categories += sum(each.version.category != each.category for each in changes)
    work.done.keys += len(missing)
    return named


def _worked_out(work: _Work, piece: Sequence[Version]) -> list[tuple[Version, WorkedOut]]:
    found, numbers = list[tuple[Version, WorkedOut]](), beside.identity_of(work.keeper, piece)
    for version in piece:
        try:
            mine = numbers.get((*version.key, version.version), {})
            found.append((version, work_out(version, mine, work.keeper.sealer)))
        except Unreadable as why:
            work.done.unreadable += 1
            work.say(f"{version.name} is left as it is: {why}.")
    return found


def _take_references(work: _Work, patient_id: UUID) -> None:
    """Behind the lock everything is looked at again: an upload may have named one just now."""
    with beside.references_alone(work.keeper):
        named = {
            reference
            for piece in versions(work.keeper, PATIENTS, patient_id)
            for version, wanted in _worked_out(work, piece)
            for reference in references_of(version, wanted)
        }
        surplus = beside.references_of(work.keeper, patient_id) - named
        beside.take_references(work.keeper, patient_id, surplus)
    work.done.references += len(surplus)


def _take_unfounded_keys(work: _Work) -> None:
    """At the end, when the tokens say what each row has."""
    for unfounded in beside.unfounded_keys(work.keeper):
        if mine := [key for key in unfounded if work.only in {None, key[1]}]:
            beside.take_keys(work.keeper, mine)
            work.done.keys += len(mine)


def _patiently(act: Callable[[], None]) -> None:
    """An upload that changes the same rows in another order comes first."""
    for _ in range(_TRIES - 1):
        try:
            return act()
        except DeadlockDetected:
            continue
    return act()
