"""How tests read a printed letter: what stands where, in which glyphs."""

import io
from dataclasses import dataclass

from fontTools.ttLib import TTFont
from pypdf import PdfReader

_MM = 25.4 / 72


@dataclass(frozen=True)
class Mark:
    """A piece of text and where its foot begins; millimetres from the top left corner."""

    text: str
    x: float
    y: float


def pages(pdf: bytes) -> list[str]:
    """What can be read on each page."""
    return [page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages]


def marks(pdf: bytes, page: int = 0) -> list[Mark]:
    """Every piece of text on a page, as it was placed."""
    found: list[Mark] = []
    sheet = PdfReader(io.BytesIO(pdf)).pages[page]
    height = float(sheet.mediabox.height)

    def see(text: str, _cm: object, tm: list[float], _font: object, _size: float) -> None:
        if text.strip():
            found.append(Mark(text.strip(), tm[4] * _MM, (height - tm[5]) * _MM))

    sheet.extract_text(visitor_text=see)
    return found


def outlines(pdf: bytes) -> int:
    """How many glyphs with an outline the file brings."""
    number = 0
    for file in _font_files(pdf):
        font = TTFont(io.BytesIO(file))
        shapes = [font["glyf"][name] for name in font.getGlyphOrder()[1:]]  # the first stands for a missing one
        number += sum(shape.numberOfContours != 0 for shape in shapes)
    return number


def _font_files(pdf: bytes) -> list[bytes]:
    reader, found = PdfReader(io.BytesIO(pdf)), {}
    for page in reader.pages:
        for font in page["/Resources"]["/Font"].values():
            [inner] = font.get_object()["/DescendantFonts"]
            file = inner.get_object()["/FontDescriptor"]["/FontFile2"]
            found[file.indirect_reference.idnum if file.indirect_reference else id(file)] = file.get_data()
    return list(found.values())
