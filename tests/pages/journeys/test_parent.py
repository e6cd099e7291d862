"""A parent for a child: changes to the child's pages, previews, allows, reads the messages, and takes it back."""

from datetime import timedelta

import pytest
from cast import HARBOUR, Cast, Registered
from record.resources import of_category

from pages.journeys.steps import Walk, find_provider
from wutong.core import clock

pytestmark = pytest.mark.browser

_CHILD = ("WONG Tsz Hin", "黃子軒")
_SEES = (
    "They will see %(parts)s of %(all)s parts of the record: %(items)s item today.",
    "They will see %(parts)s of %(all)s parts of the record: %(items)s items today.",
)
_SEES_NO_LONGER = (
    "They will no longer see %(parts)s of %(all)s parts of the record: %(items)s item today.",
    "They will no longer see %(parts)s of %(all)s parts of the record: %(items)s items today.",
)
_CLINIC = ("Harbour Family Clinic", "海港家庭診所")


@pytest.fixture
def child(cast: Cast) -> Registered:
    """A child of six, with an allergy and two vaccinations."""
    born = clock.today() - timedelta(days=6 * 366)
    made = cast.register(family="WONG", given="Tsz Hin", chinese="黃子軒", born=born.isoformat())
    for category in ("ALG", "IMM", "IMM"):
        content = of_category(category, made.patient_id)
        assert cast.fhir(cast.ha, "POST", content["resourceType"], json=content).status_code == 201
    return made


def test_r58_a_parent_previews_allows_and_takes_back_for_a_child(cast: Cast, child: Registered, walk: Walk) -> None:
    mother = cast.register(family="CHEUNG", given="Mei Fong", chinese="張美芳")
    cast.appoint(child, mother)
    cast.professional("DOC", HARBOUR, name_en="LEE Wai Ling", name_zh="李慧玲")
    parent = walk(cast.patient_account(mother))
    parent.press(parent.say_of("%(name)s, my child", name=_CHILD))
    assert parent.reads("You decide for %(name)s, your child.", name=_CHILD)
    parent.press("Who may look")
    find_provider(parent, "Harbour")
    parent.press("Allow", "Harbour Family Clinic")
    parent.choose("For one year")
    parent.press("Continue")
    assert parent.reads("You decide for %(name)s, your child.", name=_CHILD)
    assert parent.say_number(*_SEES, 4, parts=14, all=14, items=4) in parent.text
    parent.take_picture("journey/parent-preview", also_in_chinese=True)
    parent.press("Allow")
    assert parent.reads("%(name)s may look at the record of %(person)s now.", name=_CLINIC, person=_CHILD)
    parent.take_picture("journey/parent-allowed")
    parent.press("Messages")
    assert parent.reads("You decide for %(name)s, your child.", name=_CHILD)
    assert parent.page.locator("main li").count() == 1
    parent.press("Who may look")
    parent.press("Withdraw", "Harbour Family Clinic")
    assert parent.say_number(*_SEES_NO_LONGER, 4, parts=14, all=14, items=4) in parent.text
    parent.press("Withdraw")
    assert parent.reads("%(name)s may not look at the record of %(person)s any more.", name=_CLINIC, person=_CHILD)
    parent.press("See everything that was said")
    assert parent.page.locator(".wt-items li").count() == 2
    parent.press("Home")
    parent.press("Go back to your own pages")
    assert not parent.reads("You decide for %(name)s, your child.", name=_CHILD)
