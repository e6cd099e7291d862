"""GET [base]/metadata: the CapabilityStatement, generated from what is implemented. Public."""

from collections.abc import Mapping
from functools import cache
from importlib.metadata import version
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from wutong.core import json_text
from wutong.core.categories import DIRECTORY_TYPES
from wutong.record.definitions import r4
from wutong.record.definitions.search_parameters import Parameter
from wutong.record.fhir import answers, interactions
from wutong.record.fhir.interactions import Level
from wutong.record.searching import results
from wutong.record.searching.conditions import modifiers
from wutong.record.searching.offered import offered
from wutong.record.searching.writing import PREFIXES

_VALIDATE = {
    "name": "validate",
    "definition": "http://hl7.org/fhir/OperationDefinition/Resource-validate",
    "documentation": "Without mode, the content alone is checked, against FHIR R4 itself: no other profile, nor mode "
    "profile. The mode create, and at [type]/[id]/$validate update and delete (with If-Match), try the change for "
    "the system that would send it, and undo it.",
}
_EVERYTHING = "http://hl7.org/fhir/OperationDefinition/Patient-everything"
# What shapes an answer, or asks by way of another resource.
_RESULTS = {
    "_sort": "By any parameter that is no composite; with - before it, the other way round.",
    "_count": f"Hits of a page: {results.USUAL}, or up to {results.MOST}.",
    "_total": ", ".join(results.TOTALS),
    "_summary": ", ".join(results.SUMMARIES),
    "_elements": "Names of elements.",
    "_include": "Type:parameter or Type:parameter:TargetType, as `searchInclude` lists them.",
    "_revinclude": "The same, as `searchRevInclude` lists them.",
    "_has": "_has:Type:reference:parameter=value; one step, as chains (reference.parameter, reference:Type.parameter).",
}
_DIRECTORY = (
    "A provider's system reads and searches what its provider deposited. A professional reads by id what is named in a "
    "record that he has open."
)
_DOCUMENTS = (
    "Documents, as their depositors sent them: never in force. What people state about their records, and the gate "
    "decides on, is at /pcf/Consent of this host (IHE PCF)."
)
_DOCUMENTED = {**dict.fromkeys(DIRECTORY_TYPES, _DIRECTORY), "Consent": _DOCUMENTS}


async def metadata(request: Request) -> Response:
    """What this server can do."""
    headers = {"cache-control": "public, max-age=300"}
    return answers.resource(_body(request.app.state.base), headers=headers)


@cache
def _body(base: str) -> bytes:
    return json_text.dump(statement(base))


def statement(base: str) -> dict[str, Any]:
    """The CapabilityStatement of a server at `base`."""
    rest = {
        "mode": "server",
        "security": {"description": "OAuth 2.0 bearer tokens: client credentials at /oauth/token for systems."},
        "resource": [_resource(name) for name in r4().resource_types()],
        "interaction": [{"code": code} for code in interactions.codes(Level.SYSTEM)],
        "operation": [_VALIDATE],
        "searchParam": [{"name": name, "type": "special", "documentation": told} for name, told in _RESULTS.items()],
    }
    return {
        "resourceType": "CapabilityStatement",
        "status": "active",
        "date": "2026-11-23",
        "kind": "instance",
        "software": {"name": "Wutong", "version": version("wutong")},
        "implementation": {"description": "Wutong record plane", "url": base},
        "fhirVersion": "4.0.1",
        "format": ["json", "application/fhir+json"],
        "patchFormat": ["application/json-patch+json", "application/fhir+json"],
        "rest": [rest],
    }


def _resource(name: str) -> dict[str, Any]:
    conditional = interactions.codes(Level.CONDITIONAL)
    described: dict[str, Any] = {
        "type": name,
        "interaction": [{"code": code} for code in interactions.codes(Level.TYPE)],
        "operation": [_VALIDATE],
        "versioning": "versioned",
        "readHistory": True,
        "updateCreate": False,
        "conditionalCreate": True,
        "conditionalRead": "full-support",
        "conditionalUpdate": "update" in conditional,
        "conditionalDelete": "single" if "delete" in conditional else "not-supported",
        "searchInclude": _includes(name),
        "searchRevInclude": _reverse_includes(name),
        "searchParam": [_parameter(each) for _, each in sorted(offered(name).items())],
    }
    described = {key: value for key, value in described.items() if value != []}
    if told := _DOCUMENTED.get(name):
        described["documentation"] = told
    if name == "Patient":
        described["operation"] += [_operation(code) for code in interactions.codes(Level.OPERATION)]
    return described


def _operation(name: str) -> dict[str, str]:
    definition = _EVERYTHING if name == "everything" else f"urn:wutong:operation:{name}"
    return {"name": name, "definition": definition}


def _parameter(parameter: Parameter) -> dict[str, str]:
    """With the modifiers and prefixes that it can have, for which R4 has no element of their own."""
    can = [*modifiers(parameter), *(["[type]"] if parameter.type == "reference" else [])]
    told = f"Modifiers: {', '.join(f':{each}' for each in can)}."
    if parameter.type in {"date", "number", "quantity"}:
        told += f" Prefixes: {', '.join(PREFIXES)}."
    return {"name": parameter.name, "definition": parameter.url, "type": parameter.type, "documentation": told}


def _includes(name: str) -> list[str]:
    return [f"{name}:{each.name}" for _, each in sorted(offered(name).items()) if each.type == "reference"]


@cache
def _references() -> Mapping[str, list[str]]:
    """For each type, the references of others that may point to it."""
    found: dict[str, list[str]] = {}
    for name in r4().resource_types():
        for parameter in sorted(_includes(name)):
            for target in offered(name)[parameter.partition(":")[2]].targets:
                found.setdefault(target, []).append(parameter)
    return found


def _reverse_includes(name: str) -> list[str]:
    return _references().get(name, [])
