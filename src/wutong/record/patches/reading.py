"""Reads a FHIRPath Patch from its Parameters resource, which has been checked. Source: HL7 FHIR R4, fhirpatch page."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from wutong.core.json_patch import MOST_OPERATIONS, PatchProblem
from wutong.record.fhirpath.nodes import KEYS
from wutong.record.patches.apply import Operation, PathPatch
from wutong.record.patches.draft import Value

_LONGEST_PATH = 2_000
# What an operation of each kind needs beside its path.
_NEEDS: Mapping[str, frozenset[str]] = {
    "add": frozenset({"name", "value"}),
    "insert": frozenset({"index", "value"}),
    "delete": frozenset(),
    "replace": frozenset({"value"}),
    "move": frozenset({"source", "destination"}),
}
_ALWAYS = frozenset({"type", "path"})
_NUMBERS = frozenset({"index", "source", "destination"})
_KNOWN = _ALWAYS | {"name", "value"} | _NUMBERS
_PARAMETER = "Parameters.parameter"


def read(parameters: Mapping[str, Any], place: str) -> PathPatch:
    """The operations in order; raises PatchProblem. `place`: of the Parameters, such as in a Bundle."""
    listed = parameters.get("parameter", [])
    if len(listed) > MOST_OPERATIONS:
        sentence = f"A patch may have {MOST_OPERATIONS} operations. Send the whole resource instead (PUT)."
        raise PatchProblem(place, sentence)
    return PathPatch(tuple(_Reading(f"{place}.parameter[{n}]").operation(each) for n, each in enumerate(listed)), place)


@dataclass(frozen=True)
class _Reading:
    """Reads one operation; `place` is told with each problem."""

    place: str

    def operation(self, given: Mapping[str, Any]) -> Operation:
        if given.get("name") != "operation":
            raise self.problem("A FHIRPath Patch has parameters of the name `operation` alone.")
        parts = self._parts(given.get("part", []))
        kind = self._text(parts, "type")
        if kind not in _NEEDS:
            raise self.problem(f"An operation needs `type`: {', '.join(_NEEDS)}.")
        if missing := sorted(_NEEDS[kind] - parts.keys()):
            raise self.problem(f"The operation {kind} needs `{missing[0]}`.")
        if other := sorted(parts.keys() - _NEEDS[kind] - _ALWAYS):
            raise self.problem(f"The operation {kind} has no `{other[0]}`. Leave it out.")
        path = self._text(parts, "path")
        if not path or len(path) > _LONGEST_PATH:
            raise self.problem(f"An operation needs `path`: FHIRPath of at most {_LONGEST_PATH} characters.")
        numbers = {name: self._number(parts[name], name) for name in sorted(_NUMBERS & parts.keys())}
        value = self._value(parts["value"]) if "value" in parts else Value("")
        return Operation(self.place, kind, path, self._text(parts, "name"), value, **numbers)

    def _parts(self, listed: list[Mapping[str, Any]]) -> dict[str, Mapping[str, Any]]:
        parts = {each["name"]: each for each in listed}
        if len(parts) < len(listed):
            raise self.problem("A part stands twice in the operation. Keep one.")
        if unknown := sorted(parts.keys() - _KNOWN):
            raise self.problem(f"An operation has no part {unknown[0][:64]!r}, but: {', '.join(sorted(_KNOWN))}.")
        return parts

    def _text(self, parts: Mapping[str, Mapping[str, Any]], name: str) -> str:
        content = self._value(parts[name]).content if name in parts else ""
        if not isinstance(content, str):
            raise self.problem(f"`{name}` must be text, such as valueString.")
        return content

    def _number(self, part: Mapping[str, Any], name: str) -> int:
        content = self._value(part).content
        if type(content) is not int or content < 0:
            raise self.problem(f"`{name}` must be a whole number from 0 (valueInteger).")
        return content

    def _value(self, part: Mapping[str, Any]) -> Value:
        """`value[x]`; a resource; or the elements of what has no type of its own, such as a contact."""
        for key in part:
            way = KEYS[_PARAMETER].get(key)
            if way and way[3] == "value":
                return Value(way[2], part.get(way[0]), part.get(way[1]) if way[1] else None)
        if resource := part.get("resource"):
            return Value(resource["resourceType"], resource)
        return Value("", parts=tuple((each["name"], self._value(each)) for each in part.get("part", [])))

    def problem(self, message: str) -> PatchProblem:
        """What is wrong with it."""
        return PatchProblem(self.place, message)
