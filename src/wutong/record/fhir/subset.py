"""Cuts a resource to what a reader asks for: `_summary` and `_elements` (HL7 FHIR R4, search page).

What is cut says so with the tag SUBSETTED, so that nobody takes it for the whole and stores it back.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from starlette.requests import Request

from wutong.core import json_text
from wutong.record.definitions import r4
from wutong.record.definitions.summary import summary
from wutong.record.flows.problems import fault, in_request
from wutong.record.store.rows import Stored

SUBSETTED = {"system": "http://terminology.hl7.org/CodeSystem/v3-ObservationValue", "code": "SUBSETTED"}
_ALWAYS = frozenset({"resourceType", "id", "meta"})
_KINDS = ("true", "text", "data", "false")
PARAMETERS = ("_summary", "_elements")
_MOST_ELEMENTS = 100


@dataclass(frozen=True)
class Subset:
    """What is asked for: a kind of summary, or elements by name; with neither, all of it."""

    kind: str = "false"
    elements: frozenset[str] = frozenset()

    @property
    def is_whole(self) -> bool:
        """Whether nothing is to be cut."""
        return self.kind == "false" and not self.elements


def asked(request: Request, resource_type: str) -> Subset:
    """The subset that a read asks for; raises Unacceptable."""
    kind = request.query_params.get("_summary", "false")
    if kind not in _KINDS:
        sentence = f"_summary of a read can be {', '.join(_KINDS)}."
        raise fault("value", sentence, place=in_request("_summary"))
    named = request.query_params.get("_elements", "")
    elements = frozenset(filter(None, (each.strip() for each in named.split(","))))
    if elements and kind != "false":
        raise fault("invalid", "Ask for _summary or for _elements, not for both.", place=in_request("_elements"))
    if elements and (len(elements) > _MOST_ELEMENTS or elements - _known(resource_type)):
        sentence = f"_elements names elements of {resource_type}, such as {resource_type}'s id, separated by commas."
        raise fault("value", sentence, place=in_request("_elements"))
    return Subset(kind, elements)


def cut(row: Stored, subset: Subset) -> Stored:
    """The version with less in its body."""
    return replace(row, body=json_text.dump(_cut(json_text.parse(row.body), subset)))


def _known(resource_type: str) -> frozenset[str]:
    elements = r4().types[resource_type].elements
    return frozenset(elements) | {each.choice for each in elements.values() if each.choice}


def _cut(resource: Mapping[str, Any], subset: Subset) -> dict[str, Any]:
    kind = resource["resourceType"]
    needed = _ALWAYS | summary().always.get(kind, frozenset())
    match subset.kind:
        case "true":
            cut = _summarised(resource, kind)
        case "text":
            cut = {name: value for name, value in resource.items() if _plain(name) in needed | {"text"}}
        case "data":
            cut = {name: value for name, value in resource.items() if _plain(name) != "text"}
        case _:
            cut = {name: value for name, value in resource.items() if _is_named(name, kind, subset.elements | needed)}
    meta = cut.get("meta") or {}
    return cut | {"meta": {**meta, "tag": [*(meta.get("tag") or []), SUBSETTED]}}


def _summarised(tree: Mapping[str, Any], path: str) -> dict[str, Any]:
    kept = summary().kept.get(path, frozenset()) | _ALWAYS
    elements = r4().types[path].elements
    cut = {}
    for name, value in tree.items():
        if _plain(name) in kept:
            inner = elements[name].type if name in elements else ""
            # An element with elements of its own is cut too; data types stay whole.
            cut[name] = _each(value, inner) if "." in inner else value
    return cut


def _each(value: Any, path: str) -> Any:
    if type(value) is list:
        return [_each(item, path) for item in value]
    return _summarised(value, path) if type(value) is dict else value


def _is_named(name: str, kind: str, wanted: frozenset[str]) -> bool:
    plain = _plain(name)
    element = r4().types[kind].elements.get(plain)
    return plain in wanted or (element is not None and element.choice in wanted and bool(element.choice))


def _plain(name: str) -> str:
    """The element whose extensions stand under a name with an underscore."""
    return name.removeprefix("_")
