"""Turns what a request brings into deposits: checked, with ids, with references inside the request resolved."""

import re
from collections.abc import Iterator
from typing import Any
from uuid import UUID

from wutong.core import ids
from wutong.record.definitions import r4
from wutong.record.flows.deposit import Deposit
from wutong.record.flows.problems import Fault, Unacceptable, fault
from wutong.record.profiles import check, patient_references, references

_LITERAL = re.compile(r"([A-Z][A-Za-z]+)/([^/|?#]+)(/_history/\d+)?")
_ADDRESS = re.compile(r"(https?://.+/)[A-Z][A-Za-z]+/[A-Za-z0-9\-.]{1,64}")
_ETAG = re.compile(r'W/"(\d{1,9})"')
_MOST_ENTRIES = 10_000


def checked(resource: dict[str, Any], *, resource_type: str, place: str) -> None:
    """Raise Unacceptable with every fault of one resource."""
    if found := faults(resource, resource_type, place):
        raise Unacceptable(found, status=422)


def bundle_deposits(bundle: dict[str, Any]) -> list[Deposit]:
    """The deposits of a transaction Bundle, in order; raises Unacceptable with every fault of every entry."""
    entries = _entries(bundle)
    found = [each for number, entry in enumerate(entries) for each in _entry_faults(number, entry)]
    if found := found or list(_named_twice(entries)):
        raise Unacceptable(found, status=422)
    names = {entry["fullUrl"]: _new_or_named(entry) for entry in entries if entry.get("fullUrl")}
    targets = {url: f"{kind}/{resource_id}" for url, (kind, resource_id) in names.items()}
    deposits, wrong = [], []
    for number, entry in enumerate(entries):
        place = f"Bundle.entry[{number}].resource"
        key = names.get(entry.get("fullUrl", "")) or _new_or_named(entry)
        wrong += _resolve(entry["resource"], targets, place, base=_base(entry.get("fullUrl", "")))
        deposits.append(_deposit(entry["resource"], key[1], place, entry["request"]))
    if wrong:
        raise Unacceptable(wrong, status=422)
    return deposits


def single_deposit(resource: dict[str, Any], resource_id: UUID | None, if_match: str | None) -> Deposit:
    """The deposit of a create (`resource_id` None) or an update."""
    request = {"method": "PUT" if resource_id else "POST", "ifMatch": if_match}
    if wrong := _resolve(resource, {}, resource["resourceType"]):
        raise Unacceptable(wrong, status=422)
    return _deposit(resource, resource_id or ids.new(), resource["resourceType"], request)


def _entries(bundle: dict[str, Any]) -> list[dict[str, Any]]:
    if bundle.get("resourceType") != "Bundle" or bundle.get("type") != "transaction":
        sentence = "POST a Bundle of type `transaction` here; a single resource goes to [base]/[type]."
        raise fault("invalid", sentence, place="Bundle.type", status=422)
    entries = bundle.get("entry")
    if not isinstance(entries, list) or not entries:
        raise fault("required", "The Bundle has no entries.", place="Bundle.entry", status=422)
    if len(entries) > _MOST_ENTRIES:
        raise fault("too-costly", f"A bundle may have {_MOST_ENTRIES} entries. Send several.", status=413)
    outer = {**bundle, "entry": []}
    outer.pop("entry")
    if found := faults(outer, "Bundle", "Bundle"):
        raise Unacceptable(found, status=422)
    return entries


def _entry_faults(number: int, entry: Any) -> list[Fault]:
    place = f"Bundle.entry[{number}]"
    if not isinstance(entry, dict):
        return [Fault("structure", place, "An entry must be an object.")]
    request, resource = entry.get("request"), entry.get("resource")
    if not isinstance(request, dict) or request.get("method") not in {"POST", "PUT"}:
        return [Fault("not-supported", f"{place}.request.method", "An entry of a transaction here is POST or PUT.")]
    if not isinstance(resource, dict):
        return [Fault("required", f"{place}.resource", "This entry has no resource.")]
    if not isinstance(entry.get("fullUrl", ""), str):
        return [Fault("structure", f"{place}.fullUrl", "fullUrl must be text.")]
    if request.get("ifNoneExist"):
        return [Fault("not-supported", f"{place}.request.ifNoneExist", "Conditional create is not offered yet.")]
    return _url_faults(request, resource, place) or faults(resource, None, f"{place}.resource")


