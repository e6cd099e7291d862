"""Privacy officers review emergency access: who may, by when, once; and what the patient learns of it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
import pytest
from calendar_days import at
from cast import HA, HARBOUR, OFFICE, Cast, Registered, Somebody
from doors import Browser, Page, mail_to, run_jobs
from emergencies import REASON, Clinician, emergency_at, whole_queue, whole_record

from wutong.control.audit.append import HOST
from wutong.control.emergency.queries import cases_of
from wutong.control.flows.create_account import NewProfessional, create_professional
from wutong.control.people.actions import accounts as account_actions
from wutong.control.people.actions.providers import register_provider
from wutong.core import clock

NOTE = "The patient was awake and could have been asked"


@dataclass
class Opened:
    """An emergency that somebody had."""

    who: Registered
    doctor: Somebody
    grant_id: UUID

    @property
    def address(self) -> str:
        return f"/console/emergencies/{self.who.person_id}/{self.grant_id}/"


def _emergency(cast: Cast, who: Registered, provider: str = HARBOUR, *categories: str) -> Opened:
    return Opened(who, *emergency_at(cast, who, provider, *categories))


@pytest.fixture
def case(cast: Cast) -> Opened:
    """An emergency at the clinic, of medicines and results."""
    return _emergency(cast, whole_record(cast, family="TSANG", given="Yee Man"), HARBOUR, "MED", "LAB")


@pytest.fixture
def officer(cast: Cast, server: str) -> Iterator[Browser]:
    """A privacy officer of the clinic."""
    made = Browser(server, cast.officer(HARBOUR))
    yield made
    made.close()


def _close(officer: Browser, case: Opened, outcome: str = "justified", note: str = "") -> Page:
    officer.get(case.address)
    return officer.send(case.address, outcome=outcome, note=note)


def test_a_case_shows_what_a_reviewer_judges_by(officer: Browser, case: Opened) -> None:
    page = officer.get(case.address)
    for shown in (
        "Professional",
        "a doctor",
        "Harbour Family Clinic",
        "The patient is unconscious or cannot speak",
        REASON,
        "Allergies and adverse drug reactions, Medication, Laboratory reports",
        "What was really read",
        f"{case.who.hkid[:5]}***(*)",
        "eHR number",
    ):
        assert shown in page
    read = page.text.partition("What was really read")[2].partition("The outcome")[0]
    assert "Medication" in read
    for secret in ("Diagnoses", "Immunisation"):
        assert secret not in read
    for secret in ("TSANG", "Yee Man", case.who.hkid, "a MED thing"):
        assert secret not in page.text


def test_a_record_that_was_not_read_says_so(cast: Cast, officer: Browser) -> None:
    from django.test import override_settings

    who = cast.register()
    doctor = Clinician(cast, cast.professional("DOC", HARBOUR))
    with override_settings(RECORD_URL="http://127.0.0.1:9"):
        doctor.break_glass(who.person_id)
    doctor.close()
    [grant_id] = cases_of(who.person_id)
    assert "Nothing was read." in officer.get(f"/console/emergencies/{who.person_id}/{grant_id}/")
    patient = Browser(cast.server, cast.patient_account(who))
    looked = patient.get("/portal/who-looked/")
    assert "Granted in an emergency, but not opened" in looked  # what the notice told of is found
    assert REASON in looked
    patient.close()


def test_a_closing_ends_what_is_left_of_the_access(cast: Cast, officer: Browser) -> None:
    doctor, who = Clinician(cast, cast.professional("DOC", HARBOUR)), whole_record(cast)
    doctor.break_glass(who.person_id, "MED")
    assert doctor.sees(who.person_id) == {"PID", "ALG", "MED"}
    [grant_id] = cases_of(who.person_id)
    _close(officer, Opened(who, doctor.who, grant_id))
    assert doctor.sees(who.person_id) == set()
    assert "Emergency access is open until" not in doctor.get(f"/clinic/patient/{who.person_id}/emergency/")
    assert "There is a problem" in doctor.send(f"/clinic/patient/{who.person_id}/emergency/", again="yes")
    assert doctor.sees(who.person_id) == set()
    doctor.close()


@pytest.mark.parametrize(
    ("outcome", "note", "told"),
    [
        ("justified", "", "it was justified"),
        ("justified", "fine", "it was justified"),
        ("not-justified", NOTE, "it was not justified"),
        ("follow-up", NOTE, "some questions are open"),
    ],
)
def test_an_outcome_closes_the_case_and_the_patient_is_told_it(
    officer: Browser, case: Opened, mail_folder: Path, outcome: str, note: str, told: str
) -> None:
    page = _close(officer, case, outcome, note)
    assert page.path == case.address
    assert "Was it justified?" not in page.text
    if note:
        assert note in page
    run_jobs()
    first, second = mail_to(mail_folder, case.who.email)
    assert first["subject"] == "Your health record was opened in an emergency"
    assert told in second.get_content()
    assert NOTE not in second.get_content()
    assert "TSANG" not in second.get_content()


def test_the_patient_sees_how_the_review_stands(cast: Cast, server: str, officer: Browser, case: Opened) -> None:
    patient = Browser(server, cast.patient_account(case.who))
    before = patient.get("/portal/who-looked/")
    for shown in (
        "In an emergency, without asking you first.",
        "A privacy officer has not reviewed it yet.",
        "you were unconscious or could not speak",
        REASON,
    ):
        assert shown in before
    _close(officer, case, "not-justified", NOTE)
    after = patient.get("/portal/who-looked/")
    assert "A privacy officer reviewed it: it was not justified." in after
    assert NOTE not in after.text
    patient.close()


NOT_CLOSED: dict[str, tuple[dict[str, str], str]] = {
    "no outcome": ({"outcome": ""}, "Choose the outcome"),
    "another outcome": ({"outcome": "forgotten"}, "Choose one of the list"),
    "not justified without a note": ({"outcome": "not-justified"}, "Say why in a note"),
    "not justified with a short note": ({"outcome": "not-justified", "note": "no"}, "Say why in a note"),
    "follow-up without a note": ({"outcome": "follow-up", "note": " " * 40}, "Say why in a note"),
    "a note that is too long": ({"note": "words " * 100}, "Keep the note within 500 characters"),
    "a NUL": ({"note": "a\x00b"}, "Take out the characters that cannot be shown"),
}


@pytest.mark.parametrize("wrong", NOT_CLOSED)
def test_what_is_no_closing_closes_nothing(officer: Browser, case: Opened, wrong: str) -> None:
    changed, told = NOT_CLOSED[wrong]
    officer.get(case.address)
    page = officer.send(case.address, **{"outcome": "justified", "note": ""} | changed)
    assert told in page
    assert cases_of(case.who.person_id)[case.grant_id].is_open


def _reviews(superuser: psycopg.Connection, case: Opened) -> list[Any]:
    query = "select outcome, reason, detail from audit.entry where person_id = %s and event = 'emergency:review'"
    return superuser.execute(query, [case.who.person_id]).fetchall()


def test_a_second_closing_changes_nothing_and_says_who_was_first(
    cast: Cast, server: str, officer: Browser, case: Opened, superuser: psycopg.Connection, mail_folder: Path
) -> None:
    office = Browser(server, cast.officer(OFFICE))
    office.get(case.address)
    _close(officer, case)
    page = office.send(case.address, outcome="not-justified", note=NOTE)
    office.close()
    assert "This case is closed already" in page
    assert "Officer privacy.harbour" in page
    assert cases_of(case.who.person_id)[case.grant_id].outcome == "justified"
    detail = {"grant": str(case.grant_id), "outcome": "justified"}
    assert _reviews(superuser, case) == [("allowed", None, detail)]
    run_jobs()
    assert len(mail_to(mail_folder, case.who.email)) == 2


def test_an_officer_sees_the_cases_of_the_own_provider_and_the_office_all(
    cast: Cast, server: str, officer: Browser, case: Opened
) -> None:
    elsewhere = _emergency(cast, cast.register(), HA)
    office = Browser(server, cast.officer(OFFICE))
    peak = Browser(server, cast.officer("PEAK"))
    for browser, sees_own, sees_other in ((officer, True, False), (office, True, True), (peak, False, False)):
        listed = whole_queue(browser)
        assert (case.address in listed, elsewhere.address in listed) == (sees_own, sees_other)
        for one, is_seen in ((case, sees_own), (elsewhere, sees_other)):
            assert browser.get(one.address).status == (200 if is_seen else 404)
    officer.get(case.address)
    assert officer.send(elsewhere.address, outcome="justified", note="").status == 404
    assert cases_of(elsewhere.who.person_id)[elsewhere.grant_id].is_open
    for browser in (office, peak):
        browser.close()


@pytest.mark.parametrize("somebody", ["clinician", "patient"])
def test_nobody_but_an_officer_reviews(cast: Cast, server: str, case: Opened, somebody: str) -> None:
    who = case.doctor if somebody == "clinician" else cast.patient_account(case.who)
    with clock.travel(timedelta(minutes=2)):
        browser = Browser(server, who)
        for address in ("/console/emergencies/", case.address):
            assert not browser.get(address).path.startswith("/console")
        browser.close()


def test_who_opened_it_does_not_review_it_in_another_role(
    cast: Cast, server: str, superuser: psycopg.Connection
) -> None:
    from wutong.control.people.queries.providers import provider_with_code

    office = provider_with_code(OFFICE)
    assert office
    new = NewProfessional(
        f"both.{clock.now().timestamp()}", "LAM Both", "", HARBOUR, "DOC", f"B{clock.now().timestamp()}", clock.today()
    )
    made = create_professional(new)
    somebody = Somebody(new.sign_in_name, made.password, made.seed)
    who = cast.register()
    doctor = Clinician(cast, somebody)
    doctor.break_glass(who.person_id)
    doctor.close()
    [grant_id] = cases_of(who.person_id)
    superuser.execute("update control.affiliation set ended_at = now() where account_id = %s", [somebody.account_id])
    account_actions.affiliate(
        actor=HOST, account_id=somebody.account_id, provider_id=office.provider_id, role="privacy-officer"
    )
    with clock.travel(timedelta(minutes=2)):
        browser = Browser(server, somebody)
        address = f"/console/emergencies/{who.person_id}/{grant_id}/"
        assert "somebody else reviews it" in browser.get(address)
        browser.get("/console/")  # the form of another page brings the token
        browser.send(address, outcome="justified", note="")
        browser.close()
    assert cases_of(who.person_id)[grant_id].is_open
    query = "select outcome, reason from audit.entry where person_id = %s and event = 'emergency:review'"
    assert superuser.execute(query, [who.person_id]).fetchall() == [("refused", "no-rule")]


@pytest.mark.parametrize(
    ("opened", "due"),
    [
        ("2027-03-01T09:00+08:00", "4 March 2027"),  # Monday: Thursday
        ("2027-03-03T23:59+08:00", "8 March 2027"),  # Wednesday: Monday
        ("2027-03-05T09:00+08:00", "10 March 2027"),  # Friday: Wednesday
        ("2027-03-06T09:00+08:00", "10 March 2027"),  # Saturday: Wednesday
        ("2027-03-07T00:30+08:00", "10 March 2027"),  # Sunday, still Saturday in universal time: Wednesday
    ],
)
def test_a_review_is_due_after_three_working_days(cast: Cast, server: str, opened: str, due: str) -> None:
    who = cast.register()
    with at(opened):
        case = _emergency(cast, who)
        office = Browser(server, cast.officer(OFFICE))
        assert f"Due on {due}" in office.get(case.address)
        office.close()


def test_what_is_overdue_says_so_and_stands_first(cast: Cast, server: str) -> None:
    people = [cast.register(), cast.register()]
    register_provider(actor=HOST, code="LATE", name_en="Late Clinic", name_zh="", kind="clinic", is_deemed=False)
    with at("2027-06-07T09:00+08:00"):
        late = _emergency(cast, people[0], "LATE")
    with at("2027-06-11T09:00+08:00"):
        fresh = _emergency(cast, people[1], "LATE")
        office = Browser(server, cast.officer("LATE"))
        assert "Overdue: it was due on 10 June 2027, 1 day ago" in office.get(late.address)
        listed = whole_queue(office)
        assert listed.index(late.address) < listed.index(fresh.address)
        assert "Overdue" in office.get("/console/")
        _close(office, late)
        listed = whole_queue(office)
        assert listed.index(fresh.address) < listed.index(late.address)
        office.close()


def test_how_often_is_shown_for_each_thousand_looks(cast: Cast, server: str, superuser: psycopg.Connection) -> None:
    people = [cast.register() for _ in range(4)]
    with at("2031-02-03T09:00+08:00"):
        _emergency(cast, people[0], HA)
        for who in people[1:]:
            cast.open(cast.session_token(cast.professional("DOC", HA)), who.person_id)
        officer, other = Browser(server, cast.officer(HA)), Browser(server, cast.officer("PEAK"))
        rate = officer.get("/console/emergencies/").text.partition("How often, in the last 90 days")[2]
        assert re.search(r"Hospital Group\D*1\D*4\D*1,000 looks 250\.0", rate), rate
        assert "per 1,000 looks" not in other.get("/console/emergencies/").text
        for browser in (officer, other):
            browser.close()


def test_an_address_of_no_case_is_not_found(officer: Browser, case: Opened) -> None:
    nobody = "00000000-0000-4000-8000-000000000000"
    for address in (f"{nobody}/{case.grant_id}", f"{case.who.person_id}/{nobody}", f"{nobody}/{nobody}"):
        assert officer.get(f"/console/emergencies/{address}/").status == 404
