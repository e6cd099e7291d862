"""GET [base]/openapi.json: the doors as an OpenAPI description, made from the same table as the routes. Public.

`{type}` is one parameter for all types: a path for each would say the same 146 times, in megabytes. Which search
parameters a type has stands in the CapabilityStatement. Source: OpenAPI Specification 3.1.0.
"""

import hashlib
import re
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.metadata import version
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from wutong.core import json_text
from wutong.record.definitions import r4
from wutong.record.definitions.search_parameters import parameters
from wutong.record.fhir import answers, bodies, history, interactions, repeats, subset
from wutong.record.fhir.interactions import Interaction, Level
from wutong.record.searching.reading import CONTROLS, PATIENT
from wutong.record.searching.results import MOST, SUMMARIES, TOTALS

PATH = "/openapi.json"
_FHIR = "application/fhir+json"
_PLACE = re.compile(r"{(\w+)}")
_TEXT = {"type": "string"}
_EVERYWHERE = ("_format", "_pretty")
_PATCH_SCHEMA = {
    "type": "array",
    "minItems": 1,
    "items": {"type": "object", "required": ["op", "path"], "properties": {"op": _TEXT, "path": _TEXT}},
}
# What the values of a parameter are, where they are not any text.
_VALUES: Mapping[str, dict[str, Any]] = {
    "_count": {"type": "integer", "minimum": 1, "maximum": MOST},
    "_summary": {"type": "string", "enum": list(SUMMARIES)},
    "_total": {"type": "string", "enum": list(TOTALS)},
    "_pretty": {"type": "string", "enum": ["true", "false"]},
    "_format": {"type": "string", "enum": ["json", _FHIR]},
    "_since": {"type": "string", "format": "date-time"},
}
# What each interaction reads beside its path, by FHIR's name of it.
_READ = subset.PARAMETERS
_SEARCH = (*sorted(CONTROLS), *sorted(name for name in parameters("Basic") if name.startswith("_")))
_HISTORY = tuple(sorted(history.SHAPING))
_QUERIES: Mapping[str, tuple[str, ...]] = {
    "read": _READ,
    "vread": _READ,
    "search-type": _SEARCH,
    "history-instance": _HISTORY,
    "history-type": (*_HISTORY, *sorted(PATIENT)),
}
_HEADERS: Mapping[str, tuple[str, ...]] = {
    "read": ("If-None-Match", "If-Modified-Since"),
    "search-type": ("Prefer",),
    "create": ("If-None-Exist", repeats.HEADER, "Prefer"),
    "transaction": (repeats.HEADER, "Prefer"),
    "update": ("If-Match", "If-None-Match", "Prefer"),
    "patch": ("If-Match", "Prefer"),
    "delete": ("If-Match", "Prefer"),
}


async def openapi(request: Request) -> Response:
    """The description, with an ETag by which it is asked for again."""
    body = _written(request.app.state.base)
    etag = f'W/"{hashlib.sha256(body).hexdigest()[:32]}"'  # weak: it may come compressed
    headers = {"etag": etag, "cache-control": "public, max-age=300"}
    if etag in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    return answers.resource(body, headers={**headers, "content-type": "application/json"})


@cache
def _written(base: str) -> bytes:
    return json_text.dump(description(base))


