"""Notices by SMS and by post: each arrives under its own id, says nothing secret, and is called sent only then."""

import re
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import pytest
from cast import HARBOUR, Cast, Registered
from conftest import free_port
from django.test import override_settings
from doors import Browser, bring_forward, mail_to, run_jobs
from sms import Gateway

from wutong.control.audit.append import HOST
from wutong.control.flows.send_notice import send_notice
from wutong.control.notices.models import Notice
from wutong.control.notices.queries import NoticeFacts, letters_of, notices_of
from wutong.control.people.actions import persons

_SECRET = re.compile(r"https?:|www\.|href|@|password|one-time|code|Professional \d|QX\d", re.IGNORECASE)
_ADDRESS = "Flat G, 4/F, Block 5, Lychee Court, Yau Tsim Mong, Kowloon, Hong Kong"


@pytest.fixture
def who(cast: Cast) -> Registered:
    """Somebody who allows the clinic, and can be reached by every channel."""
    made = cast.register(family="SUNG", given="Sze Wan")
    persons.set_contact(actor=HOST, person_id=made.person_id, phone="+852 5123 4567", address=_ADDRESS)
    cast.allow(made)
    run_jobs()
    return made


@pytest.fixture
def letters() -> Iterator[None]:
    """An office that prints and posts."""
    with override_settings(PRINTS_LETTERS=True):
        yield


def _told_by(channel: str, who: Registered) -> None:
    persons.set_contact(actor=HOST, person_id=who.person_id, channel=channel)


def _look(cast: Cast, who: Registered) -> None:
    assert cast.open(cast.session_token(cast.professional("DOC", HARBOUR)), who.person_id).status_code == 200
    run_jobs()


def _newest(who: Registered) -> NoticeFacts:
    return notices_of(who.person_id, limit=1)[0]


def _id_of_sms(who: Registered) -> str:
    return str(Notice.objects.get(person_id=who.person_id, channel="sms").notice_id)


@pytest.fixture
def patient(cast: Cast, server: str, who: Registered) -> Iterator[Browser]:
    """The same person, signed in to the portal."""
    made = Browser(server, cast.patient_account(who))
    yield made
    made.close()


def test_an_sms_is_tried_until_the_gateway_takes_it_always_under_one_id(
    cast: Cast, who: Registered, patient: Browser, mail_folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    _told_by("sms", who)
    with Gateway(500, 202) as gateway, override_settings(SMS_URL=gateway.url):
        _look(cast, who)
        assert _newest(who).sent_at is None
        assert "not sent by SMS yet" in patient.get("/portal/messages/")
        bring_forward()
        run_jobs()
        about = _id_of_sms(who)  # other tests' messages wait too, and are brought forward with it
        first, second = [each for each in gateway.asked if each["id"] == about]
        assert _newest(who).sent_at is not None
        send_notice(who.person_id, UUID(about))
        assert [each["id"] for each in gateway.asked].count(about) == 2
    assert first == second
    assert (first["to"], set(first)) == ("+85251234567", {"id", "to", "text"})
    assert "sent by SMS" in patient.get("/portal/messages/")
    assert [each["subject"] for each in mail_to(mail_folder, who.email)] == ["Your sharing consent was changed"]
    assert "The SMS gateway answered 500." in caplog.text
    assert not re.search("5123 ?4567|gateway-password", caplog.text)


def test_a_gateway_that_is_down_is_tried_again_and_neither_it_nor_the_number_is_told(
    cast: Cast, who: Registered, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    _told_by("sms", who)
    with override_settings(SMS_URL=f"http://wutong:gateway-password@127.0.0.1:{free_port()}/sms/"):
        _look(cast, who)
    assert "The SMS gateway did not answer (ConnectError)." in caplog.text
    assert not re.search("5123 ?4567|gateway-password", caplog.text)
    with Gateway(200) as gateway, override_settings(SMS_URL=gateway.url):
        bring_forward()
        run_jobs()
        assert len(gateway.asked) == 1


def test_r46_an_sms_is_short_and_holds_no_link_code_name_or_clinical_word(cast: Cast, who: Registered) -> None:
    _told_by("sms", who)
    with Gateway(200) as gateway, override_settings(SMS_URL=gateway.url):
        _look(cast, who)
        cast.withdraw(who)
        run_jobs()
        opened, changed = (each["text"] for each in gateway.asked)
    assert re.fullmatch(
        r"Your health record was opened on [^.]+ Hong Kong time, at Harbour Family Clinic[^.]*, by a doctor\. "
        r"Your record showed no visit there; see their reason in the portal\. You did not expect this\? Tell the eHR office, or sign in to the portal as you always do\.",
        opened,
    )
    assert changed.startswith("You changed who may look at your health record: Harbour Family Clinic")
    assert "From now on they may not look at your record." in changed
    for text in (opened, changed):
        assert len(text) < 300
        assert not re.search(f"{_SECRET.pattern}|SUNG|Sze Wan", text, re.IGNORECASE)


def test_r46_a_letter_has_its_address_and_nothing_secret(
    cast: Cast, who: Registered, patient: Browser, letters: None
) -> None:
    _told_by("post", who)
    _look(cast, who)
    [letter] = letters_of(who.person_id)
    assert letter.to == f"SUNG Sze Wan 陳大文\n{_ADDRESS}"
    assert letter.subject == "Your health record was opened"
    assert "Harbour Family Clinic" in letter.body
    assert "By: a doctor" in letter.body
    assert not _SECRET.search(letter.subject + letter.body)
    assert "given to the office that posts letters" in patient.get("/portal/messages/")


@pytest.mark.parametrize("channel", ["sms", "post"])
def test_a_channel_without_its_setting_is_not_offered_and_not_called_sent(
    cast: Cast, who: Registered, patient: Browser, channel: str
) -> None:
    _told_by(channel, who)
    _look(cast, who)
    assert (_newest(who).subject, _newest(who).sent_at) == ("Your health record was opened", None)
    assert "only here: the way of being told that you chose is not offered yet" in patient.get("/portal/messages/")


@pytest.mark.parametrize("unknown", [{"phone": ""}, {"phone": "ask my son"}])
def test_who_left_no_number_has_the_notice_in_the_portal(
    cast: Cast, who: Registered, patient: Browser, unknown: dict[str, str]
) -> None:
    persons.set_contact(actor=HOST, person_id=who.person_id, channel="sms", **unknown)
    with Gateway(200) as gateway, override_settings(SMS_URL=gateway.url):
        _look(cast, who)
        assert gateway.asked == []
    assert "only here:" in patient.get("/portal/messages/")


def test_a_notice_outlives_a_setting_that_was_taken_away(cast: Cast, who: Registered) -> None:
    _told_by("sms", who)
    with Gateway(500, 200) as gateway:
        with override_settings(SMS_URL=gateway.url):
            _look(cast, who)
        bring_forward()
        run_jobs()
        assert len(gateway.asked) == 1
        with override_settings(SMS_URL=gateway.url):
            bring_forward()
            run_jobs()
        assert len(gateway.asked) == 2
    assert _newest(who).sent_at is not None
