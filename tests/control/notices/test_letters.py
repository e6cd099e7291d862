"""A printed letter: every character a glyph, the address alone in the envelope's window, the same bytes each time."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

import pytest
from django.test import override_settings
from hypothesis import given
from hypothesis import strategies as st
from paper import marks, outlines, pages

from wutong.control.notices import typesetting
from wutong.control.notices.letters import Letter, print_letters
from wutong.control.notices.typesetting import MISSING, address_lines, lines, printable
from wutong.control.notices.wording import Wording, of_look

_ON = datetime(2026, 11, 29, 20, 30, tzinfo=UTC)
_FONTS = Path(typesetting.__file__).parent / "fonts"
_OFFICE = ("Health Record Sharing Office", "健康紀錄互通辦事處")
_CLINIC = "Harbour Family Clinic 海港家庭診所 𠝹𨋢"
_ADDRESS = "SUNG Sze Wan 宋思雲\nFlat G, 4/F, Block 5, Lychee Court, Yau Tsim Mong, Kowloon, Hong Kong"
_LONG_ADDRESS = (
    "NAME-SO-LONG-THAT-IT-GOES-ON-AND-ON Somebody With Many Names 陳大文陳大文陳大文\nRoom 1234, 56/F, Tower 78, Estate"
    " of the Very Long Name Phase 9, 1234-1236 Castle Peak Road (Castle Peak Bay Section), Tuen Mun, New Territories"
)


def _letter(language: str = "en", *, to: str = _ADDRESS, body: str = "") -> Letter:
    told = of_look(language=language, provider_name=_CLINIC, profession="DOC", at=_ON, is_attested=False)
    return Letter(language, _OFFICE, to, _ON, Wording(told.subject, body or told.body))


@pytest.fixture(autouse=True)
def _two_languages() -> Iterator[None]:
    with override_settings(LANGUAGES=[("en", "English"), ("zh-hant", "繁體中文")]):
        yield


def _squeezed(text: str) -> str:
    return "".join(text.split())


@pytest.mark.parametrize("language", ["en", "zh-HK"])
def test_r25_a_letter_says_what_the_notice_says_in_glyphs_of_its_own(language: str) -> None:
    letter = _letter(language)
    pdf = print_letters([letter])
    [text] = pages(pdf)
    for part in (*_OFFICE, *letter.to.split("\n"), letter.told.subject, letter.told.body):
        assert _squeezed(part) in _squeezed(text), text
    assert "Page" not in text
    assert outlines(pdf) >= len(set(_squeezed(text)))
    assert len(pdf) < 100_000


def test_r25_who_reads_chinese_has_the_date_and_the_offices_name_in_chinese_first() -> None:
    english, chinese = print_letters([_letter("en")]), print_letters([_letter("zh-HK")])
    assert [each.text for each in marks(english)][:2] == list(_OFFICE)
    assert [each.text for each in marks(chinese)][:2] == [*reversed(_OFFICE)]
    assert "30 November 2026" in pages(english)[0]  # of Hong Kong's clock
    assert "2026年11月30日" in pages(chinese)[0]


def test_the_same_letter_is_the_same_file() -> None:
    assert print_letters([_letter()]) == print_letters([_letter()])
    assert print_letters([_letter()]) != print_letters([_letter(to=_LONG_ADDRESS)])


@pytest.mark.parametrize("to", [_ADDRESS, _LONG_ADDRESS])
def test_the_window_shows_the_address_whole_and_nothing_else(to: str) -> None:
    """Wherever the sheet lies in its envelope: what is seen always, and what is seen sometimes."""
    seen = marks(print_letters([_letter(to=to)]))
    always = [each for each in seen if 20 <= each.x <= 100 and 56 <= each.y <= 79.5]
    sometimes = [each for each in seen if each.x < 110 and 40 <= each.y <= 99]
    assert sometimes == always
    assert _squeezed("".join(each.text for each in always)) == _squeezed(to)


def test_a_long_letter_goes_on_on_numbered_pages_and_loses_nothing() -> None:
    body = "\n\n".join([_letter().told.body] * 5)
    first, *rest = pages(print_letters([_letter(body=body)]))
    assert "Page 1 of 2" in first
    assert "Page 2 of 2" in rest[-1]
    assert sum(page.count("Harbour Family Clinic") for page in (first, *rest)) == 5
    assert all("sign in to the portal" in page for page in (first, *rest))


def test_several_letters_in_one_file_each_begin_on_a_page_of_their_own() -> None:
    other = replace(_letter("zh-HK"), to="陳大文\n九龍")
    first, second = pages(print_letters([_letter(), other]))
    assert "SUNG Sze Wan" in first
    assert "SUNG Sze Wan" not in second
    assert "陳大文" in second


def _characters(codec: str) -> set[str]:
    pairs = (bytes([high, low]) for high in range(0x81, 0xFF) for low in range(0x40, 0xFF))
    return {
        sign for pair in pairs for sign in pair.decode(codec, "ignore") if "㐀" <= sign <= "鿿" or sign > "\U00020000"
    }


@pytest.mark.parametrize(("codec", "most"), [("big5hkscs", 18_000), ("gbk", 21_000)])
def test_every_chinese_character_of_hong_kong_and_of_the_mainland_is_there(codec: str, most: int) -> None:
    signs = _characters(codec)
    assert len(signs) > 0.9 * most
    assert [sign for sign in sorted(signs) if printable(sign) != sign] == []


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        ("a\u0000b\u202ec\u200dd", "abcd"),
        ("one\ttwo\u00a0three", "one two\u00a0three"),
        ("葛\U000e0101", "葛"),
        ("Łukasz Nguyễn Šárka", f"{MISSING}ukasz Nguyễn Sárka"),
        ("Re\u0301ns\u030c", "Réns"),
        ("\U0001f600", MISSING),
    ],
)
def test_what_no_font_has_is_marked_or_goes(text: str, printed: str) -> None:
    assert printable(text) == printed
    assert _squeezed(printed) in _squeezed(pages(print_letters([_letter(body=text)]))[0])


def test_lines_are_broken_where_each_language_allows() -> None:
    def width(text: str) -> float:
        return sum(2 if sign > "⺀" else 1 for sign in text)

    assert lines("one two three", 7, width) == ["one two", "three"]
    assert lines("本信息不載任何連結，切勿相信。", 18, width) == ["本信息不載任何連", "結，切勿相信。"]
    assert lines("他說「好」了", 6, width) == ["他說", "「好」", "了"]
    assert lines("x" * 17, 7, width) == ["x" * 7, "x" * 7, "xxx"]
    assert lines("", 7, width) == [""]


def test_the_fonts_are_those_that_are_written_down() -> None:
    told = (_FONTS / "VENDORED.md").read_text(encoding="utf-8")
    fonts = sorted(_FONTS.glob("*.ttf"))
    assert len(fonts) == 2
    for font in fonts:
        assert f"`{font.name}`" in told
        assert sha256(font.read_bytes()).hexdigest() in told


def test_an_address_is_broken_behind_its_commas_and_elsewhere_only_where_it_must_be() -> None:
    flat = "Flat 1234, 5/F, Happy Valley Mansion, Hong Kong"
    assert address_lines(flat, 22, len) == ["Flat 1234, 5/F,", "Happy Valley Mansion,", "Hong Kong"]
    assert address_lines(flat, 12, len) == ["Flat 1234,", "5/F,", "Happy Valley", "Mansion,", "Hong Kong"]
    assert address_lines("香港灣仔皇后大道東213號", 40, len) == ["香港灣仔皇后大道東213號"]
    assert address_lines("", 40, len) == [""]


@given(st.text(alphabet="ab, 香港,", max_size=60), st.integers(6, 30))
def test_no_letter_of_an_address_is_lost_and_no_line_is_too_wide(text: str, width: int) -> None:
    rows = address_lines(text, width, len)
    assert _squeezed("".join(rows)) == _squeezed(text)
    assert all(len(row) <= width for row in rows)
