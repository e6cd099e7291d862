"""A provider's system changes records: all of it is kept, or nothing. Page: docs/flows/receive_bundle.md.

Find what conditions name; ask the gate for every patient and every row that is there; then one transaction writes rows,
history, index and audit entry.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from functools import reduce
from typing import Any
from uuid import UUID

from psycopg import AsyncConnection, Rollback
from psycopg.errors import DeadlockDetected, Error, SerializationFailure, UniqueViolation

from wutong.core import clock
from wutong.core.access import Act
from wutong.core.answers import Refused
from wutong.core.events import Event
from wutong.record.flows.changes import Change, Kept
from wutong.record.flows.delete_record import HAS_ROWS, patient_has_rows
from wutong.record.flows.plane import Plane
from wutong.record.flows.problems import Unacceptable, fault
from wutong.record.flows.repeat_request import Once, ask_to_write, remember, repeated
from wutong.record.flows.resolve_conditions import Moved, resolve_conditions
from wutong.record.flows.settling import Hits, Kind, Step, settle
from wutong.record.flows.versions import Work
from wutong.record.flows.writing import carry_out
from wutong.record.gate.facts import Target
from wutong.record.gate.open import Ask, Opened, open_records
from wutong.record.store.identity import trace, values
from wutong.record.store.read import under
from wutong.record.store.session import place, transaction

_TRIES = 3
_IDENTITY_MISMATCH, _SEVERAL_PERSONS = "WU001", "WU002"  # raised by gate.register_v1
_THERE = frozenset({Kind.UPDATE, Kind.PATCH, Kind.DELETE})


@dataclass(frozen=True)
class Manner:
    """How changes are carried out.

    `once`: where the client says that it may send the same again (repeat_request). `needs_bodies`: whether what a
    condition found is to be answered with. `is_trial`: all is done and undone again; the trail then says that an upload
    was begun, and none that it was kept. `reads`: what is read of the plane as it will be, before anything is kept;
    where it raises, nothing is. A repeated request does not come to it.
    """

    once: Once | None = None
    needs_bodies: bool = False
    is_trial: bool = False
    reads: Callable[[Plane], Awaitable[None]] | None = None


_PLAIN = Manner()


async def receive_bundle(
    plane: Plane, token: bytes, changes: Sequence[Change], manner: Manner = _PLAIN
) -> list[Kept] | Refused:
    """Carry out all changes, or none; what became of each, in order. Raises Unacceptable."""
    for attempt in range(1, _TRIES + 1):
        try:
            return await _receive(plane, token, changes, manner)
        except (SerializationFailure, UniqueViolation, DeadlockDetected, Moved):
            # Two systems registering the same people at once: the second finds the persons the first has made.
            if attempt == _TRIES:
                sentence = "Another upload changed the same records just now. Send it again."
                raise fault("conflict", sentence, status=409) from None
        except Error as refused:
            if refused.sqlstate not in {_IDENTITY_MISMATCH, _SEVERAL_PERSONS, HAS_ROWS}:
                raise
            raise _told(refused) from refused
    raise AssertionError("unreachable")


def _told(refused: Error) -> Unacceptable:
    return patient_has_rows() if refused.sqlstate == HAS_ROWS else _not_linked(refused)


def _not_linked(refused: Error) -> Unacceptable:
    if refused.sqlstate == _SEVERAL_PERSONS:
        sentence = (
            "The identity documents of this Patient belong to different registered persons. Check each document's "
            "number; if all are right, ask the eHR office."
        )
        return fault("business-rule", sentence, place="Patient", status=422)
    return fault("business-rule", _mismatch(refused), place="Patient", status=422)


def _mismatch(refused: Error) -> str:
    differing = (refused.diag.message_primary or "").partition(": ")[2]
    return (
        f"A person with this identity document is registered with other particulars ({differing}). Check the "
        f"document's number and the particulars; if both are right, ask the eHR office."
    )


async def _receive(plane: Plane, token: bytes, changes: Sequence[Change], manner: Manner) -> list[Kept] | Refused:
    once = manner.once
    if once and (before := await repeated(plane, token, once)) is not None:
        return before
    resolved = await resolve_conditions(plane, token, changes)
    if isinstance(resolved, Refused):
        return resolved
    steps = await asyncio.to_thread(settle, changes, resolved.hits, plane)
    opened = list[Opened]()
    # Who may not write is not told what a condition spared him.
    for answer in await open_records(plane.gate, token, _asks(plane, steps) or [ask_to_write()]):
        if isinstance(answer, Refused):
            return answer
        opened.append(answer)
    together = reduce(Opened.joined, [*_covering(opened), *resolved.opened])
    async with _transaction(together, plane, manner) as connection:
        hits = await resolved.hold(connection)
        work = Work(connection, plane, together, clock.now(), manner.needs_bodies)
        kept = await carry_out(work, opened, [_looked_again(step, hits) for step in _placed(steps, opened)])
        if once:
            await remember(work, once, kept)
        if manner.reads:
            await manner.reads(replace(plane, store=under(connection, plane.store)))
        if manner.is_trial:
            raise Rollback
    return kept


@asynccontextmanager
async def _transaction(opened: Opened, plane: Plane, manner: Manner) -> AsyncIterator[AsyncConnection[Any]]:
    """The upload's one transaction; what it reads may take as long as a search, so that it waits for a place first."""
    async with AsyncExitStack() as entered:
        if manner.reads:
            await entered.enter_async_context(place(plane.store))
        yield await entered.enter_async_context(transaction(opened, plane.store))


