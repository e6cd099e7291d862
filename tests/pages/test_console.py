"""The office's pages and the pages for everybody, in a real browser, on a small and a large screen, and on paper."""

import re

import psycopg
import pytest
from cast import HARBOUR, OFFICE, Cast, Registered
from django.conf import settings
from playwright.sync_api import Browser
from role_changes import change_matrix, forgetting

from pages.browser import WIDTHS, assert_accessible
from pages.walker import Walker
from wutong.core import clock
from wutong.core.professions import PROFESSION_NAMES

pytestmark = pytest.mark.browser

_PRINTED = ["/about/who-sees-what/", "/about/what-is-shared/", "/about/who-sees-what/pha/", "/about/who-sees-what/cmp/"]
_PROFESSIONS = list(PROFESSION_NAMES)
_A4_LANDSCAPE, _A4_UPRIGHT = (842, 595), (595, 842)  # points


@pytest.fixture(scope="module")
def who(cast: Cast) -> Registered:
    """Somebody at whose record a pharmacist looked, after a refusal."""
    made = cast.register()
    token = cast.session_token(cast.professional("PHA", HARBOUR, name_en="NGAI Pik Wan"))
    cast.open(token, made.person_id)
    cast.allow(made)
    cast.open(token, made.person_id)
    return made


@pytest.mark.parametrize("width", WIDTHS)
def test_an_officer_inspects_the_trail_by_keyboard_alone(
    cast: Cast, browser: Browser, server: str, who: Registered, width: int
) -> None:
    office = Walker(browser, server, width)
    office.sign_in(cast.officer(OFFICE))
    assert "Privacy officer's overview" in office.text
    office.press("Search the trail")
    office.type_into("Patient", who.hkid)
    office.press("Search")
    for shown in ("NGAI Pik Wan", "Pharmacist", "Harbour Family Clinic", "no sharing consent", "eHR number ending"):
        assert shown in office.text
    assert who.hkid not in office.page.url
    office.tab_to("Search")
    office.press(_first_link(office))
    assert "Exact time (UTC)" in office.text
    office.press("Role matrix")
    assert "13 March 2016" in office.text
    office.page.context.close()


def _first_link(walker: Walker) -> str:
    return walker.page.locator("td a").first.inner_text()


@pytest.mark.parametrize("width", WIDTHS)
def test_a_slip_and_an_empty_result_are_told(cast: Cast, browser: Browser, server: str, width: int) -> None:
    office = Walker(browser, server, width)
    office.sign_in(cast.officer(OFFICE))
    office.press("Trail")
    office.type_into("Patient", "A123456(0)")
    office.press("Search")
    assert office.page.title().startswith("Error: ")
    office.press("Trail")
    office.type_into("Who acted", "nobody.of.this.name")
    office.press("Search")
    assert "No entries" in office.text
    office.page.context.close()


@pytest.mark.parametrize("width", WIDTHS)
def test_everybody_reads_what_is_shared_from_the_sign_in_page_on(browser: Browser, server: str, width: int) -> None:
    anybody = Walker(browser, server, width)
    anybody.press("What is shared, and which profession sees what")
    anybody.press("Read what is shared")
    assert "Healthcare referrals" in anybody.text
    anybody.press("Which profession sees what")
    assert "Chinese medicine practitioner" in anybody.text
    anybody.press("About sharing")
    anybody.press("Pharmacist")
    assert "Closed, unless you give an extra consent" in anybody.text
    anybody.page.context.close()


@pytest.mark.parametrize("language", ["en", "zh-hant", "zh-hans"])
@pytest.mark.parametrize("address", _PRINTED)
def test_r05_each_leaflet_and_the_poster_is_one_sheet(
    browser: Browser, server: str, address: str, language: str
) -> None:
    page = browser.new_page()
    page.context.add_cookies([{"name": settings.LANGUAGE_COOKIE_NAME, "value": language, "url": server}])
    page.goto(server + address)
    assert_accessible(page)
    sheets = _sheets(page.pdf(prefer_css_page_size=True))
    assert sheets == [_A4_LANDSCAPE if address == _PRINTED[0] else _A4_UPRIGHT]
    page.close()


def test_r05_a_poster_of_which_every_row_was_changed_is_one_sheet(
    cast: Cast, browser: Browser, server: str, superuser: psycopg.Connection
) -> None:
    with forgetting(superuser):
        cells = {
            (profession, "OBS"): "-" if profession in {"MLT", "RAD", "CMP"} else "R" for profession in _PROFESSIONS
        }
        change_matrix(cast, cells, clock.today())
        page = browser.new_page()
        page.goto(server + _PRINTED[0])
        assert "decided, reconstructed" in page.inner_text("body")
        assert _sheets(page.pdf(prefer_css_page_size=True)) == [_A4_LANDSCAPE]
        page.close()


def test_a_leaflet_that_runs_over_is_seen(browser: Browser, server: str) -> None:
    page = browser.new_page()
    page.goto(f"{server}/about/what-is-shared/")
    page.locator("main").evaluate(
        "main => { for (let i = 0; i < 6; i++) main.append(main.querySelector('.wt-cards').cloneNode(true)) }"
    )
    assert len(_sheets(page.pdf(prefer_css_page_size=True))) > 1
    page.close()


def _sheets(pdf: bytes) -> list[tuple[int, int]]:
    """Width and height of each page, in points."""
    boxes = re.findall(rb"/Type /Page\b.*?/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", pdf, re.DOTALL)
    return [(round(float(width)), round(float(height))) for width, height in boxes]
