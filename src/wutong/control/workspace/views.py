"""The clinic's pages until a record is open; each view reads its request, makes one call, and writes the page."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from wutong.control.flows import read_chart
from wutong.control.flows.read_chart import Access
from wutong.control.guard.sessions import SignedInUser, professional_required
from wutong.control.people.queries.persons import PersonSummary, person
from wutong.control.workspace import finding, presenters
from wutong.control.workspace.emergency_presenters import may_break_glass
from wutong.control.workspace.forms import Statement
from wutong.core.answers import Reason


@professional_required
@require_http_methods(["GET", "POST"])
def home(request: HttpRequest, who: SignedInUser) -> HttpResponse:
    """Find a patient."""
    return finding.find(request, who, leads_to="clinic-patient", page={})


@professional_required
@require_http_methods(["GET", "POST"])
def patient(request: HttpRequest, who: SignedInUser, person_id: UUID) -> HttpResponse:
    """State why, and open the record; or read why it does not open."""
    about = _person(person_id)
    form = Statement(request.POST or None)
    if request.method == "POST" and form.is_valid():
        access = read_chart.open_look(who.session_id, person_id, reason=form.said)
        if access.reason == Reason.CARE_NOT_STATED:
            form.ask()
    if request.method == "GET" or not form.is_valid():
        access = read_chart.access_to(who.session_id, person_id)
    is_asked_beside_emergency = request.method == "GET" and "permission" in request.GET and access.is_by_emergency
    if access.is_open and not is_asked_beside_emergency and (request.method == "GET" or form.is_valid()):
        return HttpResponseRedirect(reverse("clinic-record", args=[person_id]))
    if access.reason or access.is_failed:
        return not_open(request, who, person_id, access)
    shown = about if "PID" in access.categories else None
    page = {
        "who": who,
        "person": shown,
        "form": form,
        "entitled": presenters.asked_beside(access) or presenters.entitled(who.provider_id),
        "shown": presenters.care(access),
        "reasons": presenters.reason_items(),
    }
    return render(request, "workspace/patient.jinja", page)


def _person(person_id: UUID) -> PersonSummary:
    found = person(person_id)
    if found is None:
        raise Http404
    return found


def not_open(request: HttpRequest, who: SignedInUser, person_id: UUID, access: Access) -> HttpResponse:
    """Refused: why, and what to do; not a name, and nothing of the record."""
    code = access.reason or "record-not-opened"
    code = presenters.NOTHING_OPEN if code == "category-closed" else code
    page = {"who": who, "person_id": person_id, "sentence": presenters.refusal(code, who, person_id), "access": access}
    page["may_break_glass"] = may_break_glass(code)
    page["may_state"] = code == "record-not-opened"
    return render(request, "workspace/refused.jinja", page, status=503 if access.is_failed else 403)
