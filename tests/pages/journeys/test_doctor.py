"""A doctor of the clinic: finds a patient, forgets to say why, says it, reads, looks at one test over time, goes back."""

import pytest
from cast import HARBOUR, Cast, Registered

from pages.journeys.steps import Walk, assert_closed, closed_sections, find

pytestmark = pytest.mark.browser


def test_a_doctor_opens_a_record_and_reads_it(cast: Cast, ill: Registered, walk: Walk) -> None:
    doctor = walk(cast.professional("DOC", HARBOUR, name_en="LEE Wai Ling", name_zh="李慧玲"))
    find(doctor, ill)
    doctor.press("Open the record")
    assert doctor.reads("Say why you are treating this person")
    assert not doctor.reads("Penicillin")
    doctor.take_picture("journey/doctor-why")
    doctor.choose("The patient has an appointment")
    doctor.press("Open the record")
    assert doctor.reads("Penicillin")
    assert closed_sections(doctor) == set()
    assert_closed(doctor)
    doctor.press(doctor.say_of("All %(count)s entries", count=12))
    assert doctor.reads("Laboratory results")
    assert doctor.reads("Creatinine")
    doctor.take_picture("journey/doctor-results")
    doctor.press("Creatinine")
    assert doctor.page.locator("figure .wt-plot__line").count() == 1
    assert doctor.reads("marked as high")
    assert doctor.page.locator("tbody tr").count() == 4
    doctor.take_picture("journey/doctor-results-over-time")
    doctor.press(doctor.say_of("Back to: %(section)s", section="Laboratory results"))
    doctor.press("Back to the summary")
    assert doctor.reads("Penicillin")


def test_nobody_is_found_by_the_number_of_somebody_who_has_not_joined(cast: Cast, walk: Walk) -> None:
    doctor = walk(cast.professional("DOC", HARBOUR))
    doctor.type_into("HKID number", "QX999999(9)")
    doctor.press("Find by HKID number")
    assert doctor.reads("This is not a right HKID number. Check each letter and digit, with the one in brackets")
    doctor.tab_to("This is not a right HKID number. Check each letter and digit, with the one in brackets")
