"""Reads a request that may be sent again: its content, and the Idempotency-Key that its client gave it.

Source: draft-ietf-httpapi-idempotency-key-header; the key is any text of up to 255 characters, in quotes or without.
"""

import hashlib
import re
from typing import Any

from starlette.requests import Request

from wutong.record.fhir import bodies, requests
from wutong.record.fhir.requests import Returns
from wutong.record.flows.problems import fault
from wutong.record.flows.repeat_request import Once

_KEY = re.compile(r'"?([!#-~][ !#-~]{0,253}[!#-~]?)"?')
HEADER = "idempotency-key"


async def read(request: Request, wanted: Returns) -> tuple[dict[str, Any], Once | None]:
    """The resource of a request, and how to know it again; raises Unacceptable."""
    text = request.headers.get(HEADER)
    if text is None:
        return await bodies.body(request), None
    key = _KEY.fullmatch(text.strip())
    if key is None:
        sentence = "Idempotency-Key is a text of 1 to 255 plain characters, such as a random UUID, in double quotes."
        raise fault("value", sentence)
    data = await bodies.content(request)
    sealer = requests.plane(request).store.sealer
    sent = "\n".join([request.method, request.url.path, request.headers.get("if-none-exist", "")])
    digest = hashlib.sha256(sent.encode() + b"\n" + data).hexdigest()
    key_hash, request_hash = sealer.trace("idempotency-key", key[1]), sealer.trace("request", digest)
    once = Once(key_hash, request_hash, needs_bodies=wanted is Returns.REPRESENTATION)
    return await bodies.resource_of(data), once
