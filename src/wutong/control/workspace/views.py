"""The clinic's pages until a record is open; each view reads its request, makes one call, and writes the page."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from wutong.control.flows import find_person, read_chart
from wutong.control.flows.read_chart import Access
from wutong.control.guard.sessions import SignedInUser, professional_required
from wutong.control.people.queries.persons import PersonSummary, person
from wutong.control.workspace import presenters
from wutong.control.workspace.emergency_presenters import may_break_glass
from wutong.control.workspace.forms import HkidSearch, NameSearch, Statement
from wutong.core.answers import Refused


@professional_required
@require_http_methods(["GET", "POST"])
def home(request: HttpRequest, who: SignedInUser) -> HttpResponse:
    """Find a patient. By POST, so that no identity number stands in an address."""
    by_name = "born" in request.POST
    hkid = HkidSearch(request.POST if request.POST and not by_name else None)
    name = NameSearch(request.POST if by_name else None)
    found = _found(who, name if by_name else hkid)
    page = {"who": who, "form": name if by_name else hkid, "hkid": hkid, "name": name}
    if isinstance(found, Refused):
        return render(request, "workspace/home.jinja", page | {"refused": presenters.reason(found.reason)}, status=403)
    if found is not None and len(found) == 1:
        return HttpResponseRedirect(reverse("clinic-patient", args=[found[0].person_id]))
    return render(request, "workspace/home.jinja", page | {"count": None if found is None else len(found)})


@professional_required
@require_http_methods(["GET", "POST"])
def patient(request: HttpRequest, who: SignedInUser, person_id: UUID) -> HttpResponse:
    """State why, and open the record; or read why it does not open."""
    about = _person(person_id)
    form = Statement(request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        access = read_chart.open_look(who.session_id, person_id, ground=given["ground"], reason=given["reason"])
    else:
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
        "grounds": presenters.ground_items(),
    }
    return render(request, "workspace/patient.jinja", page)


def _found(who: SignedInUser, form: HkidSearch | NameSearch) -> list[PersonSummary] | Refused | None:
    """The persons that a filled-in form names; None while there is nothing right to search for."""
    if not form.is_valid():
        return None
    typed = form.cleaned_data
    if isinstance(form, NameSearch):
        return find_person.find_by_name_and_birth(who.actor, typed["name"], typed["born"])
    return find_person.find_by_hkid(who.actor, typed["hkid"])


def _person(person_id: UUID) -> PersonSummary:
    found = person(person_id)
    if found is None:
        raise Http404
    return found


def not_open(request: HttpRequest, who: SignedInUser, person_id: UUID, access: Access) -> HttpResponse:
    """Refused: why, and what to do; not a name, and nothing of the record."""
    code = access.reason or "record-not-opened"
    code = presenters.NOTHING_OPEN if code == "category-closed" else code
    page = {"who": who, "person_id": person_id, "sentence": presenters.reason(code), "access": access}
    page["may_break_glass"] = may_break_glass(code)
    page["may_state"] = code == "record-not-opened"
    return render(request, "workspace/refused.jinja", page, status=503 if access.is_failed else 403)
