"""Words on A4 paper, English and Chinese mixed, in fonts of our own: TrueType, cut down to what a letter uses.

Line breaking: where Chinese text may not be broken is in "Requirements for Chinese Text Layout" (W3C), 3.1.
"""

import re
import unicodedata
from collections.abc import Callable, Iterator
from datetime import datetime
from functools import cache
from itertools import groupby
from pathlib import Path

from fontTools.ttLib import TTFont  # type: ignore[import-untyped]  # it brings no types
from fpdf import FPDF
from fpdf.enums import TextMode
from fpdf.fonts import TTFFont

_FOLDER = Path(__file__).parent / "fonts"
_FONTS = {"hk": _FOLDER / "NotoSansHK-Regular.ttf", "rest": _FOLDER / "NotoSansSC-Rest.ttf"}  # in order of preference
MISSING = "〓"  # U+3013, the printers' mark for a character that their case has not
_CHINESE = "⺀-⿟　-〿㇀-㇯㐀-䶿一-鿿豈-﫿︰-﹏＀-｠￠-￮𠀀-\U0003ffff"
_PIECE = re.compile(rf"[{_CHINESE}]\s*|[^\s{_CHINESE}]+\s*|\s+")
_AFTER_COMMA = re.compile(r"(?<=,) ")
_NEVER_FIRST = frozenset("，。、；：？！）」』》〉】〕％,.;:?!)]}%")
_NEVER_LAST = frozenset("（「『《〈【〔([{")
_ACCENTED = re.compile(
    r"[A-Za-z][\u0300-\u036f]+"
)  # Latin alone: composing would put other forms of Chinese characters
_BOLDER = 0.12  # millimetres, of a stroke around each letter: there is one weight


def printable(text: str) -> str:
    """The text in characters that our fonts have: an accent may go, and what nothing stands for becomes MISSING."""
    composed = _ACCENTED.sub(lambda letter: unicodedata.normalize("NFC", letter[0]), text)
    return "".join(map(_printable, composed))


def lines(text: str, width: float, measure: Callable[[str], float]) -> list[str]:
    """The text in lines no wider than `width`, broken where its language allows."""
    rows, row = [], ""
    for piece in _pieces(text, width, measure):
        if row and measure((row + piece).rstrip()) > width:
            rows.append(row.rstrip())
            row = ""
        row += piece
    return [*rows, row.rstrip()]


def address_lines(text: str, width: float, measure: Callable[[str], float]) -> list[str]:
    """A line of an address in lines no wider than `width`, broken behind commas; within words where it must be."""
    rows = [""]
    for group in _AFTER_COMMA.split(text):
        longer = f"{rows[-1]} {group}".lstrip()
        if rows[-1] and measure(longer) > width:
            rows.append(group)
        else:
            rows[-1] = longer
    return [piece for row in rows for piece in lines(row, width, measure)]


class Paper:
    """A4 pages of one file; millimetres from the top left corner, y at the foot of the letters, sizes in points."""

    def __init__(self, *, title: str, made_at: datetime, is_wide: bool = False) -> None:
        self._pdf = FPDF("landscape" if is_wide else "portrait", format="A4", unit="mm")
        self._pdf.set_auto_page_break(False)
        self._pdf.set_title(title)
        self._pdf.set_creation_date(made_at)  # not now: the same letter is the same file
        self._families: set[str] = set()

    def turn(self) -> None:
        """Go on on a fresh page."""
        self._pdf.add_page()

    def say(self, x: float, y: float, text: str, *, size: float, is_bold: bool = False) -> None:
        """Write one line."""
        mode = TextMode.FILL_STROKE if is_bold else TextMode.FILL
        with self._pdf.local_context(text_mode=mode, line_width=_BOLDER):  # else all that follows is bold too
            for run in self._runs(text, size):
                self._pdf.text(x, y, run)
                x += self._pdf.get_string_width(run)

    def width(self, text: str, *, size: float) -> float:
        """How wide a line would be."""
        return sum(self._pdf.get_string_width(run) for run in self._runs(text, size))

    def rule(self, x: float, y: float, length: float) -> None:
        """Draw a thin line."""
        self._pdf.set_line_width(0.2)
        self._pdf.line(x, y, x + length, y)

    def say_upwards(self, x: float, y: float, text: str, *, size: float, is_bold: bool = False) -> None:
        """Write one line that runs from its place to the top of the page."""
        with self._pdf.rotation(90, x, y):
            self.say(x, y, text, size=size, is_bold=is_bold)

    def box(self, x: float, y: float, width: float, height: float, *, colour: str = "#ffffff") -> None:
        """Draw a frame with that colour in it; x and y are its top left corner."""
        with self._pdf.local_context(fill_color=colour, draw_color="#8a949a", line_width=0.2):
            self._pdf.rect(x, y, width, height, style="FD")

    def bytes(self) -> bytes:
        """The whole file; then nothing more can be written."""
        made = bytes(self._pdf.output())
        for font in self._pdf.fonts.values():
            if isinstance(font, TTFFont):
                font.close()
        return made

    def _runs(self, text: str, size: float) -> Iterator[str]:
        """The text in pieces of one font, which is the present one while its piece is in hand."""
        for family, signs in groupby(printable(text), _font_with):
            if family not in self._families:
                self._pdf.add_font(family, fname=_FONTS[family])
                self._families.add(family)
            self._pdf.set_font(family, size=size)
            yield "".join(signs)


@cache
def _characters(family: str) -> frozenset[str]:
    with TTFont(_FONTS[family], lazy=True) as font:
        return frozenset(map(chr, font.getBestCmap()))


def _font_with(sign: str) -> str:
    return next((family for family in _FONTS if sign in _characters(family)), "")


def _printable(sign: str) -> str:
    if _font_with(sign):
        return sign
    if sign.isspace():
        return " "
    base = unicodedata.normalize("NFKD", sign)[0]
    if base != sign and _font_with(base):
        return base
    return "" if unicodedata.category(sign) in {"Cc", "Cf", "Mn"} else MISSING


def _pieces(text: str, width: float, measure: Callable[[str], float]) -> Iterator[str]:
    """What must not be broken, each no wider than a line."""
    for piece in _unbroken(text):
        while measure(piece.rstrip()) > width:
            fits = next(end for end in range(len(piece), 0, -1) if end == 1 or measure(piece[:end]) <= width)
            yield piece[:fits]
            piece = piece[fits:]
        yield piece


def _unbroken(text: str) -> list[str]:
    found: list[str] = []
    for piece in _PIECE.findall(text):
        if found and (piece[0] in _NEVER_FIRST or found[-1][-1] in _NEVER_LAST):
            found[-1] += piece
        else:
            found.append(piece)
    return found
