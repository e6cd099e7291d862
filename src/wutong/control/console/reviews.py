"""The officers' queue of emergency access: what waits, by when, and how each case is closed."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from wutong.control.console import review_presenters as presenters
from wutong.control.console.forms import Review
from wutong.control.emergency.queries import queue, waiting
from wutong.control.flows.open_case import open_case
from wutong.control.flows.review_emergency import Closed, review_emergency
from wutong.control.guard.sessions import SignedInUser, officer_required
from wutong.control.pages import paging
from wutong.core.answers import Missing

_PAGE = 20


@officer_required
@require_GET
def reviews(request: HttpRequest, who: SignedInUser) -> HttpResponse:
    """Cases that wait, by their due day, before those that are closed."""
    offset = paging.offset(request)
    found = queue(who.watches, limit=_PAGE + 1, offset=offset)
    page = {
        "who": who,
        "cases": presenters.rows(found[:_PAGE]),
        "waiting": waiting(who.watches),
        "rates": presenters.rates(who.watches),
        **paging.links(request, size=_PAGE, total=offset + len(found)),
    }
    return render(request, "console/reviews.jinja", page)


@officer_required
@require_http_methods(["GET", "POST"])
def review(request: HttpRequest, who: SignedInUser, person_id: UUID, grant_id: UUID) -> HttpResponse:
    """One case: what was said, what was read, and how it is closed."""
    form = Review(request.POST if request.method == "POST" else None)
    is_late = False
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        answer = review_emergency(who.actor, person_id, grant_id, outcome=given["outcome"], note=given["note"])
        if isinstance(answer, Closed) and answer.is_new:
            return HttpResponseRedirect(reverse("console-review", args=[person_id, grant_id]))
        is_late = isinstance(answer, Closed)
    found = open_case(who.actor, person_id, grant_id)
    if isinstance(found, Missing):
        raise Http404
    page = {"who": who, "form": form, "case": presenters.whole(found), "is_late": is_late}
    page |= {"outcomes": presenters.outcomes(), "is_own": found.account_id == who.account_id}
    return render(request, "console/review.jinja", page)
