"""The trail's pages: search, one entry, and the file; each view reads its request, makes one call, and writes it."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from wutong.control.audit.trail import Place
from wutong.control.console import trail_rows
from wutong.control.console.sheets import sheet
from wutong.control.console.trail_form import TrailSearch, instant, read_place, written
from wutong.control.flows.inspect_trail import MOST_EXPORTED, Found, export_trail, inspect_entry, inspect_trail
from wutong.control.guard.sessions import SignedInUser, officer_required
from wutong.control.people.queries.providers import providers
from wutong.control.receipts.receipt import of_entry
from wutong.control.receipts.sentences import Reader, sentence
from wutong.core import clock
from wutong.core.answers import Missing, Refused


@officer_required
@require_http_methods(["GET", "POST"])
def search(request: HttpRequest, who: SignedInUser) -> HttpResponse:
    """Ask, and read a page of what was found. By POST, so that no identity number stands in an address."""
    form = _form(request, who)
    page = {"who": who, "form": form}
    if request.method == "GET" or not form.is_valid():
        return render(request, "console/trail.jinja", page)
    before = read_place(request.POST.get("before", ""))
    found = inspect_trail(who.actor, form.asked(), before=before)
    if isinstance(found, Refused):
        return _refused(request, who)
    page |= {"found": found, "rows": trail_rows.rows(found.entries), "is_further": before is not None}
    page["further"] = written(found.entries[-1].place) if found.has_more else ""
    return render(request, "console/trail.jinja", page)


@officer_required
@require_http_methods(["GET", "POST"])
def export(request: HttpRequest, who: SignedInUser) -> HttpResponse:
    """What was found, as a file; without a question (after a change of language) back to where one asks."""
    if request.method == "GET":
        return HttpResponseRedirect(reverse("console-trail"))
    form = _form(request, who)
    if not form.is_valid():
        return render(request, "console/trail.jinja", {"who": who, "form": form})
    found = export_trail(who.actor, form.asked())
    if isinstance(found, Refused):
        return _refused(request, who)
    if found.is_too_slow:
        return render(request, "console/trail.jinja", {"who": who, "form": form, "found": found, "rows": []})
    return _sheet(found)


@officer_required
@require_GET
def entry(request: HttpRequest, who: SignedInUser, micros: int, entry_id: UUID) -> HttpResponse:
    """One entry whole."""
    at = instant(micros)
    if at is None:
        raise Http404
    found = inspect_entry(who.actor, Place(at, entry_id))
    if isinstance(found, Refused):
        return _refused(request, who)
    if isinstance(found, Missing):
        raise Http404
    [row] = trail_rows.rows([found.entry])
    page = {"who": who, "row": row, "entry": found.entry, "stated": trail_rows.stated(found.look)}
    receipt = of_entry(found.entry, found.look)
    page["receipt"] = sentence(receipt, Reader.OFFICER) if receipt else ""
    return render(request, "console/entry.jinja", page | {"detail": trail_rows.detail(found.entry)})


def _form(request: HttpRequest, who: SignedInUser) -> TrailSearch:
    return TrailSearch(request.POST or None, providers() if who.is_office else [])


def _refused(request: HttpRequest, who: SignedInUser) -> HttpResponse:
    return render(request, "console/suspended.jinja", {"who": who}, status=403)


def _sheet(found: Found) -> HttpResponse:
    head = [_("Time"), _("Who"), _("Profession"), _("Healthcare provider"), _("What"), _("About")]
    head += [_("Data categories"), _("Ground"), _("Purpose"), _("Outcome"), _("Reason"), _("Event"), _("Entry")]
    lines = [_line(row) for row in trail_rows.rows(found.entries)]
    if found.has_more:
        lines.append((_("There are more entries than %(most)s. Narrow the search.") % {"most": f"{MOST_EXPORTED:,}"},))
    return sheet(f"trail-{clock.today()}", head, lines)


def _line(row: trail_rows.Row) -> tuple[str, ...]:
    at = clock.local(row.at).isoformat(sep=" ", timespec="milliseconds")
    said = (at, row.who, row.profession, row.provider, row.what, row.about, "; ".join(row.categories))
    return (*said, row.ground, row.purpose, row.outcome, row.reason, row.event, str(row.entry_id))
