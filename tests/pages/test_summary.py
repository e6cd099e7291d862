"""The summary of a record on a clinic's screen: one screen, the dangerous things first, nothing by colour alone."""

import json

import pytest
from cast import HARBOUR, Cast, Registered
from playwright.sync_api import Browser, Page
from record.resources import of_category

from pages import long_record
from pages.browser import WIDTHS, assert_accessible
from pages.walker import Walker

pytestmark = pytest.mark.browser

_ONE_SCREEN = 900  # px, at 1280 × 800: the whole page, with its last lines of small print


@pytest.fixture
def who(cast: Cast) -> Registered:
    """Somebody with a long record, who allows the clinic."""
    made = cast.register(family="POON", given="Lai Ha")
    long_record.upload(cast, made)
    cast.allow(made)
    return made


def _open(cast: Cast, browser: Browser, server: str, who: Registered, width: int) -> Page:
    walker = Walker(browser, server, width)
    walker.sign_in(cast.professional("DOC", HARBOUR))
    walker.page.goto(f"{server}/clinic/patient/{who.person_id}/")
    walker.page.check("text=The patient is here now")
    walker.page.click("button:has-text('Open the record')")
    assert_accessible(walker.page)
    return walker.page


def test_a_long_record_is_one_screen(cast: Cast, browser: Browser, server: str, who: Registered) -> None:
    page = _open(cast, browser, server, who, 1280)
    assert page.evaluate("document.documentElement.scrollHeight") <= _ONE_SCREEN
    lowest = page.evaluate("Math.max(...[...document.querySelectorAll('h2')].map(e => e.getBoundingClientRect().top))")
    assert lowest < 800
    assert page.locator(".wt-items > li").count() == page.locator(".wt-items > li .wt-source").count() > 20
    assert "(disorder)" not in page.inner_text("body")  # SNOMED CT's kind of concept: the heading says it
    assert "5 of 7 current" in page.inner_text("section.wt-section--problems")


def test_a_small_screen_shows_the_dangerous_things_first(
    cast: Cast, browser: Browser, server: str, who: Registered
) -> None:
    page = _open(cast, browser, server, who, 360)
    tops = page.evaluate("[...document.querySelectorAll('h2')].map(e => [e.getBoundingClientRect().top, e.id])")
    order = ["allergies", "problems", "medicines", "results", "immunisations", "encounters", "more", "missing"]
    assert [name for _top, name in sorted(tops)] == order


def test_what_is_to_be_seen_at_once_goes_first_and_says_so_in_words(
    cast: Cast, browser: Browser, server: str, who: Registered
) -> None:
    page = _open(cast, browser, server, who, 1280)
    assert page.locator(".wt-section--allergies li").first.inner_text().startswith("Penicillin: rash high risk")
    assert (
        page.locator(".wt-section--results li")
        .first.inner_text()
        .startswith(("Urate", "Creatinine", "Hemoglobin", "Glomerular"))
    )


@pytest.mark.parametrize("width", [360, 1280])
def test_the_longest_number_stays_on_the_page(cast: Cast, browser: Browser, server: str, width: int) -> None:
    cast.allow(who := cast.register())
    longest = 10**60 - 1
    limits = {"low": {"value": longest}, "high": {"value": longest}}
    more = {"valueQuantity": {"value": longest}, "referenceRange": [limits], "interpretation": [{"text": "9" * 60}]}
    content = of_category("LAB", who.patient_id) | more
    assert cast.fhir(cast.ha, "POST", "Observation", content=json.dumps(content)).status_code == 201
    page = _open(cast, browser, server, who, width)
    page.goto(f"{page.url}results/")
    assert str(longest) in page.inner_text("td >> nth=1")
    assert_accessible(page)
    page.click("td a")
    assert str(longest) in page.inner_text("td >> nth=0")
    assert_accessible(page)


_UNBROKEN = "Microalbumin/Creatinine_ratio_in_Urine_by_immunoturbidimetry"


@pytest.mark.parametrize("width", [320, 360, 1280])
@pytest.mark.parametrize(
    ("name", "unit", "mark"),
    [
        (_UNBROKEN, "m" * 60, "M" * 60),
        ("Potassium [Moles/volume] in Blood", "W" * 18, "Abnormal"),
        ("微" * 60, "W", "高" * 40),
    ],
)
def test_names_without_a_space_stay_on_the_page(
    cast: Cast, browser: Browser, server: str, width: int, name: str, unit: str, mark: str
) -> None:
    cast.allow(who := cast.register())
    more = {"valueQuantity": {"value": 140, "unit": unit}, "interpretation": [{"text": mark}], "code": {"text": name}}
    usual = [{"text": unit}]
    for content in (more, more | {"referenceRange": usual, "code": {"text": name + "s"}}):
        sent = of_category("LAB", who.patient_id) | content
        assert cast.fhir(cast.ha, "POST", "Observation", json=sent).status_code == 201
    page = _open(cast, browser, server, who, width)
    page.goto(f"{page.url}results/")
    assert unit in page.inner_text("td >> nth=1")
    assert_accessible(page)
    page.click("td a >> nth=0")
    assert_accessible(page)


@pytest.mark.parametrize("width", WIDTHS)
def test_a_recent_stay_leaves_it_one_screen(
    cast: Cast, browser: Browser, server: str, who: Registered, width: int
) -> None:
    long_record.upload_stay(cast, who)
    page = _open(cast, browser, server, who, width)
    tops = page.evaluate("[...document.querySelectorAll('h2')].map(e => [e.getBoundingClientRect().top, e.id])")
    assert [name for _top, name in sorted(tops)][:2] == ["allergies", "stay"] or width > 360
    if width > 360:
        assert page.evaluate("document.documentElement.scrollHeight") <= _ONE_SCREEN
    page.click("text=Discharge summary")
    assert "Went home well." in page.inner_text(".wt-document")
    assert_accessible(page)


@pytest.mark.parametrize("width", WIDTHS)
def test_a_test_over_time_is_drawn_and_told(
    cast: Cast, browser: Browser, server: str, who: Registered, width: int
) -> None:
    page = _open(cast, browser, server, who, width)
    page.click("text=Creatinine [Moles/volume] in Blood")
    assert "fewer than two numbers" in page.inner_text("main")  # one value is no line
    long_record.upload_earlier_results(cast, who)
    page.reload()
    drawing = page.get_by_role("img", name="Creatinine [Moles/volume] in Blood in umol/L")
    box = drawing.bounding_box()
    assert box
    assert box["width"] > 200
    assert box["x"] + box["width"] <= width
    assert page.locator(".wt-plot__line").count() == 1
    assert page.locator("figure .wt-plot__mark--high").count() > 1
    assert page.locator("tbody tr").count() == 4
    assert_accessible(page)


def test_twice_the_size_loses_nothing(cast: Cast, browser: Browser, server: str, who: Registered) -> None:
    page = _open(cast, browser, server, who, 640)  # what a screen of 1280 px shows at 200 %
    covered = page.evaluate(
        """[...document.querySelectorAll('.wt-section, .wt-section li, .wt-banner')]
        .filter(e => e.scrollWidth > e.clientWidth + 1 || e.scrollHeight > e.clientHeight + 2).map(e => e.outerHTML)"""
    )
    assert covered == []
