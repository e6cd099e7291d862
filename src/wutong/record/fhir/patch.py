"""PATCH [base]/[type]/[id] and PATCH [base]/[type]?…: JSON Patch or FHIRPath Patch, by id or by a condition."""

from starlette.requests import Request
from starlette.responses import Response

from wutong.core import ids
from wutong.core.answers import Missing
from wutong.record.fhir import answers, bodies, checking, conditions, writes
from wutong.record.flows.changes import Change, Method


async def patch(request: Request) -> Response:
    """Change parts of a resource; 200 with the new version."""
    path = request.path_params
    checking.known_type(path["type"])
    change = await _change(request)
    resource_id = ids.read(path["id"])
    if resource_id is None:
        return answers.hidden(Missing(path["id"]))
    return await writes.write(request, change.of(resource_id), is_by_id=True)


async def patch_found(request: Request) -> Response:
    """The same of the one resource that a condition finds."""
    checking.known_type(request.path_params["type"])
    condition = conditions.of_address(request)
    change = await _change(request)
    return await writes.write(request, change.where(condition), is_by_id=False)


async def _change(request: Request) -> Change:
    kind = request.path_params["type"]
    operations = await bodies.patch(request)
    if_match = conditions.if_match_of(request)
    return Change(kind, Method.PATCH, kind, patch=operations, if_match=if_match)
