"""Emergency access on the clinic's pages: where it is offered, what it shows, and what it never hides."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from cast import HARBOUR, Cast, Registered
from django.test import override_settings
from emergencies import REASON, Clinician, fresh_code, whole_record

from wutong.core import clock

WAY = "The person cannot be asked, and waiting would do harm"


@pytest.fixture(scope="module")
def who(cast: Cast) -> Registered:
    """Somebody who never allowed the clinic."""
    return whole_record(cast, family="TSANG", given="Yee Man")


@pytest.fixture
def doctor(cast: Cast) -> Iterator[Clinician]:
    """A doctor of the clinic, signed in."""
    made = Clinician(cast, cast.professional("DOC", HARBOUR))
    yield made
    made.close()


def test_it_is_offered_where_the_patients_word_is_missing(doctor: Clinician, who: Registered) -> None:
    page = doctor.get(f"/clinic/patient/{who.person_id}/")
    assert page.status == 403
    assert WAY in page
    page = doctor.get(f"/clinic/patient/{who.person_id}/emergency/")
    for shown in ("Used for anything else it is unlawful.", "the person is told at once", "a privacy officer reviews"):
        assert shown in page
    assert "TSANG" not in page.text
    assert " checked" not in page.source, "nothing is chosen in advance"


def test_it_is_offered_where_a_part_is_restricted_and_not_where_all_is_open(cast: Cast, doctor: Clinician) -> None:
    allowed = cast.register()
    cast.allow(allowed)
    assert WAY not in doctor.open_record(allowed.person_id).text
    optometrist = Clinician(cast, cast.professional("OPT", HARBOUR))
    assert WAY in optometrist.open_record(allowed.person_id)
    page = optometrist.get(f"/clinic/patient/{allowed.person_id}/emergency/")
    assert "Restricted for your profession; opens in an emergency." in page
    optometrist.close()


@pytest.mark.parametrize("is_offered", [True, False])
def test_whom_the_person_closed_the_record_to_is_refused_before_anything_is_asked(
    cast: Cast, doctor: Clinician, is_offered: bool
) -> None:
    who, form = cast.register(), "Why can the person not be asked?"
    closed_to = cast.professional("DOC", HARBOUR) if is_offered else doctor.who
    cast.close(who, "professional", str(closed_to.account_id))
    page = doctor.get(f"/clinic/patient/{who.person_id}/emergency/")
    assert page.status == (200 if is_offered else 403)
    assert (form in page) is is_offered
    told = "The patient has closed this record to you or to your clinic. Speak with the patient."
    assert (told in page) is not is_offered


def test_what_the_role_closes_cannot_be_named(cast: Cast, who: Registered) -> None:
    practitioner = Clinician(cast, cast.professional("CMP", HARBOUR))
    page = practitioner.get(f"/clinic/patient/{who.person_id}/emergency/")
    assert "Laboratory reports" in page
    assert "Birth records" not in page.text
    practitioner.close()


def test_the_record_says_loudly_that_it_is_an_emergency_and_what_is_not_opened(
    doctor: Clinician, who: Registered
) -> None:
    page = doctor.break_glass(who.person_id, "MED")
    for shown in ("Emergency access until", "TSANG Yee Man", "a ALG thing", "a MED thing"):
        assert shown in page
    assert page.text.count("Not opened in this emergency: this part was not named.") == 4
    for secret in ("a DX thing", "a LAB thing", "a IMM thing"):
        assert secret not in page.text
    section = doctor.get(f"/clinic/record/{who.person_id}/medicines/")
    assert "Emergency access until" in section
    assert "a MED thing" in section
    closed = doctor.get(f"/clinic/record/{who.person_id}/results/")
    assert "Not opened in this emergency" in closed
    assert "a LAB thing" not in closed.text


def test_when_it_is_over_the_open_page_closes_at_its_next_click(doctor: Clinician, who: Registered) -> None:
    doctor.break_glass(who.person_id, "MED")
    for minutes in (14, 28, 42, 56):
        with clock.travel(timedelta(minutes=minutes)):
            assert doctor.get(f"/clinic/record/{who.person_id}/").status == 200
    with clock.travel(timedelta(minutes=60, seconds=1)):
        for path in ("", "medicines/"):
            page = doctor.get(f"/clinic/record/{who.person_id}/{path}")
            assert page.status == 403
            for secret in ("a MED thing", "TSANG", "Emergency access until"):
                assert secret not in page.text


def test_what_was_typed_stays_but_the_code(doctor: Clinician, who: Registered) -> None:
    page = doctor.break_glass(who.person_id, "MED", "LAB", kind="", code="123456")
    assert "There is a problem" in page
    assert REASON in page
    assert page.source.count(" checked") == 2
    assert "123456" not in page.source
    page = doctor.break_glass(who.person_id, "MED", code="12")
    assert 'value="unconscious" checked' in " ".join(page.source.split())
    assert 'value="12"' not in page.source


def test_all_slips_are_told_at_once(doctor: Clinician, who: Registered) -> None:
    page = doctor.break_glass(who.person_id, kind="", reason="", code="")
    for told in ("Say why you cannot ask", "Say in your own words what the emergency is", "Enter the 6-digit code"):
        assert page.text.count(told) == 2, "in the summary, and at the field"


def test_words_of_a_reason_are_shown_as_words(doctor: Clinician, who: Registered, cast: Cast) -> None:
    page = doctor.break_glass(who.person_id, kind="", reason='<script>alert("x")</script> {{ 7 * 7 }} %(x)s')
    assert "<script>alert" not in page.source
    assert "{{ 7 * 7 }} %(x)s" in page


@pytest.mark.parametrize("path", ["", "emergency/"])
def test_switched_off_the_pages_tell_nothing_of_it(doctor: Clinician, who: Registered, path: str) -> None:
    with override_settings(EMERGENCY_ACCESS=False):
        page = doctor.get(f"/clinic/patient/{who.person_id}/{path}")
        assert page.status == 403
        assert WAY not in page.text


def test_a_form_from_another_site_opens_nothing(doctor: Clinician, who: Registered) -> None:
    address = f"/clinic/patient/{who.person_id}/emergency/"
    stated = {"kind": "no-time", "reason": REASON, "code": fresh_code(doctor.who)}
    assert doctor._http.post(address, data=stated).status_code == 403
    assert doctor.sees(who.person_id) == set()
