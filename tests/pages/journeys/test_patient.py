"""A patient: every empty page says what it is for; then allows, changes for how long, reads the history, withdraws."""

import pytest
from cast import HARBOUR, Cast

from pages.journeys.steps import Walk, find_provider

pytestmark = pytest.mark.browser

_CLINIC = ("Harbour Family Clinic", "海港家庭診所")


def test_a_new_patient_finds_out_what_there_is(cast: Cast, walk: Walk) -> None:
    patient = walk(cast.patient_account(cast.register()))
    assert patient.reads("Nobody has looked at your record yet. When somebody does, it stands here and you are told.")
    patient.take_picture("journey/patient-new")
    patient.press("Messages")
    assert patient.reads(
        "There are no messages. When your record is opened or your permissions change, you are told here."
    )
    patient.press("See who may look")
    find_provider(patient, "Harbour")
    patient.press("Allow", "Harbour Family Clinic")
    patient.press("Continue")
    assert patient.reads("Choose for how long")
    patient.take_picture("journey/patient-error")
    patient.press("Sign out")
    assert patient.reads("Your own account only")


def test_a_patient_allows_changes_for_how_long_and_withdraws(cast: Cast, walk: Walk) -> None:
    cast.professional("DOC", HARBOUR, name_en="LEE Wai Ling", name_zh="李慧玲")
    patient = walk(cast.patient_account(cast.register()))
    patient.press("Who may look")
    find_provider(patient, "Harbour")
    patient.press("Allow", "Harbour Family Clinic")
    patient.choose("For one year")
    patient.press("Continue")
    assert patient.reads("Who will be able to look")
    assert patient.reads("Doctors")
    patient.take_picture("journey/patient-preview")
    patient.press("Allow")
    assert patient.reads("%(name)s may look at your record now.", name=_CLINIC)

    patient.press("Change how long", "Harbour Family Clinic")
    patient.choose("Until I withdraw it")
    patient.press("Continue")
    assert patient.reads(
        "Nobody gains or loses sight of anything: the same professionals go on to see the same parts of the record."
    )
    patient.press("Change")
    assert patient.reads("May look until you withdraw it.")

    patient.press("Withdraw", "Harbour Family Clinic")
    assert patient.reads("Who will no longer be able to look")
    patient.take_picture("journey/patient-withdraw")
    patient.press("Withdraw")
    assert patient.reads("%(name)s may not look at your record any more.", name=_CLINIC)
    patient.press("See everything that was said")
    said = patient.page.locator(".wt-items li").all_inner_texts()
    assert [each.startswith(patient.say_of("%(name)s", name=_CLINIC)) for each in said] == [True, True, True]
    assert patient.say("allowed until withdrawn") in said[1]
    patient.take_picture("journey/patient-history")
