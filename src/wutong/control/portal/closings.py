"""The pages on which a person, or who decides for them, closes something of the record and opens it again."""

from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.utils.http import urlencode
from django.views.decorators.http import require_GET, require_http_methods

from wutong.control.consent.actions import Outdated
from wutong.control.flows.change_closing import end_closing, state_closing
from wutong.control.guard.sessions import SignedInUser
from wutong.control.pages import paging
from wutong.control.portal import closable, forms, permissions
from wutong.control.portal.closable import Choice, Line
from wutong.control.portal.subjects import Subject, about_somebody
from wutong.core.answers import Missing

_PAGE, _RECENT = 20, 5


@about_somebody
@require_GET
def closings(request: HttpRequest, who: SignedInUser, subject: Subject) -> HttpResponse:
    """What is closed, what can be closed, and what was said last."""
    page = {
        "who": who,
        "subject": subject,
        "closed": closable.closed(who, subject),
        "history": closable.history(who, subject, limit=_RECENT),
        "said": _named(who, subject, request.GET),
    }
    return render(request, "portal/closings.jinja", page)


@about_somebody
@require_GET
def history(request: HttpRequest, who: SignedInUser, subject: Subject) -> HttpResponse:
    """Every version of every closing."""
    offset = paging.offset(request)
    found = closable.history(who, subject, limit=_PAGE + 1, offset=offset)
    links = paging.links(request, size=_PAGE, total=offset + len(found))
    page = {"who": who, "subject": subject, "history": found[:_PAGE], **links}
    return render(request, "portal/closing_history.jinja", page)


@about_somebody
@require_http_methods(["GET", "POST"])
def close(request: HttpRequest, who: SignedInUser, subject: Subject, kind: str) -> HttpResponse:
    """Which one? Then what follows (an address of its own), then it is closed."""
    if not subject.may_decide or kind not in closable.CHOSEN:
        raise Http404
    found = {each.value: each for each in closable.choices(subject, kind)}
    sent = request.POST if request.method == "POST" else request.GET
    form = forms.ToClose(sent if request.method == "POST" or sent else None, found)
    page = {"who": who, "subject": subject, "kind": kind}
    page |= {"action": subject.url("portal-close", kind), "back": subject.url("portal-close", kind)}
    if not form.is_valid():
        items = [each.as_item for each in found.values() if not each.is_closed]
        return render(request, "portal/close.jinja", {**page, "form": form, "items": items})
    chosen = found[form.cleaned_data["value"]]
    if request.method == "GET":
        return check(request, page, chosen)
    answer = state_closing(
        who.actor, subject.person_id, kind, chosen.value, stated_as=subject.relation, seen=forms.seen(sent)
    )
    match answer:
        case Missing():
            raise Http404
        case Outdated():
            return check(request, page, chosen, is_outdated=True)
    return said(subject, kind, chosen.value)


@about_somebody
@require_http_methods(["GET", "POST"])
def open_again(request: HttpRequest, who: SignedInUser, subject: Subject, kind: str) -> HttpResponse:
    """Open again, after what follows was said."""
    sent = request.POST if request.method == "POST" else request.GET
    line = _named(who, subject, sent, kind)
    if not subject.may_decide or line is None:
        raise Http404
    if request.method == "GET":
        return _check_opening(request, who, subject, line)
    value = line.closing.value
    answer = end_closing(who.actor, subject.person_id, kind, value, stated_as=subject.relation, seen=forms.seen(sent))
    match answer:
        case Missing("person"):
            raise Http404
        case Outdated():
            return _check_opening(request, who, subject, line, is_outdated=True)
    return said(subject, kind, value)  # opened before: it stays so


def check(request: HttpRequest, page: dict[str, Any], chosen: Choice, *, is_outdated: bool = False) -> HttpResponse:
    """What follows if it is closed; `page` has whom it is about, the kind, where the form goes, and the way back."""
    shown = {
        "chosen": chosen,
        "version": closable.version_of(page["subject"], page["kind"], chosen.value),
        "is_outdated": is_outdated,
        "has_emergencies": settings.EMERGENCY_ACCESS,
    }
    return render(request, "portal/close_check.jinja", {**page, **shown}, status=409 if is_outdated else 200)


def _check_opening(
    request: HttpRequest, who: SignedInUser, subject: Subject, line: Line, *, is_outdated: bool = False
) -> HttpResponse:
    """An outdated line is read anew."""
    value = line.closing.value
    newest = closable.newest(who, subject, line.closing.kind, value) if is_outdated else line
    is_provider = line.closing.kind == "provider"
    page = {
        "who": who,
        "subject": subject,
        "line": newest,
        "is_outdated": is_outdated,
        "permission": permissions.permission_of(subject.person_id, value) if is_provider else None,
    }
    return render(request, "portal/open_check.jinja", page, status=409 if is_outdated else 200)


def _named(who: SignedInUser, subject: Subject, sent: QueryDict, kind: str = "") -> Line | None:
    """What the address or form names, if something was ever said about it."""
    form = forms.Closed({"kind": kind or sent.get("kind", ""), "value": sent.get("value", "")})
    if not form.is_valid():
        return None
    return closable.newest(who, subject, form.cleaned_data["kind"], form.cleaned_data["value"])


def said(subject: Subject, kind: str, value: str) -> HttpResponse:
    """Back to the list, which tells what holds now."""
    said = urlencode({"kind": kind, "value": value})
    return HttpResponseRedirect(f"{subject.url('portal-closings')}?{said}")
