"""A provider's system changes parts of a resource. Page: docs/flows/patch_record.md.

Within an upload's transaction: the operations meet the newest version, as its depositor reads it, behind its lock; what
comes out is checked like an update. Source: RFC 6902; HL7 FHIR R4, http page ("patch") and fhirpatch page.
"""

import asyncio
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from wutong.core import json_patch, json_text
from wutong.core.json_patch import Operation, PatchProblem
from wutong.record.flows import storing
from wutong.record.flows.changes import MOST_BYTES
from wutong.record.flows.deposit import particulars_of
from wutong.record.flows.problems import Fault, Unacceptable, fault
from wutong.record.flows.settling import Step, patient_of, relative
from wutong.record.flows.versions import Version, Work
from wutong.record.patches import PathPatch
from wutong.record.profiles import check, references
from wutong.record.store import lock
from wutong.record.store.given import Row

# Of all patches of a request together: others wait for what it has locked.
MOST_SECONDS = 2.0  # of a processor, to apply them ...
_FEW_SECONDS, _SECONDS_EACH = 0.5, 0.001  # ... and of a few: what one may take, and four times what an honest one does
MOST_PATCHED = 32 * 1024 * 1024  # bytes of the resources before them, and after


@dataclass
class Patched:
    """What the patches of a request made: rows by the step's identity, and what the Patients among them say.

    The resources themselves go, one after the other: all trees at once would be ten times their bytes.
    """

    rows: dict[int, Row] = field(default_factory=dict)
    patients: list[dict[str, Any]] = field(default_factory=list)
    seconds: float = 0.0
    bytes: int = 0


async def patch_records(work: Work, steps: Sequence[Step], versions: Mapping[UUID, Version]) -> Patched:
    """What the patches make of the locked resources; raises Unacceptable."""
    for step in steps:
        if versions[step.key[1]].is_deleted:
            sentence = f"{step.key[0]}/{step.key[1]} was deleted. PUT the whole resource to bring it back."
            raise fault("deleted", sentence, place=step.change.place, status=410)
    places = [step.stored_at for step in steps]
    sizes = await lock.sizes(work.connection, work.opened, places)
    _refuse_much(sum(sizes.values()))
    current = await lock.read_current(work.connection, work.opened, work.plane.store, places)
    return await asyncio.to_thread(
        _all, work, {id(step): (step, current[step.key[1]].body) for step in steps}, versions
    )


def _all(work: Work, bodies: Mapping[int, tuple[Step, bytes]], versions: Mapping[UUID, Version]) -> Patched:
    made, most = Patched(), min(MOST_SECONDS, _FEW_SECONDS + len(bodies) * _SECONDS_EACH)
    for number, (step, body) in bodies.items():
        if made.seconds > most:
            sentence = "The patches of this request take too long together. Send fewer, or whole resources (PUT)."
            raise fault("too-costly", sentence, place=step.change.place, status=422)
        deposit = step.deposit(_patched(body, step, work.plane.base, made))
        made.rows[number] = storing.row(work, deposit, versions[step.key[1]])
        if step.key[0] == "Patient":
            made.patients.append(storing.source(work, deposit, particulars_of))
    return made


def _refuse_much(count: int) -> None:
    if count > MOST_PATCHED:
        sentence = (
            f"What is patched in one request may have {MOST_PATCHED // 1024 // 1024} MiB together, before and after. "
            f"Send several requests."
        )
        raise fault("too-costly", sentence, status=413)


def _patched(body: bytes, step: Step, base: str, made: Patched) -> dict[str, Any]:
    tree, begun = json_text.parse(body), time.thread_time()
    resource = _applied(tree, step.change.patch, step.change.place)
    made.seconds += time.thread_time() - begun
    kind, resource_id = step.key
    if not isinstance(resource, dict) or resource.get("resourceType") != kind or resource.get("id") != str(resource_id):
        sentence = f"After the patch it must still be {kind}/{resource_id}: leave resourceType and id as they are."
        raise fault("invariant", sentence, place=step.change.place, status=422)
    length = len(json_text.dump(resource))
    made.bytes += length
    _refuse_much(made.bytes)
    if length > MOST_BYTES:
        sentence = f"After the patch it would be over {MOST_BYTES // 1024:,} KiB. Store the rest as another resource."
        raise fault("too-long", sentence, place=step.change.place, status=413)
    _check(resource, step, base)
    return resource


def _applied(tree: Any, patch: Sequence[Operation] | PathPatch, place: str) -> Any:
    try:
        return patch.apply(tree) if isinstance(patch, PathPatch) else json_patch.apply(tree, patch)
    except PatchProblem as wrong:
        if isinstance(patch, PathPatch):
            raise fault("processing", wrong.message, place=wrong.place, status=422) from wrong
        raise fault("processing", wrong.message, place=place, detail=f"patch{wrong.place}", status=422) from wrong


def _check(resource: dict[str, Any], step: Step, base: str) -> None:
    issues = [issue for issue in check(resource, place=step.change.place) if issue.severity == "error"]
    if issues:
        raise Unacceptable([Fault(issue.code, issue.place, issue.message) for issue in issues], status=422)
    for holder, name, text in references(resource):
        if text.startswith(("urn:uuid:", "urn:oid:")) or "?" in text.partition("://")[0]:
            sentence = f"A patch refers by id, and {text} is none. Send it in a transaction, as an update."
            raise fault("not-supported", sentence, place=step.change.place, status=422)
        if name == "reference":
            holder[name] = relative(text, base)
    if patient_of(resource, step.key[1], step.change.place) != step.patient_id:
        sentence = "A patch cannot give a record to another patient. A record never moves: store a new one instead."
        raise fault("business-rule", sentence, place=step.change.place, status=422)
