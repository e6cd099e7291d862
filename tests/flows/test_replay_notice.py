"""replay_notice: the office sees what could not be sent and why, and has it sent again, once; nobody else does."""

import os
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from cast import HARBOUR, Cast, Registered
from conftest import free_port
from django.test import override_settings
from doors import Browser, bring_forward, run_jobs
from receiver import Receiver
from relay import Relay

from wutong.control.audit.append import HOST
from wutong.control.notices.queries import NoticeFacts, NoticeKey, dead_notices, notices_of
from wutong.control.people.actions import persons

_UNSENT = "/console/unsent/"


@pytest.fixture(autouse=True)
def _nothing_else(superuser: psycopg.Connection) -> None:
    """What other tests have left does not lie there any more."""
    superuser.execute("update control.notice set failed_at = null, failure = '' where failed_at is not null")
    with psycopg.connect(os.environ["WUTONG_JOBS_DSN"]) as queue:
        queue.execute("delete from procrastinate_jobs")


@pytest.fixture
def office(cast: Cast, server: str) -> Iterator[Browser]:
    """A privacy officer of the eHR office, signed in."""
    made = Browser(server, cast.officer())
    yield made
    made.close()


@pytest.fixture
def gateway(tmp_path: Path) -> Iterator[Receiver]:
    """An SMS gateway that is offered, and refuses."""
    with Receiver(tmp_path / "sms", mood="400") as running, override_settings(SMS_URL=running.url):
        yield running


def _told_by_sms(cast: Cast, number: str = "5123 4567") -> Registered:
    who = cast.register()
    persons.set_contact(actor=HOST, person_id=who.person_id, phone=number, channel="sms")
    cast.allow(who)
    run_jobs()
    return who


def _newest(who: Registered) -> NoticeFacts:
    return notices_of(who.person_id, limit=1)[0]


def _again(who: Registered) -> str:
    [key] = [each.key for each in dead_notices(limit=99) if each.key.person_id == who.person_id]
    return f"{_UNSENT}{key.person_id}/{key.notice_id}/again/"


def _trail(superuser: psycopg.Connection, who: Registered, event: str) -> list[tuple[object, ...]]:
    query = """
    select caller_kind, outcome, detail ->> 'failure' from audit.entry where person_id = %s and event = %s order by at
    """
    return superuser.execute(query, [who.person_id, event]).fetchall()


def test_r25_what_was_refused_for_good_is_not_tried_for_days_and_its_person_is_told(
    cast: Cast, gateway: Receiver, server: str, superuser: psycopg.Connection
) -> None:
    who = _told_by_sms(cast)
    assert bring_forward() == []
    assert len(gateway.asked) == 1
    assert (_newest(who).sent_at, _newest(who).failure) == (None, "refused-400")
    assert _trail(superuser, who, "notice:failed") == [("worker", "allowed", "refused-400")]
    patient = Browser(server, cast.patient_account(who))
    assert "could not be sent by SMS; please check that we have your right number" in patient.get("/portal/messages/")
    superuser.execute(
        "update control.notice set failure = 'refused-401' where person_id = %s and failed_at is not null",
        [who.person_id],
    )
    assert "could not be sent; the office is looking at it" in patient.get("/portal/messages/")
    patient.close()


def test_r25_a_dead_letter_is_sent_again_once_to_the_number_that_its_person_has_now(
    cast: Cast, gateway: Receiver, office: Browser, superuser: psycopg.Connection
) -> None:
    who = _told_by_sms(cast)
    assert "1 message could not be sent." in office.get("/console/")
    page = office.get(_UNSENT)
    assert "The SMS gateway refused the message (400)." in page
    assert "Confirmation of a consent, SMS" in page
    assert "after 1 attempt." in page
    assert "5123" not in page.text
    persons.set_contact(actor=HOST, person_id=who.person_id, phone="6123 4567")
    gateway.behave("200")
    address = _again(who)
    assert "1 waits again" in office.send(address)
    office.get(_UNSENT)
    assert "Nothing was sent again" in office.send(address)  # a second click
    run_jobs()
    assert [each["to"] for each in gateway.taken] == ["+85261234567"]
    assert len(gateway.asked) == 2
    assert _newest(who).sent_at is not None
    assert _trail(superuser, who, "notice:replay") == [("professional", "allowed", "refused-400")]
    assert "Every message went out" in office.get(_UNSENT)
    assert "Every message went out" in office.get("/console/")


