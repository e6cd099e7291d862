"""The search for a person that clinicians and the desk share. By POST, so that no identity number is in an address."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from wutong.control.flows import find_person
from wutong.control.guard.sessions import SignedInUser
from wutong.control.people.queries.persons import PersonSummary
from wutong.control.workspace import presenters
from wutong.control.workspace.forms import HkidSearch, NameSearch
from wutong.core.answers import Refused


def find(request: HttpRequest, who: SignedInUser, *, leads_to: str, page: dict[str, Any]) -> HttpResponse:
    """The page with both forms, or, where one person is found, the way on to the address called `leads_to`."""
    by_name = "born" in request.POST
    hkid = HkidSearch(request.POST if request.POST and not by_name else None)
    name = NameSearch(request.POST if by_name else None)
    found = _found(who, name if by_name else hkid)
    page |= {"who": who, "form": name if by_name else hkid, "hkid": hkid, "name": name}
    if isinstance(found, Refused):
        return render(request, "workspace/home.jinja", page | {"refused": presenters.reason(found.reason)}, status=403)
    if found is not None and len(found) == 1:
        return HttpResponseRedirect(_way_to(leads_to, found[0].person_id))
    return render(request, "workspace/home.jinja", page | {"count": None if found is None else len(found)})


def _way_to(name: str, person_id: UUID) -> str:
    return reverse(name, args=[person_id])


def _found(who: SignedInUser, form: HkidSearch | NameSearch) -> list[PersonSummary] | Refused | None:
    """The persons that a filled-in form names; None while there is nothing right to search for."""
    if not form.is_valid():
        return None
    typed = form.cleaned_data
    if isinstance(form, NameSearch):
        return find_person.find_by_name_and_birth(who.actor, typed["name"], typed["born"])
    return find_person.find_by_hkid(who.actor, typed["hkid"])
