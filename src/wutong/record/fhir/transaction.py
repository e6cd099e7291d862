"""POST [base]: a Bundle of type `transaction`; all of it is kept, or nothing."""

import asyncio
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from wutong.core.answers import Refused
from wutong.record.fhir import answers, checking, requests
from wutong.record.flows.receive_bundle import Kept, receive_bundle


async def transaction(request: Request) -> Response:
    """A Bundle of type `transaction-response` with a location for each entry."""
    bundle = await requests.body(request)
    deposits = await asyncio.to_thread(checking.bundle_deposits, bundle)
    kept = await receive_bundle(requests.plane(request), requests.token(request), deposits)
    if isinstance(kept, Refused):
        return answers.refused(kept)
    entries = [{"response": _response(each)} for each in kept]
    return answers.tree({"resourceType": "Bundle", "type": "transaction-response", "entry": entries})


def _response(kept: Kept) -> dict[str, Any]:
    return {
        "status": "201 Created" if kept.is_new else "200 OK",
        "location": f"{kept.resource_type}/{kept.resource_id}/_history/{kept.version}",
        "etag": f'W/"{kept.version}"',
        "lastModified": answers.instant(kept.stored_at),
    }