def test_a_number_that_its_person_took_away_is_not_written_to_again(
    cast: Cast, gateway: Receiver, office: Browser, server: str, superuser: psycopg.Connection
) -> None:
    gone, there = _told_by_sms(cast), _told_by_sms(cast, "5000 0001")
    persons.set_contact(actor=HOST, person_id=gone.person_id, phone="")
    gateway.behave("200")
    office.get(f"{_UNSENT}by/sms/refused-400/again/")
    page = office.send(f"{_UNSENT}by/sms/refused-400/again/")
    for said in ("1 waits again", "1 was not sent: its person has left us no address or number for this channel."):
        assert said in page
    run_jobs()
    assert [each["to"] for each in gateway.taken] == ["+85250000001"]
    assert _newest(there).sent_at is not None
    assert (_newest(gone).sent_at, _newest(gone).failure, _newest(gone).is_to_be_sent) == (None, "", False)
    query = "select detail ->> 'to' from audit.entry where person_id = %s and event = 'notice:replay'"
    assert superuser.execute(query, [gone.person_id]).fetchall() == [("inbox",)]
    patient = Browser(server, cast.patient_account(gone))
    assert "only here: the way of being told" in patient.get("/portal/messages/")
    patient.close()


def test_one_alone_without_an_address_is_told_to_the_officer_and_lies_there_no_more(
    cast: Cast, gateway: Receiver, office: Browser
) -> None:
    who = _told_by_sms(cast)
    persons.set_contact(actor=HOST, person_id=who.person_id, phone="")
    office.get(_UNSENT)
    page = office.send(_again(who))
    assert "1 was not sent: its person has left us no address" in page
    assert "Nothing was sent again" not in page.text
    assert "Every message went out" in page


def test_all_of_one_reason_are_sent_again_after_a_check_that_says_how_many(
    cast: Cast, gateway: Receiver, office: Browser
) -> None:
    people = [_told_by_sms(cast, f"5000 000{each}") for each in range(3)]
    gateway.behave("403")
    other = _told_by_sms(cast)
    page = office.get(f"{_UNSENT}by/sms/")
    assert "Send 3 messages again" in page
    assert "Send 1 message again" in page
    assert "Send 3 messages again?" in office.get(f"{_UNSENT}by/sms/refused-400/again/")
    gateway.behave("200")
    assert "3 wait again" in office.send(f"{_UNSENT}by/sms/refused-400/again/")
    run_jobs()
    assert len(gateway.taken) == 3
    assert all(_newest(who).sent_at for who in people)
    assert _newest(other).failure == "refused-403"
    assert "Nothing was sent again" in office.get(f"{_UNSENT}by/sms/refused-400/again/")


def test_one_channel_is_seen_alone_and_one_that_is_none_is_nowhere(
    cast: Cast, gateway: Receiver, office: Browser
) -> None:
    _told_by_sms(cast)
    assert "refused the message" in office.get(f"{_UNSENT}by/sms/")
    assert "Every message went out" in office.get(f"{_UNSENT}by/email/")
    assert office.get(f"{_UNSENT}by/pigeon/").status == 404


def test_a_long_list_is_shown_a_page_at_a_time(cast: Cast, gateway: Receiver, office: Browser) -> None:
    who = cast.register()
    persons.set_contact(actor=HOST, person_id=who.person_id, phone="5123 4567", channel="sms")
    for _ in range(11):
        cast.allow(who)
        cast.withdraw(who)
    run_jobs()
    first = office.get(_UNSENT)
    assert (first.source.count("<form"), "Send 22 messages again" in first) == (
        22,
        True,
    )  # and to sign out, and of languages
    assert office.get(f"{_UNSENT}?from=20").source.count("<form") == 4


@pytest.mark.parametrize("channel", ["email", "sms"])
def test_what_nobody_answered_to_the_last_is_given_up_too(
    cast: Cast, office: Browser, gateway: Receiver, channel: str
) -> None:
    who = cast.register()
    persons.set_contact(actor=HOST, person_id=who.person_id, phone="5123 4567", channel=channel)
    gateway.kill()
    with override_settings(EMAIL_PORT=free_port()):
        cast.allow(who)
        run_jobs()
        assert _newest(who).failure == ""
        _as_after_three_days()
        run_jobs()
    assert _newest(who).failure == "no-answer"
    assert "did not answer at any attempt" in office.get(_UNSENT)
    assert "after 81 attempts" in office.page
    with gateway:
        gateway.behave("200")
        office.send(_again(who))
        run_jobs()
    assert _newest(who).sent_at is not None


