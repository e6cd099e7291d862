"""Kill -9 of the worker while it sends mail: no notice is lost; twice goes only what was in the relay's hands at a kill."""

import os
import random
import subprocess
import sys
import threading
import time
from collections import Counter
from datetime import datetime

import psycopg
import pytest
from cast import Cast, Registered
from relay import Relay

from wutong.control.notices.queries import notices_of

pytestmark = [pytest.mark.drill, pytest.mark.timeout(600)]

KILLS = int(os.environ.get("WUTONG_KILLS", "10"))
_RELAY_SECONDS = 0.05
_COMMIT_SECONDS = 0.5  # from the relay's answer to the worker's commit, generously


def test_no_notice_is_lost_and_none_goes_twice_without_need(cast: Cast) -> None:
    people = [cast.register() for _ in range(8)]
    with Relay(seconds=_RELAY_SECONDS) as relay:
        kills = _kill_while_telling(cast, people, relay)
        with _worker(relay) as worker:
            _wait_until_all_are_sent(people)
            worker.terminate()
    notices = sum(len(_sent(who)) for who in people)
    times = Counter(each.message_id for each in relay.taken)
    twice = {message_id for message_id, number in times.items() if number > 1}
    print(f"{len(kills)} kills, {notices} notices, {len(times)} arrived, {len(twice)} of them more than once")
    assert notices > 20 * KILLS
    assert len(times) == notices
    assert twice <= _in_the_relays_hands(relay, kills)


def _kill_while_telling(cast: Cast, people: list[Registered], relay: Relay) -> list[float]:
    """When the worker was killed; meanwhile consents change, and each change is told."""
    kills, stop = [], threading.Event()
    telling = threading.Thread(target=_change_consents, args=(cast, people, stop))
    telling.start()
    try:
        for _ in range(KILLS):
            with _worker(relay) as worker:
                already = len(relay.taken)
                while len(relay.taken) == already:
                    time.sleep(0.01)
                time.sleep(random.uniform(0.5, 2))
                kills.append(time.monotonic())
                worker.kill()
    finally:
        stop.set()
        telling.join()
    return kills


def _change_consents(cast: Cast, people: list[Registered], stop: threading.Event) -> None:
    while not stop.is_set():
        for who in people:
            cast.allow(who)
            cast.withdraw(who)
        time.sleep(0.2)


def _worker(relay: Relay) -> "subprocess.Popen[bytes]":
    settings = os.environ | {"WUTONG_SMTP_URL": f"smtp://127.0.0.1:{relay.port}"}
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


def _in_the_relays_hands(relay: Relay, kills: list[float]) -> set[str]:
    """What it had taken, and whose sender was killed before it can have committed that."""
    return {
        each.message_id
        for each in relay.taken
        if any(each.begun <= kill <= each.answered + _COMMIT_SECONDS for kill in kills)
    }
