"""Reads what a request brings: a body of bounded size, also when it was compressed, and of bounded depth."""

import asyncio
import zlib
from collections.abc import Sequence
from typing import Any

from starlette.requests import Request

from wutong.core import json_text
from wutong.core.json_patch import Operation
from wutong.core.json_text import JsonProblem
from wutong.record.fhir import checking, media
from wutong.record.flows.changes import MOST_BYTES
from wutong.record.flows.problems import Fault, Unacceptable, fault, in_request
from wutong.record.patches import PathPatch

_BODY_SECONDS = 60
_TYPES = frozenset({"application/fhir+json", "application/json", "text/json"})
_MAX_FORM = 64 * 1024
FORM = "application/x-www-form-urlencoded"
PATCH = "application/json-patch+json"
_MAX_PATCH = 1024 * 1024
_GZIP = zlib.MAX_WBITS | 16
# Where the entry of a batch stands for a request of its own (wutong.record.fhir.batch): its content, read already.
READY = "wutong.content"


async def body(request: Request) -> dict[str, Any]:
    """The request's resource as a tree; raises Unacceptable with what is wrong and where."""
    if READY in request.scope:
        return _resource(request.scope[READY])
    return _resource(await _tree(await content(request)))


async def content(request: Request) -> bytes:
    """The bytes of the request's resource, inflated; raises Unacceptable."""
    kind, parameters = _media_type(request)
    if kind not in _TYPES or not media.is_r4(parameters):
        sentence = "Send FHIR R4 as JSON, with the header Content-Type: application/fhir+json."
        raise fault("not-supported", sentence, place=in_request("Content-Type"), status=415)
    return await _in_time(request, MOST_BYTES)


async def resource_of(data: bytes) -> dict[str, Any]:
    """The resource that `content` gave; raises Unacceptable."""
    return _resource(await _tree(data))


async def patch(request: Request) -> Sequence[Operation] | PathPatch:
    """The request's JSON Patch or FHIRPath Patch; raises Unacceptable."""
    if READY in request.scope:
        ready: Sequence[Operation] | PathPatch = request.scope[READY]
        return ready
    sent, _ = _media_type(request)
    if sent != PATCH and sent not in _TYPES:
        raise not_this_patch()
    tree = await _tree(await _in_time(request, _MAX_PATCH))
    if sent == PATCH:
        return checking.operations(tree, "")
    if not isinstance(tree, dict) or tree.get("resourceType") != "Parameters":  # as merge patches are sent
        raise not_this_patch()
    return checking.path_patch(_resource(tree), "Parameters")


def not_this_patch() -> Unacceptable:
    """What is said of patches of another kind; its header is no part of the answer to an entry of a Bundle."""
    sentence = (
        f"Send the patch as JSON Patch (RFC 6902), with the header Content-Type: {PATCH}, or as FHIRPath Patch: "
        f"Parameters, as application/fhir+json. Within a Bundle a JSON Patch is a Binary. XML Patch is not offered."
    )
    accepted = ", ".join([PATCH, *sorted(_TYPES)])  # RFC 5789, 3.1
    return Unacceptable([Fault("not-supported", "", sentence)], status=415, headers={"accept-patch": accepted})


async def form(request: Request) -> str:
    """The request's form, undecoded, whole; raises Unacceptable. Half a search would be another search."""
    sent, _ = _media_type(request)
    if sent != FORM:
        sentence = f"Send the search as a form, with the header Content-Type: {FORM}."
        raise fault("not-supported", sentence, place=in_request("Content-Type"), status=415)
    return (await _in_time(request, _MAX_FORM)).decode("utf-8", "replace")


def _media_type(request: Request) -> tuple[str, dict[str, str]]:
    """The Content-Type and its parameters; raises Unacceptable where it is text in another encoding."""
    kind, parameters = media.parsed(request.headers.get("content-type", ""))
    if not media.is_utf8(parameters):
        sentence = "Send text in UTF-8, and name no other charset in Content-Type."
        raise fault("not-supported", sentence, place=in_request("Content-Type"), status=415)
    return kind, parameters


def _resource(tree: Any) -> dict[str, Any]:
    if not isinstance(tree, dict):
        raise fault("structure", "The body must be one JSON object: a FHIR resource.")
    return tree


async def _tree(data: bytes) -> Any:
    try:
        return await asyncio.to_thread(json_text.parse, data)
    except JsonProblem as wrong:
        raise fault("structure", wrong.message, place=wrong.place) from wrong


async def _in_time(request: Request, most: int) -> bytes:
    try:
        async with asyncio.timeout(_BODY_SECONDS):
            data = await _bounded(request, most)
    except TimeoutError:
        raise fault("timeout", f"The body did not arrive within {_BODY_SECONDS} seconds.", status=408) from None
    coding = request.headers.get("content-encoding", "identity").strip().lower()
    if coding == "identity":
        return data
    if coding not in {"gzip", "x-gzip"}:
        raise fault("not-supported", "Send the body as it is, or with Content-Encoding: gzip.", status=415)
    return await asyncio.to_thread(_inflated, data, most)


def _inflated(data: bytes, most: int) -> bytes:
    """Never more than `most` bytes in memory, however small what was sent."""
    inflating = zlib.decompressobj(_GZIP)
    try:
        inflated = inflating.decompress(data, most + 1)
    except zlib.error:
        raise _no_gzip() from None
    if len(inflated) > most:
        raise _too_long(most)
    if not inflating.eof or inflating.unused_data:
        raise _no_gzip()
    return inflated


def _no_gzip() -> Unacceptable:
    return fault("structure", "The body is no whole gzip of one member, as its Content-Encoding says. Send it again.")


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


def _too_long(most: int) -> Unacceptable:
    return fault("too-long", f"The body is over {most // 1024:,} KiB. Send several smaller ones.", status=413)
