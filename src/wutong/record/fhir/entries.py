"""Reads the entries of a transaction: what each asks for, and every fault of every entry.

Source: HL7 FHIR R4, http page ("batch/transaction") and bundle page.
"""

import base64
import binascii
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from wutong.core import ids, json_text
from wutong.core.json_patch import Operation
from wutong.core.json_text import JsonProblem
from wutong.record.definitions import r4
from wutong.record.fhir import checking, conditions
from wutong.record.fhir.bodies import not_this_patch
from wutong.record.flows.changes import Change, Condition, Method
from wutong.record.flows.plane import Plane
from wutong.record.flows.problems import Fault, Unacceptable, fault
from wutong.record.patches import PathPatch
from wutong.record.profiles.primitives import is_right
from wutong.record.searching.dates import instant

MOST_ENTRIES = 10_000
_URL = re.compile(r"([A-Z][A-Za-z]+)(?:/([^/|?#]+)|\?(.*))?", re.DOTALL)
_CARRIED_OUT = ("transaction", "batch")  # no set: what was sent may be anything, also what has no hash
_READING = frozenset({"GET", "HEAD"})
_METHODS = [*Method, *sorted(_READING)]
_REQUEST_TEXTS = ("method", "url", "ifMatch", "ifNoneMatch", "ifNoneExist", "ifModifiedSince")
_JSON_PATCH = "application/json-patch+json"


@dataclass(frozen=True)
class Reading:
    """An entry that only reads."""

    method: str
    url: str
    request: dict[str, Any]
    place: str


@dataclass(frozen=True)
class _Url:
    """What the url of an entry names: a type, and in it a resource by id or by a condition."""

    resource_type: str
    resource_id: UUID | None
    condition: str | None


def outer(bundle: dict[str, Any]) -> list[Any]:
    """The entries of a Bundle that is to be carried out; raises Unacceptable where it is none."""
    if bundle.get("resourceType") != "Bundle" or bundle.get("type") not in _CARRIED_OUT:
        sentence = "POST a Bundle of type `transaction` or `batch` here; a single resource goes to [base]/[type]."
        raise fault("invalid", sentence, place="Bundle.type", status=422)
    entries = bundle.get("entry", [])
    if not isinstance(entries, list) or (not entries and "entry" in bundle):
        sentence = "entry is a list of one or more entries; leave it out where there are none."
        raise fault("structure", sentence, place="Bundle.entry", status=422)
    if len(entries) > MOST_ENTRIES:
        raise fault("too-costly", f"A bundle may have {MOST_ENTRIES} entries. Send several.", status=413)
    around = {name: value for name, value in bundle.items() if name != "entry"}
    if faults := checking.faults(around, "Bundle", "Bundle"):
        raise Unacceptable(faults, status=422)
    return entries


def read(entries: list[Any], plane: Plane) -> list[Change | Reading]:
    """What each entry asks for, in order; raises Unacceptable with every fault of every entry."""
    faults = [each for number, entry in enumerate(entries) for each in _faults(number, entry)]
    if faults := faults or list(_named_twice(entries)):
        raise Unacceptable(faults, status=422)
    return [_entry(number, entry, plane) for number, entry in enumerate(entries)]


def request_faults(number: int, entry: Any) -> list[Fault]:
    """What is wrong with the shape of an entry, and with its request."""
    place = f"Bundle.entry[{number}]"
    if not isinstance(entry, dict):
        return [Fault("structure", place, "An entry must be an object.")]
    request = entry.get("request")
    if not isinstance(request, dict) or request.get("method") not in _METHODS:
        sentence = f"An entry's request has a method: {', '.join(_METHODS)}."
        return [Fault("not-supported", f"{place}.request.method", sentence)]
    if wrong := _no_text(entry, ("fullUrl",)) or _no_text(request, _REQUEST_TEXTS):
        name = wrong if wrong == "fullUrl" else f"request.{wrong}"
        return [Fault("structure", f"{place}.{name}", f"{name} must be text.")]
    if not request.get("url"):
        return [Fault("required", f"{place}.request.url", "An entry's request has a url, such as Patient.")]
    since = request.get("ifModifiedSince")
    if since is not None and not (is_right("instant")(since) and instant(since)):
        sentence = "ifModifiedSince is an instant, such as 2026-01-31T08:00:00Z."
        return [Fault("value", f"{place}.request.ifModifiedSince", sentence)]
    if not isinstance(entry.get("resource", {}), dict):
        return [Fault("structure", f"{place}.resource", "A resource must be an object.")]
    return []


def _no_text(named: dict[str, Any], names: Sequence[str]) -> str | None:
    """The first of the names under which something else stands."""
    return next((name for name in names if name in named and not isinstance(named[name], str | None)), None)


