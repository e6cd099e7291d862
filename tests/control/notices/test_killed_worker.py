"""A worker that is killed in the middle of a sending: the notice is not lost, and goes twice only where nobody can know."""

import asyncio
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from cast import Cast, Registered
from django.test import override_settings
from doors import run_jobs
from receiver import Receiver
from relay import Relay

from wutong.control.audit.append import HOST
from wutong.control.notices.queries import letters_of, notices_of
from wutong.control.people.actions import persons


@pytest.fixture
def who(cast: Cast) -> Registered:
    """Somebody who can be reached by every channel."""
    run_jobs()  # what other tests have left
    made = cast.register()
    persons.set_contact(actor=HOST, person_id=made.person_id, phone="5123 4567", address="Flat G, Kowloon")
    return made


def _told_by(channel: str, who: Registered) -> None:
    persons.set_contact(actor=HOST, person_id=who.person_id, channel=channel)


@pytest.mark.parametrize(("at", "times"), [("RCPT", 1), ("DATA", 2)])
def test_a_notice_whose_sender_was_killed_is_sent(cast: Cast, who: Registered, at: str, times: int) -> None:
    """Once if the relay had not taken it; else again, with the same Message-ID, by which the relay can tell."""
    cast.allow(who)
    with Relay(hold_at=at) as relay:
        with _worker(WUTONG_SMTP_URL=f"smtp://127.0.0.1:{relay.port}"):
            assert relay.reached.wait(60)
        relay.let_go()
        _retry_what_stalled(who)
        with override_settings(EMAIL_PORT=relay.port):
            run_jobs()
    [notice] = notices_of(who.person_id, limit=9)
    assert notice.sent_at is not None
    assert len(relay.taken) == times
    assert len({each.message_id for each in relay.taken}) == 1


@pytest.mark.parametrize("mood", ["wait", "hold"])
def test_an_sms_whose_sender_was_killed_is_one_message(
    cast: Cast, who: Registered, superuser: psycopg.Connection, tmp_path: Path, mood: str
) -> None:
    """Asked again with the same id: taken now, or known to have been taken."""
    _told_by("sms", who)
    with Receiver(tmp_path / "sms", mood=mood) as gateway, override_settings(SMS_URL=gateway.url):
        cast.allow(who)
        query = "select notice_id::text from control.notice where person_id = %s"
        [(own,)] = superuser.execute(query, [who.person_id]).fetchall()  # what others left may become due meanwhile
        with _worker(WUTONG_SMS_URL=gateway.url):
            gateway.wait(1, of=own)
        assert [each["id"] for each in gateway.taken].count(own) == (mood == "hold")
        gateway.behave("200")
        _retry_what_stalled(who)
        run_jobs()
        assert gateway.asked.count(own) == 2
        assert [each["id"] for each in gateway.taken].count(own) == 1
    assert notices_of(who.person_id, limit=9)[0].sent_at is not None


def test_a_letter_whose_writer_was_killed_lies_in_the_queue_once(
    cast: Cast, who: Registered, superuser: psycopg.Connection
) -> None:
    _told_by("post", who)
    with override_settings(PRINTS_LETTERS=True):
        cast.allow(who)
        with superuser.transaction():
            superuser.execute("select from control.notice where person_id = %s for update", [who.person_id])
            with _worker(WUTONG_PRINTS_LETTERS="true"):
                _wait_for_the_lock(superuser)
        _retry_what_stalled(who)
        run_jobs()
    assert len(letters_of(who.person_id)) == 1
    query = "select count(*) from audit.entry where person_id = %s and event = 'notice:sent'"
    assert superuser.execute(query, [who.person_id]).fetchone() == (1,)


@contextmanager
def _worker(**settings: str) -> Iterator[None]:
    """A worker that is killed when the block ends."""
    with subprocess.Popen([sys.executable, "-m", "wutong", "worker"], env=os.environ | settings) as worker:
        try:
            yield
        finally:
            worker.kill()


def _wait_for_the_lock(superuser: psycopg.Connection) -> None:
    """Until the worker stands before the notice's row."""
    query = "select 1 from pg_stat_activity where usename = 'wutong_control' and wait_event_type = 'Lock'"
    while not superuser.execute(query).fetchone():
        superuser.execute("select pg_stat_clear_snapshot(), pg_sleep(0.01)")


def _retry_what_stalled(who: Registered) -> None:
    """As time would: the killed worker has not been heard of for long, and the minute's job looks for such."""
    from wutong.control.jobs import app

    assert [each.sent_at for each in notices_of(who.person_id, limit=9)] == [None]
    with psycopg.connect(os.environ["WUTONG_JOBS_DSN"], autocommit=True) as connection:
        connection.execute("update procrastinate_workers set last_heartbeat = now() - interval '1 hour'")

    async def defer() -> None:
        async with app.open_async():
            await app.tasks["retry_stalled_jobs"].defer_async(timestamp=0)

    asyncio.run(defer())
