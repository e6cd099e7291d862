"""Somebody tries to get past sign-in, or to keep others from it."""

import base64
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import httpx
import psycopg
import pytest
from cast import HARBOUR, PASSWORD, Cast, Somebody
from django.contrib.auth.hashers import make_password
from doors import _CSRF, Browser

from wutong.control.people import passwords
from wutong.core import clock


@pytest.fixture
def doctor(cast: Cast) -> Somebody:
    """A doctor whom nobody has attacked yet."""
    return cast.professional("DOC", HARBOUR)


class Stranger:
    """A browser at the sign-in page."""

    def __init__(self, server: str) -> None:
        self.http = httpx.Client(base_url=server, trust_env=False, timeout=60)
        self._token = _CSRF.search(self.http.get("/sign-in/").text)

    def send(self, address: str, **fields: str) -> httpx.Response:
        """Send a form with this browser's own token."""
        assert self._token
        return self.http.post(address, data={"csrfmiddlewaretoken": self._token[1], **fields})

    def password(self, who: Somebody, password: str = PASSWORD) -> httpx.Response:
        """The first factor."""
        return self.send("/sign-in/", name=who.name, password=password)


def _at_once(calls: list[Any]) -> list[Any]:
    with ThreadPoolExecutor(len(calls)) as threads:
        return [each.result() for each in [threads.submit(call) for call in calls]]


def _reasons(superuser: psycopg.Connection, who: Somebody, event: str) -> list[str | None]:
    query = "select reason from audit.event where caller_id = %s and event = %s"
    return [row[0] for row in superuser.execute(query, [who.account_id, event])]


def test_wrong_passwords_all_at_once_are_counted_like_one_after_another(
    server: str, doctor: Somebody, superuser: psycopg.Connection
) -> None:
    strangers = [Stranger(server) for _ in range(16)]
    _at_once([lambda each=each: each.password(doctor, "wrong") for each in strangers])
    reasons = _reasons(superuser, doctor, "sign-in:password")
    assert reasons.count("wrong-name-or-password") == 10
    assert reasons.count("too-many-wrong-passwords") == 6
    assert strangers[0].password(doctor).status_code == 200  # the right one, too late
    for each in strangers:
        each.http.close()


def test_one_code_sent_by_many_browsers_at_once_signs_in_one(
    server: str, doctor: Somebody, superuser: psycopg.Connection
) -> None:
    strangers = [Stranger(server) for _ in range(6)]
    for each in strangers:
        assert each.password(doctor).status_code == 302
    code = doctor.code()
    answers = _at_once([lambda each=each: each.send("/sign-in/code/", code=code) for each in strangers])
    assert sorted(answer.status_code for answer in answers) == [200] * 5 + [302]
    assert _reasons(superuser, doctor, "sign-in:code").count(None) == 1
    for each in strangers:
        each.http.close()


def test_wrong_codes_of_several_browsers_are_counted_together(server: str, doctor: Somebody) -> None:
    strangers = [Stranger(server) for _ in range(6)]
    for each in strangers:
        each.password(doctor)
    wrong = str((int(doctor.code()) + 1) % 10**6).zfill(6)
    _at_once([lambda each=each: each.send("/sign-in/code/", code=wrong) for each in strangers])
    assert "Too many wrong codes" in strangers[0].send("/sign-in/code/", code=doctor.code()).text
    for each in strangers:
        each.http.close()


def test_sign_ins_that_wait_for_their_turn_keep_nobody_from_the_pages(cast: Cast, server: str) -> None:
    """More of them than the pool has connections: a signed-in person's page still answers."""
    patient = Browser(server, cast.patient_account(cast.register()))
    strangers = [Stranger(server) for _ in range(16)]
    turns = passwords._TURNS
    taken = 0
    while turns.acquire(blocking=False):
        taken += 1
    assert taken
    waiting = [
        threading.Thread(target=each.send, args=("/sign-in/",), kwargs={"name": "nobody", "password": "x"})
        for each in strangers
    ]
    try:
        for each in waiting:
            each.start()
        time.sleep(1)
        began = time.monotonic()
        assert patient.get("/portal/").status == 200
        assert time.monotonic() - began < 5
    finally:
        for _ in range(taken):
            turns.release()
        for each in waiting:
            each.join()
        for stranger in strangers:
            stranger.http.close()
        patient.close()


