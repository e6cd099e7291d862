"""The desk's pages: find a person, and take a form that they signed; each view makes one call, and writes the page."""

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.views.decorators.http import require_GET, require_http_methods

from wutong.control.consent.actions import Outdated, Stated
from wutong.control.consent.joining_queries import JoiningFacts
from wutong.control.flows import print_form
from wutong.control.flows.serve_person import Left, Served, serve_person
from wutong.control.flows.take_form import Unfit, take_form
from wutong.control.flows.take_joining_form import take_joining_form
from wutong.control.guard.sessions import SignedInUser, desk_required
from wutong.control.pages import languages
from wutong.control.workspace import desk_presenters, finding
from wutong.control.workspace.desk_forms import JOINS, LANGUAGES, SAYS, FormTaken, FormToPrint, signers_of
from wutong.core.answers import Missing, Refused


@desk_required
@require_http_methods(["GET", "POST"])
def home(request: HttpRequest, who: SignedInUser) -> HttpResponse:
    """Find the person who stands at the desk."""
    return finding.find(request, who, leads_to="desk-person", page={"is_desk": True})


@desk_required
@require_GET
def person(request: HttpRequest, who: SignedInUser, person_id: UUID) -> HttpResponse:
    """How the person's consent stands, and the ways to change it; or that they left, and may join again."""
    served = serve_person(who.actor, person_id)
    if isinstance(served, Left):
        return render(request, "workspace/desk_left.jinja", page_of(who, served))
    if not isinstance(served, Served):
        return not_served(request, who, served)
    page = page_of(who, served) | {"said": request.GET.get("said", "")}
    return render(request, "workspace/desk_person.jinja", page)


@desk_required
@require_http_methods(["GET", "POST"])
def signed_form(request: HttpRequest, who: SignedInUser, person_id: UUID) -> HttpResponse:
    """Print a form; once it is signed, say what stands on it, look at that again, and record it.

    Of somebody who left, a form to join again.
    """
    served = serve_person(who.actor, person_id)
    if not isinstance(served, Served | Left):
        return not_served(request, who, served)
    form = FormTaken(request.POST if request.method == "POST" else None, served.signers, _says(served))
    if request.method == "GET" or not form.is_valid():
        return _form_page(request, who, served, form)
    if "sure" not in request.POST:
        page = page_of(who, served) | {"form": form, "words": desk_presenters.words_of(form.signed)}
        return render(request, "workspace/desk_check.jinja", page)
    take = take_joining_form if isinstance(served, Left) else take_form
    answer = take(who.actor, person_id, form.signed, seen=_seen(request))
    match answer:
        case Stated() | JoiningFacts():
            return done(person_id)
        case Unfit():
            form.add_error(*desk_presenters.unfit(answer))
            return _form_page(request, who, served, form, status=409)
        case Outdated():
            return _form_page(request, who, served, form, is_outdated=True, status=409)
    return not_served(request, who, answer)


@desk_required
@require_GET
def form_to_print(request: HttpRequest, who: SignedInUser, person_id: UUID) -> HttpResponse:
    """The provider's form as a file to print."""
    form = FormToPrint(request.GET)
    if not form.is_valid():
        return HttpResponseRedirect(reverse("desk-form", args=[person_id]))
    chosen = form.cleaned_data
    made = print_form.print_form(who.actor, person_id, chosen["wording"], chosen["language"])
    if not isinstance(made, bytes):
        return not_served(request, who, made)
    headers = {"Content-Disposition": 'inline; filename="consent-form.pdf"'}
    return HttpResponse(made, content_type="application/pdf", headers=headers)


def _form_page(
    request: HttpRequest,
    who: SignedInUser,
    served: Served | Left,
    form: FormTaken,
    *,
    is_outdated: bool = False,
    status: int = 200,
) -> HttpResponse:
    joins = isinstance(served, Left)
    if served.provider.is_deemed and not joins:
        return HttpResponseRedirect(reverse("desk-person", args=[served.person_id]))
    chinese = (get_language() or "en").startswith("zh")
    first = {} if joins else {"wording": "one-year"}  # what becomes of permissions nobody is led to
    printed = FormToPrint(initial=first | {"language": "zh-hant" if chinese else "en"})
    page = page_of(who, served) | {"form": form, "printed": printed, "is_outdated": is_outdated}
    page |= {"says": _items(_says(served)), "languages": _languages(), "signers": _items(signers_of(served.signers))}
    return render(request, "workspace/desk_form.jinja", page, status=status)


def _says(served: Served | Left) -> Any:
    return JOINS if isinstance(served, Left) else SAYS


def done(person_id: UUID) -> HttpResponse:
    """Back to the person's page, which tells that it holds."""
    return HttpResponseRedirect(f"{reverse('desk-person', args=[person_id])}?said=yes")


def page_of(who: SignedInUser, served: Served | Left) -> dict[str, Any]:
    """What every page about somebody at the desk shows."""
    standing = desk_presenters.standing(served)
    return {"who": who, "served": served, "standing": standing, "joins": isinstance(served, Left)}


def not_served(request: HttpRequest, who: SignedInUser, answer: Refused | Missing | Left) -> HttpResponse:
    """Why nobody is served here, and what to do; of who left, the page that tells it."""
    if isinstance(answer, Left):
        return HttpResponseRedirect(reverse("desk-person", args=[answer.person_id]))
    if isinstance(answer, Missing):
        raise Http404
    page = {"who": who, "sentence": desk_presenters.refusal(answer.reason)}
    return render(request, "workspace/desk_refused.jinja", page, status=403)


def _items(choices: Any) -> list[dict[str, str]]:
    return [{"value": value, "text": str(text)} for value, text in choices]


def _languages() -> list[dict[str, Any]]:
    """Each by its own name and in its own voice, whatever the language of the page."""
    marks = {code: {"lang": languages.tag(code), "translate": "no"} for code, _name in LANGUAGES}
    return [each | {"label": {"attributes": marks[each["value"]]}} for each in _items(LANGUAGES)]


def _seen(request: HttpRequest) -> int:
    """Which version the page had shown; what no page of ours sends is none that there is."""
    text = request.POST.get("seen", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 7 else -1
