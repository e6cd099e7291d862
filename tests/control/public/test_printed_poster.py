"""The poster of the role matrix as a file: one sheet, the same cells, the same words (R-05)."""

import io
import re
from datetime import date

import httpx
import psycopg
import pytest
from cast import Cast
from paper import marks, pages
from pypdf import PdfReader
from record.test_access_table import COLUMNS, ROWS
from role_changes import change_matrix, forgetting

from wutong.control.people.queries.roles import matrix_on
from wutong.control.public import poster
from wutong.core import clock
from wutong.core.professions import PROFESSION_NAMES

_ADDRESS = "/about/who-sees-what/poster/"
_FIRST_CELL, _CELL = 10 + 46, 12  # millimetres from the left


def _fetch(server: str, language: str = "en") -> bytes:
    answer = httpx.get(f"{server}{_ADDRESS}", headers={"accept-language": language}, trust_env=False)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/pdf"
    assert f"role-matrix-{clock.today()}.pdf" in answer.headers["content-disposition"]
    return answer.content


def _cells(pdf: bytes) -> list[list[str]]:
    """The letters of each row, from the top, in the place of their column."""
    rows: dict[int, dict[int, str]] = {}
    for mark in marks(pdf):
        if mark.text in {"G", "R", "–"} and mark.x > _FIRST_CELL:
            rows.setdefault(round(mark.y), {})[int((mark.x - _FIRST_CELL) // _CELL)] = mark.text
    return [[cells[place] for place in sorted(cells)] for _y, cells in sorted(rows.items())]


def test_r05_the_printed_poster_says_what_the_matrix_says(server: str) -> None:
    table = {row[0]: ["–" if cell == "-" else cell for cell in row[1:]] for row in ROWS}
    assert _cells(_fetch(server)) == [table[code] for code in PROFESSION_NAMES]
    assert len(COLUMNS) == 14


@pytest.mark.parametrize("language", ["en", "zh-hant", "zh-hans"])
def test_r05_the_printed_poster_is_one_sheet_of_a4_in_each_language(server: str, language: str) -> None:
    pdf = _fetch(server, language)
    [sheet] = PdfReader(io.BytesIO(pdf)).pages
    assert [round(float(each)) for each in (sheet.mediabox.width, sheet.mediabox.height)] == [842, 595]
    placed = marks(pdf)
    assert all(8 < mark.x < 290 and 8 < mark.y < 204 for mark in placed), [m for m in placed if m.y >= 204]


@pytest.mark.parametrize(
    ("language", "told"),
    [
        ("en", ("Which profession sees what", "Pharmacist", "published", "reconstructed", "13 March 2016")),
        ("zh-hant", ("藥劑師", "已公布", "推定", "2016年3月13日", "經決定")),
        ("zh-hans", ("药剂师", "已公布", "推定", "2016年3月13日", "经决定")),
    ],
)
def test_r05_the_printed_poster_says_where_its_rows_are_from(server: str, language: str, told: tuple[str, ...]) -> None:
    [text] = pages(_fetch(server, language))
    read = re.sub(r"\s+", "", text)
    for words in told:
        assert re.sub(r"\s+", "", words) in read, words
    assert "〓" not in read


def test_r05_the_printed_poster_follows_a_change(cast: Cast, server: str, superuser: psycopg.Connection) -> None:
    place, column = list(PROFESSION_NAMES).index("PHA"), COLUMNS.index("LAB")
    assert _cells(_fetch(server))[place][column] == "G"
    with forgetting(superuser):
        change_matrix(cast, {("PHA", "LAB"): "R"}, clock.today())
        assert _cells(_fetch(server))[place][column] == "R"
        assert "decided,published" in re.sub(r"\s+", "", pages(_fetch(server))[0])


def test_the_same_matrix_is_the_same_file() -> None:
    matrix = matrix_on(date(2026, 5, 1))
    assert poster.print_poster(matrix) == poster.print_poster(matrix)
