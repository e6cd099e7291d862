"""DELETE [base]/[type]/[id] and DELETE [base]/[type]?…: delete, by id or by a condition."""

from starlette.requests import Request
from starlette.responses import Response

from wutong.core import ids
from wutong.core.answers import Missing
from wutong.record.fhir import answers, checking, conditions, writes
from wutong.record.flows.changes import Change, Method


async def delete(request: Request) -> Response:
    """Delete a resource; 204, also where it is deleted already."""
    path = request.path_params
    checking.known_type(path["type"])
    resource_id = ids.read(path["id"])
    if resource_id is None:
        return answers.hidden(Missing(path["id"]))
    return await writes.write(request, change(request).of(resource_id), is_by_id=True)


async def delete_found(request: Request) -> Response:
    """The same of the one resource that a condition finds; 204 also where it finds none."""
    checking.known_type(request.path_params["type"])
    condition = conditions.of_address(request)
    return await writes.write(request, change(request).where(condition), is_by_id=False)


def change(request: Request) -> Change:
    """The deletion that a request asks for; raises Unacceptable."""
    kind = request.path_params["type"]
    if_match = conditions.if_match_of(request)
    return Change(kind, Method.DELETE, kind, if_match=if_match)
