"""Restricted parts by the patient's code: a pharmacist asks, the patient reads it in the portal, tells it, and ends it."""

import re

import pytest
from authorising import WHY, code_in
from cast import HARBOUR, Cast, Registered

from pages.journeys.steps import Walk, assert_closed, open_record

pytestmark = pytest.mark.browser

_SLIPS = ("Say what you need them for", "Say in your own words why you need them")


def test_a_pharmacist_asks_and_the_patient_tells_the_code_and_ends_it(
    cast: Cast, unasked: Registered, walk: Walk
) -> None:
    cast.allow(unasked)
    pharmacist = walk(cast.professional("PHA", HARBOUR, name_en="TSE Kin Lun", name_zh="謝建倫"))
    open_record(pharmacist, unasked)
    assert_closed(pharmacist, restricted="BIRTH RAD OIR")
    pharmacist.press("Ask the patient to open it by a code")
    pharmacist.take_picture("journey/authorisation-form", also_in_chinese=True)
    pharmacist.press("Send the patient a code")
    assert all(pharmacist.reads(slip) for slip in _SLIPS)
    pharmacist.tick("Radiology reports")
    pharmacist.choose("To avoid harm by a medicine or a treatment")
    pharmacist.type_into("Why, in your own words?", WHY)
    pharmacist.press("Send the patient a code")

    patient = walk(cast.patient_account(unasked))
    patient.press("Messages")
    code = code_in(patient.text)
    patient.take_picture("journey/patient-code", also_in_chinese=True)

    pharmacist.type_into("8-digit code", "1")
    pharmacist.press("Open these parts")
    assert pharmacist.reads("The code has 8 digits. Ask the patient to read it to you again")
    pharmacist.take_picture("journey/authorisation-code")
    pharmacist.type_into("8-digit code", code)
    pharmacist.press("Open these parts")
    assert_closed(pharmacist, restricted="BIRTH OIR")

    patient.press("Who looked")
    assert patient.reads("Restricted parts: asked for, or open now")
    assert patient.reads("What for: %(purpose)s", purpose=patient.say("to avoid harm by a medicine or a treatment"))
    assert WHY in patient.text
    patient.take_picture("journey/patient-authorisation", also_in_chinese=True)
    patient.press("End it now")
    patient.press("End it now")
    assert not re.search(r"/end/", patient.page.content())
    pharmacist.reload()
    assert_closed(pharmacist, restricted="BIRTH RAD OIR")
