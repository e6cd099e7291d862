"""A patient keeps something to themselves: a part, sensitive information, somebody who looked; and opens it again."""

import pytest
from cast import HARBOUR, Cast

from pages.journeys.steps import Walk
from wutong.core.categories import CATEGORY_NAMES
from wutong.core.labels import LABEL_NAMES

pytestmark = pytest.mark.browser

_CLINIC = ("Harbour Family Clinic", "海港家庭診所")


def test_a_patient_closes_parts_and_a_professional_and_opens_again(cast: Cast, walk: Walk) -> None:
    cast.allow(who := cast.register())
    doctor = cast.professional("DOC", HARBOUR, name_en="LEE Wai Ling", name_zh="李慧玲")
    assert cast.open(cast.session_token(doctor), who.person_id).status_code == 200
    patient = walk(cast.patient_account(who))
    patient.press("Kept closed")
    assert patient.reads("Nothing is closed: whoever may look sees all that their profession opens.")
    patient.press("A part of the record")
    patient.press("Continue")
    assert patient.reads("Choose what to close")
    patient.choose(patient.say_of("%(name)s", name=CATEGORY_NAMES["LAB"]))
    patient.take_picture("journey/patient-close-choose", also_in_chinese=True)
    patient.press("Continue")
    assert patient.reads("Close %(name)s?", name=CATEGORY_NAMES["LAB"])
    assert patient.reads("It may matter for the treatment")
    patient.take_picture("journey/patient-close", also_in_chinese=True)
    patient.press("Close")
    assert patient.reads("Closed: %(name)s.", name=CATEGORY_NAMES["LAB"])

    patient.press("Sensitive information")
    patient.choose(patient.say_of("%(name)s", name=LABEL_NAMES["PSY"]))
    patient.press("Continue")
    patient.press("Close")
    assert patient.reads("Closed: %(name)s.", name=LABEL_NAMES["PSY"])

    patient.press("A healthcare provider")
    patient.choose(patient.say_of("%(name)s", name=_CLINIC))
    patient.press("Continue")
    patient.press("Close")
    patient.press("Who may look")
    assert patient.reads("May not look: you keep your record from them, whatever you have allowed.")
    patient.press("Open again")
    patient.take_picture("journey/patient-open-again")
    patient.press("Open again")

    patient.press("Who looked")
    patient.press("Close to this person")
    assert "李慧玲" in patient.page.inner_text("h1")
    assert patient.reads("It stays so in an emergency.")
    patient.press("Close")
    patient.take_picture("journey/patient-closings", also_in_chinese=True)
    patient.press("Who looked")
    assert patient.reads("The record is closed to this person.")
    patient.press("Open again")
    patient.press("Open again")
    patient.press("See all changes")
    assert patient.page.locator(".wt-items li").count() == 6
    patient.press("Messages")
    assert patient.page.locator("main .wt-cards > li").count() >= 6
