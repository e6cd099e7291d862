"""Tokens that ended long ago go; the rest stay: flow page docs/flows/forget_tokens.md."""

from datetime import timedelta

import psycopg
from cast import HARBOUR, Cast

from wutong.control import jobs
from wutong.core import clock, sealing


def _is_kept(superuser: psycopg.Connection, token: str) -> bool:
    query = "select 1 from control.access_token where token_hash = %s"
    return superuser.execute(query, [sealing.token_hash(token)]).fetchone() is not None


def test_a_token_is_forgotten_a_day_after_its_end(cast: Cast, superuser: psycopg.Connection) -> None:
    token = cast.client_token(HARBOUR)
    with clock.travel(timedelta(hours=24, minutes=50)):
        jobs.forget_expired_tokens(0)
    assert _is_kept(superuser, token)
    with clock.travel(timedelta(hours=25, minutes=10)):
        jobs.forget_expired_tokens(0)
        fresh = cast.client_token(HARBOUR)
    assert not _is_kept(superuser, token)
    assert _is_kept(superuser, fresh)
    cast.ha, cast.harbour = cast.client_token("HA", may_register=True), cast.client_token(HARBOUR)
