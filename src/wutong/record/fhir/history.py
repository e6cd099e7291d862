"""GET [base]/[type]/[id]/_history: all versions of a resource, newest first."""

from starlette.requests import Request
from starlette.responses import Response

from wutong.core import json_text
from wutong.record.fhir import answers, checking, requests
from wutong.record.flows.read_record import read_history


async def history(request: Request) -> Response:
    """A Bundle of type `history`."""
    path = request.path_params
    checking.known_type(path["type"])
    found = await read_history(requests.plane(request), requests.token(request), path["type"], path["id"])
    if not isinstance(found, list):
        return answers.hidden(found)
    name = f"{path['type']}/{path['id']}"
    entries = [
        {
            "fullUrl": f"{request.app.state.base}/{name}",
            "resource": json_text.raw(version.body),
            "request": {"method": "POST" if version.version == 1 else "PUT", "url": name},
            "response": {"status": "201" if version.version == 1 else "200", "etag": version.etag},
        }
        for version in found
    ]
    return answers.tree({"resourceType": "Bundle", "type": "history", "total": len(found), "entry": entries})