def test_an_unknown_name_takes_the_work_of_a_known_one() -> None:
    assert passwords._OF_NOBODY.split("$")[:4] == make_password("x").split("$")[:4]


def test_asking_for_the_page_again_and_again_leaves_nothing_behind(cast: Cast, superuser: psycopg.Connection) -> None:
    before = superuser.execute("select count(*) from control.django_session").fetchone()
    for following in ("", "https://elsewhere.example/", "/" + "a" * 5_000):
        answer = httpx.get(f"{cast.server}/sign-in/", params={"next": following}, trust_env=False)
        assert answer.status_code == 200
        assert "wutong_session" not in answer.cookies
    assert superuser.execute("select count(*) from control.django_session").fetchone() == before


def test_browser_sessions_that_are_over_are_forgotten(cast: Cast, server: str, superuser: psycopg.Connection) -> None:
    from wutong.control.flows.forget_tokens import forget_tokens

    Browser(server, cast.patient_account(cast.register())).close()
    with clock.travel(timedelta(hours=13)):
        forget_tokens()
    assert superuser.execute("select count(*) from control.django_session").fetchone() == (0,)


@pytest.mark.parametrize("credentials", ["é".encode("latin-1"), b"%%%", base64.b64encode(b"\xff\xfe:x"), b"="])
def test_odd_credentials_of_a_system_are_refused(cast: Cast, credentials: bytes) -> None:
    headers = {"authorization": b"Basic " + credentials}
    answer = cast.http.post("/oauth/token", data={"grant_type": "client_credentials"}, headers=headers)
    assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")


def test_a_wrong_secret_is_in_the_trail(cast: Cast, superuser: psycopg.Connection) -> None:
    from wutong.control.flows.create_account import create_client

    client_id, _ = create_client(HARBOUR, "attacked", may_register_patients=False)
    answer = cast.http.post("/oauth/token", data={"grant_type": "client_credentials"}, auth=(str(client_id), "guess"))
    assert answer.status_code == 401
    query = "select outcome, reason from audit.event where caller_id = %s and event = 'token:issue'"
    assert superuser.execute(query, [client_id]).fetchall() == [("refused", "wrong-client-or-secret")]


def test_whoever_works_nowhere_any_more_gets_a_page_and_no_circle(
    cast: Cast, server: str, superuser: psycopg.Connection, doctor: Somebody
) -> None:
    ended = "update control.affiliation set ended_at = now() where account_id = %s"
    superuser.execute(ended, [doctor.account_id])
    browser = Browser(server, doctor)
    assert browser.page.path == "/signed-in/"
    for address in ("/clinic/", "/portal/"):
        assert browser.get(address).path == "/signed-in/"
    browser.close()


def test_signing_out_ends_the_sessions_tokens_too(cast: Cast, server: str, doctor: Somebody) -> None:
    from wutong.control.flows.issue_token import issue_session_token
    from wutong.control.flows.sign_in import begin, workplaces_of
    from wutong.control.flows.sign_out import sign_out

    session_id = begin(doctor.account_id, workplaces_of(doctor.account_id)[0].affiliation_id).session_id
    token, person = issue_session_token(session_id), cast.register().person_id
    assert cast.fhir(token, "GET", f"Patient/{person}/$access").status_code == 200
    sign_out(doctor.account_id, session_id)
    assert cast.fhir(token, "GET", f"Patient/{person}/$access").status_code == 401


def test_a_body_that_is_too_long_or_too_slow_is_not_waited_for(server: str) -> None:
    long = httpx.post(f"{server}/oauth/token", content=b"x" * 1_000_001, trust_env=False)
    assert long.status_code == 413
    right = httpx.post(f"{server}/oauth/token", data={"grant_type": "x" * 900_000}, trust_env=False)
    assert right.json()["error"] == "unsupported_grant_type"


async def _never_answers(*_: Any) -> None:
    raise AssertionError("the body was not whole")


def test_a_body_that_never_ends_is_not_waited_for() -> None:
    import asyncio

    from wutong.control.project.bodies import BoundedBodies

    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        await asyncio.sleep(0.05)
        return {"type": "http.request", "body": b"x", "more_body": True}

    async def send(message: Any) -> None:
        sent.append(message)

    asyncio.run(BoundedBodies(_never_answers, seconds=0.3)({"type": "http"}, receive, send))
    assert sent[0]["status"] == 408
