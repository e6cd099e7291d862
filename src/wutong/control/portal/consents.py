"""The pages on which a person, or who decides for them, gives, changes and withdraws consents, after a preview."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_http_methods

from wutong.control.consent.actions import Outdated
from wutong.control.flows.answer_code import answer_code
from wutong.control.flows.change_consent import Answer, give_consent, withdraw_consent
from wutong.control.flows.preview_consent import preview_consent
from wutong.control.guard.sessions import SignedInUser
from wutong.control.pages import paging
from wutong.control.portal import desk_codes, forms, permissions, preview, together
from wutong.control.portal.permissions import Permission, WayBack, is_called
from wutong.control.portal.subjects import Subject, about_somebody
from wutong.control.portal.together import Together
from wutong.core.answers import Missing

_PAGE, _RECENT = 20, 5


@about_somebody
@require_GET
def consents(request: HttpRequest, who: SignedInUser, subject: Subject) -> HttpResponse:
    """Who may look, and what was said last."""
    known, about, form = permissions.register(), request.GET.get("said", ""), forms.Sought(request.GET)
    name = form.cleaned_data["name"] if form.is_valid() else ""
    everybody = permissions.permissions(subject.person_id, known)
    wider = together.all_of(subject.person_id, known.groups)
    said, said_together = permissions.one_of(everybody, about), together.one_of(wider, about)
    page = {
        "who": who,
        "subject": subject,
        "form": form,
        "name": name,
        "permissions": [each for each in everybody if each.is_listed and is_called(each.provider, name)],
        "together": [each for each in wider if is_called(each.group, name)],
        "said_together": said_together,
        "history": permissions.history(who, subject, known, limit=_RECENT),
        "said": said,
        "way_back": _way_back(subject, said, said_together),
    }
    return render(request, "portal/consents.jinja", page)


def _way_back(subject: Subject, said: Permission | None, said_together: Together | None) -> WayBack | None:
    if said_together:
        return together.way_back(subject, said_together)
    return permissions.way_back(subject, said) if said else None


@about_somebody
@require_GET
def history(request: HttpRequest, who: SignedInUser, subject: Subject) -> HttpResponse:
    """Every version of every consent."""
    offset = paging.offset(request)
    found = permissions.history(who, subject, permissions.register(), limit=_PAGE + 1, offset=offset)
    links = paging.links(request, size=_PAGE, total=offset + len(found))
    page = {"who": who, "subject": subject, "history": found[:_PAGE], **links}
    return render(request, "portal/history.jinja", page)


@about_somebody
@require_http_methods(["GET", "POST"])
def allow(request: HttpRequest, who: SignedInUser, subject: Subject, provider_id: UUID) -> HttpResponse:
    """For how long? Then the preview of the answer (an address of its own), then it holds."""
    permission = _allowable(subject, provider_id)
    sent = request.POST if request.method == "POST" else request.GET
    desk = sent.get("desk", "")  # the code of the desk that asked, where one did
    form = forms.KindChoice(sent if request.method == "POST" or sent.keys() - {"desk"} else None)
    if not form.is_valid():
        page = {"who": who, "subject": subject, "permission": permission, "form": form, "kinds": forms.kinds()}
        page |= {"has_emergencies": settings.EMERGENCY_ACCESS, "desk": desk}
        return render(request, "portal/allow.jinja", page)
    kind = form.cleaned_data["kind"]
    if request.method == "GET":
        return _check(request, who, subject, permission, kind, desk)
    match _given(who, subject, provider_id, kind, forms.seen(sent), desk):
        case Missing(what="code"):
            return desk_codes.over(request, who, subject)
        case Missing():
            raise Http404
        case Outdated():
            return _check(request, who, subject, _allowable(subject, provider_id), kind, desk, is_outdated=True)
    return _said(subject, provider_id)


@about_somebody
@require_http_methods(["GET", "POST"])
def withdraw(request: HttpRequest, who: SignedInUser, subject: Subject, provider_id: UUID) -> HttpResponse:
    """Withdraw, after a preview."""
    permission = _permission(subject, provider_id)
    if request.method == "GET":
        return _check_withdrawal(request, who, subject, permission)
    answer = withdraw_consent(
        who.actor, subject.person_id, provider_id, stated_as=subject.relation, seen=forms.seen(request.POST)
    )
    if isinstance(answer, Outdated):
        return _check_withdrawal(request, who, subject, _permission(subject, provider_id), is_outdated=True)
    return _said(subject, provider_id)  # withdrawn before: it stays so


def _given(who: SignedInUser, subject: Subject, provider_id: UUID, kind: str, seen: int, desk: str) -> Answer:
    """By this page alone or, where a desk asked, as the answer to its code."""
    if not desk:
        return give_consent(who.actor, subject.person_id, provider_id, kind, stated_as=subject.relation, seen=seen)
    return answer_code(
        who.actor, subject.person_id, provider_id, kind, code=desk, stated_as=subject.relation, seen=seen
    )


def _check(
    request: HttpRequest,
    who: SignedInUser,
    subject: Subject,
    permission: Permission,
    kind: str,
    desk: str,
    *,
    is_outdated: bool = False,
) -> HttpResponse:
    change = permissions.change(permission, kind)
    gains = _preview(who, subject, permission, preview.GAINS) if change.opens else None
    page = {"kind": kind, "change": change, "preview": gains, "desk": desk}
    return _checked(request, "portal/allow_check.jinja", who, subject, permission, page, is_outdated=is_outdated)


def _check_withdrawal(
    request: HttpRequest, who: SignedInUser, subject: Subject, permission: Permission, *, is_outdated: bool = False
) -> HttpResponse:
    loses = _preview(who, subject, permission, preview.LOSES) if permission.may_look else None
    page = {"preview": loses, "has_emergencies": settings.EMERGENCY_ACCESS}
    return _checked(request, "portal/withdraw.jinja", who, subject, permission, page, is_outdated=is_outdated)


def _checked(
    request: HttpRequest,
    template: str,
    who: SignedInUser,
    subject: Subject,
    permission: Permission,
    page: dict[str, Any],
    *,
    is_outdated: bool,
) -> HttpResponse:
    page = {"who": who, "subject": subject, "permission": permission, "is_outdated": is_outdated, **page}
    return render(request, template, page, status=409 if is_outdated else 200)


def _preview(who: SignedInUser, subject: Subject, permission: Permission, effect: str) -> preview.Shown:
    found = preview_consent(who.session_id, subject.person_id, permission.provider.provider_id)
    return preview.shown(found, effect)


def _said(subject: Subject, provider_id: UUID) -> HttpResponse:
    """Back to the list, which tells what holds now."""
    return HttpResponseRedirect(f"{subject.url('portal-consents')}?said={provider_id}")


def _allowable(subject: Subject, provider_id: UUID) -> Permission:
    found = _permission(subject, provider_id)
    if not found.provider.is_active or found.is_closed:
        raise Http404
    return found


def _permission(subject: Subject, provider_id: UUID) -> Permission:
    """Of a provider that one can allow, or take a permission back from though it is suspended."""
    found = permissions.permission_of(subject.person_id, str(provider_id))
    if not subject.may_decide or found is None or found.provider.is_deemed:
        raise Http404
    if not (found.provider.is_active or found.consent):
        raise Http404
    return found
