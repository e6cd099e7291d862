"""POST [base]/$validate and [base]/[type]/$validate: is this resource acceptable? Nothing is kept, nothing is read.

Source: HL7 FHIR R4, operation Resource-validate. What is wrong is the answer, so that it comes with 200.
"""

import asyncio
from collections.abc import Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from wutong.record.fhir import answers, bodies, checking
from wutong.record.flows.problems import fault

_BASE_PROFILE = "http://hl7.org/fhir/StructureDefinition/"
_PARAMETERS = frozenset({"resource", "mode", "profile"})
_ACCEPTED = "The resource is valid FHIR R4: its structure, types, codes and the constraints of the base specification."


async def validate(request: Request) -> Response:
    """An OperationOutcome with everything that is wrong, or one that says that nothing is."""
    resource_type = request.path_params.get("type")
    if resource_type is not None:
        checking.known_type(resource_type)
    given = _asked(await bodies.body(request), resource_type)
    resource = given.pop("resource")
    _refuse_unsupported({**request.query_params, **given}, resource_type or _type_of(resource))
    faults = await asyncio.to_thread(checking.faults, resource, resource_type, resource_type or "")
    if faults:
        return answers.outcome(faults, status=200)
    issue = {"severity": "information", "code": "informational", "details": {"text": _ACCEPTED}}
    return answers.tree({"resourceType": "OperationOutcome", "issue": [issue]})


def _asked(body: dict[str, Any], resource_type: str | None) -> dict[str, Any]:
    """The parameters of the operation: what is posted is the resource itself, or Parameters that hold it."""
    parameters = body.get("parameter")
    if body.get("resourceType") != "Parameters" or not isinstance(parameters, list):
        return {"resource": body}
    if resource_type == "Parameters" and not any(_name(each) == "resource" for each in parameters):
        return {"resource": body}  # to be validated itself
    found: dict[str, Any] = {}
    for number, each in enumerate(parameters):
        name, place = _name(each), f"Parameters.parameter[{number}]"
        if name not in _PARAMETERS:
            raise fault("not-supported", "$validate takes resource, mode and profile. Leave this out.", place=place)
        if name in found:
            raise fault("duplicate", f"{name} stands twice. Give it once.", place=place)
        found[name] = each.get("resource") if name == "resource" else _value(each)
    if not isinstance(found.get("resource"), dict):
        sentence = "There is no resource to validate. Post it, or Parameters with a parameter `resource`."
        raise fault("required", sentence, place="Parameters.parameter")
    return found


def _name(parameter: Any) -> str:
    name = parameter.get("name") if isinstance(parameter, dict) else None
    return name if isinstance(name, str) else ""


def _value(parameter: Mapping[str, Any]) -> str:
    return str(next((value for key, value in parameter.items() if key.startswith("value")), ""))


def _type_of(resource: Mapping[str, Any]) -> str:
    return str(resource.get("resourceType", ""))


def _refuse_unsupported(given: Mapping[str, str], resource_type: str) -> None:
    """What would promise more than is checked."""
    if given.get("mode"):
        sentence = (
            "The parameter mode is not offered: only the content is validated, not whether it could be created, "
            "updated or deleted. Leave it out."
        )
        raise fault("not-supported", sentence)
    profile = given.get("profile", "").partition("|")[0]
    if profile and profile != _BASE_PROFILE + resource_type:
        sentence = "Resources are validated against FHIR R4 itself; other profiles are not offered yet. Leave it out."
        raise fault("not-supported", sentence)
