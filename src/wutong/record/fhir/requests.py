"""Reads requests: the bearer token, and a body of bounded size and depth."""

import asyncio
from typing import Any

from starlette.requests import Request

from wutong.core import json_text
from wutong.core.json_text import JsonProblem
from wutong.core.sealing import token_hash
from wutong.record.flows.plane import Plane
from wutong.record.flows.problems import fault

MAX_BODY = 20 * 1024 * 1024
_BODY_SECONDS = 60
_TYPES = {"application/fhir+json", "application/json", "text/json"}
_MAX_FORM = 64 * 1024
_FORM = "application/x-www-form-urlencoded"


def plane(request: Request) -> Plane:
    """The running plane."""
    running: Plane = request.app.state.plane
    return running


def token(request: Request) -> bytes:
    """The hash of the bearer token; of nothing, where there is none, so that the gate refuses it like any wrong one."""
    scheme, _, value = request.headers.get("authorization", "").partition(" ")
    return token_hash(value.strip() if scheme.lower() == "bearer" else "")


async def body(request: Request) -> dict[str, Any]:
    """The request's resource as a tree; raises Unacceptable with what is wrong and where."""
    if _media_type(request) not in _TYPES:
        sentence = "Send FHIR as JSON, with the header Content-Type: application/fhir+json."
        raise fault("not-supported", sentence, status=415)
    data = await _in_time(request, MAX_BODY)
    try:
        tree = await asyncio.to_thread(json_text.parse, data)
    except JsonProblem as wrong:
        raise fault("structure", wrong.message, place=wrong.place) from wrong
    if not isinstance(tree, dict):
        raise fault("structure", "The body must be one JSON object: a FHIR resource.")
    return tree


async def form(request: Request) -> str:
    """The request's form, undecoded, whole; raises Unacceptable. Half a search would be another search."""
    if _media_type(request) != _FORM:
        raise fault("not-supported", f"Send the search as a form, with the header Content-Type: {_FORM}.", status=415)
    return (await _in_time(request, _MAX_FORM)).decode("utf-8", "replace")


def _media_type(request: Request) -> str:
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()


async def _in_time(request: Request, most: int) -> bytes:
    try:
        async with asyncio.timeout(_BODY_SECONDS):
            return await _bounded(request, most)
    except TimeoutError:
        raise fault("timeout", f"The body did not arrive within {_BODY_SECONDS} seconds.", status=408) from None


async def _bounded(request: Request, most: int) -> bytes:
    declared = request.headers.get("content-length", "0")
    if declared.isdigit() and int(declared) > most:
        raise _too_long(most)
    data = bytearray()
    async for piece in request.stream():
        data += piece
        if len(data) > most:
            raise _too_long(most)
    return bytes(data)


def _too_long(most: int) -> Exception:
    return fault("too-long", f"The body is over {most // 1024:,} KiB. Send several smaller ones.", status=413)
