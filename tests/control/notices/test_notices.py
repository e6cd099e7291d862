"""Notices of looks and of changed consents, by a real mail relay: each once, none lost, nothing said that is secret."""

import re
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
import pytest
from cast import HA, HARBOUR, Cast, Registered
from conftest import free_port
from django.test import override_settings
from doors import Browser, bring_forward, mail_to, run_jobs
from record.resources import of_category

from wutong.control.audit.append import HOST
from wutong.control.flows.send_notice import send_notice
from wutong.control.flows.tell_patient import tell_of_look
from wutong.control.notices.queries import NoticeFacts, notices_of
from wutong.control.people.actions import persons
from wutong.core import clock


@pytest.fixture
def who(cast: Cast) -> Registered:
    """Somebody who allows the clinic, and has read the confirmation."""
    made = cast.register(family="SUNG", given="Sze Wan")
    cast.allow(made)
    run_jobs()
    return made


def _look(cast: Cast, who: Registered, profession: str = "DOC") -> UUID:
    answer = cast.open(cast.session_token(cast.professional(profession, HARBOUR)), who.person_id)
    assert answer.status_code == 200
    return next(UUID(part["valueId"]) for part in answer.json()["parameter"] if part["name"] == "look")


def _looks_told(folder: Path, who: Registered) -> list[Any]:
    return [each for each in mail_to(folder, who.email) if "opened" in each["subject"]]


def _inbox(who: Registered) -> list[NoticeFacts]:
    return notices_of(who.person_id, limit=20)


def test_r25_each_look_is_told_by_e_mail(cast: Cast, who: Registered, mail_folder: Path) -> None:
    doctor = cast.professional("DOC", HARBOUR)
    for minutes in (0, 5, 31):  # the second is part of the first look
        with clock.travel(timedelta(minutes=minutes)):
            assert cast.open(cast.session_token(doctor), who.person_id).status_code == 200
    run_jobs()
    told = _looks_told(mail_folder, who)
    assert len(told) == 2
    body = told[0].get_content()
    for shown in (
        "Harbour Family Clinic",
        "a doctor",
        "Hong Kong time",
        "viewing, to treat you",
        "Who looked",
        "Tell the eHR office",
    ):
        assert shown in body


def test_r46_a_notice_holds_no_link_code_name_or_clinical_word(cast: Cast, who: Registered, mail_folder: Path) -> None:
    _look(cast, who)
    run_jobs()
    for message in mail_to(mail_folder, who.email):
        body = message.get_content()
        assert not re.search(
            r"https?:|www\.|href|@|password|one-time|code|SUNG|Sze Wan|Professional \d|QX\d", body, re.IGNORECASE
        ), body
        assert message.get_content_type() == "text/plain"


def test_a_changed_consent_is_confirmed(cast: Cast, who: Registered, mail_folder: Path) -> None:
    cast.withdraw(who)
    run_jobs()
    bodies = [each.get_content() for each in mail_to(mail_folder, who.email)]
    assert len(bodies) == 2
    assert "They may look at your record until" in bodies[0]
    assert "From now on they may not look at your record." in bodies[1]


def test_a_job_that_runs_twice_tells_once(cast: Cast, who: Registered, mail_folder: Path) -> None:
    look_id = _look(cast, who)
    run_jobs()
    assert tell_of_look(who.person_id, look_id) is None
    notice_id = UUID(_looks_told(mail_folder, who)[0]["message-id"].strip("<>").partition("@")[0])
    send_notice(who.person_id, notice_id)
    run_jobs()
    assert len(_looks_told(mail_folder, who)) == 1


def test_a_relay_that_is_down_is_tried_again_and_holds_up_no_other_notice(
    cast: Cast, who: Registered, mail_folder: Path
) -> None:
    with override_settings(EMAIL_PORT=free_port()):
        for _ in range(2):
            _look(cast, who)
            run_jobs()
    assert [each.sent_at for each in _inbox(who)][:2] == [None, None]
    assert bring_forward() == [1, 1]
    run_jobs()
    assert len(_looks_told(mail_folder, who)) == 2
    assert None not in [each.sent_at for each in _inbox(who)]


def test_who_refuses_access_notices_gets_none_but_consent_is_still_confirmed(
    cast: Cast, who: Registered, mail_folder: Path
) -> None:
    persons.set_contact(actor=HOST, person_id=who.person_id, refuses_access_notices_since=clock.now())
    _look(cast, who)
    cast.withdraw(who)
    run_jobs()
    assert _looks_told(mail_folder, who) == []
    assert len(mail_to(mail_folder, who.email)) == 2


@pytest.mark.parametrize("language", ["zh-HK", "zh-hant", "en", "tlh", ""])
def test_whatever_language_is_preferred_the_notice_goes_out_and_the_pages_open(
    cast: Cast, who: Registered, mail_folder: Path, server: str, language: str
) -> None:
    persons.set_contact(actor=HOST, person_id=who.person_id, language=language)
    _look(cast, who)
    run_jobs()
    assert len(mail_to(mail_folder, who.email)) == 2
    patient = Browser(server, cast.patient_account(who))
    assert _inbox(who)[0].subject in patient.get("/portal/messages/")
    patient.close()


def test_sending_is_in_the_trail(cast: Cast, who: Registered, superuser: psycopg.Connection) -> None:
    query = "select detail ->> 'kind' from audit.entry where person_id = %s and event = 'notice:sent'"
    assert [row[0] for row in superuser.execute(query, [who.person_id])] == ["consent"]


def test_uploads_are_not_told(cast: Cast, who: Registered) -> None:
    before = len(_inbox(who))
    cast.fhir(cast.ha, "GET", f"Patient/{who.patient_id}")
    run_jobs()
    assert len(_inbox(who)) == before


def test_r02_the_notice_says_that_nothing_showed_care_and_keeps_the_reason_to_the_portal(
    cast: Cast, who: Registered, mail_folder: Path
) -> None:
    secret = "the result of the test for syphilis"
    cast.open(cast.session_token(cast.doctor), who.person_id, reason=secret)
    visit = of_category("ENC", who.patient_id) | {"period": {"start": clock.today().isoformat()}}
    assert cast.fhir(cast.ha, "POST", "Encounter", json=visit).status_code == 201
    assert cast.open(cast.session_token(cast.professional("DOC", HA)), who.person_id, reason="").status_code == 200
    run_jobs()
    attested, explained = (each.get_content() for each in _looks_told(mail_folder, who))
    told = "Nothing in your record showed a visit"
    assert told in attested
    assert told not in explained
    assert secret not in attested
