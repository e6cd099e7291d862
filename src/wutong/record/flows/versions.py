"""What every change of a stored resource does first: lock it, and compare the version that the sender has seen.

Source: HL7 FHIR R4, http page ("managing resource contention").
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from psycopg import AsyncConnection

from wutong.record.flows.plane import Plane
from wutong.record.flows.problems import fault
from wutong.record.flows.settling import Step
from wutong.record.gate.open import Opened
from wutong.record.store import write


@dataclass(frozen=True)
class Work:
    """One upload's transaction: its connection, all its permissions together, and its time."""

    connection: AsyncConnection[Any]
    plane: Plane
    opened: Opened
    at: datetime


@dataclass(frozen=True)
class Version:
    """The newest version of a stored resource, locked until the transaction ends."""

    number: int
    is_deleted: bool = False


async def lock(work: Work, step: Step) -> Version:
    """The version that `step` changes; raises Unacceptable where it is not the one that the sender has seen."""
    version = await _newest(work, step)
    change, name = step.change, f"{step.key[0]}/{step.key[1]}"
    if change.if_match not in {None, version.number}:
        sentence = (
            f"{name} is at version {version.number} by now, not {change.if_match}. Read it again, then send your "
            f"change."
        )
        raise fault("conflict", sentence, place=change.place, status=412)
    if change.must_be_absent and not version.is_deleted:
        sentence = f"{name} is there already, and If-None-Match says that it must not be. Send If-Match to change it."
        raise fault("conflict", sentence, place=change.place, status=412)
    return version


async def _newest(work: Work, step: Step) -> Version:
    current = await write.lock(work.connection, work.opened, step.patient_id, step.key)
    if current is not None:
        return Version(current)
    deleted = await write.deleted_version(work.connection, work.opened, step.patient_id, step.key)
    if deleted is not None:
        return Version(deleted, is_deleted=True)
    sentence = (
        f"{step.key[0]}/{step.key[1]} is stored for another patient. A record never moves: store a new one instead."
    )
    raise fault("business-rule", sentence, place=step.change.place, status=422)
