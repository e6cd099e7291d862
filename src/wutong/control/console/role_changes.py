"""Changes of the role matrix: one officer of the eHR office proposes, another one approves or declines."""

from http import HTTPStatus
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from wutong.control.console import role_presenters as presenters
from wutong.control.console.role_change_form import OUTCOMES, Decision, Draft, Professions, field_of
from wutong.control.flows.decide_role_change import Ended, decide_role_change, withdraw_role_change
from wutong.control.flows.draft_role_change import draft_role_change
from wutong.control.guard.sessions import SignedInUser, office_required
from wutong.control.pages import paging
from wutong.control.pages.names import term
from wutong.control.people.queries import role_changes as queries
from wutong.control.people.queries.role_changes import Stale
from wutong.control.people.queries.roles import matrix_on
from wutong.core import clock
from wutong.core.answers import Missing, Refused
from wutong.core.categories import CATEGORY_NAMES

_PAGE = 20


@office_required
@require_GET
def changes(request: HttpRequest, who: SignedInUser) -> HttpResponse:
    """What waits for a second officer, and what was decided."""
    offset = paging.offset(request)
    found = queries.changes(limit=_PAGE + 1, offset=offset)
    page = {"who": who, "changes": presenters.rows(found[:_PAGE])}
    page |= paging.links(request, size=_PAGE, total=offset + len(found))
    return render(request, "console/role_changes.jinja", page)


@office_required
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest, who: SignedInUser) -> HttpResponse:
    """Choose professions, then say what their cells shall become."""
    matrix = matrix_on(clock.today())
    chosen = Professions(request.GET or None, matrix)
    if not chosen.is_valid():
        items = [{"value": row.profession, "text": term(*row.names)} for row in matrix.rows]
        return render(request, "console/role_change_whose.jinja", {"who": who, "form": chosen, "professions": items})
    rows = [row for row in matrix.rows if row.profession in chosen.cleaned_data["profession"]]
    form = Draft(request.POST if request.method == "POST" else None, rows)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        answer = draft_role_change(who.actor, form.wanted, valid_from=given["valid_from"], reason=given["reason"])
        match answer:
            case UUID():
                return HttpResponseRedirect(reverse("console-role-change", args=[answer]))
            case Refused():
                return HttpResponseRedirect(reverse("front"))
        form.say_nothing_changes()
    page = {"who": who, "form": form, "rows": rows, "categories": CATEGORY_NAMES, "field_of": field_of}
    return render(request, "console/role_change_new.jinja", page)


@office_required
@require_http_methods(["GET", "POST"])
def change(request: HttpRequest, who: SignedInUser, change_id: UUID) -> HttpResponse:
    """One change: what it means, the matrix without it and with it, and how it is ended."""
    form = Decision(request.POST if request.method == "POST" else None)
    answer: Any = None
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        answer = decide_role_change(who.actor, change_id, outcome=given["outcome"], note=given["note"])
    return _answered(request, who, change_id, form, answer)


@office_required
@require_POST
def withdraw(request: HttpRequest, who: SignedInUser, change_id: UUID) -> HttpResponse:
    """The author takes it back."""
    return _answered(request, who, change_id, Decision(None), withdraw_role_change(who.actor, change_id))


def _answered(request: HttpRequest, who: SignedInUser, change_id: UUID, form: Decision, answer: Any) -> HttpResponse:
    """Where it was ended just now, its page afresh; else its page as it stands, and why nothing was done."""
    if isinstance(answer, Ended) and answer.is_new:
        return HttpResponseRedirect(reverse("console-role-change", args=[change_id]))
    found = queries.change(change_id)
    if found is None or isinstance(answer, Missing):
        raise Http404
    page = {"who": who, "form": form, "change": presenters.preview(found, who.account_id)}
    page |= {
        "categories": CATEGORY_NAMES,
        "is_late": isinstance(answer, Ended),
        "is_refused": isinstance(answer, Refused),
    }
    page["outcomes"] = [{"value": code, "text": said} for code, said in OUTCOMES.items()]
    return render(request, "console/role_change.jinja", page, status=_status(answer))


def _status(answer: Any) -> HTTPStatus:
    match answer:
        case Refused():
            return HTTPStatus.FORBIDDEN
        case Ended() | Stale():
            return HTTPStatus.CONFLICT
    return HTTPStatus.OK
