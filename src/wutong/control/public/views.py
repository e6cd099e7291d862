"""Pages for everybody, signed in or not; made to be printed, from the tables that also decide."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from wutong.control.people.queries.roles import ProfessionRow, matrix_on
from wutong.control.public.poster import print_poster
from wutong.core import clock
from wutong.core.access import RoleAccess
from wutong.core.categories import CATEGORY_NAMES, FIRST_STAGE, LATER_STAGE
from wutong.core.routes import Comers, open_to


@open_to(Comers.ANYBODY)
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """What there is to read."""
    return render(request, "public/home.jinja", {"matrix": matrix_on(clock.today())})


@open_to(Comers.ANYBODY)
@require_safe
def scope(request: HttpRequest) -> HttpResponse:
    """What is shared, and what is not (R-06)."""
    return render(request, "public/scope.jinja", {"first": FIRST_STAGE, "later": LATER_STAGE, "names": CATEGORY_NAMES})


@open_to(Comers.ANYBODY)
@require_safe
def poster(request: HttpRequest) -> HttpResponse:
    """Which profession sees what: the whole matrix of today (R-05)."""
    page = {"matrix": matrix_on(clock.today()), "categories": CATEGORY_NAMES}
    return render(request, "public/roles.jinja", page)


@open_to(Comers.ANYBODY)
@require_safe
def printed_poster(request: HttpRequest) -> HttpResponse:  # noqa: ARG001 - the same for everybody
    """The same as a file to print."""
    shown = matrix_on(clock.today())
    headers = {"Content-Disposition": f'attachment; filename="role-matrix-{shown.on}.pdf"'}
    return HttpResponse(print_poster(shown), content_type="application/pdf", headers=headers)


@open_to(Comers.ANYBODY)
@require_safe
def leaflet(request: HttpRequest, profession: str) -> HttpResponse:
    """What one profession sees (R-05)."""
    rows = matrix_on(clock.today()).rows
    row = next((each for each in rows if each.profession.lower() == profession.lower()), None)
    if row is None:
        raise Http404
    groups = {access.value: _names(row, access) for access in RoleAccess}
    return render(request, "public/profession.jinja", {"row": row, "groups": groups, "today": clock.today()})


def _names(row: ProfessionRow, access: RoleAccess) -> list[tuple[str, str]]:
    return [names for code, names in CATEGORY_NAMES.items() if row.access_to(code) is access]
