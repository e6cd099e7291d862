"""The portal's pages; each view reads its request, makes one call, and writes the page."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from wutong.control.flows.change_consent import give_consent, withdraw_consent
from wutong.control.guard.sessions import SignedInUser, patient_required
from wutong.control.notices.queries import notices_of
from wutong.control.pages import paging
from wutong.control.portal import presenters
from wutong.control.portal.forms import KINDS, KindChoice
from wutong.control.portal.presenters import Permission
from wutong.core import clock
from wutong.core.answers import Missing

_PAGE = 20


@patient_required
@require_GET
def home(request: HttpRequest, who: SignedInUser) -> HttpResponse:
    """Where to go."""
    page = {"who": who, "looks": presenters.looks(_self(who), limit=3, offset=0)}
    return render(request, "portal/home.jinja", page)


@patient_required
@require_GET
def consents(request: HttpRequest, who: SignedInUser) -> HttpResponse:
    """Who may look, and every statement made."""
    permissions = presenters.permissions(_self(who))
    said = next((each for each in permissions if str(each.provider.provider_id) == request.GET.get("said")), None)
    page = {"who": who, "permissions": permissions, "history": presenters.history(_self(who)), "said": said}
    return render(request, "portal/consents.jinja", page)


@patient_required
@require_http_methods(["GET", "POST"])
def allow(request: HttpRequest, who: SignedInUser, provider_id: UUID) -> HttpResponse:
    """For how long? Then check the answer, then it holds."""
    permission = _permission(who, provider_id)
    form = KindChoice(request.POST or None)
    page = {"who": who, "permission": permission, "form": form, "kinds": _kinds()}
    if request.method == "GET" or not form.is_valid():
        return render(request, "portal/allow.jinja", page)
    kind = form.cleaned_data["kind"]
    if "confirmed" not in request.POST:
        until = clock.same_date_next_year(clock.today()) if kind == "one-year" else None
        return render(request, "portal/allow_check.jinja", {**page, "kind": kind, "until": until})
    if isinstance(give_consent(who.actor, _self(who), provider_id, kind), Missing):
        raise Http404
    return _said(provider_id)


@patient_required
@require_http_methods(["GET", "POST"])
def withdraw(request: HttpRequest, who: SignedInUser, provider_id: UUID) -> HttpResponse:
    """Withdraw, after a check."""
    permission = _permission(who, provider_id)
    if request.method == "GET":
        return render(request, "portal/withdraw.jinja", {"who": who, "permission": permission})
    withdraw_consent(who.actor, _self(who), provider_id)  # withdrawn before: it stays so
    return _said(provider_id)


@patient_required
@require_GET
def looks(request: HttpRequest, who: SignedInUser) -> HttpResponse:
    """Who looked at my record."""
    offset = paging.offset(request)
    found = presenters.looks(_self(who), limit=_PAGE + 1, offset=offset)
    links = paging.links(request, size=_PAGE, total=offset + len(found))
    page = {"who": who, "looks": found[:_PAGE], **links}
    return render(request, "portal/looks.jinja", page)


@patient_required
@require_GET
def notices(request: HttpRequest, who: SignedInUser) -> HttpResponse:
    """What I was told."""
    offset = paging.offset(request)
    found = notices_of(_self(who), limit=_PAGE + 1, offset=offset)
    links = paging.links(request, size=_PAGE, total=offset + len(found))
    page = {"who": who, "notices": found[:_PAGE], **links}
    return render(request, "portal/notices.jinja", page)


def _self(who: SignedInUser) -> UUID:
    if who.person_id is None:
        raise Http404
    return who.person_id


def _said(provider_id: UUID) -> HttpResponse:
    """Back to the list, which tells what holds now."""
    return HttpResponseRedirect(f"{reverse('portal-consents')}?said={provider_id}")


def _permission(who: SignedInUser, provider_id: UUID) -> Permission:
    shown = presenters.permissions(_self(who))
    found = next((each for each in shown if each.provider.provider_id == provider_id), None)
    if found is None or found.provider.is_deemed:
        raise Http404
    return found


def _kinds() -> list[dict[str, str]]:
    return [{"value": value, "text": str(text)} for value, text in KINDS]
