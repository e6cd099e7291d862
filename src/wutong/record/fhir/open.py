"""POST [base]/Patient/[id]/$open and GET [base]/Patient/[id]/$access: state why, and see what opens."""

from typing import Any
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response

from wutong.core import care, clock, ids
from wutong.core.access import EMERGENCY
from wutong.core.answers import Refused
from wutong.record.fhir import answers, bodies, checking, requests
from wutong.record.flows.open_look import Access, CategoryAccess, describe_access, open_look
from wutong.record.flows.problems import fault
from wutong.record.gate.open import Statement

PURPOSES = frozenset({"TREAT", EMERGENCY})  # HL7 v3 PurposeOfUse; what the law shares records for (Cap. 625)


async def open_patient(request: Request) -> Response:
    """Begin a look; Parameters with the look's id and the instant it closes."""
    parameters = await bodies.body(request)
    checking.checked(parameters, resource_type="Parameters", place="Parameters")
    statement = _statement(parameters)
    opened = await open_look(requests.plane(request), requests.token(request), _id(request), statement)
    if isinstance(opened, Refused):
        return answers.refused(opened)
    closes_at = clock.written(opened.closes_at) if opened.closes_at else None
    parts = [{"name": "look", "valueId": str(opened.look_id)}, {"name": "closesAt", "valueInstant": closes_at}]
    return answers.tree({"resourceType": "Parameters", "parameter": [*parts, *_care(opened.care)]})


async def access(request: Request) -> Response:
    """Parameters: each data category with open or closed, and why."""
    described = await describe_access(requests.plane(request), requests.token(request), _id(request))
    if isinstance(described, Refused):
        return answers.refused(described)
    return answers.tree({"resourceType": "Parameters", "parameter": _parameters(described)})


def _id(request: Request) -> UUID:
    return ids.read(request.path_params["id"]) or ids.NOBODY


def _statement(parameters: dict[str, Any]) -> Statement:
    given = {part["name"]: part for part in parameters.get("parameter", [])}
    purpose = given.get("purpose", {}).get("valueCode", "")
    if purpose not in PURPOSES:
        sentence = f"State the purpose: {', '.join(sorted(PURPOSES))} (v3 PurposeOfUse). A record opens for care alone."
        raise fault("required", sentence, place="Parameters.parameter.where(name='purpose')", status=422)
    if purpose == EMERGENCY:
        return Statement(purpose)
    return Statement(purpose, _reason(given.get("reason", {}).get("valueString", "")))


def _reason(text: str) -> str:
    """A reason as the patient's list can show it; empty where none is stated: the record may show care."""
    said, place = care.tidy(text), "Parameters.parameter.where(name='reason')"
    if len(said) > care.MOST_REASON:
        sentence = f"Keep the reason within {care.MOST_REASON} characters."
        raise fault("too-long", sentence, place=place, status=422)
    if said and not care.is_reason(said):
        sentence = "Write the reason in letters that can be read: it holds control characters or invisible ones."
        raise fault("value", sentence, place=place, status=422)
    return said


def _parameters(described: Access) -> list[dict[str, Any]]:
    parts: list[dict[str, Any]] = [{"name": "isOpen", "valueBoolean": described.closes_at is not None}]
    if described.closes_at:
        parts.append({"name": "closesAt", "valueInstant": clock.written(described.closes_at)})
    if described.emergency_until:
        parts.append({"name": "emergencyUntil", "valueInstant": clock.written(described.emergency_until)})
    parts += _care(described.care)
    if described.reason:
        parts.append({"name": "reason", "valueCode": described.reason})
    return parts + [{"name": "category", "part": _category(category)} for category in described.categories]


def _care(found: care.Evidence | None) -> list[dict[str, Any]]:
    """What shows that the caller's provider cares for the person; nothing where a reason is needed."""
    if found is None:
        return []
    part: list[dict[str, Any]] = [
        {"name": "kind", "valueCode": found.kind},
        {"name": "resource", "valueReference": {"reference": f"{found.resource_type}/{found.resource_id}"}},
        {"name": "day", "valueDate": found.day.isoformat()},
    ]
    return [{"name": "care", "part": part}]


def _category(category: CategoryAccess) -> list[dict[str, Any]]:
    part: list[dict[str, Any]] = [{"name": "code", "valueCode": category.code}]
    part.append({"name": "open", "valueBoolean": category.is_open})
    said = {"access": category.access, "source": category.source, "reason": category.reason}
    return part + [{"name": name, "valueCode": code} for name, code in said.items() if code]
