"""A privacy officer, of the eHR office and of a provider: signs in and comes to the console, and opens no record."""

import pytest
from cast import HARBOUR, OFFICE, Cast, Registered

from pages.journeys.steps import Walk

pytestmark = pytest.mark.browser


@pytest.mark.parametrize(
    ("provider", "picture"), [(OFFICE, "journey/officer-of-the-office"), (HARBOUR, "journey/officer-of-a-clinic")]
)
def test_a_privacy_officer_sees_the_overview_and_no_record(
    cast: Cast, ill: Registered, walk: Walk, server: str, provider: str, picture: str
) -> None:
    officer = walk(cast.officer(provider))
    assert officer.reads("Privacy officer's overview")
    officer.take_picture(picture)
    officer.page.goto(f"{server}/clinic/record/{ill.person_id}/")
    assert officer.reads("Privacy officer's overview")
    assert not officer.reads("Penicillin")
