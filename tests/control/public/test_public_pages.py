"""Pages for everybody: what is shared and which profession sees what, from the tables that decide (R-05, R-06)."""

import re
from typing import Any

import httpx
import pytest
from cast import Cast
from record.test_access_table import COLUMNS, ROWS

from wutong.core.categories import CATEGORY_NAMES
from wutong.core.professions import PROFESSION_NAMES

PAGES = ["/about/", "/about/what-is-shared/", "/about/who-sees-what/", "/about/who-sees-what/pha/"]


@pytest.mark.parametrize("page", PAGES)
def test_anybody_reads_it_without_being_remembered(server: str, page: str) -> None:
    answer = httpx.get(f"{server}{page}", trust_env=False)
    assert answer.status_code == 200
    assert "set-cookie" not in answer.headers


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0])
def test_r05_the_poster_and_the_leaflet_say_what_the_matrix_says(cast: Cast, row: list[str]) -> None:
    name = PROFESSION_NAMES[row[0]][0]
    poster = cast.http.get("/about/who-sees-what/").text
    line = poster.partition(f'<th scope="row">{name}')[2].partition("</tr>")[0]
    said = re.findall(r'visually-hidden">(general|restricted|none)<', line)
    words = {"G": "general", "R": "restricted", "-": "none"}
    assert said == [words[cell] for cell in row[1:]]
    assert (">published<" in line, ">reconstructed<" in line) == ((True, False) if row[0] == "PHA" else (False, True))
    leaflet = _lists(cast.http.get(f"/about/who-sees-what/{row[0].lower()}/").text)
    for cell, word in words.items():
        wanted = [CATEGORY_NAMES[code][0] for code, each in zip(COLUMNS, row[1:], strict=True) if each == cell]
        assert leaflet.get(word, []) == wanted


def _lists(source: str) -> dict[str, list[str]]:
    sections = re.findall(r'aria-labelledby="(general|restricted|none)">(.*?)</section>', source, re.DOTALL)
    return {word: re.findall(r"<li>([^<]+)</li>", section) for word, section in sections}


def test_r05_a_leaflet_says_where_it_is_from(cast: Cast) -> None:
    assert "Published by the eHR office." in cast.http.get("/about/who-sees-what/PHA/").text
    assert "Reconstructed: not published" in cast.http.get("/about/who-sees-what/pt/").text
    assert "cannot use the system yet" in cast.http.get("/about/who-sees-what/chi/").text


@pytest.mark.parametrize(
    ("language", "told"),
    [
        ("en", ("Pharmacist", "Immunisation records", "reconstructed", "published", "In force on")),
        ("zh-hant", ("藥劑師", "防疫接種紀錄", "推定", "已公布")),
        ("zh-hans", ("药剂师", "防疫接种纪录", "推定", "已公布")),
    ],
)
def test_r05_the_poster_is_in_each_language(server: str, language: str, told: tuple[str, ...]) -> None:
    headers = {"accept-language": language}
    page = httpx.get(f"{server}/about/who-sees-what/", headers=headers, trust_env=False).text
    for words in told:
        assert words in page
    assert page.count('<th scope="row">') == len(PROFESSION_NAMES)


@pytest.mark.parametrize("profession", ["xyz", "pha'--", "x" * 3000, "%00", "PHA%20"])
def test_a_profession_that_is_none_has_no_leaflet(cast: Cast, profession: str) -> None:
    assert cast.http.get(f"/about/who-sees-what/{profession}/").status_code == 404


@pytest.mark.parametrize("page", PAGES)
def test_nothing_is_taken_from_anybody(cast: Cast, page: str) -> None:
    answer: Any = cast.http.post(page, data={"x": "1"})
    assert answer.status_code in {403, 405}


def test_the_pages_are_linked_from_the_foot_of_the_sign_in_page(cast: Cast) -> None:
    foot = cast.http.get("/sign-in/").text.partition("<footer")[2]
    assert 'href="/about/"' in foot
    home = cast.http.get("/about/").text
    for page in PAGES[1:]:
        assert f'href="{page}"' in home
