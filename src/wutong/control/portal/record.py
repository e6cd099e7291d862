"""The pages of a person's own record: its parts, the entries of one, and closing an entry, or a visit, from there."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_http_methods

from wutong.control.charts.chart import SECTIONS
from wutong.control.charts.client import Unreachable
from wutong.control.charts.own import EPISODES, TYPES, Entry
from wutong.control.consent.actions import Outdated
from wutong.control.consent.closing_queries import closed_values
from wutong.control.flows.change_closing import state_closing
from wutong.control.flows.read_own_record import read_own_entry, read_own_part
from wutong.control.flows.show_inventory import show_inventory
from wutong.control.guard.sessions import SignedInUser
from wutong.control.pages import paging
from wutong.control.pages.names import term
from wutong.control.portal import closings, entries, forms
from wutong.control.portal.closable import Choice
from wutong.control.portal.subjects import Subject, about_somebody
from wutong.core.answers import Missing
from wutong.core.categories import CATEGORY_NAMES

_PAGE = 20


@about_somebody
@require_GET
def record(request: HttpRequest, who: SignedInUser, subject: Subject) -> HttpResponse:
    """The parts of the record, with how much each holds."""
    counts = show_inventory(who.session_id, subject.person_id)
    page = {"who": who, "subject": subject, "parts": entries.parts(subject, counts), "is_failed": counts is None}
    return render(request, "portal/record.jinja", page)


@about_somebody
@require_GET
def part(request: HttpRequest, who: SignedInUser, subject: Subject, code: str) -> HttpResponse:
    """The entries of one part, a page at a time."""
    if code not in SECTIONS:
        raise Http404
    found, offset = read_own_part(who.session_id, subject.person_id, code), paging.offset(request)
    category = SECTIONS[code].category
    page = {
        "who": who,
        "subject": subject,
        "title": term(*CATEGORY_NAMES[category]),
        "category": category,
        "is_closed": category in closed_values(subject.person_id, "category"),
        "found": found,
        "lines": entries.lines(subject, found.entries[offset : offset + _PAGE]),
        **paging.links(request, size=_PAGE, total=len(found.entries)),
    }
    is_shown = not (found.closed or found.is_failed)
    return render(request, "portal/record_part.jinja", page, status=200 if is_shown else 503)


@about_somebody
@require_http_methods(["GET", "POST"])
def close(
    request: HttpRequest, who: SignedInUser, subject: Subject, kind: str, resource_type: str, resource_id: UUID
) -> HttpResponse:
    """What follows; then it is closed. The line that is kept with it is read anew, and not taken from a form."""
    types = {"item": TYPES - set(EPISODES), "episode": set(EPISODES)}.get(kind, set())
    if not subject.may_decide or resource_type not in types:
        raise Http404
    entry = read_own_entry(who.session_id, subject.person_id, resource_type, resource_id)
    match entry:
        case Missing():
            raise Http404
        case Unreachable():
            return render(request, "portal/record_away.jinja", {"who": who, "subject": subject}, status=503)
    page = {"who": who, "subject": subject, "kind": kind, "back": subject.url("portal-record")}
    page["action"] = subject.url("portal-close-entry", kind, resource_type, resource_id)
    chosen = _choice(subject, kind, entry)
    if request.method == "GET":
        return closings.check(request, page, chosen)
    answer = state_closing(
        who.actor,
        subject.person_id,
        kind,
        chosen.value,
        title=chosen.name,
        stated_as=subject.relation,
        seen=forms.seen(request.POST),
    )
    match answer:
        case Missing():
            raise Http404
        case Outdated():
            return closings.check(request, page, chosen, is_outdated=True)
    return closings.said(subject, kind, chosen.value)


def _choice(subject: Subject, kind: str, entry: Entry) -> Choice:
    [line] = entries.lines(subject, [entry])
    return Choice(entry.resource_id, line.title, entry.resource_id in closed_values(subject.person_id, kind))
