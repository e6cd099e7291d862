"""Gives what an upload brings its ids, the targets of its references and its patients: steps, ready to be decided on.

Source: HL7 FHIR R4, http page ("transaction", conditional interactions) and bundle page ("resolving references").
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from uuid import UUID

from wutong.core import ids
from wutong.record.flows.changes import Change, Condition, Link, Method
from wutong.record.flows.deposit import Deposit
from wutong.record.flows.problems import Fault, Unacceptable, fault
from wutong.record.profiles import patient_references
from wutong.record.store.rows import Stored

_LITERAL = re.compile(r"([A-Z][A-Za-z]+)/([^/|?#]+)(/_history/\d+)?")
_ADDRESS = re.compile(r"(https?://.+/)[A-Z][A-Za-z]+/[A-Za-z0-9\-.]{1,64}")
# What each condition of a request found: the one resource, or none.
Hits = Mapping[str, Stored | None]


class Kind(StrEnum):
    """What is to be done."""

    CREATE = "create"
    UPDATE = "update"
    PATCH = "patch"
    DELETE = "delete"
    NOTHING = "nothing"


@dataclass(frozen=True)
class Step:
    """A change whose resource is known. `patient_id` of a patch or a deletion is known with its ticket."""

    change: Change
    kind: Kind
    resource_id: UUID | None
    hit: Stored | None = None
    patient_id: UUID | None = None

    @property
    def key(self) -> tuple[str, UUID]:
        """Type and id."""
        return self.change.resource_type, self.resource_id or ids.NOBODY

    def deposit(self, resource: dict[str, Any] | None = None) -> Deposit:
        """The resource on its way in: as it was sent, or as it was patched."""
        content = self.change.resource if resource is None else resource
        place, is_new = self.change.place, self.kind is Kind.CREATE
        return Deposit(place, content, self.key[1], self.patient_id, is_new)


def settle(changes: Sequence[Change], hits: Hits) -> list[Step]:
    """The steps of a request, in its order; raises Unacceptable with every reference that leads nowhere."""
    steps = [_step(change, hits) for change in changes]
    _refuse_twice(steps)
    targets = dict(_targets(steps))
    wrong = [each for change in changes for each in _resolve(change, targets, hits)]
    if wrong:
        raise Unacceptable(wrong, status=422)
    return [_about_patient(step) for step in steps]


def patient_of(resource: Mapping[str, Any], resource_id: UUID, place: str) -> UUID | None:
    """The one patient whom a resource is about, or None; raises Unacceptable."""
    if resource["resourceType"] == "Patient":
        return resource_id
    named = {reference for _, reference in patient_references(resource) if _is_patient(reference)}
    if not named:
        return None
    if len(named) > 1:
        sentence = "This resource names several patients; a record belongs to one."
        raise fault("business-rule", sentence, place=place, status=422)
    reference = named.pop()
    literal = _LITERAL.fullmatch(reference)
    patient_id = ids.read(literal[2]) if literal else None
    if patient_id is None:
        sentence = f"The patient reference {reference} must be Patient/<id>, with an id that this server gave."
        raise fault("value", sentence, place=place, status=422)
    return patient_id


def _step(change: Change, hits: Hits) -> Step:
    hit = hits[change.condition.text] if change.condition else None
    match change.method:
        case Method.CREATE:
            return Step(change, Kind.NOTHING, hit.resource_id, hit) if hit else Step(change, Kind.CREATE, ids.new())
        case Method.UPDATE:
            return _updating(change, hit)
        case Method.PATCH:
            if change.condition and hit is None:
                raise fault("not-found", _nothing_found(change.condition), place=change.place, status=404)
            return Step(change, Kind.PATCH, change.resource_id or (hit.resource_id if hit else None))
    resource_id = change.resource_id or (hit.resource_id if hit else None)
    return Step(change, Kind.DELETE if resource_id else Kind.NOTHING, resource_id)


def _updating(change: Change, hit: Stored | None) -> Step:
    if change.condition is None:
        return Step(change, Kind.UPDATE, change.resource_id)
    named = change.resource.get("id")
    if hit is None and named is not None:
        sentence = f"{_nothing_found(change.condition)} This server gives the ids: leave out the id to create it."
        raise fault("not-found", sentence, place=f"{change.place}.id", status=422)
    if hit is None:
        return Step(change, Kind.CREATE, ids.new())
    if named not in {None, str(hit.resource_id)}:
        sentence = f"The condition finds {hit.resource_id}, and the resource says it is {named}. Leave out the id."
        raise fault("value", sentence, place=f"{change.place}.id")
    return Step(change, Kind.UPDATE, hit.resource_id)


def _nothing_found(condition: Condition) -> str:
    return f"The condition {condition.text[:200]} finds nothing that your provider deposited."


def _refuse_twice(steps: Sequence[Step]) -> None:
    """The order of entries says nothing: of two changes of one resource none would be the last."""
    first: dict[object, Step] = {}
    for step in steps:
        if step.resource_id is None or step.kind is Kind.NOTHING:
            continue
        condition = step.change.condition
        name = condition.text if condition and step.kind is Kind.CREATE else step.key
        if (other := first.setdefault(name, step)) is not step:
            sentence = f"{other.change.place} changes this resource too. Send one change of a resource at a time."
            raise fault("duplicate", sentence, place=step.change.place, status=422)


def _targets(steps: Sequence[Step]) -> Iterator[tuple[str, str]]:
    """What a reference may say for a resource of the request: its fullUrl, or the condition that finds it."""
    for step in steps:
        if step.change.method in {Method.CREATE, Method.UPDATE} and step.resource_id:
            name = f"{step.change.resource_type}/{step.resource_id}"
            if step.change.full_url:
                yield step.change.full_url, name
            if step.change.condition:
                yield step.change.condition.text, name


def _resolve(change: Change, targets: Mapping[str, str], hits: Hits) -> Iterator[Fault]:
    """Rewrite references to other entries, by fullUrl, relative to the entry's base, or by a condition."""
    address = _ADDRESS.fullmatch(change.full_url)
    base = address[1] if address else ""
    for link in change.links:
        target = targets.get(link.text) or (base and targets.get(base + link.text)) or _found(link, targets, hits)
        if target:
            link.holder[link.name] = target
        elif link.text.startswith(("urn:uuid:", "urn:oid:")):
            yield Fault("not-found", change.place, f"The reference {link.text} names no entry of this bundle.")
        elif link.condition:
            sentence = f"{_nothing_found(link.condition)} Send it in the same bundle, or refer to it by its id."
            yield Fault("not-found", change.place, sentence)


def _found(link: Link, targets: Mapping[str, str], hits: Hits) -> str:
    if link.condition is None:
        return ""
    hit = hits[link.condition.text]
    return f"{hit.resource_type}/{hit.resource_id}" if hit else targets.get(link.condition.text, "")


def _about_patient(step: Step) -> Step:
    if step.kind not in {Kind.CREATE, Kind.UPDATE}:
        return step
    patient_id = patient_of(step.change.resource, step.key[1], step.change.place)
    return Step(step.change, step.kind, step.resource_id, step.hit, patient_id)


def _is_patient(reference: str) -> bool:
    literal = _LITERAL.fullmatch(reference)
    return literal is None or literal[1] == "Patient"
