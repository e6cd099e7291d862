"""The console's first page; each page behind it stands in a file of its own."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from wutong.control.emergency.queries import waiting
from wutong.control.guard.sessions import SignedInUser, officer_required


@officer_required
@require_GET
def home(request: HttpRequest, who: SignedInUser) -> HttpResponse:
    """Where to go."""
    emergencies = waiting(who.watches)
    return render(request, "console/home.jinja", {"who": who, "emergencies": emergencies})
