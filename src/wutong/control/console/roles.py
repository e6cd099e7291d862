"""The role matrix of a day, as a page and as a file."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from wutong.control.console.role_words import SHORT
from wutong.control.console.sheets import sheet
from wutong.control.console.trail_form import a_day, refuse_far_off
from wutong.control.guard.sessions import SignedInUser, officer_required
from wutong.control.pages.forms import Form
from wutong.control.pages.names import joined, term
from wutong.control.people.queries.roles import Matrix, ProfessionRow, matrix_on
from wutong.core import clock
from wutong.core.categories import CATEGORY_NAMES


class DayChoice(Form):
    """Which day's matrix."""

    on = a_day()

    def clean_on(self) -> object:
        """Within what a matrix can hold."""
        return refuse_far_off(self.cleaned_data["on"])


@officer_required
@require_GET
def matrix(request: HttpRequest, who: SignedInUser) -> HttpResponse:
    """The matrix in force today, or on the day asked for."""
    form, shown = _asked(request)
    page = {"who": who, "form": form, "matrix": shown, "categories": CATEGORY_NAMES, "today": clock.today()}
    return render(request, "console/roles.jinja", page)


@officer_required
@require_GET
def export(request: HttpRequest, who: SignedInUser) -> HttpResponse:  # noqa: ARG001 - the same for every officer
    """The same as a file."""
    _form, shown = _asked(request)
    head = (_("Profession"), *(term(*names) for names in CATEGORY_NAMES.values()), _("Source"), _("Since"))
    return sheet(f"role-matrix-{shown.on}", head, [_line(row) for row in shown.rows])


def _asked(request: HttpRequest) -> tuple[DayChoice, Matrix]:
    """A slip is told, and today's matrix shown."""
    form = DayChoice(request.GET if "on" in request.GET else None, initial={"on": clock.today()})
    return form, matrix_on(form.cleaned_data["on"] if form.is_valid() else clock.today())


def _line(row: ProfessionRow) -> tuple[str, ...]:
    sources = {"published": _("published"), "reconstructed": _("reconstructed"), "decided": _("decided")}
    cells = [str(SHORT[row.access_to(code)]) for code in CATEGORY_NAMES]
    source = joined(sources.get(each, each) for each in row.sources)
    return (term(*row.names), *cells, source, row.since.isoformat())
