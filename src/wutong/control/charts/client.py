"""A client of the record plane like any other: loopback HTTP, a bearer token, FHIR JSON."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any
from uuid import UUID

import httpx
from django.conf import settings

_SECONDS = 10


@dataclass(frozen=True)
class Closed:
    """The record plane refused, with its reason code."""

    reason: str


@dataclass(frozen=True)
class Unreachable:
    """The record plane did not answer as it should."""


Answer = dict[str, Any] | Closed | Unreachable


def ask(token: str, path: str, *, parameters: Mapping[str, str] | None = None) -> Answer:
    """GET a FHIR address below the base."""
    return _send("GET", token, path, params=parameters)


def open_look(token: str, person_id: UUID, *, purpose: str, ground: str, reason: str) -> Answer:
    """State why the record is opened."""
    parts = [{"name": "purpose", "valueCode": purpose}, {"name": "ground", "valueCode": ground}]
    if reason:
        parts.append({"name": "reason", "valueString": reason})
    body = {"resourceType": "Parameters", "parameter": parts}
    return _send("POST", token, f"Patient/{person_id}/$open", json=body)


def _send(method: str, token: str, path: str, **more: Any) -> Answer:
    headers = {"authorization": f"Bearer {token}", "content-type": "application/fhir+json"}
    try:
        answer = _client().request(method, f"{settings.RECORD_URL}/{path}", headers=headers, **more)
        content = answer.json()
    except (httpx.HTTPError, ValueError):
        return Unreachable()
    if answer.is_success and isinstance(content, dict):
        return content
    return _refusal(answer.status_code, content)


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
