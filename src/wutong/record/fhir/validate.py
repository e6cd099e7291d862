"""POST [base]/$validate, [base]/[type]/$validate and [base]/[type]/[id]/$validate: is this acceptable? Nothing is kept.

Without a mode, nothing is read either: the content alone is checked. A mode tries the change in a transaction that is
not kept. Source: HL7 FHIR R4, operation Resource-validate. What is wrong is the answer, so that it comes with 200.
"""

import asyncio
from collections.abc import Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from wutong.core import ids
from wutong.core.answers import Missing, Refused
from wutong.record.fhir import answers, bodies, checking, delete, requests, update
from wutong.record.flows.changes import Change, Method
from wutong.record.flows.problems import Unacceptable, fault, in_request
from wutong.record.flows.receive_bundle import Manner, receive_bundle

_BASE_PROFILE = "http://hl7.org/fhir/StructureDefinition/"
_PARAMETERS = frozenset({"resource", "mode", "profile"})
_ACCEPTED = "The resource is valid FHIR R4: its structure, types, codes and the constraints of the base specification."
_ALONE, _OF_ONE = frozenset({"create"}), frozenset({"update", "delete"})  # modes, by whether a resource is named


async def validate(request: Request) -> Response:
    """An OperationOutcome with everything that is wrong, or one that says that nothing is."""
    kind = request.path_params.get("type")
    if kind is not None:
        checking.known_type(kind)
    given = await _given(request, kind)
    resource, mode = given.pop("resource"), given.get("mode", "")
    _refuse_unsupported(given, kind or _type_of(resource), is_of_one="id" in request.path_params)
    if mode:
        return await _tried(request, mode, resource)
    if faults := await asyncio.to_thread(checking.faults, resource, kind, kind or ""):
        return answers.outcome(faults, status=200)
    return _said(_ACCEPTED)


async def _tried(request: Request, mode: str, resource: dict[str, Any]) -> Response:
    """Whether a change would be carried out now; who may not make it is told as by its own door."""
    resource_id = ids.read(request.path_params.get("id", ""))
    if mode in _OF_ONE and resource_id is None:
        return answers.hidden(Missing(request.path_params["id"]))
    try:
        change = await _change(request, mode, resource)
        change = change.of(resource_id) if resource_id else change
        manner = Manner(is_trial=True)
        kept = await receive_bundle(requests.plane(request), requests.token(request), [change], manner)
    except Unacceptable as wrong:
        return answers.outcome(wrong.faults, status=200)
    if isinstance(kept, Refused):
        return answers.hidden(kept) if mode in _OF_ONE else answers.refused(kept)
    return _said(f"As things stand, this {mode} would be carried out. Nothing was kept.")


async def _change(request: Request, mode: str, resource: dict[str, Any]) -> Change:
    if mode == "delete":
        return delete.change(request)
    if mode == "update":
        return await update.change_of_one(request, resource)
    kind = request.path_params.get("type") or _type_of(resource)
    links = await asyncio.to_thread(checking.checked, resource, resource_type=kind, place=kind)
    return Change(kind, Method.CREATE, kind, resource, links=links)


def _said(sentence: str) -> Response:
    issue = {"severity": "information", "code": "informational", "details": {"text": sentence}}
    return answers.tree({"resourceType": "OperationOutcome", "issue": [issue]})


async def _given(request: Request, kind: str | None) -> dict[str, Any]:
    """The parameters of the operation, from the address and the body; of a deletion the content is not looked at."""
    query = {name: request.query_params[name] for name in ("mode", "profile") if name in request.query_params}
    if empty := next((name for name, value in query.items() if not value.strip()), None):
        raise fault("value", f"{empty} has no value. Write it, or leave it out.", place=in_request(empty))
    if query.get("mode") == "delete":
        return {"resource": {}, **query}
    return {**query, **_posted(await bodies.body(request), kind)}


def _posted(body: dict[str, Any], kind: str | None) -> dict[str, Any]:
    """What is posted is the resource itself, or Parameters that hold it."""
    parameters = body.get("parameter")
    if body.get("resourceType") != "Parameters" or not isinstance(parameters, list):
        return {"resource": body}
    names = {_name(each) for each in parameters}
    if kind == "Parameters" and "resource" not in names:
        return {"resource": body}  # to be validated itself
    found: dict[str, Any] = {} if "resource" in names or not _asks_to_delete(parameters) else {"resource": {}}
    if "resource" not in names | found.keys():
        sentence = (
            "These Parameters have no parameter `resource` to validate. Post the resource itself, or as that "
            "parameter; Parameters that are themselves to be validated go to Parameters/$validate."
        )
        raise fault("required", sentence, place="Parameters.parameter")
    for number, each in enumerate(parameters):
        name, place = _name(each), f"Parameters.parameter[{number}]"
        if name not in _PARAMETERS:
            raise fault("not-supported", "$validate takes resource, mode and profile. Leave this out.", place=place)
        if name in found:
            raise fault("duplicate", f"{name} stands twice. Give it once.", place=place)
        found[name] = each.get("resource") if name == "resource" else _value(each)
    if not isinstance(found["resource"], dict):
        raise fault("required", "The parameter `resource` holds no resource.", place="Parameters.parameter")
    return found


def _asks_to_delete(parameters: list[Any]) -> bool:
    return any(_name(each) == "mode" and _value(each) == "delete" for each in parameters)


def _name(parameter: Any) -> str:
    name = parameter.get("name") if isinstance(parameter, dict) else None
    return name if isinstance(name, str) else ""


def _value(parameter: Mapping[str, Any]) -> str:
    return str(next((value for key, value in parameter.items() if key.startswith("value")), ""))


def _type_of(resource: Mapping[str, Any]) -> str:
    return str(resource.get("resourceType", ""))


def _refuse_unsupported(given: Mapping[str, str], resource_type: str, *, is_of_one: bool) -> None:
    """What would promise more than is checked."""
    mode = given.get("mode")
    if mode is not None and mode not in _ALONE | _OF_ONE:
        raise fault("not-supported", "mode can be create, update or delete. Leave it out to check the content alone.")
    if mode and (mode in _OF_ONE) != is_of_one:
        sentence = "Ask for update and delete at [type]/[id]/$validate, for create at [type]/$validate."
        raise fault("not-supported", sentence)
    profile = given.get("profile", "").partition("|")[0]
    if profile and profile != _BASE_PROFILE + resource_type:
        sentence = "Resources are validated against FHIR R4 itself; other profiles are not offered yet. Leave it out."
        raise fault("not-supported", sentence)
