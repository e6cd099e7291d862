"""What a world says, page after page, without what is random: byte by byte the same as the other's."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

import httpx

from searching.twins.asking import Asked
from searching.twins.filling import World

MOST_PAGES = 12
_RANDOM = (
    (re.compile(rb"_page=[\w-]+"), b"_page=..."),  # sealed
    (re.compile(rb"audit entry [0-9a-f-]{36}"), b"audit entry ..."),
    # A person of the index is as of now.
    (re.compile(rb'("lastUpdated": ?)"[^"]*"(?=,\s*"tag": ?\[\s*\{\s*"system": ?"urn:wutong:register")'), rb'\1"now"'),
)


@dataclass(frozen=True)
class Told:
    """One answer."""

    status: int
    headers: Mapping[str, str]
    body: bytes


def told(http: httpx.Client, world: World, asked: Asked, *, leak: str = "") -> list[Told]:
    """Every page of the answer."""
    headers = {"accept-encoding": "identity", "x-leak": leak} | asked.headers
    if token := world.tokens.get(asked.caller):
        headers["authorization"] = f"Bearer {token}"
    if asked.method == "POST":
        headers["content-type"] = "application/x-www-form-urlencoded" if asked.path else "application/fhir+json"
    answers = [http.request(asked.method, f"/fhir/{asked.path}", headers=headers, content=asked.body.encode())]
    while (following := _next(answers[-1])) and len(answers) < MOST_PAGES:
        answers.append(http.get(following, headers=headers))
    return [_told(each) for each in answers]


def _next(answer: httpx.Response) -> str:
    """Its path: each world is asked for its own."""
    if answer.request.method == "HEAD" or "json" not in answer.headers.get("content-type", ""):
        return ""
    links = answer.json().get("link", [])
    return next((each["url"][each["url"].index("/fhir/") :] for each in links if each.get("relation") == "next"), "")


def _told(answer: httpx.Response) -> Told:
    headers, body = dict(answer.headers), answer.content
    headers.pop("date", None)
    for random, plain in _RANDOM:
        body = random.sub(plain, body)
    if body != answer.content:  # a length of what is random
        assert int(headers.pop("content-length")) == len(answer.content)
    return Told(answer.status_code, headers, body)
