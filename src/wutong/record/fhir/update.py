"""PUT [base]/[type]/[id] and PUT [base]/[type]?…: update, by id or by a condition."""

import asyncio
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from wutong.core import ids
from wutong.core.answers import Missing
from wutong.record.fhir import answers, bodies, checking, conditions, writes
from wutong.record.flows.changes import Change, Method
from wutong.record.flows.problems import fault


async def update(request: Request) -> Response:
    """Store a new version of a resource that this server gave an id; 200, or 201 where it had been deleted."""
    path = request.path_params
    checking.known_type(path["type"])
    change = await change_of_one(request, await bodies.body(request))
    resource_id = ids.read(path["id"])
    if resource_id is None:
        return answers.hidden(Missing(path["id"]))
    return await writes.write(request, change.of(resource_id), is_by_id=True)


async def update_found(request: Request) -> Response:
    """The same of the one resource that a condition finds; where it finds none, store a new one."""
    checking.known_type(request.path_params["type"])
    condition = conditions.of_address(request)
    change = await _change(request, await bodies.body(request))
    return await writes.write(request, change.where(condition), is_by_id=False)


async def change_of_one(request: Request, resource: dict[str, Any]) -> Change:
    """The update of what the address names, but for its id; raises Unacceptable."""
    path = request.path_params
    change = await _change(request, resource)
    if change.resource.get("id") != path["id"]:
        raise fault("value", f"The id in the body must be {path['id']}, as in the address.", place=f"{path['type']}.id")
    return change


async def _change(request: Request, resource: dict[str, Any]) -> Change:
    kind = request.path_params["type"]
    links = await asyncio.to_thread(checking.checked, resource, resource_type=kind, place=kind)
    return Change(
        kind,
        Method.UPDATE,
        kind,
        resource,
        if_match=conditions.if_match_of(request),
        must_be_absent=conditions.must_be_absent(request.headers.get("if-none-match")),
        links=links,
    )
