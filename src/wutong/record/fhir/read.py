"""GET [base]/[type]/[id] and /_history/[vid]: read and vread."""

import asyncio

from starlette.requests import Request
from starlette.responses import Response

from wutong.record.fhir import answers, checking, conditions, requests, subset
from wutong.record.fhir.subset import Subset
from wutong.record.flows.read_record import read_record, read_version
from wutong.record.store.rows import Stored


async def read(request: Request) -> Response:
    """The current version of a resource; 304 for whoever has it already."""
    path = request.path_params
    checking.known_type(path["type"])
    wanted = subset.asked(request, path["type"])
    answer = await read_record(requests.plane(request), requests.token(request), path["type"], path["id"])
    if not isinstance(answer, Stored):
        return answers.not_shown(answer)
    if conditions.is_unchanged(request.headers, answer):
        return Response(status_code=304, headers={**answers.NOT_KEPT, **answers.version_headers(answer)})
    return await _shown(answer, wanted)


async def vread(request: Request) -> Response:
    """One version of a resource."""
    path, plane = request.path_params, requests.plane(request)
    checking.known_type(path["type"])
    wanted = subset.asked(request, path["type"])
    answer = await read_version(plane, requests.token(request), path["type"], path["id"], path["version"])
    return await _shown(answer, wanted) if isinstance(answer, Stored) else answers.not_shown(answer)


async def _shown(row: Stored, wanted: Subset) -> Response:
    return answers.stored(row if wanted.is_whole else await asyncio.to_thread(subset.cut, row, wanted))
