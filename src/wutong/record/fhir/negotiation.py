"""How an answer is written: JSON or nothing, indented for people, compressed on its way.

Source: HL7 FHIR R4, http page ("content types and encodings", `_format`, `_pretty`); RFC 9110, 12.
"""

import asyncio
import gzip
from functools import wraps
from urllib.parse import parse_qsl, urlencode

from starlette.requests import Request
from starlette.responses import Response

from wutong.core import json_text
from wutong.core.json_text import JsonProblem
from wutong.record.fhir import media
from wutong.record.fhir.callers import Door
from wutong.record.flows.problems import Unacceptable, fault

_JSON = frozenset({"json", "application/json", "application/fhir+json", "text/json"})
_RANGES = _JSON | {"*/*", "application/*", "text/*"}
_LEAST_COMPRESSED = 1_000  # bytes; what is shorter fits a packet anyway
_LEVEL = 5
_PRETTY = "_pretty"


def negotiated(door: Door) -> Door:
    """`door` for those who read JSON; its answer as they like it."""

    @wraps(door)
    async def answered(request: Request) -> Response:
        refuse_other_formats(request)
        is_pretty = request.query_params.get(_PRETTY) == "true"
        response = await door(_without_pretty(request))
        if is_pretty and response.body:
            _put(response, await asyncio.to_thread(_indented, bytes(response.body)))
        return await _compressed(request, response)

    return answered


def refuse_other_formats(request: Request) -> None:
    """Raise where the answer is wanted in a format that is not written here. `_format` comes before Accept."""
    wanted = request.query_params.get("_format")
    if wanted is not None:
        if _is_json(wanted.replace(" ", "+")):  # a plus sign in an address means a space
            return
        raise _not_offered()
    accept = request.headers.get("accept", "").strip()
    if accept and not any(_is_json(each) for each in accept.split(",")):
        raise _not_offered()


def _is_json(text: str) -> bool:
    kind, given = media.parsed(text)
    refused = given.get("q", "1").strip("0.") == ""
    return kind in _RANGES and media.is_r4(given) and not refused


def _not_offered() -> Unacceptable:
    sentence = "Answers are written in FHIR R4 JSON alone. Send Accept: application/fhir+json, or _format=json."
    return fault("not-supported", sentence, status=406)


def _without_pretty(request: Request) -> Request:
    """What only shapes the text is no parameter of any door."""
    query = request.scope["query_string"].decode("latin-1")
    if _PRETTY not in query:
        return request
    pairs = [pair for pair in parse_qsl(query, keep_blank_values=True) if pair[0] != _PRETTY]
    return Request({**request.scope, "query_string": urlencode(pairs).encode()}, request.receive)


def _indented(body: bytes) -> bytes:
    try:
        return json_text.pretty(body)
    except JsonProblem:  # too much of it for anybody to read
        return body


async def _compressed(request: Request, response: Response) -> Response:
    """Answers hold no secret beside what somebody else chose, and a token is not sent by a browser on its own."""
    response.headers["vary"] = "Accept, Accept-Encoding"
    if len(response.body) >= _LEAST_COMPRESSED and _takes_gzip(request.headers.get("accept-encoding", "")):
        _put(response, await asyncio.to_thread(gzip.compress, bytes(response.body), _LEVEL, mtime=0))
        response.headers["content-encoding"] = "gzip"
    return response


def _takes_gzip(header: str) -> bool:
    for each in header.lower().split(","):
        coding, _, parameter = each.partition(";")
        if coding.strip() in {"gzip", "*"}:
            return parameter.replace(" ", "").removeprefix("q=").strip("0.") != "" or not parameter
    return False


def _put(response: Response, body: bytes) -> None:
    response.body = body
    response.headers["content-length"] = str(len(body))
