"""The portal's pages; each view reads its request, makes one call, and writes the page."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from wutong.control.guard.sessions import SignedInUser
from wutong.control.notices.queries import notices_of
from wutong.control.pages import paging
from wutong.control.portal import acting, asked_for, forms, presenters
from wutong.control.portal.codes import with_codes
from wutong.control.portal.past import shown_on
from wutong.control.portal.subjects import Subject, about_somebody, open_to_carers, others
from wutong.control.portal.unsent import why_not_sent
from wutong.core import clock
from wutong.core.representation import Function

_PAGE = 20


@open_to_carers(*Function)
@require_GET
def home(request: HttpRequest, who: SignedInUser, subject: Subject) -> HttpResponse:
    """Where to go, and whose pages else there are."""
    recent = presenters.looks(subject, limit=3, offset=0) if subject.shows(Function.LOOKS) else []
    page = {"who": who, "subject": subject, "others": others(who), "looks": recent}
    return render(request, "portal/home.jinja", page)


@open_to_carers(Function.LOOKS)
@require_GET
def looks(request: HttpRequest, who: SignedInUser, subject: Subject) -> HttpResponse:
    """Who looked at the record."""
    offset = paging.offset(request)
    found = presenters.looks(subject, limit=_PAGE + 1, offset=offset)
    links = paging.links(request, size=_PAGE, total=offset + len(found))
    page = {"who": who, "subject": subject, "looks": found[:_PAGE], **links}
    page["acts"] = [] if offset else acting.acts(who, subject, limit=3)
    page["unopened"] = [] if offset else presenters.unopened(subject)
    page["asked"] = [] if offset or subject.is_cared_for else asked_for.now_open(subject)
    page["by_family"], page["by_reader"] = (
        ([], []) if offset or subject.is_cared_for else presenters.own_looks(who, subject)
    )
    return render(request, "portal/looks.jinja", page)


@about_somebody
@require_GET
def past(request: HttpRequest, who: SignedInUser, subject: Subject) -> HttpResponse:
    """Who could see the record on a day; of today, who can now."""
    today = clock.today()
    form = forms.DayChoice(request.GET if "day" in request.GET else None, initial={"day": today})
    is_wrong = form.is_bound and not form.is_valid()
    page = {"who": who, "subject": subject, "form": form, "today": today}
    page["shown"] = (
        None if is_wrong else shown_on(subject.person_id, form.cleaned_data["day"] if form.is_bound else today)
    )
    return render(request, "portal/past.jinja", page)


@open_to_carers(Function.INVENTORY)
@require_GET
def inventory(request: HttpRequest, who: SignedInUser, subject: Subject) -> HttpResponse:
    """How many items each part of the record holds."""
    items = presenters.inventory(who.session_id, subject.person_id)
    return render(request, "portal/inventory.jinja", {"who": who, "subject": subject, "items": items})


@open_to_carers(Function.MESSAGES)
@require_GET
def notices(request: HttpRequest, who: SignedInUser, subject: Subject) -> HttpResponse:
    """What the person was told."""
    offset = paging.offset(request)
    found = notices_of(subject.person_id, limit=_PAGE + 1, offset=offset)
    links = paging.links(request, size=_PAGE, total=offset + len(found))
    page = {"who": who, "subject": subject, "notices": with_codes(found[:_PAGE], subject), "why_not_sent": why_not_sent}
    page |= links
    return render(request, "portal/notices.jinja", page)
