"""The console's first page; each page behind it stands in a file of its own."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from wutong.control.emergency.queries import waiting
from wutong.control.guard.sessions import SignedInUser, officer_required
from wutong.control.notices import queries
from wutong.control.people.queries import role_changes


@officer_required
@require_GET
def home(request: HttpRequest, who: SignedInUser) -> HttpResponse:
    """Where to go, and how much waits there."""
    page: dict[str, Any] = {"who": who, "emergencies": waiting(who.watches)}
    if who.is_office:
        page["unsent"] = sum(each.number for each in queries.dead_groups())
        page["letters"] = queries.count_letters()
        page["changes"] = role_changes.waiting()
    return render(request, "console/home.jinja", page)
