"""The clinic's pages; each view reads its request, makes one call, and writes the page."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from wutong.control.charts.chart import PLANS
from wutong.control.flows import find_person, read_chart
from wutong.control.flows.read_chart import Access
from wutong.control.guard.sessions import SignedInUser, professional_required
from wutong.control.people.queries.persons import PersonSummary, person
from wutong.control.workspace import presenters
from wutong.control.workspace.forms import HkidSearch, NameSearch, Statement


@professional_required
@require_http_methods(["GET", "POST"])
def home(request: HttpRequest, who: SignedInUser) -> HttpResponse:
    """Find a patient. By POST, so that no identity number stands in an address."""
    by_name = "born" in request.POST
    hkid = HkidSearch(request.POST if request.POST and not by_name else None)
    name = NameSearch(request.POST if by_name else None)
    found: list[PersonSummary] | None = None
    if by_name and name.is_valid():
        found = find_person.find_by_name_and_birth(who.actor, name.cleaned_data["name"], name.cleaned_data["born"])
    elif request.POST and not by_name and hkid.is_valid():
        one = find_person.find_by_hkid(who.actor, hkid.cleaned_data["hkid"])
        found = [one] if one else []
    if found is not None and len(found) == 1:
        return HttpResponseRedirect(reverse("clinic-patient", args=[found[0].person_id]))
    form = name if by_name else hkid
    return render(
        request, "workspace/home.jinja", {"who": who, "form": form, "hkid": hkid, "name": name, "found": found}
    )


@professional_required
@require_http_methods(["GET", "POST"])
def patient(request: HttpRequest, who: SignedInUser, person_id: UUID) -> HttpResponse:
    """State why, and open the record; or read why it does not open."""
    about = _person(person_id)
    form = Statement(request.POST or None)
    access = read_chart.access_to(who.session_id, person_id)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        access = read_chart.open_look(who.session_id, person_id, ground=given["ground"], reason=given["reason"])
        if access.is_open:
            return HttpResponseRedirect(reverse("clinic-record", args=[person_id]))
    if access.is_open and request.method == "GET":
        return HttpResponseRedirect(reverse("clinic-record", args=[person_id]))
    page = {"who": who, "person": about, "form": form, "access": access, "grounds": presenters.ground_items()}
    page["sentence"] = presenters.reason(access.reason) if access.reason else ""
    return render(request, "workspace/patient.jinja", page)


@professional_required
@require_GET
def record(request: HttpRequest, who: SignedInUser, person_id: UUID) -> HttpResponse:
    """The one-screen summary, allergies first."""
    about = _person(person_id)
    chart = read_chart.read_chart(who.session_id, person_id)
    if not chart.access.is_open:
        return _not_open(request, who, about, chart.access)
    page = {"who": who, "person": about, "cards": presenters.cards(chart.sections), "access": chart.access}
    return render(request, "workspace/record.jinja", page)


@professional_required
@require_GET
def section(request: HttpRequest, who: SignedInUser, person_id: UUID, code: str) -> HttpResponse:
    """One section, longer."""
    if code not in PLANS:
        raise Http404
    about = _person(person_id)
    loaded = read_chart.read_section(who.session_id, person_id, code)
    if loaded.closed and loaded.closed != "category-closed":
        return _not_open(request, who, about, Access(is_open=False, reason=loaded.closed))
    return render(request, "workspace/section.jinja", {"who": who, "person": about, "card": presenters.card(loaded)})


def _person(person_id: UUID) -> PersonSummary:
    found = person(person_id)
    if found is None:
        raise Http404
    return found


def _not_open(request: HttpRequest, who: SignedInUser, about: PersonSummary, access: Access) -> HttpResponse:
    """Refused: who it is about, why, and what to do; nothing of the record."""
    sentence = presenters.reason(access.reason or "record-not-opened")
    page = {"who": who, "person": about, "sentence": sentence, "access": access}
    return render(request, "workspace/refused.jinja", page, status=503 if access.is_failed else 403)
