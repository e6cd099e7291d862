"""Sign-in, one question a page: name and password, one-time code, workplace."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from wutong.control.flows import sign_in as flow
from wutong.control.flows.sign_out import sign_out as end
from wutong.control.guard.sessions import KEY, home_of, user
from wutong.control.pages import languages
from wutong.control.pages.addresses import is_ours
from wutong.control.people.one_time_code import Verdict
from wutong.control.people.queries.accounts import Workplace
from wutong.control.signin.forms import NameAndPassword, OneTimeCode, WorkplaceChoice
from wutong.core import clock, ids
from wutong.core.routes import Comers, open_to

_HALF_WAY = "wutong_half_way"  # {account, until, has_code}: between the first factor and the session
_NEXT = "wutong_next"
_HALF_WAY_SECONDS = 300


@open_to(Comers.ANYBODY)
@require_safe
def front(request: HttpRequest) -> HttpResponse:
    """The address of the site: to one's own pages, or to sign-in."""
    who = user(request)
    return HttpResponseRedirect(home_of(who) if who else reverse("sign-in"))


@open_to(Comers.ANYBODY)
@require_http_methods(["GET", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """Name and password."""
    if request.method == "GET":
        _remember_way_back(request)
        return _page(request, "name", NameAndPassword())
    form = NameAndPassword(request.POST)
    if not form.is_valid():
        return _page(request, "name", form)
    account_id = flow.check_first_factor(form.cleaned_data["name"], form.cleaned_data["password"])
    if account_id is None:
        form.add_error("name", _("The name or the password is not right. Check both and try again"))
        return _page(request, "name", form)
    following = request.session.get(_NEXT, "")
    request.session.flush()  # a session id from before the first factor is worth nothing after it
    if following:
        request.session[_NEXT] = following
    _remember(request, account_id, has_code=False)
    return HttpResponseRedirect(reverse("sign-in-code"))


@open_to(Comers.SIGNING_IN)
@require_http_methods(["GET", "POST"])
def code(request: HttpRequest) -> HttpResponse:
    """The one-time code."""
    account_id = _half_way(request, has_code=False)
    if account_id is None:
        return HttpResponseRedirect(reverse("sign-in"))
    form = OneTimeCode(request.POST or None)
    if request.method == "GET" or not form.is_valid():
        return _page(request, "code", form)
    verdict = flow.check_second_factor(account_id, form.cleaned_data["code"])
    if verdict is not Verdict.RIGHT:
        form.add_error("code", _sentence(verdict))
        return _page(request, "code", form)
    places = flow.workplaces_of(account_id)
    if len(places) > 1:
        _remember(request, account_id, has_code=True)
        return HttpResponseRedirect(reverse("sign-in-workplace"))
    return _begin(request, account_id, places[0] if places else None)


@open_to(Comers.SIGNING_IN)
@require_http_methods(["GET", "POST"])
def workplace(request: HttpRequest) -> HttpResponse:
    """Where the person works now (R-14): the provider is stamped on every access."""
    account_id = _half_way(request, has_code=True)
    if account_id is None:
        return HttpResponseRedirect(reverse("sign-in"))
    places = flow.workplaces_of(account_id)
    form = WorkplaceChoice(request.POST or None)
    chosen = None
    if request.method == "POST" and form.is_valid():
        chosen = next((p for p in places if p.affiliation_id == form.cleaned_data["workplace"]), None)
    if chosen is None:
        return _page(request, "workplace", form, places=places)
    return _begin(request, account_id, chosen)


@open_to(Comers.ANYBODY)
@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """End the session."""
    if who := user(request):
        end(who.account_id, who.session_id)
    request.session.flush()
    return HttpResponseRedirect(reverse("sign-in"))


@open_to(Comers.SIGNED_IN)
@require_safe
def no_pages_yet(request: HttpRequest) -> HttpResponse:
    """For roles whose pages come with a later release; others begin elsewhere."""
    who = user(request)
    if who is None or home_of(who) != request.path:
        return HttpResponseRedirect(reverse("front"))
    return render(request, "signin/no_pages_yet.jinja", {"who": who})


def _page(request: HttpRequest, name: str, form: object, **more: object) -> HttpResponse:
    return render(request, f"signin/{name}.jinja", {"form": form, "who": None, **more})


def _remember_way_back(request: HttpRequest) -> None:
    """Only an address of ours: nothing is kept for a stranger who asks for this page again and again."""
    following = request.GET.get("next", "")
    if is_ours(request, following):
        request.session[_NEXT] = following
    else:
        request.session.pop(_NEXT, None)


def _remember(request: HttpRequest, account_id: UUID, *, has_code: bool) -> None:
    until = clock.now().timestamp() + _HALF_WAY_SECONDS
    request.session[_HALF_WAY] = {"account": str(account_id), "until": until, "has_code": has_code}


def _half_way(request: HttpRequest, *, has_code: bool) -> UUID | None:
    kept = request.session.get(_HALF_WAY) or {}
    if kept.get("until", 0) < clock.now().timestamp() or kept.get("has_code") is not has_code:
        return None
    return ids.read(kept["account"])


def _begin(request: HttpRequest, account_id: UUID, place: Workplace | None) -> HttpResponse:
    begun = flow.begin(account_id, place.affiliation_id if place else None)
    following = str(request.session.get(_NEXT, ""))
    request.session.flush()
    request.session[KEY] = str(begun.session_id)
    if begun.language:
        request.session[languages.KEY] = begun.language
    if is_ours(request, following):
        return HttpResponseRedirect(following)
    return HttpResponseRedirect(reverse("front"))


def _sentence(verdict: Verdict) -> str:
    match verdict:
        case Verdict.USED:
            return _("This code was used before. Wait for the next code and enter it")
        case Verdict.TOO_MANY:
            return _("Too many wrong codes. Wait 15 minutes, then sign in again")
        case _:
            return _("The code is not right. Look at your code generator and enter the code it shows now")
