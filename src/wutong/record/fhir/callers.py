"""Doors that read a body ask first who is there: the body of a caller without a live token is not even read."""

from collections.abc import Awaitable, Callable
from functools import wraps

from starlette.requests import Request
from starlette.responses import Response

from wutong.core.access import Act
from wutong.core.events import Event
from wutong.record.fhir import answers, requests
from wutong.record.gate.open import Ask, turned_away

Door = Callable[[Request], Awaitable[Response]]


def known_caller(door: Door, act: Act, event: Event) -> Door:
    """`door` for callers with a live token alone; others get the refusal of `act`, audited as `event`."""

    @wraps(door)
    async def guarded(request: Request) -> Response:
        stranger = await turned_away(requests.plane(request).gate, requests.token(request), Ask(act, event))
        return answers.refused(stranger) if stranger else await door(request)

    return guarded
