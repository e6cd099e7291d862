"""The clinic's way to restricted parts: the patient is asked, tells the code they were sent, and the parts open."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from wutong.control.authorisation.codes import MOST_WRONG
from wutong.control.authorisation.queries import Asked, newest_request
from wutong.control.flows import authorise_restricted as flow
from wutong.control.flows.authorise_restricted import Offer, Wish
from wutong.control.flows.read_chart import Access
from wutong.control.guard.sessions import SignedInUser, professional_required
from wutong.control.people.one_time_code import Verdict
from wutong.control.workspace import authorisation_presenters as presenters
from wutong.control.workspace.forms import AuthorisationWish, SentCode
from wutong.control.workspace.views import not_open
from wutong.core.answers import Refused


@professional_required
@require_http_methods(["GET", "POST"])
def ask(request: HttpRequest, who: SignedInUser, person_id: UUID) -> HttpResponse:
    """Name the restricted parts and say why; the patient is sent a code."""
    form = AuthorisationWish(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        match flow.ask_authorisation(who.actor, person_id, _wish(form)):
            case Asked():
                return HttpResponseRedirect(reverse("clinic-authorisation-code", args=[person_id]))
            case Access() as access:
                return not_open(request, who, person_id, access)
            case Refused(reason=why):
                form.add_error("categories", presenters.why_not_asked(why))
    match flow.offer_restricted(who.actor, person_id):
        case Offer() as offer:
            return _ask_page(request, who, person_id, offer, form)
        case Access() as access:
            return not_open(request, who, person_id, access)


@professional_required
@require_http_methods(["GET", "POST"])
def enter_code(request: HttpRequest, who: SignedInUser, person_id: UUID) -> HttpResponse:
    """Enter the code that the patient tells; the record opens again with the parts in it."""
    form = SentCode(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        match flow.enter_code(who.actor, person_id, form.cleaned_data["code"]):
            case Asked():
                return HttpResponseRedirect(reverse("clinic-record", args=[person_id]))
            case Access() as access:
                return not_open(request, who, person_id, access)
            case Verdict() as verdict:
                form.add_error("code", _sentence(verdict))
    offer = flow.offer_restricted(who.actor, person_id)
    if isinstance(offer, Access):
        return not_open(request, who, person_id, offer)
    asked = newest_request(who.actor, person_id)
    if asked is None:
        return HttpResponseRedirect(reverse("clinic-authorisation", args=[person_id]))
    return _code_page(request, who, person_id, asked, form)


def _wish(form: AuthorisationWish) -> Wish:
    given = form.cleaned_data
    return Wish(given["kind"], given["reason"], frozenset(given["categories"]))


def _ask_page(
    request: HttpRequest, who: SignedInUser, person_id: UUID, offer: Offer, form: AuthorisationWish
) -> HttpResponse:
    page = {
        "who": who,
        "person_id": person_id,
        "form": form,
        "kinds": presenters.kinds(),
        "categories": presenters.categories(offer.categories),
    }
    return render(request, "workspace/authorisation.jinja", page)


def _code_page(request: HttpRequest, who: SignedInUser, person_id: UUID, asked: Asked, form: SentCode) -> HttpResponse:
    page = {
        "who": who,
        "person_id": person_id,
        "form": form,
        "asked": asked,
        "categories": presenters.names_of(asked.categories),
        "left": MOST_WRONG - asked.wrong_codes,
    }
    return render(request, "workspace/authorisation_code.jinja", page)


def _sentence(verdict: Verdict) -> str:
    match verdict:
        case Verdict.USED:
            return _("This code was used before. If you need another part, ask the patient anew")
        case Verdict.TOO_MANY:
            return _("Too many wrong codes: this one is not taken any more. Ask the patient for a new one")
        case Verdict.OVER:
            return _("The time of this code is over. Ask the patient for a new one")
        case _:
            return _("The code is not right, and nothing was opened. Ask the patient to read it to you again")