def _named_twice(entries: list[dict[str, Any]]) -> Iterator[Fault]:
    """Two entries of one fullUrl would become one id, and references to it could mean either; so with updates."""
    first: dict[str, int] = {}
    for number, entry in enumerate(entries):
        request = entry["request"]
        names = {"fullUrl": entry.get("fullUrl"), "request.url": request["url"] if request["method"] == "PUT" else ""}
        for name, url in names.items():
            if url and (other := first.setdefault(f"{name} {url}", number)) != number:
                sentence = f"Entry {other} has this {name} too. Give each its own."
                yield Fault("duplicate", f"Bundle.entry[{number}].{name}", sentence)


def _url_faults(request: dict[str, Any], resource: dict[str, Any], place: str) -> list[Fault]:
    url, kind = request.get("url"), resource.get("resourceType")
    if request["method"] == "POST" and url == kind:
        return []
    literal = _LITERAL.fullmatch(url) if isinstance(url, str) else None
    if request["method"] == "PUT" and literal and literal[1] == kind and ids.read(literal[2]) and not literal[3]:
        if resource.get("id") == literal[2]:
            return []
        return [Fault("value", f"{place}.resource.id", f"The id must be the one of the url, {literal[2]}.")]
    wanted = f"`{kind}`" if request["method"] == "POST" else f"`{kind}/<id>` with an id that this server gave"
    return [Fault("value", f"{place}.request.url", f"The url must be {wanted}.")]


def faults(resource: dict[str, Any], resource_type: str | None, place: str) -> list[Fault]:
    """Every fault of one resource, each with its place."""
    return [
        Fault(issue.code, issue.place, issue.message)
        for issue in check(resource, expected_type=resource_type, place=place)
        if issue.severity == "error"
    ]


def _base(full_url: str) -> str:
    """The base that relative references of an entry start from; empty where its fullUrl is no address of a resource."""
    address = _ADDRESS.fullmatch(full_url)
    return address[1] if address else ""


def _new_or_named(entry: dict[str, Any]) -> tuple[str, UUID]:
    kind = entry["resource"]["resourceType"]
    if entry["request"]["method"] == "POST":
        return kind, ids.new()
    return kind, UUID(entry["resource"]["id"])


def _resolve(resource: dict[str, Any], targets: dict[str, str], place: str, *, base: str = "") -> list[Fault]:
    """Rewrite references to other entries, by their fullUrl or relative to `base`; those to nothing are faults."""
    wrong = []
    for holder, name, value in references(resource):
        if target := targets.get(value) or (base and targets.get(base + value)):
            holder[name] = target
        elif value.startswith(("urn:uuid:", "urn:oid:")):
            wrong.append(Fault("not-found", place, f"The reference {value} names no entry of this bundle."))
        elif name == "reference" and "?" in value:
            wrong.append(Fault("not-supported", place, f"The conditional reference {value} is not offered yet."))
    return wrong


def _deposit(resource: dict[str, Any], resource_id: UUID, place: str, request: dict[str, Any]) -> Deposit:
    is_new = request["method"] == "POST"
    return Deposit(
        place=place,
        resource=resource,
        resource_id=resource_id,
        patient_id=resource_id if resource["resourceType"] == "Patient" else _patient_of(resource, place),
        is_new=is_new,
        if_match=_if_match(request.get("ifMatch"), place),
    )


def _patient_of(resource: dict[str, Any], place: str) -> UUID | None:
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


def _is_patient(reference: str) -> bool:
    literal = _LITERAL.fullmatch(reference)
    return literal is None or literal[1] == "Patient"


def _if_match(text: str | None, place: str) -> int | None:
    if text is None:
        return None
    etag = _ETAG.fullmatch(text)
    if etag is None:
        raise fault("value", 'If-Match must be a version this server gave, such as W/"3".', place=place)
    return int(etag[1])


def known_type(resource_type: str) -> None:
    """Raise where FHIR R4 has no such resource type."""
    if not r4().is_resource(resource_type):
        raise fault("not-supported", f"FHIR R4 has no resource type {resource_type[:64]!r}.", status=404)
