"""How the answer to a write looks: of one request, and of one entry of a transaction (HL7 FHIR R4, http page)."""

from collections.abc import Sequence
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from wutong.core import clock, json_text
from wutong.core.answers import Refused
from wutong.record.fhir import answers, requests
from wutong.record.fhir.requests import Returns
from wutong.record.flows.changes import Change, Kept, Outcome
from wutong.record.flows.receive_bundle import Manner, receive_bundle
from wutong.record.flows.repeat_request import Once

_STATUS = {
    Outcome.CREATED: 201,
    Outcome.UPDATED: 200,
    Outcome.FOUND: 200,
    Outcome.DELETED: 204,
    Outcome.ABSENT: 204,
}
_REASONS = {201: "201 Created", 200: "200 OK", 204: "204 No Content"}
_SENTENCES = {
    Outcome.CREATED: "Created.",
    Outcome.UPDATED: "Stored as a new version.",
    Outcome.FOUND: "It was there already; nothing was changed.",
    Outcome.DELETED: "Deleted.",
    Outcome.ABSENT: "There was nothing to delete.",
}


async def write(request: Request, change: Change, *, is_by_id: bool, once: Once | None = None) -> Response:
    """Carry out one change; a refusal of what is named by its id looks like a missing resource."""
    wanted = requests.returns(request)
    kept = await carry_out(request, [change], Manner(once, needs_bodies=wanted is Returns.REPRESENTATION))
    if isinstance(kept, Refused):
        return answers.hidden(kept) if is_by_id else answers.refused(kept)
    return answer(request, kept[0], wanted)


async def carry_out(request: Request, changes: Sequence[Change], manner: Manner) -> list[Kept] | Refused:
    """What became of all changes."""
    return await receive_bundle(requests.plane(request), requests.token(request), changes, manner)


def answer(request: Request, kept: Kept, wanted: Returns) -> Response:
    """What became of one change, as the sender prefers to hear it."""
    status, headers = _STATUS[kept.outcome], _headers(request, kept)
    if wanted is Returns.OUTCOME:
        return answers.tree(_outcome(kept), status=200 if status == 204 else status, headers=headers)
    if status == 204 or wanted is Returns.MINIMAL:
        return Response(status_code=status, headers={**answers.NOT_KEPT, **headers})
    return answers.resource(kept.body, status=status, headers=headers)


def entry(kept: Kept, wanted: Returns) -> dict[str, Any]:
    """The same as an entry of a transaction-response."""
    response: dict[str, Any] = {"status": _REASONS[_STATUS[kept.outcome]]}
    if kept.outcome in {Outcome.CREATED, Outcome.UPDATED, Outcome.FOUND}:
        response["location"] = f"{kept.resource_type}/{kept.resource_id}/_history/{kept.version}"
    if kept.version:
        response |= {"etag": f'W/"{kept.version}"', "lastModified": clock.written(kept.stored_at)}
    if wanted is Returns.OUTCOME:
        response["outcome"] = _outcome(kept)
    whole: dict[str, Any] = {"response": response}
    if wanted is Returns.REPRESENTATION and kept.body:
        whole["resource"] = json_text.raw(kept.body)
    return whole


def _headers(request: Request, kept: Kept) -> dict[str, str]:
    if not kept.version:
        return {}
    headers = {"etag": f'W/"{kept.version}"', "last-modified": answers.http_date(kept.stored_at)}
    if kept.outcome in {Outcome.CREATED, Outcome.UPDATED, Outcome.FOUND}:
        name = f"{request.app.state.base}/{kept.resource_type}/{kept.resource_id}"
        headers["location"] = f"{name}/_history/{kept.version}"
    return headers


def _outcome(kept: Kept) -> dict[str, Any]:
    issue = {"severity": "information", "code": "informational", "details": {"text": _SENTENCES[kept.outcome]}}
    return {"resourceType": "OperationOutcome", "issue": [issue]}
