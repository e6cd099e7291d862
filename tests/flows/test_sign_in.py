"""Signing in through the door: two factors, used and wrong codes, and what is in the trail."""

import html
import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import psycopg
import pyotp
import pytest
from cast import HARBOUR, PASSWORD, Cast, Somebody
from django.conf import settings
from django.utils.translation import gettext, override

from wutong.control.flows.create_account import create_client
from wutong.control.people import one_time_code
from wutong.core import clock

_WARNING = (
    "Unauthorised access to this system is unlawful and strictly prohibited. "
    "Never share your name, password or code generator with anybody."
)
_CSRF = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')


class Browser:
    """A person at a browser without JavaScript."""

    def __init__(self, server: str) -> None:
        self.http = httpx.Client(base_url=server, follow_redirects=True, trust_env=False, timeout=30)
        self.page = self.http.get("/sign-in/")

    def send(self, address: str, **fields: str) -> httpx.Response:
        """Fill in the form of the page that is open, and send it."""
        token = _CSRF.search(self.page.text)
        assert token, self.page.text[:300]
        self.page = self.http.post(address, data={"csrfmiddlewaretoken": token[1], **fields})
        return self.page

    def password(self, name: str, password: str = PASSWORD) -> httpx.Response:
        """The first factor."""
        return self.send("/sign-in/", name=name, password=password)

    def code(self, code: str) -> httpx.Response:
        """The second factor."""
        return self.send("/sign-in/code/", code=code)


@pytest.fixture
def browser(server: str) -> Iterator[Browser]:
    """A fresh browser."""
    made = Browser(server)
    yield made
    made.http.close()


@pytest.fixture
def doctor(cast: Cast) -> Somebody:
    """A doctor whose code generator nobody has used."""
    return cast.professional("DOC", HARBOUR)


def _trail(superuser: psycopg.Connection, who: Somebody) -> list[tuple[Any, ...]]:
    query = "select event, outcome, reason from audit.event where caller_id = %s and event like 'sign-in%%' order by at"
    return superuser.execute(query, [who.account_id]).fetchall()


def test_r23_a_professional_needs_password_and_code(browser: Browser, doctor: Somebody, superuser: Any) -> None:
    assert "one-time code" in browser.password(doctor.name).text
    assert browser.http.get("/clinic/").url.path == "/sign-in/"
    browser.page = browser.http.get("/sign-in/")
    browser.password(doctor.name)
    assert browser.code(doctor.code()).url.path == "/clinic/"
    events = [(event, outcome) for event, outcome, _ in _trail(superuser, doctor)]
    assert events[-3:] == [("sign-in:password", "allowed"), ("sign-in:code", "allowed"), ("sign-in:done", "allowed")]


def test_r72_a_patient_needs_password_and_code(browser: Browser, cast: Cast) -> None:
    patient = cast.patient_account(cast.register())
    browser.password(patient.name)
    assert browser.code(patient.code()).url.path == "/portal/"


def test_a_wrong_code_is_refused_and_audited(browser: Browser, doctor: Somebody, superuser: Any) -> None:
    browser.password(doctor.name)
    wrong = str((int(doctor.code()) + 1) % 10**6).zfill(6)
    assert "The code is not right" in browser.code(wrong).text
    assert _trail(superuser, doctor)[-1] == ("sign-in:code", "refused", "wrong-code")


def test_a_used_code_is_refused_and_audited(server: str, doctor: Somebody, superuser: Any) -> None:
    code = doctor.code()
    first, second = Browser(server), Browser(server)
    first.password(doctor.name)
    assert first.code(code).url.path == "/clinic/"
    second.password(doctor.name)
    assert "was used before" in second.code(code).text
    assert _trail(superuser, doctor)[-1] == ("sign-in:code", "refused", "used-code")
    first.http.close()
    second.http.close()


def test_after_five_wrong_codes_even_the_right_one_is_refused(
    browser: Browser, doctor: Somebody, superuser: Any
) -> None:
    browser.password(doctor.name)
    wrong = str((int(doctor.code()) + 1) % 10**6).zfill(6)
    for _ in range(5):
        browser.code(wrong)
    assert "Too many wrong codes" in browser.code(doctor.code()).text
    assert _trail(superuser, doctor)[-1] == ("sign-in:code", "refused", "too-many-wrong-codes")
    with clock.travel(timedelta(minutes=16)):
        browser.password(doctor.name)
        assert browser.code(doctor.code()).url.path == "/clinic/"


@pytest.mark.parametrize("name", ["nobody.at.all", None])
def test_a_wrong_name_and_a_wrong_password_read_the_same(browser: Browser, doctor: Somebody, name: str | None) -> None:
    page = browser.password(name or doctor.name, "wrong password").text
    assert "The name or the password is not right" in page
    assert browser.http.get("/sign-in/code/").url.path == "/sign-in/"


