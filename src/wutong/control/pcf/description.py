"""GET [base]/metadata and [base]/openapi.json: what this registry can do, made from the table of its doors. Public.

Source: HL7 FHIR R4, CapabilityStatement; IHE PCF, actor Consent Registry; OpenAPI 3.1.0.
"""

import re
from collections.abc import Iterator
from importlib.metadata import version
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from wutong.control.pcf import answers, asking, interactions
from wutong.control.pcf.faults import Fault
from wutong.control.pcf.interactions import Interaction
from wutong.control.pcf.words import ADVANCED, BASE, BASIC, INTERMEDIATE
from wutong.core.routes import Comers, open_to

_ACTOR = "https://profiles.ihe.net/ITI/PCF/CapabilityStatement/IHE.PCF.consentRegistry"
_TYPES = {"_id": "token", "_lastUpdated": "date", "patient": "reference", "status": "token"}
_PLACE = re.compile(r"{(\w+)}")
_FHIR = "application/fhir+json"


@open_to(Comers.ANYBODY)
@require_safe
def metadata(_request: HttpRequest) -> HttpResponse:
    """The CapabilityStatement."""
    return answers.fhir(statement())


@open_to(Comers.ANYBODY)
@require_safe
def openapi(_request: HttpRequest) -> HttpResponse:
    """The OpenAPI description."""
    return JsonResponse(openapi_description())


@open_to(Comers.ANYBODY)
@csrf_exempt
def nothing(_request: HttpRequest, rest: str) -> HttpResponse:  # noqa: ARG001 - as the address names it
    """Of an address that is none."""
    sentence = "There is no such address here. Records are at the record plane's own base."
    return answers.outcome([Fault("not-supported", "", sentence)], status=404)


def statement() -> dict[str, Any]:
    """The CapabilityStatement."""
    consent = {
        "type": "Consent",
        "supportedProfile": [BASIC, INTERMEDIATE, ADVANCED],
        "documentation": "What people state about who may see their records: the words that the gate decides on, and "
        "no documents. Written by the person's own token, or that of whoever decides for a child; read by these, and "
        "by a provider as far as it is about that provider. An update needs If-Match.",
        "interaction": [{"code": each.code} for each in interactions.TABLE],
        "versioning": "versioned-update",
        "readHistory": True,
        "updateCreate": False,
        "searchParam": [{"name": name, "type": kind} for name, kind in _TYPES.items()],
    }
    security = {"description": "OAuth 2.0 bearer tokens, as at the record plane."}
    return {
        "resourceType": "CapabilityStatement",
        "status": "active",
        "date": "2026-11-30",
        "kind": "instance",
        "instantiates": [_ACTOR],
        "software": {"name": "Wutong", "version": version("wutong")},
        "implementation": {"description": "Wutong consent registry", "url": BASE},
        "fhirVersion": "4.0.1",
        "format": ["json", _FHIR],
        "rest": [{"mode": "server", "security": security, "resource": [consent]}],
    }


def openapi_description() -> dict[str, Any]:
    """The OpenAPI description."""
    paths: dict[str, Any] = {}
    for each in interactions.TABLE:
        paths.setdefault(f"/{each.path}", {})[each.method.lower()] = _operation(each)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Wutong consent registry", "version": version("wutong")},
        "servers": [{"url": BASE}],
        "security": [{"token": []}],
        "paths": paths,
        "components": {"securitySchemes": {"token": {"type": "http", "scheme": "bearer"}}},
    }


def _operation(each: Interaction) -> dict[str, Any]:
    told = {"description": "A FHIR resource.", "content": {_FHIR: {"schema": {"type": "object"}}}}
    described = {
        "operationId": each.code,
        "summary": (each.door.__doc__ or "").partition("\n")[0],
        "parameters": list(_parameters(each)),
        "responses": {"2XX": told, "default": told},
    }
    if each.method in {"POST", "PUT"}:
        described["requestBody"] = {"required": True, "content": {_FHIR: {"schema": {"type": "object"}}}}
    return described


def _parameters(each: Interaction) -> Iterator[dict[str, Any]]:
    for name in _PLACE.findall(each.path):
        yield {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
    if each.code == "search-type":
        yield from (_parameter(name, "query") for name in asking.SEARCHED)
    if each.code in {"search-type", "history-instance"}:
        yield from (_parameter(name, "query") for name in asking.PAGING)
    if each.code == "update":
        yield _parameter("If-Match", "header") | {"required": True}


def _parameter(name: str, where: str) -> dict[str, Any]:
    return {"name": name, "in": where, "schema": {"type": "string"}}
