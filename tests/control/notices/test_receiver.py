"""SMS to a gateway that is a process of its own: it may be slow, busy, broken or killed; nothing is lost or doubled."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
import pytest
from cast import HARBOUR, Cast, Registered
from django.db import connections
from django.test import override_settings
from doors import bring_forward, mail_to, run_jobs
from receiver import Receiver

from wutong.control.audit.append import HOST
from wutong.control.flows.send_notice import send_notice
from wutong.control.flows.tell_patient import tell_of_look
from wutong.control.notices import actions
from wutong.control.notices.channels import NotTaken, mail
from wutong.control.notices.queries import notices_of
from wutong.control.notices.wording import Wording
from wutong.control.people.actions import persons
from wutong.core import ids


@pytest.fixture
def gateway(tmp_path: Path) -> Iterator[Receiver]:
    """A gateway that takes everything, until it is told otherwise."""
    run_jobs()  # what other tests have left
    with Receiver(tmp_path / "sms") as running, override_settings(SMS_URL=running.url):
        yield running


@pytest.fixture
def who(cast: Cast) -> Registered:
    """Somebody who chose SMS."""
    made = cast.register()
    persons.set_contact(actor=HOST, person_id=made.person_id, phone="5123 4567", channel="sms")
    return made


@pytest.mark.parametrize("mood", ["500", "503", "429", "408", "302"])
def test_r25_what_may_pass_is_tried_again_under_the_same_id(
    cast: Cast, who: Registered, gateway: Receiver, mood: str
) -> None:
    gateway.behave(mood)
    cast.allow(who)
    run_jobs()
    assert notices_of(who.person_id, limit=1)[0].failure == ""
    gateway.behave("200")
    assert bring_forward() == [1]
    run_jobs()
    assert notices_of(who.person_id, limit=1)[0].sent_at
    assert len(gateway.asked) == 2
    assert len(gateway.taken) == len(set(gateway.asked)) == 1


@pytest.mark.parametrize("mood", ["400", "401", "404", "422"])
def test_what_will_not_pass_is_asked_once(cast: Cast, who: Registered, gateway: Receiver, mood: str) -> None:
    gateway.behave(mood)
    cast.allow(who)
    run_jobs()
    assert bring_forward() == []
    assert notices_of(who.person_id, limit=1)[0].failure == f"refused-{mood}"
    assert len(gateway.asked) == 1


def test_taken_but_the_answer_lost_goes_again_and_is_one_message_by_its_id(
    cast: Cast, who: Registered, gateway: Receiver
) -> None:
    gateway.behave("drop")
    cast.allow(who)
    run_jobs()
    assert not notices_of(who.person_id, limit=1)[0].sent_at
    gateway.behave("200")
    bring_forward()
    run_jobs()
    assert notices_of(who.person_id, limit=1)[0].sent_at
    assert (len(gateway.asked), len(gateway.taken)) == (2, 1)


def test_a_gateway_that_is_killed_and_comes_back_gets_all(cast: Cast, who: Registered, gateway: Receiver) -> None:
    gateway.behave("slow")
    cast.allow(who)
    run_jobs()
    gateway.kill()
    cast.withdraw(who)
    cast.allow(who)
    run_jobs()
    assert [bool(each.sent_at) for each in notices_of(who.person_id, limit=9)] == [False, False, True]
    with gateway:
        bring_forward()
        run_jobs()
    assert all(each.sent_at for each in notices_of(who.person_id, limit=9))
    assert len(gateway.asked) == len(gateway.taken) == 3


def test_r25_many_at_the_same_moment_are_one_notice_and_one_message(
    cast: Cast, who: Registered, gateway: Receiver
) -> None:
    cast.allow(who)
    run_jobs()
    answer = cast.open(cast.session_token(cast.professional("DOC", HARBOUR)), who.person_id)
    look_id = next(UUID(part["valueId"]) for part in answer.json()["parameter"] if part["name"] == "look")
    gateway.behave("slow")
    told = _at_once(lambda: tell_of_look(who.person_id, look_id))
    [notice_id] = [each for each in told if each]
    _at_once(lambda: send_notice(who.person_id, notice_id))
    run_jobs()
    assert len(gateway.asked) == len(gateway.taken) == 2
    assert [each.subject for each in notices_of(who.person_id, limit=9)] == [
        "Your health record was opened",
        "Your sharing consent was changed",
    ]


def _at_once(work: Callable[[], Any]) -> list[Any]:
    def run(_: int) -> Any:
        try:
            return work()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(6) as pool:
        return list(pool.map(run, range(6)))


def test_what_is_urgent_overtakes_what_waits(cast: Cast, who: Registered, gateway: Receiver) -> None:
    ordinary = [cast.register() for _ in range(6)]
    for each in ordinary:
        persons.set_contact(actor=HOST, person_id=each.person_id, phone="6123 4567", channel="sms")
        cast.allow(each)
    urgent = actions.queue_notice(
        person_id=who.person_id,
        kind="emergency",
        about_id=ids.new(),
        channel="sms",
        address="+85251234567",
        language="en",
        wording=Wording("An emergency", "Your health record was opened in an emergency."),
        is_urgent=True,
    )
    run_jobs()
    assert gateway.asked[0] == str(urgent)
    assert len(gateway.taken) == 7


def test_g9_a_notice_goes_out_within_a_minute_of_the_look(
    cast: Cast, who: Registered, gateway: Receiver, superuser: psycopg.Connection
) -> None:
    cast.allow(who)
    with subprocess.Popen([sys.executable, "-m", "wutong", "worker"], env=_environment(gateway)) as worker:
        gateway.wait(1)  # it is at work
        assert cast.open(cast.session_token(cast.professional("DOC", HARBOUR)), who.person_id).status_code == 200
        gateway.wait(2)
        worker.terminate()  # it ends what it has in hand
    query = """
    select n.queued_at - l.opened_at, n.sent_at - l.opened_at from control.notice n
      join audit.look l on l.person_id = n.person_id and l.look_id = n.about_id where n.person_id = %s
    """
    [(queued, sent)] = superuser.execute(query, [who.person_id]).fetchall()
    assert timedelta() < queued <= sent < timedelta(seconds=60)


def _environment(gateway: Receiver) -> dict[str, str]:
    return os.environ | {"WUTONG_SMS_URL": gateway.url}


def test_staff_are_told_by_a_plain_e_mail(mail_folder: Path, pytestconfig: pytest.Config) -> None:
    message_id = ids.new()
    for _ in range(2):
        mail(to="officer@office.example", subject="An emergency access", body="Please look.", message_id=message_id)
    first, second = mail_to(mail_folder, "officer@office.example")
    assert first["message-id"] == second["message-id"] == f"<{message_id}@wutong.example>"
    assert first.get_content().strip() == "Please look."
    with pytest.raises(NotTaken, match="The address is none"):
        mail(to="a@b@c", subject="x", body="x", message_id=message_id)