@pytest.mark.parametrize(
    ("answer", "failure"), [("550 5.1.1 nobody of that name", "refused-550"), ("451 4.7.1 try later", "")]
)
def test_an_address_that_is_refused_for_good_is_told_from_one_that_is_refused_for_now(
    cast: Cast, server: str, answer: str, failure: str, caplog: pytest.LogCaptureFixture
) -> None:
    who = cast.register()
    with Relay(refuses=answer) as relay, override_settings(EMAIL_PORT=relay.port):
        cast.allow(who)
        run_jobs()
        assert _newest(who).failure == failure
        relay.refuses = ""
        bring_forward()
        run_jobs()
        assert len(relay.taken) == (0 if failure else 1)
    assert who.email not in caplog.text
    patient = Browser(server, cast.patient_account(who))
    shown = "could not be sent by e-mail; please check that we have your right address" if failure else "sent by e-mail"
    assert shown in patient.get("/portal/messages/")
    patient.close()


@pytest.mark.parametrize("address", ["a@b@c", "a\nb@example.org"])
def test_an_address_that_is_none_is_given_up_at_once(cast: Cast, office: Browser, address: str) -> None:
    who = cast.register()
    persons.set_contact(actor=HOST, person_id=who.person_id, email=address)
    cast.allow(who)
    run_jobs()
    assert _newest(who).failure == "bad-address"
    assert "The address is none that mail can be sent to." in office.get(_UNSENT)


def test_other_work_that_failed_is_shown_and_done_again(
    cast: Cast, office: Browser, superuser: psycopg.Connection
) -> None:
    assert "No background work has failed" in office.get(f"{_UNSENT}work/")
    cast.allow(who := cast.register())
    assert cast.open(cast.session_token(cast.doctor), who.person_id).status_code == 200
    with psycopg.connect(os.environ["WUTONG_JOBS_DSN"]) as queue:
        [(job_id,)] = queue.execute(
            "update procrastinate_jobs set status = 'failed', attempts = 81 where task_name = 'tell_patient_of_look'"
            " returning id"
        ).fetchall()
    run_jobs()
    assert "Your health record was opened" not in [each.subject for each in notices_of(who.person_id, limit=9)]
    assert "Write the notice of a look" in office.get(f"{_UNSENT}work/")
    assert "1 waits again" in office.send(f"{_UNSENT}work/{job_id}/again/")
    assert "Nothing was sent again" in office.send(f"{_UNSENT}work/{10**25}/again/")
    run_jobs()
    assert _newest(who).subject == "Your health record was opened"
    query = "select caller_kind, detail ->> 'task' from audit.event where event = 'job:replay' and caller_id = %s"
    assert office.who
    assert superuser.execute(query, [office.who.account_id]).fetchall() == [("professional", "tell_patient_of_look")]


def test_nobody_but_the_office_sees_it_or_sends_again(cast: Cast, gateway: Receiver, server: str) -> None:
    who = _told_by_sms(cast)
    address = _again(who)
    for somebody in (cast.officer(HARBOUR), cast.professional("DOC", HARBOUR), cast.patient_account(who)):
        stranger = Browser(server, somebody)
        home = stranger.page.path
        assert _UNSENT not in stranger.page.source
        for each in (_UNSENT, f"{_UNSENT}work/", f"{_UNSENT}by/sms/", f"{_UNSENT}by/sms/refused-400/again/"):
            assert stranger.get(each).path == home
        for each in (address, f"{_UNSENT}by/sms/refused-400/again/", f"{_UNSENT}work/1/again/"):
            assert stranger.send(each).path == home
            stranger.get(home)
        stranger.close()
    assert _newest(who).failure == "refused-400"


def _as_after_three_days() -> None:
    with psycopg.connect(os.environ["WUTONG_JOBS_DSN"]) as queue:
        queue.execute("update procrastinate_jobs set attempts = 80, scheduled_at = now() where status = 'todo'")


def test_the_key_of_a_notice_that_is_none_replays_nothing(cast: Cast, office: Browser) -> None:
    key = NoticeKey(cast.register().person_id, cast.register().person_id)
    office.get(_UNSENT)
    assert "Nothing was sent again" in office.send(f"{_UNSENT}{key.person_id}/{key.notice_id}/again/")
