"""A provider's system deletes a resource that its provider deposited. Page: docs/flows/delete_record.md.

Within an upload's transaction: the version leaves what is read and searched, and stays in the history of its depositor.
"""

from wutong.record.flows.changes import Kept, Outcome
from wutong.record.flows.problems import Unacceptable, fault
from wutong.record.flows.settling import Step
from wutong.record.flows.versions import Work, lock
from wutong.record.store import write

HAS_ROWS = "WU003"  # raised by gate.delete_v1


async def delete_record(work: Work, step: Step) -> Kept:
    """Delete one resource; deleted before, it stays so. Raises Unacceptable."""
    version = await lock(work, step)
    if version.is_deleted:
        return Kept(*step.key, version.number, work.at, Outcome.ABSENT)
    number = await write.delete(work.connection, step.patient_id, step.key, at=work.at)
    return Kept(*step.key, number, work.at, Outcome.DELETED)


def patient_has_rows() -> Unacceptable:
    """What the database says of a Patient under whom other rows are stored."""
    sentence = "Other records of this patient are stored. Delete them first, then the Patient."
    return fault("conflict", sentence, place="Patient", status=409)
