"""An emergency: the doctor says why nobody can be asked, reads what was named; the patient sees it among the looks."""

import pytest
from cast import HARBOUR, Cast, Registered
from emergencies import REASON, fresh_code

from pages.journeys.steps import Walk, assert_closed, closed_sections, find
from pages.walker import Walker

pytestmark = pytest.mark.browser

_SLIPS = (
    "Say why you cannot ask",
    "Say in your own words what the emergency is",
    "Enter the 6-digit code that your code generator shows now",
)
_LOUD = (
    "The parts that you named are open without asking the person, who was told. "
    "A privacy officer reviews what you read."
)


def test_a_doctor_opens_a_record_in_an_emergency_and_the_patient_sees_it(
    cast: Cast, unasked: Registered, walk: Walk
) -> None:
    who = cast.professional("DOC", HARBOUR, name_en="LEE Wai Ling", name_zh="李慧玲")
    doctor = walk(who)
    find(doctor, unasked)
    assert doctor.reads("The patient has not allowed your clinic to look at the record.")
    doctor.press("The person cannot be asked, and waiting would do harm")
    assert _colour_behind(doctor, "Only where waiting would do harm") == "rgb(255, 235, 59)"  # a warning stands out
    doctor.take_picture("journey/emergency-form", also_in_chinese=True)
    doctor.press("Open in an emergency, for 60 minutes")
    assert all(doctor.reads(slip) for slip in _SLIPS)
    doctor.take_picture("journey/emergency-errors")
    doctor.choose("The patient is unconscious or cannot speak")
    doctor.type_into("What is the emergency?", REASON)
    for part in ("Diagnoses", "Medication", "Laboratory reports"):
        doctor.tick(part)
    doctor.type_into("6-digit code", fresh_code(who))
    doctor.press("Open in an emergency, for 60 minutes")

    assert doctor.reads("Penicillin")
    assert doctor.reads("Amlodipine")
    assert not doctor.reads("Influenza")
    assert closed_sections(doctor) == {"immunisations", "encounters"}
    assert doctor.reads("No other part is open to you.")
    assert_closed(doctor, not_named="PX ENC CNS BIRTH IMM RAD OIR REF OBS")
    loud = doctor.say(_LOUD)
    assert loud in doctor.page.inner_text(".wt-emergency")
    doctor.take_picture("journey/emergency-record")
    doctor.press(doctor.say_of("All %(count)s entries", count=12))
    assert loud in doctor.page.inner_text(".wt-emergency")

    patient = walk(cast.patient_account(unasked))
    patient.press("Who looked")
    for told in ("In an emergency, without asking you first.", "A privacy officer has not reviewed it yet.", REASON):
        assert patient.reads(told)
    patient.take_picture("journey/patient-emergency", also_in_chinese=True)


def _colour_behind(walker: Walker, heading: str) -> str:
    found = walker.page.get_by_role("heading", name=walker.say(heading))
    return str(found.evaluate("heading => getComputedStyle(heading).backgroundColor"))
