"""A provider's system uploads records: all of it is kept, or nothing. Page: docs/flows/receive_bundle.md.

Check every entry; ask the gate for every patient; then one transaction writes rows, history, index and audit entry.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import reduce
from typing import Any
from uuid import UUID

from psycopg import AsyncConnection
from psycopg.errors import DeadlockDetected, Error, SerializationFailure, UniqueViolation

from wutong.core import clock
from wutong.core.access import Act
from wutong.core.answers import Refused
from wutong.core.events import Event
from wutong.record.flows.deposit import Deposit, documents_of, particulars_of, registration_of, row_of
from wutong.record.flows.plane import Plane
from wutong.record.flows.problems import Unacceptable, fault
from wutong.record.gate.facts import Target
from wutong.record.gate.open import Ask, Opened, open_records
from wutong.record.store import write
from wutong.record.store.identity import trace, values
from wutong.record.store.session import transaction

_TRIES = 3
_IDENTITY_MISMATCH, _SEVERAL_PERSONS = "WU001", "WU002"  # raised by gate.register_v1


@dataclass(frozen=True)
class Kept:
    """What became of one entry."""

    resource_type: str
    resource_id: UUID
    version: int
    stored_at: datetime
    is_new: bool
    body: bytes


async def receive_bundle(plane: Plane, token: bytes, deposits: Sequence[Deposit]) -> list[Kept] | Refused:
    """Keep all deposits, in order; raises Unacceptable where one cannot be kept."""
    for attempt in range(1, _TRIES + 1):
        try:
            return await _receive(plane, token, deposits)
        except (SerializationFailure, UniqueViolation, DeadlockDetected):
            # Two systems registering the same people at once: the second finds the persons the first has made.
            if attempt == _TRIES:
                sentence = "Another upload changed the same records just now. Send it again."
                raise fault("conflict", sentence, status=409) from None
        except Error as refused:
            if refused.sqlstate not in {_IDENTITY_MISMATCH, _SEVERAL_PERSONS}:
                raise
            raise _not_linked(refused) from refused
    raise AssertionError("unreachable")


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


async def _receive(plane: Plane, token: bytes, deposits: Sequence[Deposit]) -> list[Kept] | Refused:
    asks = _asks(plane, deposits)
    answers = await open_records(plane.gate, token, asks)
    opened: list[Opened] = []
    for answer in answers:
        if isinstance(answer, Refused):
            return answer
        opened.append(answer)
    together = reduce(Opened.joined, opened)
    at = clock.now()
    async with transaction(together, plane.store) as connection:
        persons = await _register(connection, plane, opened, deposits, at)
        await _compare(connection, plane, deposits, at)
        kept = await _write(connection, plane, together, deposits, at)
        await _note(connection, opened, deposits, persons, at)
    return kept


def _asks(plane: Plane, deposits: Sequence[Deposit]) -> list[Ask]:
    """One question a patient; one without a patient where the deposit concerns none."""
    by_patient: dict[UUID | None, list[Deposit]] = {}
    for deposit in deposits:
        by_patient.setdefault(deposit.patient_id, []).append(deposit)
    if len(by_patient) > 1:
        by_patient.pop(None, None)
    asks = [_ask(plane, patient_id, group) for patient_id, group in by_patient.items()]
    rows = [deposit for deposit in deposits if not deposit.is_new]
    return asks + [
        Ask(Act.WRITE, Event.RECORD_WRITE, Target(resource_type=d.key[0], resource_id=d.resource_id)) for d in rows
    ]


def _ask(plane: Plane, patient_id: UUID | None, group: Sequence[Deposit]) -> Ask:
    counts = dict(Counter(deposit.key[0] for deposit in group))
    new = [deposit for deposit in group if deposit.is_new and deposit.key == ("Patient", patient_id)]
    if not new:
        return Ask(Act.WRITE, Event.RECORD_WRITE, Target(patient_id=patient_id), detail={"resources": counts})
    sealer = plane.store.sealer
    traces = tuple(trace(value, sealer) for value, _ in values(new[0].resource))
    target = Target(traces=traces, new_patient_id=patient_id)
    return Ask(Act.WRITE, Event.RECORD_WRITE, target, detail={"resources": counts})


async def _register(
    connection: AsyncConnection[Any], plane: Plane, opened: Sequence[Opened], deposits: Sequence[Deposit], at: datetime
) -> dict[UUID, UUID]:
    """Link each new Patient to its person; the persons by source record."""
    ticket_of = {patient_id: each for each in opened for patient_id in each.scope.patient_ids}
    persons = {patient_id: each.person_id for patient_id, each in ticket_of.items() if each.person_id}
    for deposit in deposits:
        if not (deposit.is_new and deposit.key[0] == "Patient"):
            continue
        ticket = ticket_of[deposit.resource_id]
        if ticket.person_id is None:
            raise fault("processing", "This Patient cannot be registered.", place=deposit.place, status=422)
        source = registration_of(deposit, at=at)
        documents = documents_of(deposit.resource, plane.store.sealer)
        await write.register(connection, source, documents)
    return persons


async def _compare(connection: AsyncConnection[Any], plane: Plane, deposits: Sequence[Deposit], at: datetime) -> None:
    """Let each new version of a Patient that disagrees with the index wait for review; it is kept all the same."""
    for deposit in deposits:
        if deposit.key[0] == "Patient" and not deposit.is_new:
            source = particulars_of(deposit, at=at)
            await write.compare(connection, source, documents_of(deposit.resource, plane.store.sealer))


async def _write(
    connection: AsyncConnection[Any], plane: Plane, opened: Opened, deposits: Sequence[Deposit], at: datetime
) -> list[Kept]:
    code, sealer = opened.caller.provider_code, plane.store.sealer
    new = [row_of(d, version=1, provider_code=code, at=at, sealer=sealer) for d in deposits if d.is_new]
    await write.insert(connection, opened, new, at=at)
    rows = {(row.resource_type, row.resource_id): row for row in new}
    # In one order for all, so that two uploads that change the same records wait for each other instead of locking up.
    for deposit in sorted((d for d in deposits if not d.is_new), key=lambda d: d.key):
        version = await _next_version(connection, opened, deposit)
        row = row_of(deposit, version=version, provider_code=code, at=at, sealer=sealer)
        await write.replace(connection, opened, row, at=at)
        rows[deposit.key] = row
    await write.refer(connection, opened, rows.values())
    return [Kept(*d.key, rows[d.key].version, at, d.is_new, rows[d.key].as_sent) for d in deposits]


async def _next_version(connection: AsyncConnection[Any], opened: Opened, deposit: Deposit) -> int:
    name = f"{deposit.key[0]}/{deposit.key[1]}"
    version = await write.lock(connection, opened, deposit.patient_id, deposit.key)
    if version is None:
        sentence = f"{name} is stored for another patient. A record never moves: store a new one instead."
        raise fault("business-rule", sentence, place=deposit.place, status=422)
    if deposit.if_match not in {None, version}:
        sentence = (
            f"{name} is at version {version} by now, not {deposit.if_match}. Read it again, then send your change."
        )
        raise fault("conflict", sentence, place=deposit.place, status=412)
    return version + 1


async def _note(
    connection: AsyncConnection[Any],
    opened: Sequence[Opened],
    deposits: Sequence[Deposit],
    persons: dict[UUID, UUID],
    at: datetime,
) -> None:
    done: set[UUID | None] = set()
    for each in opened:
        patient_ids = each.scope.patient_ids or (None,)
        for patient_id in patient_ids:
            if patient_id in done:
                continue
            done.add(patient_id)
            counts = Counter(d.key[0] for d in deposits if d.patient_id == patient_id)
            person_id = persons.get(patient_id) if patient_id else None
            await write.note(connection, each, person_id, dict(counts), at=at)
