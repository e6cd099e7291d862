"""A patient reads what is in the record, closes an entry and a visit where they stand, and opens them again."""

import pytest
from cast import Cast
from record.resources import of_category

from pages.journeys.steps import Walk
from wutong.core.categories import CATEGORY_NAMES

pytestmark = pytest.mark.browser


def test_a_patient_reads_the_record_and_closes_an_entry_and_a_visit(cast: Cast, walk: Walk) -> None:
    who = cast.register()
    visit = cast.fhir(cast.ha, "POST", "Encounter", json=of_category("ENC", who.patient_id)).json()["id"]
    within = {"encounter": {"reference": f"Encounter/{visit}"}}
    for category, more in (("DX", {"code": {"text": "Migraine 偏頭痛"}}), ("LAB", within)):
        content = of_category(category, who.patient_id) | more
        assert cast.fhir(cast.ha, "POST", content["resourceType"], json=content).status_code == 201
    patient = walk(cast.patient_account(who))
    patient.press("What is in it")
    assert patient.reads("What is in my record")
    patient.press(patient.say_of("%(name)s", name=CATEGORY_NAMES["IMM"]))
    assert patient.reads("Nothing here: no healthcare provider has uploaded anything of this kind.")
    patient.press("All parts of the record")
    patient.press(patient.say_of("%(name)s", name=CATEGORY_NAMES["DX"]))
    patient.press("Close this entry")
    assert "偏頭痛" in patient.page.inner_text("h1")
    patient.press("Close")
    assert patient.reads("You find a confirmation in your messages.")
    patient.press("What is in it")
    patient.press(patient.say_of("%(name)s", name=CATEGORY_NAMES["DX"]))
    assert patient.reads("Closed.")
    patient.press("Open again")
    patient.press("Open again")
    patient.press("What is in it")
    patient.press(patient.say_of("%(name)s", name=CATEGORY_NAMES["LAB"]))
    patient.press("Close the whole visit that it belongs to")
    patient.press("Close")
    patient.press("Who looked")
    assert patient.reads("When you read it yourself")
    assert patient.reads("it is your own record")
