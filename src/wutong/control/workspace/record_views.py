"""The pages of an open record; each view reads its request, makes one call, and writes the page."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from wutong.control.charts.chart import MEASURED, SECTIONS
from wutong.control.charts.papers import TYPES
from wutong.control.flows import read_chart, read_document
from wutong.control.flows.read_chart import Access, Chart
from wutong.control.flows.read_document import Document
from wutong.control.guard.sessions import SignedInUser, professional_required
from wutong.control.pages import paging
from wutong.control.workspace import cards, documents, presenters, schedules, summary, trends
from wutong.control.workspace.cards import PAGE
from wutong.control.workspace.emergency_presenters import standing
from wutong.control.workspace.views import not_open
from wutong.core.answers import Missing, Reason


@professional_required
@require_GET
def record(request: HttpRequest, who: SignedInUser, person_id: UUID) -> HttpResponse:
    """The one-screen summary, allergies first."""
    chart = read_chart.read_chart(who.actor, person_id)
    if not chart.access.is_open:
        return not_open(request, who, person_id, chart.access)
    page = {
        **_page(who, person_id, chart),
        "cards": cards.cards(chart.sections, chart.looked_at, is_shorter=chart.recent_stay is not None),
        "stay": summary.stay_shown(chart),
        "new": summary.new_sentence(chart),
        "more": summary.more(chart),
        "missing": summary.missing(chart),
        "because": presenters.because(who, person_id),
    }
    return render(request, "workspace/record.jinja", page)


@professional_required
@require_GET
def new_entries(request: HttpRequest, who: SignedInUser, person_id: UUID) -> HttpResponse:
    """What is new to this reader, of the parts that the summary shows."""
    chart = read_chart.read_chart(who.actor, person_id)
    if not chart.access.is_open:
        return not_open(request, who, person_id, chart.access)
    page = {
        **_page(who, person_id, chart),
        "sentence": summary.new_sentence(chart),
        "cards": cards.new_cards(chart.sections, chart.looked_at),
    }
    return render(request, "workspace/new.jinja", page)


@professional_required
@require_GET
def section(request: HttpRequest, who: SignedInUser, person_id: UUID, code: str) -> HttpResponse:
    """One section, whole: the click that opens its data category (R-03)."""
    if code not in SECTIONS:
        raise Http404
    chart = read_chart.read_section(who.actor, person_id, code)
    if not chart.access.is_open:
        return not_open(request, who, person_id, chart.access)
    shown = cards.whole_card(chart.sections[0], chart.looked_at, offset=paging.offset(request))
    page = {
        **_page(who, person_id, chart),
        "card": shown,
        "schedule": schedules.schedule_shown(chart) if code == "immunisations" else None,
        **paging.links(request, size=PAGE, total=shown.total),
    }
    return render(request, "workspace/section.jinja", page)


@professional_required
@require_GET
def measurement(request: HttpRequest, who: SignedInUser, person_id: UUID, code: str, test: str) -> HttpResponse:
    """One test over time: its plots and all its values."""
    if code not in MEASURED:
        raise Http404
    chart = read_chart.read_measurements(who.actor, person_id, code)
    if not chart.access.is_open:
        return not_open(request, who, person_id, chart.access)
    page = {**_page(who, person_id, chart), "code": code, "section": cards.title_of_all(code)}
    closed = cards.not_there(chart.sections[0])
    trend = trends.trend(chart, test, offset=paging.offset(request))
    if trend is None and not closed:
        raise Http404
    page |= {"trend": trend, "closed": closed}
    page |= paging.links(request, size=PAGE, total=trend.total if trend else 0)
    return render(request, "workspace/trend.jinja", page)


@professional_required
@require_GET
def document(
    request: HttpRequest, who: SignedInUser, person_id: UUID, code: str, kind: str, document_id: UUID
) -> HttpResponse:
    """One document, as text."""
    _refuse_unknown(code, kind)
    answer = read_document.read_document(who.session_id, person_id, code, kind, document_id)
    match answer:
        case Access():
            return not_open(request, who, person_id, answer)
        case Missing():
            raise Http404
    page = {**_page(who, person_id, answer), "code": code, "section": cards.title_of_all(code)}
    page |= {"kind": kind, "document_id": document_id, "document": documents.shown(answer.paper)}
    return render(request, "workspace/document.jinja", page)


@professional_required
@require_GET
def document_file(
    request: HttpRequest, who: SignedInUser, person_id: UUID, code: str, kind: str, document_id: UUID, number: int
) -> HttpResponse:
    """A file of a document, to be saved: never shown as a page of ours."""
    _refuse_unknown(code, kind)
    answer = read_document.read_file(who.session_id, person_id, code, kind, document_id, number)
    match answer:
        case Access():
            return not_open(request, who, person_id, answer)
        case Missing():
            raise Http404
    return documents.download(answer, number)


def _page(who: SignedInUser, person_id: UUID, chart: Chart | Document) -> dict[str, object]:
    """What every page of a record shows: whose it is, and whether an emergency opened it."""
    closed = _why_closed(chart) if isinstance(chart, Chart) else []
    page = {"who": who, "person_id": person_id, "chart": chart, "emergency": standing(who, person_id, closed)}
    return page | {"may_ask": Reason.CATEGORY_RESTRICTED in closed}


def _why_closed(chart: Chart) -> list[str]:
    return [*(why for _code, why in chart.access.closed), *(each.closed for each in chart.sections)]


def _refuse_unknown(code: str, kind: str) -> None:
    if code not in SECTIONS or kind not in SECTIONS[code].types or kind not in TYPES:
        raise Http404
