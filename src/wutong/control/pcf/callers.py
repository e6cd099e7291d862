"""Who may come to an address of the registry: whoever has a live bearer token. What each may do, the flows decide."""

from collections.abc import Callable, Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt

from wutong.control.flows.read_consents import turn_away
from wutong.control.pcf import answers
from wutong.control.pcf.faults import Fault, Unfit
from wutong.control.people.queries.tokens import bearer_of
from wutong.core.answers import Missing, Reason, Refused
from wutong.core.routes import Comers, open_to

Answer = HttpResponse | Refused | Missing
Door = Callable[..., Answer]


def address(doors: Mapping[str, Door]) -> Callable[..., HttpResponse]:
    """The doors at one address, by method, each given who holds the token.

    No cookie counts here, so that no form of another site can use one.
    """

    @open_to(Comers.BEARER)
    @csrf_exempt
    def guarded(request: HttpRequest, **named: Any) -> HttpResponse:
        door = doors.get("GET" if request.method == "HEAD" else request.method or "")
        if door is None:
            return _not_allowed(doors)
        bearer = bearer_of(_token(request))
        if bearer.caller is None:
            return answers.refused(turn_away(bearer, is_write=door is not doors.get("GET")).reason)
        try:
            return _told(door(request, bearer, **named), is_by_id="consent_id" in named)
        except Unfit as problem:
            return answers.outcome(problem.faults, status=problem.status)

    return guarded


def _not_allowed(doors: Mapping[str, Door]) -> HttpResponse:
    allowed = {"Allow": ", ".join(sorted([*doors, *(["HEAD"] if "GET" in doors else [])]))}
    sentence = "This address does not know that method."
    return answers.outcome([Fault("not-supported", "", sentence)], status=405, headers=allowed)


def _token(request: HttpRequest) -> str:
    scheme, _, value = request.headers.get("Authorization", "").partition(" ")
    return value.strip() if scheme.lower() == "bearer" else ""


def _told(answer: Answer, *, is_by_id: bool) -> HttpResponse:
    """What is asked for by its id and refused looks like what is not there."""
    if isinstance(answer, Refused) and (answer.reason is Reason.NO_TOKEN or not is_by_id):
        return answers.refused(answer.reason)
    return answers.hidden() if isinstance(answer, Refused | Missing) else answer
