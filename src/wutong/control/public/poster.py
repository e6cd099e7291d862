"""The role matrix as a poster: one sheet of A4, in the language of the page, from the table by which the gate decides.

The words and their Chinese are those of the page (pages/matrix.jinja); this says where they stand on the paper.
"""

from datetime import datetime, time

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from wutong.control.notices.typesetting import Paper, lines
from wutong.control.pages.dates import day
from wutong.control.pages.names import joined, term
from wutong.control.people.queries.roles import Matrix, ProfessionRow
from wutong.core import clock
from wutong.core.access import RoleAccess
from wutong.core.categories import CATEGORY_NAMES

_LEFT, _TOP, _HEAD = 10.0, 28.0, 42.0  # millimetres
_NAME, _CELL, _SOURCE, _SINCE, _ROW = 46.0, 12.0, 36.0, 27.0, 8.2
_TEXT, _SMALL = 9.0, 8.0  # points
_LEADING = 3.6
_COLOURS = {RoleAccess.GENERAL: "#dcefe9", RoleAccess.RESTRICTED: "#ffe9b8", RoleAccess.NONE: "#ffffff"}


def print_poster(matrix: Matrix) -> bytes:
    """One PDF; the same matrix in the same language is the same bytes."""
    title = _("Which profession sees what")
    midnight = datetime.combine(matrix.on, time(), clock.TERRITORY)
    paper = Paper(title=title, made_at=midnight, is_wide=True)
    paper.turn()
    paper.say(_LEFT, 16.0, title, size=18, is_bold=True)
    _paragraph(paper, 22.0, _about(matrix))
    _print_head(paper)
    y = _TOP + _HEAD
    for row in matrix.rows:
        _print_row(paper, y, row)
        y += _ROW
    _print_legend(paper, y + 5.0)
    return paper.bytes()


def _about(matrix: Matrix) -> str:
    return _(
        "In force on %(day)s. A professional sees a category only of patients under care whose sharing consent is in"
        " force, and each look is recorded and told."
    ) % {"day": day(matrix.on)}


def _print_head(paper: Paper) -> None:
    _cell(paper, _LEFT, _TOP, _NAME, _HEAD, _("Profession"))
    x = _LEFT + _NAME
    for names in CATEGORY_NAMES.values():
        paper.box(x, _TOP, _CELL, _HEAD)
        _print_upright(paper, x, term(*names))
        x += _CELL
    _cell(paper, x, _TOP, _SOURCE, _HEAD, _("Source"))
    _cell(paper, x + _SOURCE, _TOP, _SINCE, _HEAD, _("Since"))


def _print_upright(paper: Paper, x: float, name: str) -> None:
    """A category's name in a narrow column: Chinese stands sign under sign, English runs upwards."""
    if (get_language() or "en").startswith("zh"):
        for place, sign in enumerate(name, 1):
            paper.say(x + (_CELL - paper.width(sign, size=_TEXT)) / 2, _TOP + 1 + place * 3.9, sign, size=_TEXT)
        return
    for place, line in enumerate(_broken(paper, name, _HEAD - 3.0), 1):
        paper.say_upwards(x + 1.0 + place * _LEADING, _TOP + _HEAD - 1.5, line, size=_SMALL)


def _print_row(paper: Paper, y: float, row: ProfessionRow) -> None:
    name = term(*row.names)
    _cell(paper, _LEFT, y, _NAME, _ROW, name if row.is_enabled else joined((name, _("not enabled"))))
    letters = {RoleAccess.GENERAL: _("G"), RoleAccess.RESTRICTED: _("R"), RoleAccess.NONE: "–"}
    x = _LEFT + _NAME
    for code in CATEGORY_NAMES:
        access = row.access_to(code)
        paper.box(x, y, _CELL, _ROW, colour=_COLOURS[access])
        wide = paper.width(letters[access], size=_TEXT)
        paper.say(x + (_CELL - wide) / 2, y + 5.2, letters[access], size=_TEXT, is_bold=True)
        x += _CELL
    said = _sources()
    _cell(paper, x, y, _SOURCE, _ROW, joined(said.get(each, each) for each in row.sources))
    _cell(paper, x + _SOURCE, y, _SINCE, _ROW, day(row.since))


def _cell(paper: Paper, x: float, y: float, width: float, height: float, text: str) -> None:
    """A box with a few words at its foot, in two lines where one is too short."""
    paper.box(x, y, width, height)
    broken = _broken(paper, text, width - 3.0)
    foot = y + height - (1.6 if len(broken) > 1 else 3.0) - (len(broken) - 1) * _LEADING
    for place, line in enumerate(broken):
        paper.say(x + 1.5, foot + place * _LEADING, line, size=_SMALL)


def _print_legend(paper: Paper, y: float) -> None:
    for place, (word, meaning) in enumerate(_legend()):
        at = y + place * 4.4
        paper.say(_LEFT, at, word, size=_SMALL, is_bold=True)
        paper.say(_LEFT + 24.0, at, meaning, size=_SMALL)


def _legend() -> list[tuple[str, str]]:
    return [
        (_("G"), _("general: seen with the patient's sharing consent")),
        (_("R"), _("restricted: closed, unless the patient gives an extra consent")),
        ("–", _("none: never seen")),
        (_("published"), _("as the eHR office published it")),
        (
            _("reconstructed"),
            _("not published: worked out by the makers of this platform from what is known, and open to correction"),
        ),
        (_("decided"), _("changed in part by two officers of the eHR office, one after the other")),
    ]


def _sources() -> dict[str, str]:
    return {"published": _("published"), "reconstructed": _("reconstructed"), "decided": _("decided")}


def _paragraph(paper: Paper, y: float, text: str) -> None:
    for place, line in enumerate(_broken(paper, text, 277.0)):
        paper.say(_LEFT, y + place * _LEADING, line, size=_SMALL)


def _broken(paper: Paper, text: str, width: float) -> list[str]:
    return lines(text, width, lambda row: paper.width(row, size=_SMALL))
