"""A provider's system deletes a resource that its provider deposited. Page: docs/flows/delete_record.md.

Within an upload's transaction: the version leaves what is read and searched, and stays in the history of its depositor.
"""

from collections.abc import Mapping, Sequence
from uuid import UUID

from wutong.record.flows.changes import Kept, Outcome
from wutong.record.flows.problems import Unacceptable, fault
from wutong.record.flows.settling import Step
from wutong.record.flows.versions import Version, Work
from wutong.record.store import write

HAS_ROWS = "WU003"  # raised by gate.delete_v1


async def delete_records(work: Work, steps: Sequence[Step], versions: Mapping[UUID, Version]) -> dict[int, Kept]:
    """Delete locked resources; deleted before, they stay so. What became of each, by the step's identity."""
    # A Patient last, since nothing may be left under it.
    going = sorted((s for s in steps if not versions[s.key[1]].is_deleted), key=lambda s: s.key[0] == "Patient")
    numbers = await write.delete(work.connection, [step.stored_at for step in going], at=work.at)
    done = {
        id(step): Kept(*step.key, number, work.at, Outcome.DELETED) for step, number in zip(going, numbers, strict=True)
    }
    return done | {id(step): _absent(step, versions[step.key[1]], work) for step in steps if id(step) not in done}


def _absent(step: Step, version: Version, work: Work) -> Kept:
    return Kept(*step.key, version.number, work.at, Outcome.ABSENT)


def patient_has_rows() -> Unacceptable:
    """What the database says of a Patient under whom other rows are stored."""
    sentence = "Other records of this patient are stored. Delete them first, then the Patient."
    return fault("conflict", sentence, place="Patient", status=409)
