"""The steps of an upload within its one transaction: deletions, then all that is stored, then its entries.

The order is FHIR's own (http page, "transaction").
"""

import asyncio
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from typing import Any
from uuid import UUID

from wutong.core.access import Ground
from wutong.record.flows import storing
from wutong.record.flows.changes import MOST_ANSWERED, Kept, Outcome
from wutong.record.flows.delete_record import delete_records
from wutong.record.flows.deposit import Deposit, particulars_of, registration_of
from wutong.record.flows.patch_record import patch_records
from wutong.record.flows.problems import fault
from wutong.record.flows.settling import Kind, Step
from wutong.record.flows.spared import spared
from wutong.record.flows.versions import Version, Work, lock_versions
from wutong.record.gate.open import Opened
from wutong.record.store import write
from wutong.record.store.given import Row, Rows
from wutong.record.store.write import Written

_DONE = {Outcome.CREATED: "resources", Outcome.UPDATED: "resources", Outcome.DELETED: "deleted"}


async def carry_out(work: Work, opened: Sequence[Opened], steps: Sequence[Step]) -> list[Kept]:
    """Write all steps and the entry of each patient; what became of each, in their order. Raises Unacceptable."""
    kinds: dict[Kind, list[Step]] = {kind: [step for step in steps if step.kind is kind] for kind in Kind}
    versions = await lock_versions(work, steps)
    done = await delete_records(work, kinds[Kind.DELETE], versions)
    persons = await _register(work, opened, kinds[Kind.CREATE])
    deposits = {id(step): step.deposit() for step in (*kinds[Kind.CREATE], *kinds[Kind.UPDATE])}
    patched = await patch_records(work, kinds[Kind.PATCH], versions)
    await _compare(work, [deposits[id(step)] for step in kinds[Kind.UPDATE]], patched.patients)
    rows = await asyncio.to_thread(_rows, work, deposits, versions) | patched.rows
    done |= {number: _kept(each, versions.get(each.resource_id), work) for number, each in rows.items()}
    left = MOST_ANSWERED - sum(len(each.as_sent) for each in rows.values())
    done |= await spared(work, kinds[Kind.NOTHING], left=left)
    kept = [done[id(step)] for step in steps]
    written = _written(opened, _by_patient(steps, kept), persons)
    under = _under(steps)
    there = await write.store(work.connection, work.opened, _by_fate(rows, versions), written, under=under, at=work.at)
    _refuse_under(steps, under - there)
    return kept


def _kept(row: Row, before: Version | None, work: Work) -> Kept:
    outcome = Outcome.CREATED if before is None or before.is_deleted else Outcome.UPDATED
    return Kept(row.resource_type, row.resource_id, row.version, work.at, outcome, row.as_sent, row.patient_id)


def _under(steps: Sequence[Step]) -> set[UUID]:
    """The source records that resources are stored under, whose Patients do not come along."""
    stored = [step for step in steps if step.kind in {Kind.CREATE, Kind.UPDATE} and step.patient_id]
    own = {step.key[1] for step in stored if step.key[0] == "Patient"}
    return {step.patient_id for step in stored if step.patient_id} - own


def _refuse_under(steps: Sequence[Step], missing: Collection[UUID]) -> None:
    """Nothing is stored under a Patient who is deleted."""
    for step in steps:
        if step.patient_id in missing and step.kind in {Kind.CREATE, Kind.UPDATE}:
            sentence = f"Patient/{step.patient_id} was deleted. Bring it back first, with a PUT."
            raise fault("conflict", sentence, place=step.change.place, status=409)


async def _register(work: Work, opened: Sequence[Opened], steps: Sequence[Step]) -> dict[UUID, UUID]:
    """Link each new Patient to its person; the persons by source record."""
    ticket_of = {patient_id: each for each in opened for patient_id in each.scope.patient_ids}
    new = [step for step in steps if step.key[0] == "Patient"]
    for step in new:
        if ticket_of[step.key[1]].person_id is None:
            raise fault("processing", "This Patient cannot be registered.", place=step.change.place, status=422)
    sources = [storing.source(work, step.deposit(), registration_of) for step in new]
    unknown = {patient_id for patient_id, each in ticket_of.items() if each.ground is Ground.REGISTRATION}
    _refuse_one_person_twice([each for each in zip(new, sources, strict=True) if each[0].key[1] in unknown])
    await write.register(work.connection, sources)
    return {patient_id: each.person_id for patient_id, each in ticket_of.items() if each.person_id}


def _refuse_one_person_twice(unknown: Sequence[tuple[Step, Mapping[str, Any]]]) -> None:
    """Each would be registered as a person of their own, with the document that makes them one."""
    first: dict[str, Step] = {}
    for step, source in unknown:
        for document in source["documents"]:
            if (other := first.setdefault(document["trace"], step)) is not step:
                sentence = (
                    f"{other.change.place} registers a person with this identity document too. Send one Patient of a "
                    f"person first; with the next upload another is linked to the same person."
                )
                raise fault("duplicate", sentence, place=f"{step.change.place}.identifier", status=422)


async def _compare(work: Work, updated: Sequence[Deposit], patched: Sequence[Mapping[str, Any]]) -> None:
    """A version of a Patient that disagrees with the index waits for review; it is kept all the same."""
    patients = [storing.source(work, each, particulars_of) for each in updated if each.key[0] == "Patient"]
    await write.compare(work.connection, [*patients, *patched])


def _rows(work: Work, deposits: Mapping[int, Deposit], versions: Mapping[UUID, Version]) -> dict[int, Row]:
    return {
        number: storing.row(work, deposit, versions.get(deposit.resource_id)) for number, deposit in deposits.items()
    }


def _by_fate(rows: Mapping[int, Row], versions: Mapping[UUID, Version]) -> Rows:
    """New, back after a deletion, or a new version of what is there."""
    new, back, renewed = list[Row](), list[Row](), list[Row]()
    for row in rows.values():
        before = versions.get(row.resource_id)
        (new if before is None else back if before.is_deleted else renewed).append(row)
    return Rows(new, back, renewed)


def _written(
    opened: Sequence[Opened], by_patient: Mapping[UUID | None, Sequence[Kept]], persons: Mapping[UUID, UUID]
) -> list[Written]:
    """One entry a patient; one of nobody in particular where nothing concerns one."""
    written = dict[UUID | None, Written]()
    for each in opened:
        for patient_id in each.scope.patient_ids or (None,):
            if patient_id not in written:
                person_id = persons.get(patient_id) if patient_id else None
                written[patient_id] = Written(each, person_id, _counts(by_patient.get(patient_id, [])))
    return list(written.values())


def _by_patient(steps: Sequence[Step], kept: Sequence[Kept]) -> dict[UUID | None, list[Kept]]:
    found = dict[UUID | None, list[Kept]]()
    for step, each in zip(steps, kept, strict=True):
        found.setdefault(step.patient_id, []).append(each)
    return found


def _counts(kept: Sequence[Kept]) -> dict[str, dict[str, int]]:
    counts: dict[str, Counter[str]] = {"resources": Counter()}
    for each in kept:
        if name := _DONE.get(each.outcome):
            counts.setdefault(name, Counter())[each.resource_type] += 1
    return {name: dict(counter) for name, counter in counts.items()}
