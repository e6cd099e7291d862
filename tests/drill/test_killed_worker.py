"""Kill -9 of the worker while it sends by every channel: no notice is lost; twice goes only what was in a relay's hands."""

import os
import random
import subprocess
import sys
import threading
import time
from collections import Counter
from datetime import datetime
from pathlib import Path

import psycopg
import pytest
from cast import Cast, Registered
from django.test import override_settings
from receiver import Receiver
from relay import Relay

from wutong.control.audit.append import HOST
from wutong.control.notices.queries import letters_of, notices_of
from wutong.control.people.actions import persons

KILLS = int(os.environ.get("WUTONG_KILLS", "20"))
pytestmark = [pytest.mark.drill, pytest.mark.timeout(600 + 15 * KILLS)]
_RELAY_SECONDS = 0.05


def test_no_notice_is_lost_and_none_goes_twice_without_need(
    cast: Cast, superuser: psycopg.Connection, tmp_path: Path
) -> None:
    by_mail, by_sms, by_post = (_people(cast, channel) for channel in ("email", "sms", "post"))
    people = [*by_mail, *by_sms, *by_post]
    with (
        Relay(seconds=_RELAY_SECONDS) as relay,
        Receiver(tmp_path / "sms") as gateway,
        override_settings(SMS_URL=gateway.url, PRINTS_LETTERS=True),
    ):
        _kill_while_telling(cast, people, relay, gateway)
        with _worker(relay, gateway) as worker:
            _wait_until_all_are_sent(people)
            worker.terminate()
    times = Counter(each.message_id for each in relay.taken)
    twice = {message_id for message_id, number in times.items() if number > 1}
    asked = Counter(gateway.asked)
    print(
        f"{KILLS} kills; {_number(by_mail)} e-mails, {len(times)} arrived, {len(twice)} of them more than once; "
        f"{_number(by_sms)} SMS, {len(gateway.taken)} arrived, {sum(number > 1 for number in asked.values())} asked for "
        f"more than once; {_number(by_post)} letters"
    )
    assert _number(people) > 20 * KILLS
    assert len(times) == _number(by_mail)
    assert not _sent_needlessly(superuser, relay, people)
    assert len(gateway.taken) == len(asked) == _number(by_sms)
    assert sum(len(letters_of(who.person_id)) for who in by_post) == _number(by_post)
    assert _times_noted(superuser, people) == {1}


def _people(cast: Cast, channel: str) -> list[Registered]:
    made = [cast.register() for _ in range(3)]
    for who in made:
        persons.set_contact(
            actor=HOST, person_id=who.person_id, channel=channel, phone="5123 4567", address="Flat G, Kowloon"
        )
    return made


def _number(people: list[Registered]) -> int:
    return sum(len(_sent(who)) for who in people)


def _times_noted(superuser: psycopg.Connection, people: list[Registered]) -> set[int]:
    """How often the trail says of one notice that it was sent."""
    query = """
    select count(*) from audit.entry where person_id = any (%s) and event = 'notice:sent' group by detail ->> 'notice'
    """
    return {row[0] for row in superuser.execute(query, [[who.person_id for who in people]])}


def _kill_while_telling(cast: Cast, people: list[Registered], relay: Relay, gateway: Receiver) -> None:
    """Meanwhile consents change, and each change is told."""
    stop = threading.Event()
    telling = threading.Thread(target=_change_consents, args=(cast, people, stop))
    telling.start()
    try:
        for _ in range(KILLS):
            with _worker(relay, gateway) as worker:
                already = len(relay.taken)
                while len(relay.taken) == already:
                    time.sleep(0.01)
                time.sleep(random.uniform(0.5, 2))
                worker.kill()
    finally:
        stop.set()
        telling.join()


def _change_consents(cast: Cast, people: list[Registered], stop: threading.Event) -> None:
    while not stop.is_set():
        for who in people:
            cast.allow(who)
            cast.withdraw(who)
        time.sleep(0.2)


def _worker(relay: Relay, gateway: Receiver) -> "subprocess.Popen[bytes]":
    channels = {"WUTONG_SMTP_URL": f"smtp://127.0.0.1:{relay.port}", "WUTONG_SMS_URL": gateway.url}
    settings = os.environ | channels | {"WUTONG_PRINTS_LETTERS": "true"}
    return subprocess.Popen([sys.executable, "-m", "wutong", "worker"], env=settings, stderr=subprocess.DEVNULL)


def _wait_until_all_are_sent(people: list[Registered]) -> None:
    """The last killed worker's jobs are found within a minute and a half."""
    deadline = time.monotonic() + 300
    while any(None in _sent(who) for who in people):
        assert time.monotonic() < deadline, _jobs()
        time.sleep(1)


def _sent(who: Registered) -> list[datetime | None]:
    return [each.sent_at for each in notices_of(who.person_id, limit=10_000)]


def _jobs() -> object:
    with psycopg.connect(os.environ["WUTONG_JOBS_DSN"]) as connection:
        return connection.execute("select status, task_name, count(*) from procrastinate_jobs group by 1, 2").fetchall()


def _sent_needlessly(superuser: psycopg.Connection, relay: Relay, people: list[Registered]) -> set[str]:
    """What came to the relay once more after it had been noted, and committed, that it was sent."""
    query = """
    select detail ->> 'notice', extract(epoch from min(at))::float8 from audit.entry
     where person_id = any (%s) and event = 'notice:sent' group by 1
    """
    noted = dict(superuser.execute(query, [[who.person_id for who in people]]).fetchall())
    since = time.time() - time.monotonic()
    return {
        each.message_id for each in relay.taken if each.begun + since > noted[each.message_id[1:].partition("@")[0]]
    }