def _looked_again(step: Step, hits: Hits) -> Step:
    """The step with the version that its condition finds by now."""
    condition = step.change.condition
    return replace(step, hit=hits[condition.text]) if condition and step.hit else step


def _asks(plane: Plane, steps: Sequence[Step]) -> list[Ask]:
    """One question a patient; one without a patient where nothing concerns one; and one for each row that is there."""
    by_patient: dict[UUID | None, list[Step]] = {}
    for step in steps:
        if step.kind in {Kind.CREATE, Kind.UPDATE}:
            by_patient.setdefault(step.patient_id, []).append(step)
    if len(by_patient) > 1:
        by_patient.pop(None, None)
    asks = [_ask(plane, patient_id, group) for patient_id, group in by_patient.items()]
    return asks + [_ask_row(step) for step in steps if step.kind in _THERE]


def _ask(plane: Plane, patient_id: UUID | None, group: Sequence[Step]) -> Ask:
    detail = {"resources": dict(Counter(step.key[0] for step in group))}
    new = [step for step in group if step.kind is Kind.CREATE and step.key == ("Patient", patient_id)]
    if not new:
        return Ask(Act.WRITE, Event.RECORD_WRITE, Target(patient_id=patient_id), detail=detail)
    sealer = plane.store.sealer
    traces = tuple(trace(value, sealer) for value, _ in values(new[0].change.resource))
    target = Target(traces=traces, new_patient_id=patient_id)
    return Ask(Act.WRITE, Event.RECORD_WRITE, target, detail=detail)


def _ask_row(step: Step) -> Ask:
    kind, resource_id = step.key
    # An update is counted with its patient.
    names = {Kind.PATCH: "resources", Kind.DELETE: "deleted"}
    detail = {names[step.kind]: {kind: 1}} if step.kind in names else {}
    return Ask(Act.WRITE, Event.RECORD_WRITE, Target(resource_type=kind, resource_id=resource_id), detail=detail)


def _covering(opened: Sequence[Opened]) -> list[Opened]:
    """Permissions to write that open, together, what all of them open: row security looks at each ticket again."""
    kept, patients = list[Opened](), set[UUID]()
    for each in opened:
        if not kept or not patients.issuperset(each.scope.patient_ids):
            kept.append(each)
            patients.update(each.scope.patient_ids)
    return kept


def _placed(steps: Sequence[Step], opened: Sequence[Opened]) -> list[Step]:
    """The steps with the patient whose row a patch or a deletion is about, as the gate has found it."""
    there = [step for step in steps if step.kind in _THERE]
    found = dict(zip(map(id, there), opened[len(opened) - len(there) :], strict=True))
    return [
        replace(step, patient_id=found[id(step)].row_patient_id) if step.kind in {Kind.PATCH, Kind.DELETE} else step
        for step in steps
    ]