def test_ten_wrong_passwords_close_the_account_for_a_while(browser: Browser, doctor: Somebody) -> None:
    for _ in range(10):
        browser.password(doctor.name, "wrong password")
    assert "is not right" in browser.password(doctor.name).text
    with clock.travel(timedelta(minutes=16)):
        assert browser.password(doctor.name).url.path == "/sign-in/code/"


def test_a_session_ends_when_nobody_uses_it(browser: Browser, doctor: Somebody) -> None:
    browser.password(doctor.name)
    browser.code(doctor.code())
    with clock.travel(timedelta(minutes=14)):
        assert browser.http.get("/clinic/").url.path == "/clinic/"
    with clock.travel(timedelta(minutes=30)):
        assert browser.http.get("/clinic/").url.path == "/sign-in/"


def test_the_code_must_follow_the_password_within_five_minutes(browser: Browser, doctor: Somebody) -> None:
    browser.password(doctor.name)
    with clock.travel(timedelta(minutes=6)):
        assert browser.code(doctor.code()).url.path == "/sign-in/"
    browser.password(doctor.name)
    with clock.travel(timedelta(minutes=4)):
        assert browser.code(doctor.code()).url.path != "/sign-in/"


def test_signing_out_ends_the_session(browser: Browser, doctor: Somebody) -> None:
    browser.password(doctor.name)
    browser.code(doctor.code())
    cookies = dict(browser.http.cookies)
    browser.send("/sign-out/")
    browser.http.cookies.update(cookies)
    assert browser.http.get("/clinic/").url.path == "/sign-in/"


def test_a_form_without_its_token_is_refused(browser: Browser, doctor: Somebody) -> None:
    answer = browser.http.post("/sign-in/", data={"name": doctor.name, "password": PASSWORD})
    assert answer.status_code == 403


def test_the_way_back_leads_nowhere_else(browser: Browser, doctor: Somebody) -> None:
    browser.page = browser.http.get("/sign-in/?next=https://evil.example/")
    browser.password(doctor.name)
    assert browser.code(doctor.code()).url.host == "127.0.0.1"


def test_codes_agree_with_another_implementation() -> None:
    seed = one_time_code.new_seed()
    for step in (1, 10**6, one_time_code.step_at(clock.now())):
        assert one_time_code.code_at(seed, step) == pyotp.TOTP(seed).at(step * 30)


def test_every_page_forbids_caches_frames_and_foreign_scripts(browser: Browser) -> None:
    headers = browser.page.headers
    assert headers["cache-control"] == "no-store"
    assert "default-src 'none'" in headers["content-security-policy"]
    assert "frame-ancestors 'none'" in headers["content-security-policy"]


@pytest.mark.parametrize("grant", ["password", "", "authorization_code"])
def test_the_token_door_knows_one_grant(cast: Cast, grant: str) -> None:
    answer = cast.http.post("/oauth/token", data={"grant_type": grant})
    assert (answer.status_code, answer.json()["error"]) == (400, "unsupported_grant_type")


def test_a_wrong_secret_gets_no_token_and_is_audited(cast: Cast, superuser: psycopg.Connection) -> None:
    client_id, secret = create_client(HARBOUR, "test", may_register_patients=False)
    for given_id, given_secret, status in (
        (client_id, secret, 200),
        (client_id, secret[:-1], 401),
        (UUID("00000000-0000-4000-8000-000000000000"), secret, 401),
    ):
        form = {"grant_type": "client_credentials", "client_id": str(given_id), "client_secret": given_secret}
        answer = cast.http.post("/oauth/token", data=form)
        assert (answer.status_code, answer.json().get("error")) == (status, "invalid_client" if status == 401 else None)
    query = "select outcome, reason from audit.event where caller_id = %s and event = 'token:issue' order by at"
    assert superuser.execute(query, [client_id]).fetchall() == [
        ("allowed", None),
        ("refused", "wrong-client-or-secret"),
    ]


@pytest.mark.parametrize("language", [code for code, _name in settings.LANGUAGES])
def test_r33_the_sign_in_page_warns_in_the_readers_language(server: str, language: str) -> None:
    with override(language):
        warning = gettext(_WARNING)
    assert (warning == _WARNING) == (language == "en")
    answer = httpx.get(f"{server}/sign-in/", headers={"accept-language": language}, trust_env=False)
    callout = answer.text.partition("<main")[2].partition("</main>")[0]
    assert warning in html.unescape(callout)


def test_r33_the_warning_stands_there_after_a_slip_too(browser: Browser) -> None:
    assert _WARNING in html.unescape(browser.password("nobody", "wrong").text)
