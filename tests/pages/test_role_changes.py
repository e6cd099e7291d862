"""Two officers change the role matrix, by keyboard, on a small and a large screen, in both languages."""

from collections.abc import Iterator

import psycopg
import pytest
from cast import HARBOUR, Cast
from playwright.sync_api import Browser
from role_changes import forgetting

from pages.browser import WIDTHS, assert_accessible
from pages.languages import OFFERED
from pages.walker import Walker
from wutong.core import clock

pytestmark = pytest.mark.browser
_REASON = "Pharmacists check doses against laboratory reports"


@pytest.fixture(autouse=True)
def _forgotten(superuser: psycopg.Connection) -> Iterator[None]:
    with forgetting(superuser):
        yield


@pytest.mark.parametrize("language", OFFERED)
@pytest.mark.parametrize("width", WIDTHS)
def test_r05_one_officer_proposes_and_another_approves(
    cast: Cast, browser: Browser, server: str, width: int, language: str
) -> None:
    cast.professional("PHA", HARBOUR)
    author = Walker(browser, server, width, language)
    author.sign_in(cast.officer())
    author.press("See the role matrix")
    author.press("Changes of the role matrix")
    author.press("Propose a change")
    author.press("Continue")
    assert author.reads("Choose at least one profession")
    author.tick("Pharmacist")
    author.press("Continue")
    author.tab_to("Laboratory reports")
    author.page.keyboard.press("ArrowDown")
    author.page.keyboard.press("ArrowDown")
    author.press("Send to a second officer")
    assert author.reads("Say why, in at least 20 characters")
    author.take_picture("journey/officer-role-proposal", also_in_chinese=True)
    day = author.page.locator("#valid_from")
    day.fill(str(clock.today()))
    author.type_into("Why?", _REASON)
    author.press("Send to a second officer")
    assert author.reads("You proposed this change, so another officer approves or declines it.")
    address = author.page.url.removeprefix(server)
    second = Walker(browser, server, width, language)
    second.sign_in(cast.officer())
    second.press("Role matrix")
    second.press("Changes of the role matrix")
    second.follow(address)
    assert second.reads(
        "%(profession)s: %(category)s – from %(old)s to %(new)s (closes more)",
        profession="Pharmacist",
        category="Laboratory reports",
        old="general access",
        new="restricted access",
    )
    assert _REASON in second.text
    assert second.page.locator(".wt-matrix__changed").count() == 2
    second.take_picture("journey/officer-role-change", also_in_chinese=True)
    second.choose("Approve")
    second.press("Decide")
    assert second.reads("Approved")
    second.press("Role matrix")
    assert second.say("decided") in second.text


@pytest.mark.parametrize("width", WIDTHS)
def test_r05_all_professions_at_once_stay_readable(cast: Cast, browser: Browser, server: str, width: int) -> None:
    author = Walker(browser, server, width)
    author.sign_in(cast.officer())
    author.press("Role matrix")
    author.press("Changes of the role matrix")
    author.press("Propose a change")
    for name in ("Doctor", "Nurse", "Chiropractor"):
        author.tick(name)
    author.press("Continue")
    assert author.page.locator("select").count() == 3 * 14
    assert_accessible(author.page)
