"""What a condition spares: a create whose resource is there, a deletion of nothing.

The bodies of what is there are read where the answer is to hold them, each once, and no more than an answer may hold.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from uuid import UUID

from wutong.record.flows.changes import MOST_ANSWERED, Kept, Outcome
from wutong.record.flows.problems import Unacceptable, fault
from wutong.record.flows.resolve_conditions import Moved
from wutong.record.flows.settling import Step
from wutong.record.flows.versions import Work
from wutong.record.store import lock
from wutong.record.store.rows import Found, Stored


async def spared(work: Work, steps: Sequence[Step], *, left: int) -> dict[int, Kept]:
    """What became of each, by the step's identity; `left`: bytes that the answer may still hold. Raises Unacceptable.

    Raises Moved where a resource was deleted since its condition found it.
    """
    hits = [step.hit for step in steps if step.hit]
    if not (work.needs_bodies and hits):
        return {id(step): _kept(step, step.hit, work) for step in steps}
    rows = await _current(work, hits, left)
    if any(hit.resource_id not in rows for hit in hits):
        raise Moved
    return {id(step): _kept(step, rows[step.hit.resource_id] if step.hit else None, work) for step in steps}


def over_an_answer() -> Unacceptable:
    """What is said of an answer that could not be held in memory."""
    sentence = (
        f"What is there already, and is to be answered with, is over {MOST_ANSWERED // 1024 // 1024} MiB together. "
        f"Nothing was changed. Send it with the header Prefer: return=minimal, or as several requests."
    )
    return fault("too-costly", sentence, status=413)


async def _current(work: Work, hits: Sequence[Found], left: int) -> Mapping[UUID, Stored]:
    times = Counter(hit.place for hit in hits)
    sizes = await lock.sizes(work.connection, work.opened, list(times))
    if sum(sizes.get(place[2], 0) * count for place, count in times.items()) > left:
        raise over_an_answer()
    return await lock.read_current(work.connection, work.opened, work.plane.store, list(times))


def _kept(step: Step, found: Found | Stored | None, work: Work) -> Kept:
    if found is None:
        return Kept(step.key[0], None, 0, work.at, Outcome.ABSENT)
    body = found.body if isinstance(found, Stored) else b""
    return Kept(*step.key, found.version, found.stored_at, Outcome.FOUND, body, found.patient_id)
