"""The pages on which a person lets carers see something, carers accept it, and either ends it."""

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_http_methods

from wutong.control.consent.actions import Outdated
from wutong.control.flows.change_carer import accept_carer, change_carer, end_carer, leave_carer, offer_carer
from wutong.control.guard.sessions import SignedInUser
from wutong.control.pages import paging
from wutong.control.portal import acting, carer_forms, forms
from wutong.control.portal.acting import Grant
from wutong.control.portal.subjects import Subject, about_somebody, open_to_carers
from wutong.core.answers import Missing
from wutong.core.representation import Function

_PAGE = 20


@about_somebody
@require_GET
def carers(request: HttpRequest, who: SignedInUser, subject: Subject) -> HttpResponse:
    """Who helps the person, and (on one's own pages) whom one helps, and what waits for one's answer."""
    page = {"who": who, "subject": subject, "grants": acting.grants(subject)}
    page["asked"] = acting.asked(who) if subject.is_self else []
    page["done"] = request.GET.get("done", "")
    return render(request, "portal/carers.jinja", page)


@about_somebody
@require_http_methods(["GET", "POST"])
def ask_carer(request: HttpRequest, who: SignedInUser, subject: Subject) -> HttpResponse:
    """Whom, what, until when? Then what follows is shown, then it is sent."""
    _only_in_person(subject)
    form = carer_forms.Asked(request.POST if request.method == "POST" else None)
    page = {"who": who, "subject": subject, "form": form, "functions": acting.functions()}
    if not form.is_valid() or "back" in request.GET:
        return render(request, "portal/carer_ask.jinja", page)
    given = form.cleaned_data
    if "sure" not in request.POST:
        return render(request, "portal/carer_check.jinja", {**page, "given": acting.granted(given)})
    answer = offer_carer(
        who.actor, subject.person_id, given["number"], given["called"], given["functions"], given["until"]
    )
    match answer:
        case Missing("room"):
            return render(request, "portal/carer_ask.jinja", {**page, "is_full": True}, status=409)
        case Missing():
            raise Http404
    return _done(subject, "asked")


@about_somebody
@require_http_methods(["GET", "POST"])
def change(request: HttpRequest, who: SignedInUser, subject: Subject, grant_id: UUID) -> HttpResponse:
    """Other functions, or another last day."""
    _only_in_person(subject)
    grant = _held(acting.grants(subject), grant_id)
    if request.method == "GET":
        return _form_of(request, who, subject, grant, carer_forms.Granted(initial=grant.as_form))
    form = carer_forms.Granted(request.POST)
    if not form.is_valid():
        return _form_of(request, who, subject, grant, form)
    given = form.cleaned_data
    answer = change_carer(
        who.actor, subject.person_id, grant_id, given["functions"], given["until"], seen=forms.seen(request.POST)
    )
    match answer:
        case Missing():
            raise Http404
        case Outdated():
            newest = _held(acting.grants(subject), grant_id)
            form = carer_forms.Granted(initial=newest.as_form)
            return _form_of(request, who, subject, newest, form, is_outdated=True)
    return _done(subject, "changed")


@about_somebody
@require_http_methods(["GET", "POST"])
def end(request: HttpRequest, who: SignedInUser, subject: Subject, grant_id: UUID) -> HttpResponse:
    """End a grant, or take back what was asked, after one question."""
    grant = next((each for each in acting.grants(subject) if each.facts.grant_id == grant_id and each.is_alive), None)
    if grant is None or not subject.may_decide:
        raise Http404
    if request.method == "GET":
        return render(request, "portal/carer_end.jinja", {"who": who, "subject": subject, "grant": grant})
    answer = end_carer(who.actor, subject.person_id, grant_id, stated_as=subject.relation)
    if answer == Missing("person"):
        raise Http404
    return _done(subject, "ended")


@about_somebody
@require_http_methods(["GET", "POST"])
def answer(request: HttpRequest, who: SignedInUser, subject: Subject, grant_id: UUID) -> HttpResponse:
    """What somebody asks of the signed-in person, or granted them: accept it, or step back."""
    _only_in_person(subject)
    grant = next((each for each in acting.asked(who) if each.facts.grant_id == grant_id), None)
    if grant is None:
        raise Http404
    page = {"who": who, "subject": subject, "grant": grant}
    if request.method == "GET":
        return render(request, "portal/carer_answer.jinja", page)
    if grant.facts.holds:
        leave_carer(who.actor, subject.person_id, grant_id)
        return _done(subject, "left")
    said = accept_carer(who.actor, subject.person_id, grant_id, seen=forms.seen(request.POST))
    if isinstance(said, Outdated):
        return render(request, "portal/carer_answer.jinja", {**page, "is_outdated": True}, status=409)
    if isinstance(said, Missing):
        raise Http404
    return _done(subject, "accepted")


@open_to_carers(Function.LOOKS)
@require_GET
def acts(request: HttpRequest, who: SignedInUser, subject: Subject) -> HttpResponse:
    """What those who decide or care for the person opened, newest first."""
    offset = paging.offset(request)
    found = acting.acts(who, subject, limit=_PAGE + 1, offset=offset)
    links = paging.links(request, size=_PAGE, total=offset + len(found))
    page = {"who": who, "subject": subject, "acts": found[:_PAGE], **links}
    return render(request, "portal/acts.jinja", page)


def _only_in_person(subject: Subject) -> None:
    """A carer is the person's own choice: nobody makes it for them, and who may not decide makes none."""
    if not (subject.is_self and subject.may_decide):
        raise Http404


def _held(grants: list[Grant], grant_id: UUID) -> Grant:
    found = next((each for each in grants if each.facts.grant_id == grant_id and each.facts.holds), None)
    if found is None:
        raise Http404
    return found


def _form_of(
    request: HttpRequest, who: SignedInUser, subject: Subject, grant: Grant, form: Any, *, is_outdated: bool = False
) -> HttpResponse:
    page = {"who": who, "subject": subject, "grant": grant, "form": form, "functions": acting.functions()}
    page["is_outdated"] = is_outdated
    return render(request, "portal/carer_change.jinja", page, status=409 if is_outdated else 200)


def _done(subject: Subject, what: str) -> HttpResponse:
    """Back to the list, which tells what holds now."""
    return HttpResponseRedirect(f"{subject.url('portal-carers')}?done={what}")
