"""The desk's page on which somebody's access key is entered."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from wutong.control.consent.actions import Stated
from wutong.control.flows.serve_person import Served, serve_person
from wutong.control.flows.use_access_key import use_access_key
from wutong.control.guard.sessions import SignedInUser, desk_required
from wutong.control.workspace import desk, desk_presenters
from wutong.control.workspace.desk_forms import KeyTyped
from wutong.core.access_keys import Verdict


@desk_required
@require_http_methods(["GET", "POST"])
def access_key(request: HttpRequest, who: SignedInUser, person_id: UUID) -> HttpResponse:
    """Enter the digits; the consent holds at once."""
    form = KeyTyped(request.POST if request.method == "POST" else None)
    if form.is_valid():
        match use_access_key(who.actor, person_id, form.cleaned_data["key"]):
            case Stated():
                return desk.done(person_id)
            case Verdict() as verdict:
                form.add_error("key", desk_presenters.of_key(verdict))
            case answer:
                return desk.not_served(request, who, answer)
    served = serve_person(who.actor, person_id)
    if not isinstance(served, Served):
        return desk.not_served(request, who, served)
    if served.provider.is_deemed:
        return HttpResponseRedirect(reverse("desk-person", args=[person_id]))
    page = desk.page_of(who, served) | {"form": form}
    return render(request, "workspace/desk_key.jinja", page)
