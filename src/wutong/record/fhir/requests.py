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
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type not in _TYPES:
        sentence = "Send FHIR as JSON, with the header Content-Type: application/fhir+json."
        raise fault("not-supported", sentence, status=415)
    try:
        async with asyncio.timeout(_BODY_SECONDS):
            data = await _bounded(request)
    except TimeoutError:
        raise fault("timeout", f"The body did not arrive within {_BODY_SECONDS} seconds.", status=408) from None
    try:
        tree = await asyncio.to_thread(json_text.parse, data)
    except JsonProblem as wrong:
        raise fault("structure", wrong.message, place=wrong.place) from wrong
    if not isinstance(tree, dict):
        raise fault("structure", "The body must be one JSON object: a FHIR resource.")
    return tree


async def _bounded(request: Request) -> bytes:
    declared = request.headers.get("content-length", "0")
    if declared.isdigit() and int(declared) > MAX_BODY:
        raise _too_long()
    data = bytearray()
    async for piece in request.stream():
        data += piece
        if len(data) > MAX_BODY:
            raise _too_long()
    return bytes(data)


def _too_long() -> Exception:
    megabytes = MAX_BODY // 1024 // 1024
    return fault("too-long", f"The body is over {megabytes} MiB. Send several smaller bundles.", status=413)
