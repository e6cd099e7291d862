"""The portal: who looked, and the inbox; each person's own, and nobody else's."""

from collections.abc import Iterator
from datetime import timedelta

import psycopg
import pytest
from cast import HA, HARBOUR, Cast, Registered
from doors import Browser, run_jobs
from record.resources import of_category

from wutong.control.pages import dates
from wutong.core import clock


@pytest.fixture
def who(cast: Cast) -> Registered:
    """Somebody with an allergy, who allows the clinic."""
    made = cast.register()
    content = of_category("ALG", made.patient_id)
    assert cast.fhir(cast.ha, "POST", content["resourceType"], json=content).status_code == 201
    cast.allow(made)
    return made


@pytest.fixture
def patient(cast: Cast, server: str, who: Registered) -> Iterator[Browser]:
    """Their browser, in the portal."""
    made = Browser(server, cast.patient_account(who))
    yield made
    made.close()


def _look(cast: Cast, server: str, who: Registered, profession: str = "DOC", **statement: str) -> None:
    clinician = Browser(server, cast.professional(profession, HARBOUR))
    clinician.open_record(who.person_id, **statement)
    clinician.close()


def test_before_anybody_looked_the_pages_say_so(patient: Browser) -> None:
    for path in ("/portal/", "/portal/who-looked/"):
        assert "Nobody has looked at your record yet." in patient.get(path)


def test_who_looked_tells_who_where_when_what_and_why(
    cast: Cast, server: str, who: Registered, patient: Browser
) -> None:
    _look(cast, server, who, common="other", reason="She rang about her rash")
    page = patient.get("/portal/who-looked/")
    for shown in (
        "Professional",
        "a doctor",
        "Harbour Family Clinic",
        f"{clock.local(clock.now()):%B %Y}",
        "Hong Kong time",
        "Allergies and adverse drug reactions",
        "Why: to treat you",
        "Nothing in the record showed a visit, an appointment or a referral there.",
        f"Allowed because you allowed Harbour Family Clinic to look on {dates.day(clock.today())} (statement 1, until ",
        "and they gave a reason of their own.",
        "In their words: She rang about her rash",
    ):
        assert shown in page


def test_who_looked_names_the_categories_that_were_asked_for_and_no_other(
    cast: Cast, server: str, who: Registered, patient: Browser, superuser: psycopg.Connection
) -> None:
    doctor = Browser(server, cast.professional("DOC", HARBOUR))
    assert "a ALG thing" in doctor.open_record(who.person_id)
    doctor.get(f"/clinic/record/{who.person_id}/encounters/")
    doctor.close()
    query = "select categories from gate.look_line_v1 where person_id = %s"
    assert superuser.execute(query, [who.person_id]).fetchall() == [(["ALG", "DX", "ENC", "IMM", "LAB", "MED", "PID"],)]
    page = patient.get("/portal/who-looked/")
    assert "Encounters and appointments" in page
    assert "Birth records" not in page


def test_one_look_is_one_line_however_many_clicks(cast: Cast, server: str, who: Registered, patient: Browser) -> None:
    doctor = Browser(server, cast.professional("DOC", HARBOUR))
    doctor.open_record(who.person_id)
    for _ in range(3):
        doctor.get(f"/clinic/record/{who.person_id}/")
    doctor.close()
    assert patient.get("/portal/who-looked/").text.count("Hong Kong time") == 1


def test_many_looks_have_pages(cast: Cast, who: Registered, patient: Browser) -> None:
    doctor = cast.professional("DOC", HARBOUR)
    for number in range(22):
        with clock.travel(timedelta(minutes=31 * number)):
            assert cast.open(cast.session_token(doctor), who.person_id).status_code == 200
    first = patient.get("/portal/who-looked/")
    assert first.text.count("Hong Kong time") == 20
    assert "Older" in first
    second = patient.get("/portal/who-looked/?from=20")
    assert second.text.count("Hong Kong time") == 2
    assert "Newer" in second
    assert patient.get("/portal/who-looked/?from=²").status == 200


def test_r60_every_notice_is_in_the_inbox(cast: Cast, server: str, who: Registered, patient: Browser) -> None:
    _look(cast, server, who)
    run_jobs()
    page = patient.get("/portal/messages/")
    for shown in ("Your health record was opened", "Your sharing consent was changed", "sent by e-mail"):
        assert shown in page


def test_nobody_reads_another_persons_pages(cast: Cast, server: str, who: Registered) -> None:
    _look(cast, server, who)
    stranger = Browser(server, cast.patient_account(cast.register()))
    for path in ("/portal/", "/portal/who-looked/", "/portal/messages/", "/portal/who-may-look/"):
        page = stranger.get(path)
        assert page.status == 200
        assert "a doctor" not in page.text
        assert "May look until" not in page.text
    stranger.close()


def test_r02_what_nothing_explains_stands_first_and_marked_and_evidence_with_its_day(
    cast: Cast, server: str, who: Registered, patient: Browser
) -> None:
    _look(cast, server, who, common="follow-up")
    visit = of_category("ENC", who.patient_id) | {"period": {"start": clock.today().isoformat()}}
    assert cast.fhir(cast.ha, "POST", "Encounter", json=visit).status_code == 201
    explained = cast.session_token(cast.professional("NUR", HA))
    assert cast.open(explained, who.person_id, reason="").status_code == 200
    page = patient.get("/portal/who-looked/").text
    marked = page.index("Nothing in the record showed a visit, an appointment or a referral there.")
    assert marked < page.index("a doctor") < page.index("In their words: I am following up a visit")
    today = clock.today()
    assert f"the record showed care: you were there ({today.day} {today:%B %Y})" in page[page.index("a nurse") :]
    assert page.count("Nothing in the record showed") == 1
