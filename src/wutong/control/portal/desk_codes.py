"""The page that a telephone comes to from the code on a desk's screen: whose desk it is, and for whom to answer."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from wutong.control.flows.answer_code import desk_of
from wutong.control.guard.sessions import SignedInUser
from wutong.control.portal import permissions
from wutong.control.portal.subjects import Subject, about_somebody, others


@about_somebody
@require_GET
def at_a_desk(request: HttpRequest, who: SignedInUser, subject: Subject, code: str) -> HttpResponse:
    """Nothing is given by coming here: the question for how long, the preview and the confirmation follow."""
    place = desk_of(code)
    if place is None:
        return over(request, who, subject)
    page = {"who": who, "subject": subject, "code": code, "provider": place}
    page["permission"] = permissions.permission_of(subject.person_id, str(place.provider_id))
    page["others"] = [each for each in others(who) if each.may_decide] if subject.is_self else []
    return render(request, "portal/at_a_desk.jinja", page)


def over(request: HttpRequest, who: SignedInUser, subject: Subject) -> HttpResponse:
    """The code is none of ours, was used, or it is too late."""
    return render(request, "portal/at_a_desk.jinja", {"who": who, "subject": subject}, status=410)
