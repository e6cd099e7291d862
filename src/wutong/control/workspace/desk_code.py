"""The desk's screen with a code for somebody's telephone. Without a script: the page comes again by itself."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from wutong.control.flows.show_code import Code, State, code_shown, show_code
from wutong.control.guard.sessions import SignedInUser, desk_required
from wutong.control.workspace import desk, desk_presenters
from wutong.core.answers import Refused
from wutong.core.desk import CLINICIAN

_AGAIN = "5"  # seconds


@desk_required
@require_POST
def show(request: HttpRequest, who: SignedInUser, person_id: UUID) -> HttpResponse:
    """A fresh code."""
    answer = show_code(who.actor, person_id)
    if not isinstance(answer, UUID):
        return desk.not_served(request, who, answer)
    return HttpResponseRedirect(reverse("desk-code", args=[person_id, answer]))


@desk_required
@require_GET
def shown(request: HttpRequest, who: SignedInUser, person_id: UUID, handshake_id: UUID) -> HttpResponse:
    """The code while it waits, and what became of it; where the person has answered, on to what the desk is for."""
    match code_shown(who.actor, person_id, handshake_id):
        case Code(state=State.GIVEN):
            return _on(who, person_id)
        case Code() as code:
            return _page(request, who, code)
        case Refused() as refused:
            return desk.not_served(request, who, refused)
    raise Http404


def _on(who: SignedInUser, person_id: UUID) -> HttpResponse:
    """A clinician goes on to state why and open the record."""
    if who.role == CLINICIAN:
        return HttpResponseRedirect(reverse("clinic-patient", args=[person_id]))
    return desk.done(person_id)


def _page(request: HttpRequest, who: SignedInUser, code: Code) -> HttpResponse:
    is_waiting, by_hand = code.state is State.WAITING, "by-hand" in request.GET
    page = desk.page_of(who, code.served) | {"is_waiting": is_waiting, "by_hand": by_hand}
    page |= {"is_by_another": code.state is State.BY_ANOTHER}
    page["drawing"] = desk_presenters.drawn(code.code) if is_waiting else ""
    answer = render(request, "workspace/desk_code.jinja", page)
    if is_waiting and not by_hand:
        answer["Refresh"] = _AGAIN
    return answer