def patch_in(resource: dict[str, Any], place: str) -> Sequence[Operation] | PathPatch:
    """The patch that an entry carries: Parameters, or a JSON Patch as a Binary (FHIR R4); raises Unacceptable."""
    if resource.get("resourceType") == "Parameters":
        return checking.path_patch(resource, place)
    if resource.get("resourceType") != "Binary" or resource.get("contentType") != _JSON_PATCH:
        raise not_this_patch().at(place)
    try:
        tree = json_text.parse(base64.b64decode(str(resource.get("data", "")), validate=True))
    except (binascii.Error, ValueError):
        raise fault("value", "The patch is no base64.", place=f"{place}.data", status=422) from None
    except JsonProblem as wrong:
        raise fault("structure", wrong.message, place=f"{place}.data", status=422) from wrong
    return checking.operations(tree, place)


def _faults(number: int, entry: Any) -> list[Fault]:
    place = f"Bundle.entry[{number}]"
    if shape := request_faults(number, entry):
        return shape
    method, resource = entry["request"]["method"], entry.get("resource")
    if method in _READING:
        return []
    if method == Method.DELETE and resource is not None:
        return [Fault("invalid", f"{place}.resource", "A deletion has no resource. Leave it out.")]
    if method != Method.DELETE and resource is None:
        return [Fault("required", f"{place}.resource", "This entry has no resource.")]
    return _url_faults(entry["request"], resource, place) or _content_faults(method, resource, place)


def _content_faults(method: str, resource: dict[str, Any] | None, place: str) -> list[Fault]:
    if resource is None or method == Method.PATCH:
        return []
    return checking.faults(resource, None, f"{place}.resource")


def _named_twice(entries: list[dict[str, Any]]) -> Iterator[Fault]:
    """Two entries of one fullUrl would become one id, and references to it could mean either."""
    first: dict[str, int] = {}
    for number, entry in enumerate(entries):
        url = entry.get("fullUrl")
        if url and (other := first.setdefault(url, number)) != number:
            sentence = f"Entry {other} has this fullUrl too. Give each its own."
            yield Fault("duplicate", f"Bundle.entry[{number}].fullUrl", sentence)


def _url_faults(request: dict[str, Any], resource: dict[str, Any] | None, place: str) -> list[Fault]:
    url, method = _url(request["url"]), request["method"]
    kind = (resource or {}).get("resourceType") if method in {Method.CREATE, Method.UPDATE} else None
    is_right = url and r4().is_resource(url.resource_type) and (kind is None or kind == url.resource_type)
    if method == Method.CREATE:
        if is_right and request["url"] == kind:
            return []
        return [Fault("value", f"{place}.request.url", f"The url must be `{kind}`.")]
    if not (is_right and url and (url.resource_id or url.condition is not None)):
        wanted = kind or "Patient"
        sentence = f"The url must be `{wanted}/<id>` with an id that this server gave, or `{wanted}?<condition>`."
        return [Fault("value", f"{place}.request.url", sentence)]
    if kind and url.resource_id and resource and resource.get("id") != str(url.resource_id):
        return [Fault("value", f"{place}.resource.id", f"The id must be the one of the url, {url.resource_id}.")]
    return []


def _url(text: str) -> _Url | None:
    match = _URL.fullmatch(text)
    if match is None:
        return None
    kind, name, query = match.groups()
    if name is not None and ids.read(name) is None:
        return None
    return _Url(kind, ids.read(name) if name else None, query)


def _entry(number: int, entry: dict[str, Any], plane: Plane) -> Change | Reading:
    request, around = entry["request"], f"Bundle.entry[{number}]"
    place = f"{around}.resource" if "resource" in entry else around
    method, url = request["method"], _url(request["url"])
    if method in _READING:
        return Reading(method, request["url"], request, f"{around}.request.url")
    assert url is not None  # noqa: S101 - `_faults` has seen it
    resource = entry.get("resource", {})
    is_content = method in {Method.CREATE, Method.UPDATE}
    return Change(
        place=place,
        method=Method(method),
        resource_type=url.resource_type,
        resource=resource if is_content else {},
        resource_id=url.resource_id,
        condition=_condition(url, request, around, plane),
        patch=patch_in(resource, place) if method == Method.PATCH else (),
        if_match=conditions.if_match(request.get("ifMatch"), f"{around}.request.ifMatch"),
        must_be_absent=conditions.must_be_absent(request.get("ifNoneMatch"), f"{around}.request.ifNoneMatch"),
        full_url=entry.get("fullUrl", ""),
        links=list(checking.links(resource, place, plane)) if is_content else (),
    )


def _condition(url: _Url, request: dict[str, Any], around: str, plane: Plane) -> Condition | None:
    is_create = request["method"] == Method.CREATE
    text = request.get("ifNoneExist") if is_create else url.condition
    if text is None:
        return None
    place = f"{around}.request.{'ifNoneExist' if is_create else 'url'}"
    return conditions.condition(url.resource_type, text.removeprefix("?"), place, plane)
