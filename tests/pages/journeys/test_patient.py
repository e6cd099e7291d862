"""A patient whom nobody has treated yet: every page says what it is for, and what one can do; then signs out."""

import pytest
from cast import Cast

from pages.journeys.steps import Walk

pytestmark = pytest.mark.browser


def test_a_new_patient_finds_out_what_there_is(cast: Cast, walk: Walk) -> None:
    patient = walk(cast.patient_account(cast.register()))
    assert patient.reads("Nobody has looked at your record yet. When somebody does, it stands here and you are told.")
    patient.take_picture("journey/patient-new")
    patient.press("Messages")
    assert patient.reads(
        "There are no messages. When your record is opened or your permissions change, you are told here."
    )
    patient.press("See who may look")
    patient.press("Allow", "Harbour Family Clinic")
    patient.press("Continue")
    assert patient.reads("Choose for how long")
    patient.take_picture("journey/patient-error")
    patient.press("Sign out")
    assert patient.reads("Your own account only")
