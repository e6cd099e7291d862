"""A provider's system changes parts of a resource. Page: docs/flows/patch_record.md.

Within an upload's transaction: the operations meet the newest version, as its depositor reads it, behind its lock; what
comes out is checked like an update. Source: RFC 6902; HL7 FHIR R4, http page ("patch").
"""

import asyncio
from typing import Any

from wutong.core import json_patch, json_text
from wutong.core.json_patch import PatchProblem
from wutong.record.flows.deposit import Deposit
from wutong.record.flows.problems import Fault, Unacceptable, fault
from wutong.record.flows.settling import Step, patient_of
from wutong.record.flows.versions import Version, Work
from wutong.record.profiles import check, references
from wutong.record.store import read


async def patch_record(work: Work, step: Step, version: Version) -> Deposit:
    """The locked resource as the patch leaves it, ready to be stored; raises Unacceptable."""
    if version.is_deleted:
        sentence = f"{step.key[0]}/{step.key[1]} was deleted. PUT the whole resource to bring it back."
        raise fault("deleted", sentence, place=step.change.place, status=410)
    current = await read.locked(work.connection, work.opened, work.plane.store, step.patient_id, step.key)
    resource = await asyncio.to_thread(_patched, current.body, step)
    return step.deposit(resource)


def _patched(body: bytes, step: Step) -> dict[str, Any]:
    try:
        resource = json_patch.apply(json_text.parse(body), step.change.patch)
    except PatchProblem as wrong:
        raise fault("processing", wrong.message, place=f"patch{wrong.place}", status=422) from wrong
    kind, resource_id = step.key
    if not isinstance(resource, dict) or resource.get("resourceType") != kind or resource.get("id") != str(resource_id):
        sentence = f"After the patch it must still be {kind}/{resource_id}: leave resourceType and id as they are."
        raise fault("invariant", sentence, place=step.change.place, status=422)
    _check(resource, step)
    return resource


def _check(resource: dict[str, Any], step: Step) -> None:
    issues = [issue for issue in check(resource, place=step.change.place) if issue.severity == "error"]
    if issues:
        raise Unacceptable([Fault(issue.code, issue.place, issue.message) for issue in issues], status=422)
    for _, _, text in references(resource):
        if text.startswith(("urn:uuid:", "urn:oid:")) or "?" in text.partition("://")[0]:
            sentence = f"A patch refers by id, and {text} is none. Send it in a transaction, as an update."
            raise fault("not-supported", sentence, place=step.change.place, status=422)
    if patient_of(resource, step.key[1], step.change.place) != step.patient_id:
        sentence = "A patch cannot give a record to another patient. A record never moves: store a new one instead."
        raise fault("business-rule", sentence, place=step.change.place, status=422)
