"""The clinic's way to emergency access: a warning, a statement, a fresh one-time code; then the record."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from wutong.control.emergency.queries import Case, live_grant
from wutong.control.flows import break_glass as flow
from wutong.control.flows.break_glass import Offer
from wutong.control.flows.read_chart import Access, open_in_emergency
from wutong.control.guard.sessions import SignedInUser, professional_required
from wutong.control.people.one_time_code import Verdict
from wutong.control.workspace import emergency_presenters, presenters
from wutong.control.workspace.authorisation_presenters import names_of
from wutong.control.workspace.forms import EmergencyStatement
from wutong.core.answers import Refused
from wutong.core.emergency import Stated


@professional_required
@require_http_methods(["GET", "POST"])
def ask(request: HttpRequest, who: SignedInUser, person_id: UUID) -> HttpResponse:
    """State the emergency, and open what was named; what was granted already opens again without a new code."""
    live = live_grant(person_id, who.session_id)
    if "again" in request.POST and live:
        return _open(request, who, person_id)
    form = EmergencyStatement(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        match flow.break_glass(who.actor, person_id, _stated(form), form.cleaned_data["code"]):
            case Case():
                return _open(request, who, person_id)
            case Refused(reason=why):
                return _not_open(request, who, person_id, Access(is_open=False, reason=why))
            case Verdict() as verdict:
                form.add_error("code", _sentence(verdict))
    match flow.offer_emergency(who.actor, person_id):
        case Refused(reason=why):
            return _not_open(request, who, person_id, Access(is_open=False, reason=why))
        case Offer() as offer:
            return _page(request, who, person_id, offer, form, live)
    raise Http404


def _stated(form: EmergencyStatement) -> Stated:
    given = form.cleaned_data
    return Stated(given["kind"], given["reason"], frozenset(given["categories"]))


def _open(request: HttpRequest, who: SignedInUser, person_id: UUID) -> HttpResponse:
    access = open_in_emergency(who.session_id, person_id)
    if access.is_open:
        return HttpResponseRedirect(reverse("clinic-record", args=[person_id]))
    return _not_open(request, who, person_id, access)


def _page(
    request: HttpRequest, who: SignedInUser, person_id: UUID, offer: Offer, form: EmergencyStatement, live: Case | None
) -> HttpResponse:
    page = {
        "who": who,
        "person_id": person_id,
        "form": form,
        "kinds": emergency_presenters.kinds(),
        "categories": emergency_presenters.categories(offer.roles),
        "always": emergency_presenters.always(offer.roles),
        "live": live,
        "live_categories": names_of(live.categories) if live else [],
    }
    return render(request, "workspace/emergency.jinja", page)


def _not_open(request: HttpRequest, who: SignedInUser, person_id: UUID, access: Access) -> HttpResponse:
    page = {"who": who, "person_id": person_id, "access": access, "sentence": presenters.reason(access.reason)}
    return render(request, "workspace/refused.jinja", page, status=503 if access.is_failed else 403)


def _sentence(verdict: Verdict) -> str:
    match verdict:
        case Verdict.USED:
            return _("This code was used before, perhaps to sign in. Wait for the next code and enter it")
        case Verdict.TOO_MANY:
            return _("Too many wrong codes. Nothing was opened. Wait 15 minutes, then try again")
        case _:
            return _("The code is not right, and nothing was opened. Enter the code that your code generator shows now")
