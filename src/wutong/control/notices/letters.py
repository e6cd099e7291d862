"""A notice as a letter to print: A4, folded twice, for a DL envelope with its window at the left.

The window shows 35 to 45 x 90 mm, 20 mm from the left and 15 to 20 mm from the foot of an envelope of 110 x 220 mm (as
DIN 680 has it), in which the sheet moves by 11 mm and 10 mm: what must be seen and what must not follows from that.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from itertools import product

from wutong.control.notices import letter_wording
from wutong.control.notices.typesetting import Paper, address_lines, lines
from wutong.control.notices.wording import Wording

_LEFT, _WIDTH = 22.0, 160.0
_ADDRESS_TOP, _ADDRESS_FOOT, _ADDRESS_WIDTH = 56.0, 79.0, 77.0  # seen wherever the sheet lies in its envelope
_FIRST_TOP, _NEXT_TOP, _FOOT = 106.0, 28.0, 262.0  # the window never shows what is below 95 mm
_FOLDS = (99.0, 198.0)
_TEXT, _SMALL, _LEADING, _GAP = 11.0, 8.5, 5.8, 3.0
_ADDRESS_SIZES = (10.5, 9.5, 8.5, 7.5, 6.5)
_MM_PER_POINT = 25.4 / 72


@dataclass(frozen=True)
class Letter:
    """What is printed. `to`: name, then address, in lines; `sender`: the office's names, English and Chinese."""

    language: str
    sender: tuple[str, str]
    to: str
    on: datetime
    told: Wording


def print_letters(letters: Sequence[Letter]) -> bytes:
    """One PDF of at least one letter, each beginning on a page of its own; the same letters are the same bytes."""
    paper = Paper(title=letters[0].told.subject, made_at=letters[0].on)
    for letter in letters:
        _print(paper, letter)
    return paper.bytes()


def _print(paper: Paper, letter: Letter) -> None:
    frame = letter_wording.around_letter(language=letter.language, to=letter.to, on=letter.on)
    sheets = _sheets(paper, letter.told.body)
    for number, rows in enumerate(sheets, 1):
        paper.turn()
        if number == 1:
            _print_head(paper, letter, frame)
        for y, row in rows:
            paper.say(_LEFT, y, row, size=_TEXT)
        _print_foot(paper, frame, letter_wording.page_of(letter.language, number, len(sheets)))


def _sheets(paper: Paper, body: str) -> list[list[tuple[float, str]]]:
    """Each page's rows with their places; an empty line of the text is a smaller gap."""
    sheets: list[list[tuple[float, str]]] = [[]]
    y = _FIRST_TOP + 28.0
    for line in body.split("\n"):
        if not line:
            y += _GAP
            continue
        for row in lines(line, _WIDTH, lambda text: paper.width(text, size=_TEXT)):
            if y > _FOOT:
                sheets.append([])
                y = _NEXT_TOP
            sheets[-1].append((y, row))
            y += _LEADING
    return sheets


def _print_head(paper: Paper, letter: Letter, frame: letter_wording.Frame) -> None:
    first, second = frame.in_order(letter.sender)
    paper.say(_LEFT, 22.0, first, size=14, is_bold=True)
    paper.say(_LEFT, 28.5, second, size=10)
    paper.rule(_LEFT, 33.0, _WIDTH)
    _print_address(paper, letter.to)
    for fold in _FOLDS:
        paper.rule(4.0, fold, 5.0)
    paper.say(_LEFT, _FIRST_TOP, frame.day, size=_TEXT)
    paper.say(_LEFT, _FIRST_TOP + 9.0, frame.salutation, size=_TEXT)
    paper.say(_LEFT, _FIRST_TOP + 18.5, letter.told.subject, size=12.5, is_bold=True)


def _print_address(paper: Paper, to: str) -> None:
    """In the window whole, in the largest type that fits; broken within its words where it fits in no other way."""
    for broken, size in product((address_lines, lines), _ADDRESS_SIZES):
        leading = size * _MM_PER_POINT * 1.25
        measure = partial(paper.width, size=size)
        rows = [row for line in to.splitlines() for row in broken(line, _ADDRESS_WIDTH, measure)]
        if len(rows) * leading <= _ADDRESS_FOOT - _ADDRESS_TOP:
            break
    for number, row in enumerate(rows):
        paper.say(_LEFT, _ADDRESS_TOP + leading * (number + 0.8), row, size=size)


def _print_foot(paper: Paper, frame: letter_wording.Frame, page: str) -> None:
    paper.rule(_LEFT, 270.0, _WIDTH)
    y = 275.0
    for row in lines(frame.check, _WIDTH, lambda text: paper.width(text, size=_SMALL)):
        paper.say(_LEFT, y, row, size=_SMALL)
        y += 4.2
    paper.say(_LEFT + _WIDTH - paper.width(page, size=_SMALL), 289.0, page, size=_SMALL)
