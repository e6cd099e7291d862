"""POST [base]/[type] and PUT [base]/[type]/[id]: create and update of one resource."""

import asyncio

from starlette.requests import Request
from starlette.responses import Response

from wutong.core import ids
from wutong.core.answers import Missing, Refused
from wutong.record.fhir import answers, checking, requests
from wutong.record.flows.deposit import Deposit
from wutong.record.flows.problems import fault
from wutong.record.flows.receive_bundle import receive_bundle


async def create(request: Request) -> Response:
    """Store a new resource; 201 with its Location."""
    resource_type = request.path_params["type"]
    checking.known_type(resource_type)
    if request.headers.get("if-none-exist"):
        raise fault("not-supported", "Conditional create is not offered yet.", status=412)
    resource = await requests.body(request)
    await asyncio.to_thread(checking.checked, resource, resource_type=resource_type, place=resource_type)
    return await _store(request, checking.single_deposit(resource, None, None), status=201)


async def update(request: Request) -> Response:
    """Store a new version of a resource that this server gave an id; 200."""
    path = request.path_params
    checking.known_type(path["type"])
    resource = await requests.body(request)
    await asyncio.to_thread(checking.checked, resource, resource_type=path["type"], place=path["type"])
    if resource.get("id") != path["id"]:
        raise fault("value", f"The id in the body must be {path['id']}, as in the address.", place=f"{path['type']}.id")
    resource_id = ids.read(path["id"])
    if resource_id is None:
        return answers.hidden(Missing(path["id"]))
    deposit = checking.single_deposit(resource, resource_id, request.headers.get("if-match"))
    return await _store(request, deposit, status=200)


async def _store(request: Request, deposit: Deposit, *, status: int) -> Response:
    kept = await receive_bundle(requests.plane(request), requests.token(request), [deposit])
    if isinstance(kept, Refused):
        return answers.hidden(kept) if status == 200 else answers.refused(kept)
    name = f"{request.app.state.base}/{kept[0].resource_type}/{kept[0].resource_id}"
    headers = {
        "location": f"{name}/_history/{kept[0].version}",
        "etag": f'W/"{kept[0].version}"',
    }
    return answers.resource(kept[0].body, status=status, headers=headers)
