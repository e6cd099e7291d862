"""What every change of stored resources does first: lock them, and compare the versions that the sender has seen.

Source: HL7 FHIR R4, http page ("managing resource contention").
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg import AsyncConnection

from wutong.record.flows.plane import Plane
from wutong.record.flows.problems import Unacceptable, fault
from wutong.record.flows.settling import Kind, Step
from wutong.record.gate.open import Opened
from wutong.record.store import lock

# Of what has to be there.
_THERE = frozenset({Kind.UPDATE, Kind.PATCH, Kind.DELETE})


@dataclass(frozen=True)
class Work:
    """One upload's transaction: its connection, all its permissions together, and its time.

    `needs_bodies`: whether its answer holds what is stored.
    """

    connection: AsyncConnection[Any]
    plane: Plane
    opened: Opened
    at: datetime
    needs_bodies: bool = False


@dataclass(frozen=True)
class Version:
    """The newest version of a stored resource, locked until the transaction ends."""

    number: int
    is_deleted: bool = False


async def lock_versions(work: Work, steps: Sequence[Step]) -> Mapping[UUID, Version]:
    """The version that each step changes, by id; raises Unacceptable where one is not what its sender has seen."""
    # A Patient last, as what is under it is deleted before it.
    there = sorted((s for s in steps if s.kind in _THERE), key=lambda s: (s.key[0] == "Patient", s.key))
    versions = await _newest(work, there) if there else {}
    for step in there:
        _compare(step, versions.get(step.key[1]))
    return versions


async def _newest(work: Work, steps: Sequence[Step]) -> dict[UUID, Version]:
    places = [step.stored_at for step in steps]
    found = await lock.lock(work.connection, work.opened, places)
    deleted = dict[UUID, int]()
    if missing := [place for place in places if place[2] not in found]:
        await lock.lock_absent(work.connection, missing)
        found |= await lock.lock(work.connection, work.opened, missing)
        gone = [place for place in missing if place[2] not in found]
        deleted = await lock.deleted_versions(work.connection, work.opened, gone)
    current = {resource_id: Version(number) for resource_id, number in found.items()}
    return current | {resource_id: Version(number, is_deleted=True) for resource_id, number in deleted.items()}


def _compare(step: Step, version: Version | None) -> None:
    change = step.change
    if version is None:
        raise _elsewhere(step)
    name = f"{step.key[0]}/{step.key[1]}"
    if change.if_match is not None and version.number not in change.if_match:
        sentence = (
            f"{name} is at version {version.number} by now, which If-Match does not name. Read it again, then send "
            "your change."
        )
        raise fault("conflict", sentence, place=change.place, status=412)
    if change.must_be_absent and not version.is_deleted:
        sentence = f"{name} is there already, and If-None-Match says that it must not be. Send If-Match to change it."
        raise fault("conflict", sentence, place=change.place, status=412)


def _elsewhere(step: Step) -> Unacceptable:
    sentence = (
        f"{step.key[0]}/{step.key[1]} is stored for another patient. A record never moves: store a new one instead."
    )
    return fault("business-rule", sentence, place=step.change.place, status=422)
