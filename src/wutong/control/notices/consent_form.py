"""A form to sign, as one A4 page: what it is about is printed, who signs and when is written by hand."""

from datetime import datetime

from wutong.control.notices.form_wording import Sheet
from wutong.control.notices.typesetting import Paper, lines

_LEFT, _WIDTH, _TOP = 22.0, 166.0, 28.0
_TEXT, _SMALL, _LEADING = 11.0, 9.5, 5.8
_BOX = 4.0


def print_form(sheet: Sheet, *, on: datetime) -> bytes:
    """The file; the same sheet on the same day is the same bytes."""
    paper = Paper(title=sheet.title, made_at=on)
    paper.turn()
    page = _Page(paper)
    page.write(sheet.title, size=16, is_bold=True, after=4)
    for fact in sheet.facts:
        page.write(fact)
    page.gap(5)
    page.write(sheet.says, size=12.5, is_bold=True, after=4)
    for each in sheet.means:
        page.write(each, size=_SMALL)
    page.gap(6)
    if sheet.signs_as:
        page.write(sheet.signs_as, after=2)
    for tick in sheet.ticks:
        page.tick(tick)
    for blank in sheet.blanks:
        page.blank(blank)
    page.gap(10)
    head, *rest = sheet.for_desk
    page.write(head, size=_SMALL, is_bold=True)
    for each in rest:
        page.write(each)
    return paper.bytes()


class _Page:
    """Writes one thing below the other."""

    def __init__(self, paper: Paper) -> None:
        self._paper, self._y = paper, _TOP

    def gap(self, height: float) -> None:
        self._y += height

    def write(self, text: str, *, size: float = _TEXT, is_bold: bool = False, after: float = 0) -> None:
        for row in lines(text, _WIDTH, lambda part: self._paper.width(part, size=size)):
            self._paper.say(_LEFT, self._y, row, size=size, is_bold=is_bold)
            self._y += _LEADING * max(1, size / _TEXT)
        self._y += after

    def tick(self, text: str) -> None:
        self._paper.box(_LEFT, self._y - _BOX + 0.5, _BOX, _BOX)
        self._paper.say(_LEFT + _BOX + 3, self._y, text, size=_TEXT)
        self._y += _LEADING + 2

    def blank(self, label: str) -> None:
        self._y += 8
        self._paper.say(_LEFT, self._y, label, size=_SMALL)
        self._paper.rule(_LEFT + 70, self._y + 1, _WIDTH - 70)
        self._y += _LEADING