def description(base: str) -> dict[str, Any]:
    """The OpenAPI description of a server at `base`."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Wutong record plane",
            "version": version("wutong"),
            "description": "HL7 FHIR R4 (4.0.1) in JSON. HEAD is answered wherever GET is.",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": base}],
        "security": [{"token": []}],
        "paths": _paths(),
        "components": _components(),
    }


def _paths() -> dict[str, Any]:
    paths: dict[str, Any] = {}
    for path, summary in (("/metadata", "What this server can do."), (PATH, "This description.")):
        told = {"description": "The description.", "content": {"application/json": {"schema": {"type": "object"}}}}
        said = {"operationId": _operation_id("GET", path), "summary": summary, "security": []}
        paths[path] = {"get": said | {"responses": {"200": told, "default": _ref("responses", "Problem")}}}
    for each in interactions.TABLE:
        paths.setdefault(each.path, {})[each.method.lower()] = _operation(each)
    return paths


def _operation(each: Interaction) -> dict[str, Any]:
    described: dict[str, Any] = {
        "operationId": _operation_id(each.method, each.path),
        "summary": (each.door.__doc__ or "").partition("\n")[0],
        "tags": list(each.codes),
        "parameters": list(_parameters(each)),
        "responses": {
            "2XX": _ref("responses", "Answer"),
            **({"304": {"description": "Unchanged."}} if "read" in each.codes else {}),
            "default": _ref("responses", "Problem"),
        },
    }
    if content := _content(each):
        described["requestBody"] = {"required": True, "content": content}
    return described


def _operation_id(method: str, path: str) -> str:
    return "_".join([method.lower(), *re.findall(r"\w+", path)])


def _parameters(each: Interaction) -> Iterator[dict[str, Any]]:
    names = [f"path-{name}" for name in _PLACE.findall(each.path)]
    for code in each.codes:
        is_free = each.level is Level.CONDITIONAL or code == "search-type"
        names += [*_QUERIES.get(code, ()), *(["criteria"] if is_free else ()), *_HEADERS.get(code, ())]
    return (_ref("parameters", name) for name in dict.fromkeys([*names, *_EVERYWHERE]))


def _content(each: Interaction) -> dict[str, Any]:
    if each.path.endswith("/_search"):
        return {bodies.FORM: {"schema": {"type": "object", "additionalProperties": _TEXT}}}
    if each.method == "PATCH":
        return {bodies.PATCH: {"schema": _PATCH_SCHEMA}, _FHIR: {"schema": _ref("schemas", "Resource")}}
    return {_FHIR: {"schema": _ref("schemas", "Resource")}} if each.method in {"POST", "PUT"} else {}


def _components() -> dict[str, Any]:
    types = {"type": "string", "enum": r4().resource_types()}
    resource = {"type": "object", "required": ["resourceType"], "properties": {"resourceType": types}}
    problem = {**resource, "properties": {"resourceType": {"const": "OperationOutcome"}}}
    return {
        "schemas": {"Resource": resource, "OperationOutcome": problem},
        "parameters": {**_path_parameters(types), **_query_parameters(), **_header_parameters()},
        "responses": {
            "Answer": _response("Done.", "Resource"),
            "Problem": _response("What is wrong, where, and how to mend it.", "OperationOutcome"),
        },
        "securitySchemes": {
            "token": {
                "type": "http",
                "scheme": "bearer",
                "description": "A system gets one at /oauth/token of this host, by its client credentials.",
            }
        },
    }


def _path_parameters(types: dict[str, Any]) -> dict[str, Any]:
    schemas = {"type": types, "id": {"type": "string", "format": "uuid"}, "version": {"type": "string"}}
    return {
        f"path-{name}": {"name": name, "in": "path", "required": True, "schema": schema}
        for name, schema in schemas.items()
    }


def _query_parameters() -> dict[str, Any]:
    named = {name: {"name": name, "in": "query", "schema": _VALUES.get(name, _TEXT)} for name in _query_names()}
    criteria = {
        "name": "criteria",
        "in": "query",
        "description": "The search parameters of the type, with their modifiers; the CapabilityStatement lists them.",
        "style": "form",
        "explode": True,
        "schema": {"type": "object", "additionalProperties": _TEXT},
    }
    return {**named, "criteria": criteria}


def _query_names() -> list[str]:
    return sorted({name for names in _QUERIES.values() for name in names} | set(_EVERYWHERE))


def _header_parameters() -> dict[str, Any]:
    names = sorted({name for names in _HEADERS.values() for name in names})
    return {name: {"name": name, "in": "header", "schema": _TEXT} for name in names}


def _response(sentence: str, schema: str) -> dict[str, Any]:
    return {"description": sentence, "content": {_FHIR: {"schema": _ref("schemas", schema)}}}


def _ref(kind: str, name: str) -> dict[str, str]:
    return {"$ref": f"#/components/{kind}/{name}"}
