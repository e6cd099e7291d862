"""A patient asks who could see the record on a day: now, on a day before a closing and after it, and on one to come."""

from datetime import date

import pytest
from calendar_days import at
from cast import HA, Cast, Registered
from replays import clinic, close

from pages.journeys.steps import Walk, Walker
from wutong.core import ids

pytestmark = pytest.mark.browser

_NOTHING_CLOSED, _CLOSED, _WITHDRAWN = date(2027, 2, 10), date(2027, 3, 10), date(2027, 4, 10)


@pytest.fixture
def told(cast: Cast) -> Registered:
    """Somebody who allows a clinic, closes this and that, and withdraws."""
    made, place = cast.register(), clinic("Lychee Court Clinic")
    shut_out = cast.professional("DOC", place.code, name_en="AU Siu Ming", name_zh="區小明")
    for profession, code in (("DOC", place.code), ("OPT", place.code), ("NUR", HA), ("PHA", HA)):
        cast.professional(profession, code)
    with at("2027-02-01T09:00:00+08:00"):
        cast.allow(made, place.code)
    with at("2027-03-01T09:00:00+08:00"):
        close(made.person_id, "category", "LAB")
        close(made.person_id, "label", "PSY")
        close(made.person_id, "item", str(ids.new()))
        close(made.person_id, "episode", str(ids.new()))
        close(made.person_id, "professional", str(shut_out.account_id))
    with at("2027-04-01T09:00:00+08:00"):
        cast.withdraw(made, place.code)
    return made


def _ask(patient: Walker, day: date) -> None:
    patient.tab_to("Day")
    patient.page.fill("#day", day.isoformat())  # how a date is typed is the browser's own affair
    patient.press("Show")


def test_r58_a_patient_reads_who_could_look_on_a_day(cast: Cast, told: Registered, walk: Walk) -> None:
    with at("2027-05-01T12:00:00+08:00"):
        patient = walk(cast.patient_account(told))
        patient.press("Who may look")
        patient.press("See who could look on a day")
        assert patient.reads("Now, on %(day)s", day=date(2027, 5, 1))
        assert patient.reads("Could not look")
        _ask(patient, _NOTHING_CLOSED)
        assert patient.reads("At the end of %(day)s", day=_NOTHING_CLOSED)
        assert not patient.reads("Kept from every professional, or from those named, whatever was allowed.")
        _ask(patient, _CLOSED)
        assert patient.reads("Not %(names)s: the record was closed to them.", names="AU Siu Ming 區小明")
        patient.take_picture("journey/patient-past", also_in_chinese=True)
        _ask(patient, date(2027, 5, 2))
        assert patient.reads("This day is still to come. Enter today or an earlier day")
        patient.take_picture("journey/patient-past-error")
        _ask(patient, date(2016, 3, 13))
        _ask(patient, _WITHDRAWN)
        patient.page.emulate_media(media="print")
        assert not patient.page.is_visible("#day")
        assert patient.reads("At the end of %(day)s", day=_WITHDRAWN)
