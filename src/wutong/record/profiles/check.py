"""Checks a resource against FHIR R4 and names every fault with its place. Source: HL7 FHIR R4, json page."""

import contextlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from wutong.core.json_text import Number
from wutong.record.definitions import Element, Type, r4
from wutong.record.profiles.primitives import HINTS, is_right

MOST_ISSUES = 100


@dataclass(frozen=True)
class Issue:
    """One fault: FHIR issue code, FHIRPath place, and a sentence that says how to mend it."""

    severity: str
    code: str
    place: str
    message: str


class _Full(Exception):
    """Enough faults found."""


def check(resource: Mapping[str, Any], *, expected_type: str | None = None, place: str = "") -> list[Issue]:
    """All faults of `resource` (at most MOST_ISSUES), none if it is valid."""
    found: list[Issue] = []
    run = _Check(found)
    with contextlib.suppress(_Full):
        run.resource(resource, place, expected_type)
    return found


class _Check:
    """One run over one resource."""

    def __init__(self, found: list[Issue]) -> None:
        self._found = found
        self._definitions = r4()

    def resource(self, value: Any, place: str, expected_type: str | None = None) -> None:
        if type(value) is not dict:
            return self._say("structure", place, "A resource must be a JSON object.")
        kind = value.get("resourceType")
        if not isinstance(kind, str) or not self._definitions.is_resource(kind):
            return self._say("structure", place or "resourceType", f"FHIR R4 has no resource type {kind!r}.")
        if expected_type and kind != expected_type:
            return self._say("invalid", place or kind, f"A {expected_type} is expected here, not a {kind}.")
        self._object(kind, value, place or kind, is_resource=True)

    def _object(self, kind: str, value: Any, place: str, *, is_resource: bool = False) -> None:
        if type(value) is not dict:
            return self._say("structure", place, f"{kind} must be a JSON object, not {_named(value)}.")
        if not value:
            return self._say("structure", place, "An object must not be empty. Leave it out.")
        definition = self._definitions.types[kind]
        for name, content in value.items():
            if name == "resourceType" and is_resource:
                continue
            self._member(definition, name, content, value, place)
        self._required(definition, value, place)
        if kind == "Extension":
            self._extension(value, place)

    def _member(self, definition: Type, name: str, content: Any, whole: dict[str, Any], place: str) -> None:
        element = definition.elements.get(name)
        if element is not None:
            return self._element(element, content, whole, f"{place}.{name}")
        shadowed = definition.elements.get(name[1:]) if name.startswith("_") else None
        if shadowed is not None and shadowed.type in self._definitions.primitives:
            return self._shadow(shadowed, content, whole, f"{place}.{name}")
        self._say("structure", f"{place}.{name}", f"There is no element {name[:64]!r} here. Check its spelling.")

    def _element(self, element: Element, content: Any, whole: dict[str, Any], place: str) -> None:
        if element.most != 1:
            return self._list(element, content, whole, place)
        if type(content) is list:
            return self._say("structure", place, "One value is expected here, not a list.")
        self._value(element, content, place)

    def _list(self, element: Element, content: Any, whole: dict[str, Any], place: str) -> None:
        if type(content) is not list:
            return self._say("structure", place, f"A list is expected here, not {_named(content)}.")
        if not content:
            return self._say("structure", place, "A list must not be empty. Leave it out.")
        if element.most and len(content) > element.most:
            self._say("structure", place, f"At most {element.most} are allowed here.")
        shadows = whole.get(f"_{element.name}")
        for number, item in enumerate(content):
            if item is None and isinstance(shadows, list) and number < len(shadows) and shadows[number]:
                continue
            self._value(element, item, f"{place}[{number}]")
        return None

    def _value(self, element: Element, content: Any, place: str) -> None:
        kind = element.type
        if kind in self._definitions.primitives:
            self._primitive(element, content, place)
        elif kind == "Resource":
            self.resource(content, place)
        else:
            self._object(kind, content, place)
            if kind == "Reference" and element.targets and type(content) is dict:
                self._target(element, content.get("reference"), place)

    def _primitive(self, element: Element, content: Any, place: str) -> None:
        if not is_right(element.type)(content):
            hint = HINTS.get(element.type, f"a {element.type}: text that is not empty")
            return self._say("value", place, f"{_shown(content)} is no {element.type}. Expected: {hint}.")
        if element.codes and content not in element.codes:
            allowed = ", ".join(sorted(element.codes)[:12])
            more = " …" if len(element.codes) > 12 else ""
            self._say("code-invalid", place, f"{_shown(content)} is not a code allowed here: {allowed}{more}.")
        return None

    def _shadow(self, element: Element, content: Any, whole: dict[str, Any], place: str) -> None:
        if element.most == 1:
            return self._object("Element", content, place)
        if type(content) is not list:
            return self._say("structure", place, "A list is expected here, beside the list of values.")
        values = whole.get(element.name)
        if isinstance(values, list) and len(values) != len(content):
            self._say("structure", place, f"It must be as long as {element.name}: use null where there is nothing.")
        for number, item in enumerate(content):
            if item is not None:
                self._object("Element", item, f"{place}[{number}]")
        return None

    def _required(self, definition: Type, value: dict[str, Any], place: str) -> None:
        for name in definition.required:
            names = definition.choices.get(name, (name,))
            if not any(each in value or f"_{each}" in value for each in names):
                shown = f"{name}[x]" if name in definition.choices else name
                self._say("required", f"{place}.{name}", f"{shown} is required and missing.")
        for stem, names in definition.choices.items():
            given = [each for each in names if each in value]
            if len(given) > 1:
                self._say("structure", f"{place}.{stem}", f"Only one of {', '.join(given)} may be given.")

    def _extension(self, value: dict[str, Any], place: str) -> None:
        has_value = any(name.lstrip("_").startswith("value") for name in value)
        if has_value == ("extension" in value):
            self._say("structure", place, "An extension has either a value or extensions of its own.")

    def _target(self, element: Element, reference: Any, place: str) -> None:
        if type(reference) is not str or "Resource" in element.targets or "?" in reference:
            return
        kind, _, rest = reference.partition("/")
        if rest and self._definitions.is_resource(kind) and kind not in element.targets:
            allowed = ", ".join(sorted(element.targets))
            self._say("value", f"{place}.reference", f"A reference to {kind} is not allowed here, only to {allowed}.")

    def _say(self, code: str, place: str, message: str) -> None:
        self._found.append(Issue("error", code, place, message))
        if len(self._found) >= MOST_ISSUES:
            raise _Full


def _named(value: Any) -> str:
    names = {dict: "an object", list: "a list", str: "text", bool: "true or false", type(None): "null"}
    return names.get(type(value), "a number")


def _shown(value: Any) -> str:
    if isinstance(value, Number):
        return value.text
    return repr(value)[:60] if isinstance(value, str | int | bool | type(None)) else _named(value)
