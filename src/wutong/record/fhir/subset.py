"""A part of a resource: `_summary` and `_elements`, marked SUBSETTED. Source: HL7 FHIR R4, search page, summary."""

from collections.abc import Iterable
from typing import Any

from wutong.core import json_text
from wutong.record.definitions import r4
from wutong.record.definitions.search_parameters import summary as summary_of

_ALWAYS = frozenset({"resourceType", "id", "meta"})
_TAG = {"system": "http://terminology.hl7.org/CodeSystem/v3-ObservationValue", "code": "SUBSETTED"}


def subset(body: bytes, *, summary: str = "false", elements: Iterable[str] = ()) -> bytes:
    """The body with what was asked for; as it is, where everything was."""
    wanted = frozenset(elements)
    if summary in {"false", "count"} and not wanted:
        return body
    resource: dict[str, Any] = json_text.parse(body)
    kept = _some(resource, wanted) if wanted else _SUMMARIES[summary](resource)
    meta = dict(kept.get("meta") or {})
    meta["tag"] = [*meta.get("tag", []), _TAG]
    return json_text.dump({"resourceType": kept.pop("resourceType"), **kept, "meta": meta})


def _some(resource: dict[str, Any], names: frozenset[str]) -> dict[str, Any]:
    """These elements of the first level (a choice by its stem), and those that must be there."""
    wanted = names | summary_of(resource["resourceType"]).required | _ALWAYS
    return {name: value for name, value in resource.items() if _stem(resource["resourceType"], name) & wanted}


def _whole(resource: dict[str, Any]) -> dict[str, Any]:
    return _of_summary(resource, resource["resourceType"], "", summary_of(resource["resourceType"]).kept)


def _data(resource: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in resource.items() if name != "text"}


def _text(resource: dict[str, Any]) -> dict[str, Any]:
    return _some(resource, frozenset({"text"}))


_SUMMARIES = {"true": _whole, "data": _data, "text": _text}


def _of_summary(value: dict[str, Any], kind: str, path: str, kept: frozenset[str]) -> dict[str, Any]:
    """What the definitions mark as summary; of a data type all, of a backbone element what is marked in it."""
    found: dict[str, Any] = {}
    for name, content in value.items():
        element = r4().types[kind].elements.get(name.removeprefix("_")) if kind in r4().types else None
        below = {f"{path}{each}" for each in _stem(kind, name)}
        if not path and name in _ALWAYS:
            found[name] = content
        elif below & kept:
            inner = element.type if element and "." in element.type else ""
            found[name] = _below(content, inner, f"{path}{name}.", kept) if inner else content
    return found


def _below(content: Any, kind: str, path: str, kept: frozenset[str]) -> Any:
    if isinstance(content, list):
        return [_below(each, kind, path, kept) for each in content]
    return _of_summary(content, kind, path, kept) if isinstance(content, dict) else content


def _stem(kind: str, name: str) -> frozenset[str]:
    """The names that an element of JSON answers to: its own, and of a choice the stem, also as `stem[x]`."""
    bare = name.removeprefix("_")
    definition = r4().types.get(kind)
    element = definition.elements.get(bare) if definition else None
    choice = element.choice if element else ""
    return frozenset({bare, choice, f"{choice}[x]"} if choice else {bare})
