"""The pages on which a person, or who decides for them, sees what a code was asked for and ends what one opened."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_http_methods

from wutong.control.flows.end_authorisation import end_authorisation
from wutong.control.guard.sessions import SignedInUser
from wutong.control.pages import paging
from wutong.control.portal import asked_for
from wutong.control.portal.subjects import Subject, about_somebody
from wutong.core.answers import Missing

_PAGE = 20


@about_somebody
@require_GET
def authorisations(request: HttpRequest, who: SignedInUser, subject: Subject) -> HttpResponse:
    """All that was ever asked for with a code, and what became of it."""
    offset = paging.offset(request)
    found = asked_for.asked_for(subject, limit=_PAGE + 1, offset=offset)
    links = paging.links(request, size=_PAGE, total=offset + len(found))
    page = {"who": who, "subject": subject, "asked": found[:_PAGE], **links}
    return render(request, "portal/authorisations.jinja", page)


@about_somebody
@require_http_methods(["GET", "POST"])
def end(request: HttpRequest, who: SignedInUser, subject: Subject, request_id: UUID) -> HttpResponse:
    """End it, after what follows was said; what is over stays so."""
    line = asked_for.one(subject, request_id)
    if not subject.may_decide or line is None:
        raise Http404
    if request.method == "GET":
        page = {"who": who, "subject": subject, "line": line}
        return render(request, "portal/end_authorisation.jinja", page)
    answer = end_authorisation(who.actor, subject.person_id, request_id, stated_as=subject.relation)
    if isinstance(answer, Missing):
        raise Http404
    return HttpResponseRedirect(subject.url("portal-authorisations"))
