"""Gives what an upload brings its ids, the targets of its references and its patients: steps, ready to be decided on.

Source: HL7 FHIR R4, http page ("transaction", conditional interactions) and bundle page ("resolving references").
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import islice
from typing import Any
from uuid import UUID

from wutong.core import ids, json_text
from wutong.core.sealing import Sealer
from wutong.record.flows.brought import Brought
from wutong.record.flows.changes import Change, Condition, Link, Method
from wutong.record.flows.deposit import Deposit
from wutong.record.flows.plane import Plane
from wutong.record.flows.problems import Fault, Unacceptable, fault, several_found
from wutong.record.profiles import MOST_ISSUES, addresses, patient_references, places_of
from wutong.record.store.rows import Found

_LITERAL = re.compile(r"([A-Z][A-Za-z]+)/([^/|?#]+)(/_history/\d+)?")
_ADDRESS = re.compile(r"(https?://.+/)[A-Z][A-Za-z]+/[A-Za-z0-9\-.]{1,64}")
_IN_NARRATIVE = re.compile(r"""(\b(?:href|src)\s*=\s*(["']))(urn:(?:uuid|oid):[0-9a-zA-Z.\-]+)(?=\2)""")
# Texts that begin so, as JSON writes them.
_URNS = re.compile(rb'"urn:(?:[^"\\]|\\.)*+"')
# What each condition of a request found: the one resource, or none.
Hits = Mapping[str, Found | None]


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
    hit: Found | None = None
    patient_id: UUID | None = None

    @property
    def key(self) -> tuple[str, UUID]:
        """Type and id."""
        return self.change.resource_type, self.resource_id or ids.NOBODY

    @property
    def stored_at(self) -> tuple[UUID | None, str, UUID]:
        """Where its row is: patient (None: in the directory), type and id."""
        return self.patient_id, *self.key

    def deposit(self, resource: dict[str, Any] | None = None) -> Deposit:
        """The resource on its way in: as it was sent, or as it was patched."""
        content = self.change.resource if resource is None else resource
        links = self.change.links if resource is None else None
        return Deposit(self.change.place, content, self.key[1], self.patient_id, links)


def settle(changes: Sequence[Change], hits: Hits, plane: Plane) -> list[Step]:
    """The steps of a request, in its order; raises Unacceptable with MOST_ISSUES references that lead nowhere."""
    steps = [_step(change, hits) for change in changes]
    _refuse_twice(steps)
    targets = dict(_targets(steps))
    _make_relative(changes, targets, plane.base)
    targets |= dict(_brought(steps, targets, hits, plane.store.sealer))
    if wrong := list(islice(_unresolved(changes, targets, hits), MOST_ISSUES)):
        raise Unacceptable(wrong, status=422)
    _resolve_addresses(changes, {name: target for name, target in targets.items() if name.startswith("urn:")})
    return [_about_patient(step) for step in steps]


def patient_of(resource: Mapping[str, Any], resource_id: UUID, place: str) -> UUID | None:
    """The one patient whom a resource is about, or None; raises Unacceptable."""
    if resource["resourceType"] == "Patient":
        return resource_id
    named = {reference: where for where, reference in patient_references(resource) if _is_patient(reference)}
    if not named:
        return None
    if len(named) > 1:
        sentence = "This resource names several patients; a record belongs to one."
        raise fault("business-rule", sentence, place=place, status=422)
    [(reference, where)] = named.items()
    literal = _LITERAL.fullmatch(reference)
    patient_id = ids.read(literal[2]) if literal else None
    if patient_id is None:
        sentence = f"The patient reference {reference} must be Patient/<id>, with an id that this server gave."
        raise fault("value", sentence, place=place + where.removeprefix(resource["resourceType"]), status=422)
    return patient_id


def relative(reference: str, base: str) -> str:
    """A reference to a resource of this server without its address, so that it is found however it was written."""
    inner = reference.removeprefix(f"{base}/")
    return inner if _LITERAL.fullmatch(inner) else reference


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


def _updating(change: Change, hit: Found | None) -> Step:
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


def _make_relative(changes: Sequence[Change], targets: Mapping[str, str], base: str) -> None:
    """Keep a reference to this server without its address; what is an entry's fullUrl is rewritten by `_resolve`."""
    for change in changes:
        for link in change.links:
            if link.name == "reference" and link.text not in targets:
                link.holder[link.name] = relative(link.text, base)


def _brought(
    steps: Sequence[Step], targets: Mapping[str, str], hits: Hits, sealer: Sealer
) -> Iterator[tuple[str, str]]:
    """What the conditions of references find among the resources that are created here."""
    created = {"/".join(map(str, step.key)): step.change.resource for step in steps if step.kind is Kind.CREATE}
    brought = Brought(created, sealer)
    for condition, place in _conditions(steps).values():
        if condition.text not in targets and (names := brought.found(condition)):
            if len(names) > 1 or hits[condition.text]:
                raise several_found(condition.text, condition.place or place)
            yield condition.text, names.pop()


def _conditions(steps: Sequence[Step]) -> dict[str, tuple[Condition, str]]:
    """Of references, each once, with the place of an entry that has it."""
    linked = ((link.condition, step.change.place) for step in steps for link in step.change.links)
    return {condition.text: (condition, place) for condition, place in linked if condition}


def _unresolved(changes: Sequence[Change], targets: Mapping[str, str], hits: Hits) -> Iterator[Fault]:
    for change in changes:
        if wrong := list(islice(_resolve(change, targets, hits), MOST_ISSUES)):
            places = places_of(change.resource, [(link.holder, link.name) for link, _ in wrong], change.place)
            yield from (replace(told, place=place) for place, (_, told) in zip(places, wrong, strict=True))


def _resolve(change: Change, targets: Mapping[str, str], hits: Hits) -> Iterator[tuple[Link, Fault]]:
    """Rewrite references to other entries, by fullUrl, relative to the entry's base, or by a condition.

    Yields those that lead nowhere, with what is wrong, whose place is still to be found.
    """
    _resolve_narrative(change, targets)
    address = _ADDRESS.fullmatch(change.full_url)
    base = address[1] if address else ""
    for link in change.links:
        target = targets.get(link.text) or (base and targets.get(base + link.text)) or _found(link, targets, hits)
        if target:
            link.holder[link.name] = target
        elif link.text.startswith(("urn:uuid:", "urn:oid:")):
            yield link, Fault("not-found", "", f"The reference {link.text} names no entry of this bundle.")
        elif link.condition:
            sentence = (
                f"{_nothing_found(link.condition)} Send it in the same bundle with this condition (ifNoneExist), or "
                "refer to it by its fullUrl, or to what is stored by its id."
            )
            yield link, Fault("not-found", "", sentence)


def _resolve_addresses(changes: Sequence[Change], urns: Mapping[str, str]) -> None:
    """Rewrite an entry's urn also where no reference names it: seldom there, so looked for in the text first."""
    written = frozenset(map(json_text.dump, urns))
    for change in changes if urns else ():
        if not written.isdisjoint(_URNS.findall(json_text.dump(change.resource))):
            for holder, place, text in list(addresses(change.resource)):
                if text in urns:
                    holder[place] = urns[text]


def _resolve_narrative(change: Change, targets: Mapping[str, str]) -> None:
    """Rewrite what the narrative links to, or shows, of other entries; what is none of them stays as it reads."""
    text = change.resource.get("text")
    if type(text) is dict and "urn:" in (div := text.get("div", "")):
        text["div"] = _IN_NARRATIVE.sub(lambda found: found[1] + targets.get(found[3], found[3]), div)


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
