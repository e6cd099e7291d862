"""A patient leaves health record sharing, sees that nobody looks any more, and joins it again."""

import pytest
from cast import Cast

from pages.journeys.steps import Walk
from wutong.control.people.queries.persons import registration_state

pytestmark = pytest.mark.browser


def test_a_patient_leaves_and_joins_again(cast: Cast, walk: Walk) -> None:
    cast.allow(who := cast.register())
    patient = walk(cast.patient_account(who))
    patient.press("Who may look")
    patient.press("Leave health record sharing")
    assert patient.reads("Healthcare providers upload nothing more.")
    patient.press("Leave")
    assert registration_state(who.person_id) == "withdrawn"
    patient.press("Join again")
    patient.press("Join again")
    assert patient.reads("Choose what becomes of the permissions of before")
    patient.choose("They are withdrawn. I allow each again, if I wish to")
    patient.press("Join again")
    assert registration_state(who.person_id) == "active"
    assert patient.reads("You may leave at any time, without giving a reason.")
    patient.press("Who may look")
    assert patient.reads("May not look.")
