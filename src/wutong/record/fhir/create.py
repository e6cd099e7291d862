"""POST [base]/[type]: create, also where nothing is found by If-None-Exist (conditional create)."""

import asyncio

from starlette.requests import Request
from starlette.responses import Response

from wutong.record.fhir import checking, conditions, repeats, requests, writes
from wutong.record.flows.changes import Change, Method


async def create(request: Request) -> Response:
    """Store a new resource; 201 with its Location. With If-None-Exist, 200 and the one that is there already.

    Sent again with the same Idempotency-Key, it is answered as the first time.
    """
    kind = request.path_params["type"]
    checking.known_type(kind)
    conditions.not_in_address(request)
    resource, once = await repeats.read(request, requests.returns(request))
    links = await asyncio.to_thread(checking.checked, resource, resource_type=kind, place=kind)
    change = Change(kind, Method.CREATE, kind, resource, condition=conditions.of_header(request), links=links)
    return await writes.write(request, change, is_by_id=False, once=once)
