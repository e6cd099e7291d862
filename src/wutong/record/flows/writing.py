"""The steps of an upload within its one transaction: deletions, then what is new, then new versions, then its entry.

The order is FHIR's own (http page, "transaction").
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from uuid import UUID

from wutong.record.flows.changes import Kept, Outcome
from wutong.record.flows.delete_record import delete_record
from wutong.record.flows.deposit import Deposit, documents_of, particulars_of, registration_of, row_of
from wutong.record.flows.patch_record import patch_record
from wutong.record.flows.problems import fault
from wutong.record.flows.settling import Kind, Step
from wutong.record.flows.versions import Work, lock
from wutong.record.gate.open import Opened
from wutong.record.store import write
from wutong.record.store.write import Row

_DONE = {Outcome.CREATED: "resources", Outcome.UPDATED: "resources", Outcome.DELETED: "deleted"}


async def carry_out(work: Work, opened: Sequence[Opened], steps: Sequence[Step]) -> list[Kept]:
    """Write all steps and the entry of each patient; what became of each, in their order. Raises Unacceptable."""
    done = {id(step): _found(step, work) for step in steps if step.kind is Kind.NOTHING}
    # In one order for all, so that two uploads that change the same records wait for each other instead of locking up;
    # a Patient last, since nothing may be left under it.
    for step in sorted((s for s in steps if s.kind is Kind.DELETE), key=lambda s: (s.key[0] == "Patient", s.key)):
        done[id(step)] = await delete_record(work, step)
    await _hold_patients(work, steps)
    persons = await _register(work, opened, steps)
    rows = await _create(work, [step for step in steps if step.kind is Kind.CREATE])
    done |= {number: _kept(row, Outcome.CREATED, work) for number, row in rows.items()}
    for step in sorted((s for s in steps if s.kind in {Kind.UPDATE, Kind.PATCH}), key=lambda s: s.key):
        row, outcome = await _renew(work, step)
        rows[id(step)], done[id(step)] = row, _kept(row, outcome, work)
    await write.refer(work.connection, work.opened, rows.values())
    kept = [done[id(step)] for step in steps]
    await _note(work, opened, steps, kept, persons)
    return kept


def _found(step: Step, work: Work) -> Kept:
    """What a condition spares: a create whose resource is there, a deletion of nothing."""
    if step.hit is None:
        return Kept(step.key[0], None, 0, work.at, Outcome.ABSENT)
    hit = step.hit
    return Kept(*step.key, hit.version, hit.stored_at, Outcome.FOUND, hit.body, hit.patient_id)


def _kept(row: Row, outcome: Outcome, work: Work) -> Kept:
    return Kept(row.resource_type, row.resource_id, row.version, work.at, outcome, row.as_sent, row.patient_id)


async def _hold_patients(work: Work, steps: Sequence[Step]) -> None:
    """Nothing is stored under a Patient who is deleted."""
    own = {step.key[1] for step in steps if step.key[0] == "Patient" and step.kind in {Kind.CREATE, Kind.UPDATE}}
    wanted = {s.patient_id for s in steps if s.kind in {Kind.CREATE, Kind.UPDATE} and s.patient_id} - own
    missing = wanted - await write.hold_patients(work.connection, wanted) if wanted else set()
    for step in steps:
        if step.patient_id in missing and step.kind in {Kind.CREATE, Kind.UPDATE}:
            sentence = f"Patient/{step.patient_id} was deleted. Bring it back first, with a PUT."
            raise fault("conflict", sentence, place=step.change.place, status=409)


async def _register(work: Work, opened: Sequence[Opened], steps: Sequence[Step]) -> dict[UUID, UUID]:
    """Link each new Patient to its person; the persons by source record."""
    ticket_of = {patient_id: each for each in opened for patient_id in each.scope.patient_ids}
    persons = {patient_id: each.person_id for patient_id, each in ticket_of.items() if each.person_id}
    for step in steps:
        if not (step.kind is Kind.CREATE and step.key[0] == "Patient"):
            continue
        if ticket_of[step.key[1]].person_id is None:
            raise fault("processing", "This Patient cannot be registered.", place=step.change.place, status=422)
        source = registration_of(step.deposit(), at=work.at)
        documents = documents_of(step.change.resource, work.plane.store.sealer)
        await write.register(work.connection, source, documents)
    return persons


async def _create(work: Work, steps: Sequence[Step]) -> dict[int, Row]:
    rows = {id(step): _row(work, step.deposit(), version=1) for step in steps}
    await write.insert(work.connection, work.opened, list(rows.values()), at=work.at)
    return rows


async def _renew(work: Work, step: Step) -> tuple[Row, Outcome]:
    """A new version of a resource, from the whole of it or by a patch."""
    before = await lock(work, step)
    deposit = await patch_record(work, step, before) if step.kind is Kind.PATCH else step.deposit()
    if deposit.key[0] == "Patient":
        # A version that disagrees with the index waits for review; it is kept all the same.
        source = particulars_of(deposit, at=work.at)
        await write.compare(work.connection, source, documents_of(deposit.resource, work.plane.store.sealer))
    row = _row(work, deposit, version=before.number + 1)
    if before.is_deleted:
        await write.bring_back(work.connection, work.opened, [row], at=work.at)
        return row, Outcome.CREATED
    await write.replace(work.connection, work.opened, row, at=work.at)
    return row, Outcome.UPDATED


def _row(work: Work, deposit: Deposit, *, version: int) -> Row:
    code, sealer = work.opened.caller.provider_code, work.plane.store.sealer
    return row_of(deposit, version=version, provider_code=code, at=work.at, sealer=sealer)


async def _note(
    work: Work, opened: Sequence[Opened], steps: Sequence[Step], kept: Sequence[Kept], persons: Mapping[UUID, UUID]
) -> None:
    """One entry a patient; one of nobody in particular where nothing concerns one."""
    noted: set[UUID | None] = set()
    for each in opened:
        for patient_id in each.scope.patient_ids or (None,):
            if patient_id in noted:
                continue
            noted.add(patient_id)
            about = [k for step, k in zip(steps, kept, strict=True) if step.patient_id == patient_id]
            person_id = persons.get(patient_id) if patient_id else None
            await write.note(work.connection, each, person_id, _counts(about), at=work.at)


def _counts(kept: Sequence[Kept]) -> dict[str, dict[str, int]]:
    counts: dict[str, Counter[str]] = {"resources": Counter()}
    for each in kept:
        if name := _DONE.get(each.outcome):
            counts.setdefault(name, Counter())[each.resource_type] += 1
    return {name: dict(counter) for name, counter in counts.items()}
