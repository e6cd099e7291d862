"""A client of the record plane like any other: loopback HTTP, a bearer token, FHIR JSON."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import httpx
from django.conf import settings

from wutong.control.charts import numbers

_SECONDS = 10
_MOST_BYTES = 64 * 1024 * 1024  # of one answer: three of the largest deposits
_MOST_RESOURCES = 3000  # more of one type than anybody reads
_MOST_PAGES = 12  # of 500 resources, or of 16 MB where files are among them


@dataclass(frozen=True)
class Closed:
    """The record plane refused, with its reason code."""

    reason: str


@dataclass(frozen=True)
class Unreachable:
    """The record plane did not answer as it should."""


@dataclass(frozen=True)
class Found:
    """What a search found, newest first; `is_cut` says that there is more than was asked for."""

    resources: list[dict[str, Any]]
    is_cut: bool = False


Answer = dict[str, Any] | Closed | Unreachable


def _as_it_is(_resource: dict[str, Any]) -> None:
    pass


def ask(token: str, path: str) -> Answer:
    """GET a FHIR address below the base."""
    return _send("GET", token, path)


def search(
    token: str, resource_type: str, parameters: Mapping[str, str], *, lighten: Callable[[Any], None] = _as_it_is
) -> Found | Closed | Unreachable:
    """All pages of a search, one after another; a refusal or a failure on the way is the answer for all.

    `lighten` takes out of each resource what the caller does not need, before the next page is asked for.
    """
    path = f"{resource_type}?{httpx.QueryParams(dict(parameters))}"
    resources: list[dict[str, Any]] = []
    for _page in range(_MOST_PAGES):
        if len(resources) >= _MOST_RESOURCES:
            break
        answer = _send("GET", token, path)
        if not isinstance(answer, dict):
            return answer
        found = [entry["resource"] for entry in answer.get("entry", [])]
        for each in found:
            lighten(each)
        resources += found
        following = next((link["url"] for link in answer.get("link", []) if link["relation"] == "next"), "")
        if not following:
            return Found(resources)
        # Only the question is taken from the link: the token goes nowhere but to the address in the settings.
        path = f"{resource_type}?{urlsplit(following).query}"
    return Found(resources, is_cut=True)


def open_look(token: str, person_id: UUID, *, purpose: str, reason: str = "") -> Answer:
    """State why the record is opened; in an emergency the purpose alone."""
    parts = [{"name": "purpose", "valueCode": purpose}]
    if reason:
        parts.append({"name": "reason", "valueString": reason})
    body = {"resourceType": "Parameters", "parameter": parts}
    return _send("POST", token, f"Patient/{person_id}/$open", json=body)


def validate(token: str, resource_type: str, body: bytes) -> Answer:
    """An OperationOutcome with what is wrong with a resource; nothing is kept."""
    return _send("POST", token, f"{resource_type}/$validate", content=body)


def _send(method: str, token: str, path: str, **more: Any) -> Answer:
    # Over loopback, packing and unpacking would only cost.
    headers = {
        "authorization": f"Bearer {token}",
        "content-type": "application/fhir+json",
        "accept-encoding": "identity",
    }
    try:
        with _client().stream(method, f"{settings.RECORD_URL}/{path}", headers=headers, **more) as answer:
            content = json.loads(_body(answer), parse_float=numbers.exact)
    except (httpx.HTTPError, ValueError, RecursionError):
        return Unreachable()
    if answer.is_success and isinstance(content, dict):
        return content
    return _refusal(answer.status_code, content)


def _body(answer: httpx.Response) -> bytes:
    """All of an answer; raises ValueError where it is more than a page could use."""
    body = bytearray()
    for piece in answer.iter_bytes():
        body += piece
        if len(body) > _MOST_BYTES:
            raise ValueError("too much")
    return bytes(body)


def _refusal(status: int, content: Any) -> Answer:
    if status not in {401, 403, 404}:
        return Unreachable()
    try:
        return Closed(str(content["issue"][0]["details"]["coding"][0]["code"]))
    except (KeyError, IndexError, TypeError):
        return Closed("not-registered" if status == 404 else "no-rule")


@cache
def _client() -> httpx.Client:
    return httpx.Client(timeout=_SECONDS, trust_env=False)
