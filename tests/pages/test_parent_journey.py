"""A parent for a child, in a real browser, by keyboard alone: change profile, preview, allow, take it back."""

from datetime import timedelta

import pytest
from cast import HARBOUR, Cast
from playwright.sync_api import Browser
from record.resources import of_category

from pages.browser import WIDTHS, assert_accessible
from pages.walker import Walker
from wutong.core import clock

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("width", WIDTHS)
def test_r58_a_parent_previews_allows_and_takes_back_for_a_child(
    cast: Cast, browser: Browser, server: str, width: int
) -> None:
    born = clock.today() - timedelta(days=6 * 366)
    child, mother = cast.register(family="WONG", given="Tsz Hin", born=born.isoformat()), cast.register()
    cast.appoint(child, mother)
    for category in ("ALG", "IMM", "IMM"):
        content = of_category(category, child.patient_id)
        assert cast.fhir(cast.ha, "POST", content["resourceType"], json=content).status_code == 201
    cast.professional("DOC", HARBOUR, name_en="LEE Wai Ling")

    at_home = Walker(browser, server, width)
    at_home.sign_in(cast.patient_account(mother))
    at_home.press("WONG Tsz Hin, my child")
    assert "You decide for WONG Tsz Hin, your child." in at_home.text
    at_home.press("Who may look")
    at_home.press("Allow Harbour Family Clinic")
    at_home.choose("For one year")
    at_home.press("Continue")
    for shown in ("You decide for WONG Tsz Hin", "LEE Wai Ling", "They will see 14 of 14 parts", "4 items today"):
        assert shown in at_home.text
    at_home.take_picture("7-preview")
    at_home.press("Allow")
    assert "Harbour Family Clinic may look at the record of WONG Tsz Hin now." in at_home.text
    at_home.take_picture("8-for-a-child")
    at_home.press("Withdraw it again")
    assert "They will no longer see 14 of 14 parts" in at_home.text
    at_home.press("Withdraw")
    assert "may not look at the record of WONG Tsz Hin any more" in at_home.text
    at_home.press("See everything that was said")
    assert "said by you, version 2" in at_home.text
    for place in ("Who looked", "Messages", "Home"):
        at_home.press(place)
        assert "You decide for WONG Tsz Hin" in at_home.text
    at_home.press("Go back to your own pages")
    assert "You decide for" not in at_home.text
    assert_accessible(at_home.page)
