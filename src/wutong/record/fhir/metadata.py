"""GET [base]/metadata: the CapabilityStatement, generated from what is implemented. The one answer without a token."""

from collections.abc import Mapping
from functools import cache
from importlib.metadata import version
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from wutong.core.categories import DIRECTORY_TYPES
from wutong.record.definitions import r4
from wutong.record.fhir import answers, interactions
from wutong.record.fhir.interactions import Level
from wutong.record.searching.offered import offered

_VALIDATE = {"name": "validate", "definition": "http://hl7.org/fhir/OperationDefinition/Resource-validate"}
_DIRECTORY = (
    "A provider's system reads and searches what its provider deposited. A professional reads by id what is named in a "
    "record that he has open."
)


async def metadata(request: Request) -> Response:
    """What this server can do."""
    headers = {"cache-control": "public, max-age=300"}
    return answers.tree(statement(request.app.state.base), headers=headers)


def statement(base: str) -> dict[str, Any]:
    """The CapabilityStatement of a server at `base`."""
    rest = {
        "mode": "server",
        "security": {"description": "OAuth 2.0 bearer tokens: client credentials at /oauth/token for systems."},
        "resource": [_resource(name) for name in r4().resource_types()],
        "interaction": [{"code": code} for code in interactions.codes(Level.SYSTEM)],
        "operation": [_VALIDATE],
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
        "patchFormat": ["application/json-patch+json"],
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
        "searchParam": [
            {"name": each.name, "definition": each.url, "type": each.type} for _, each in sorted(offered(name).items())
        ],
    }
    described = {key: value for key, value in described.items() if value != []}
    if name in DIRECTORY_TYPES:
        described["documentation"] = _DIRECTORY
    if name == "Patient":
        described["operation"] += [
            {"name": name, "definition": f"urn:wutong:operation:{name}"} for name in interactions.codes(Level.OPERATION)
        ]
    return described


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
