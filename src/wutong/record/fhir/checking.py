"""Checks what a request brings against FHIR R4, and reads from it what is to be changed."""

import re
from collections.abc import Iterator
from typing import Any

from wutong.core import json_patch
from wutong.core.json_patch import Operation, PatchProblem
from wutong.record import patches
from wutong.record.definitions import r4
from wutong.record.fhir import conditions
from wutong.record.flows.changes import Link
from wutong.record.flows.plane import Plane
from wutong.record.flows.problems import Fault, Unacceptable, fault
from wutong.record.patches import PathPatch
from wutong.record.profiles import check, place_of, references

_CONDITIONAL = re.compile(r"([A-Z][A-Za-z]+)\?(.*)", re.DOTALL)


def checked(resource: dict[str, Any], *, resource_type: str, place: str) -> list[Link]:
    """The references of one resource; raises Unacceptable with every fault of it."""
    if wrong := faults(resource, resource_type, place):
        raise Unacceptable(wrong, status=422)
    found = [Link(holder, name, text) for holder, name, text in references(resource)]
    for link in found:
        if link.name == "reference" and _CONDITIONAL.fullmatch(link.text):
            sentence = f"The conditional reference {link.text[:200]} is resolved in a transaction alone."
            where = place_of(resource, link.holder, link.name, place)
            raise fault("not-supported", sentence, place=where, status=422)
    return found


def links(resource: dict[str, Any], place: str, plane: Plane) -> Iterator[Link]:
    """The references of a resource in a transaction, with their conditions; raises Unacceptable."""
    for holder, name, text in references(resource):
        conditional = _CONDITIONAL.fullmatch(text) if name == "reference" and "?" in text else None
        if conditional is None:
            yield Link(holder, name, text)
        else:
            kind, query = conditional.groups()
            known_type(kind)
            try:
                condition = conditions.condition(kind, query, place, plane)
            except Unacceptable as wrong:
                raise wrong.at(place_of(resource, holder, name, place)) from wrong
            yield Link(holder, name, text, condition)


def operations(tree: Any, place: str) -> list[Operation]:
    """The operations of a JSON Patch that stands at `place`; raises Unacceptable."""
    try:
        return json_patch.read(tree)
    except PatchProblem as wrong:
        raise fault("processing", wrong.message, place=place, detail=f"patch{wrong.place}", status=422) from wrong


def path_patch(parameters: dict[str, Any], place: str) -> PathPatch:
    """The operations of a FHIRPath Patch; raises Unacceptable."""
    if found := faults(parameters, "Parameters", place):
        raise Unacceptable(found, status=422)
    try:
        return patches.read(parameters, place)
    except PatchProblem as wrong:
        raise fault("processing", wrong.message, place=wrong.place, status=422) from wrong


def faults(resource: dict[str, Any], resource_type: str | None, place: str) -> list[Fault]:
    """Every fault of one resource."""
    return [
        Fault(issue.code, issue.place, issue.message)
        for issue in check(resource, expected_type=resource_type, place=place)
        if issue.severity == "error"
    ]


def known_type(resource_type: str) -> None:
    """Raise where FHIR R4 has no such resource type."""
    if not r4().is_resource(resource_type):
        raise fault("not-supported", f"FHIR R4 has no resource type {resource_type[:64]!r}.", status=404)
