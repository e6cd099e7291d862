"""A worker that is killed in the middle of a sending: the notice is not lost, and goes twice only where nobody can know."""

import asyncio
import os
import subprocess
import sys

import psycopg
import pytest
from cast import Cast
from django.test import override_settings
from doors import run_jobs
from relay import Relay

from wutong.control.notices.queries import notices_of


@pytest.mark.parametrize(("at", "times"), [("RCPT", 1), ("DATA", 2)])
def test_a_notice_whose_sender_was_killed_is_sent(cast: Cast, at: str, times: int) -> None:
    """Once if the relay had not taken it; else again, with the same Message-ID, by which the relay can tell."""
    who = cast.register()
    run_jobs()  # what other tests have left
    cast.allow(who)
    with Relay(hold_at=at) as relay:
        _work_until_killed(relay)
        relay.let_go()
        assert [each.sent_at for each in notices_of(who.person_id, limit=9)] == [None]
        _retry_what_stalled()
        with override_settings(EMAIL_PORT=relay.port):
            run_jobs()
    [notice] = notices_of(who.person_id, limit=9)
    assert notice.sent_at is not None
    assert len(relay.taken) == times
    assert len({each.message_id for each in relay.taken}) == 1


def _work_until_killed(relay: Relay) -> None:
    settings = os.environ | {"WUTONG_SMTP_URL": f"smtp://127.0.0.1:{relay.port}"}
    with subprocess.Popen([sys.executable, "-m", "wutong", "worker"], env=settings) as worker:
        try:
            assert relay.reached.wait(60)
        finally:
            worker.kill()


def _retry_what_stalled() -> None:
    """As time would: the killed worker has not been heard of for long, and the minute's job looks for such."""
    from wutong.control.jobs import app

    with psycopg.connect(os.environ["WUTONG_JOBS_DSN"], autocommit=True) as connection:
        connection.execute("update procrastinate_workers set last_heartbeat = now() - interval '1 hour'")

    async def defer() -> None:
        async with app.open_async():
            await app.tasks["retry_stalled_jobs"].defer_async(timestamp=0)

    asyncio.run(defer())
