"""The pages on which a person, or who decides for them, allows several providers together, after a preview."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from wutong.control.consent.actions import Outdated
from wutong.control.flows.change_consent import give_group_consent, withdraw_group_consent
from wutong.control.flows.preview_group import preview_group
from wutong.control.guard.sessions import SignedInUser
from wutong.control.people.queries.groups import roster_of
from wutong.control.portal import forms, group_preview, preview, together
from wutong.control.portal.subjects import Subject, about_somebody
from wutong.control.portal.together import Together
from wutong.core.answers import Missing


@about_somebody
@require_http_methods(["GET", "POST"])
def allow_together(request: HttpRequest, who: SignedInUser, subject: Subject, group_id: UUID) -> HttpResponse:
    """For how long? Then the preview of the answer (an address of its own), then it holds."""
    found = _together(subject, group_id)
    sent = request.POST if request.method == "POST" else request.GET
    form = forms.KindChoice(sent if request.method == "POST" or sent else None)
    if not form.is_valid():
        page = {"who": who, "subject": subject, "together": found, "form": form, "kinds": forms.kinds()}
        return render(request, "portal/allow_together.jinja", page | {"has_emergencies": settings.EMERGENCY_ACCESS})
    kind = form.cleaned_data["kind"]
    if request.method == "GET":
        return _check(request, who, subject, found, kind)
    answer = give_group_consent(
        who.actor, subject.person_id, group_id, kind,
        stated_as=subject.relation, seen=forms.seen(sent), roster=forms.seen(sent, "roster"),
    )  # fmt: skip
    match answer:
        case Missing():
            raise Http404
        case Outdated():
            return _check(request, who, subject, _together(subject, group_id), kind, is_outdated=True)
    return _said(subject, group_id)


@about_somebody
@require_http_methods(["GET", "POST"])
def withdraw_together(request: HttpRequest, who: SignedInUser, subject: Subject, group_id: UUID) -> HttpResponse:
    """Withdraw, after a preview; no such page where nothing was ever allowed."""
    found = _together(subject, group_id)
    if found.consent is None:
        raise Http404
    if request.method == "GET":
        return _check_withdrawal(request, who, subject, found)
    answer = withdraw_group_consent(
        who.actor, subject.person_id, group_id, stated_as=subject.relation, seen=forms.seen(request.POST)
    )
    if isinstance(answer, Outdated):
        return _check_withdrawal(request, who, subject, _together(subject, group_id), is_outdated=True)
    return _said(subject, group_id)  # withdrawn before: it stays so


def _check(
    request: HttpRequest, who: SignedInUser, subject: Subject, found: Together, kind: str, *, is_outdated: bool = False
) -> HttpResponse:
    page = {"kind": kind, "change": together.change(found, kind), "roster": roster_of(found.group.group_id)}
    shown = _preview(who, subject, found, preview.GAINS)
    return _checked(request, "portal/allow_together_check.jinja", who, subject, found, page | shown, is_outdated)


def _check_withdrawal(
    request: HttpRequest, who: SignedInUser, subject: Subject, found: Together, *, is_outdated: bool = False
) -> HttpResponse:
    page: dict[str, Any] = {"has_emergencies": settings.EMERGENCY_ACCESS}
    shown = _preview(who, subject, found, preview.LOSES) if found.is_held else {}
    return _checked(request, "portal/withdraw_together.jinja", who, subject, found, page | shown, is_outdated)


def _checked(
    request: HttpRequest,
    template: str,
    who: SignedInUser,
    subject: Subject,
    found: Together,
    page: dict[str, Any],
    is_outdated: bool,
) -> HttpResponse:
    page = {"who": who, "subject": subject, "together": found, "is_outdated": is_outdated, **page}
    return render(request, template, page, status=409 if is_outdated else 200)


def _preview(who: SignedInUser, subject: Subject, found: Together, effect: str) -> dict[str, Any]:
    told = preview_group(who.session_id, subject.person_id, found.group.group_id, is_given=effect == preview.GAINS)
    return {"preview": preview.shown(told.preview, effect), "reach": group_preview.reach(told, effect)}


def _said(subject: Subject, group_id: UUID) -> HttpResponse:
    """Back to the list, which tells what holds now."""
    return HttpResponseRedirect(f"{subject.url('portal-consents')}?said={group_id}")


def _together(subject: Subject, group_id: UUID) -> Together:
    found = together.one(subject.person_id, str(group_id))
    if not subject.may_decide or found is None:
        raise Http404
    return found
