"""Which language a page speaks, and the switch that changes it: with every browser, on every page, for nobody else."""

import re
from collections.abc import Iterator
from typing import Any, Self
from urllib.parse import urlsplit

import httpx
import pytest
from cast import HA, HARBOUR, Cast
from django.template.loader import get_template
from django.utils.translation import override
from doors import Browser

from wutong.control.audit.append import HOST
from wutong.control.flows.create_account import NewProfessional
from wutong.control.people.actions import accounts, persons
from wutong.control.people.queries.providers import provider_with_code

_LANG = re.compile(r'<html lang="([^"]+)">')
_COOKIE = "wutong_language"


class _Stranger:
    """A browser that nobody has signed in with, and that chose nothing yet."""

    def __init__(self, server: str, asks_for: str = "en") -> None:
        headers = {"accept-language": asks_for, "origin": server}
        self.http = httpx.Client(base_url=server, headers=headers, trust_env=False, follow_redirects=True)

    def lang(self, address: str = "/sign-in/") -> str:
        """In which language a page is, as it says itself."""
        answer = self.http.get(address)
        found = _LANG.search(answer.text)
        assert found
        assert answer.headers["content-language"] == found[1]
        return found[1]

    def switch(self, language: str, back: str = "/sign-in/", **headers: str) -> httpx.Response:
        """Press the switch."""
        form = {"language": language, "next": back}
        return self.http.post("/language/", data=form, headers=headers, follow_redirects=False)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *problem: object) -> None:
        self.http.close()


@pytest.fixture
def stranger(server: str) -> Iterator[_Stranger]:
    """One whose browser asks for English."""
    with _Stranger(server) as made:
        yield made


@pytest.mark.parametrize(
    ("asked", "lang"),
    [
        ("zh", "zh-Hant-HK"),
        ("zh-HK", "zh-Hant-HK"),
        ("zh-TW", "zh-Hant-HK"),
        ("zh-MO,en;q=0.5", "zh-Hant-HK"),
        ("zh-Hant", "zh-Hant-HK"),
        ("zh-Hant-HK", "zh-Hant-HK"),
        ("zh-CN", "zh-Hans-CN"),
        ("zh-SG", "zh-Hans-CN"),
        ("zh-Hans-CN", "zh-Hans-CN"),
        ("en-GB,zh-HK;q=0.9", "en"),
        ("fr,zh-HK;q=0.8,en;q=0.7", "zh-Hant-HK"),
        ("fr", "en"),
        ("", "en"),
        ("x" * 5000, "en"),
        ("../../etc/passwd", "en"),
    ],
)
def test_a_page_speaks_the_language_that_the_browser_asks_for(server: str, asked: str, lang: str) -> None:
    with _Stranger(server, asked) as stranger:
        assert stranger.lang() == lang


def test_the_switch_changes_the_language_and_comes_back_to_its_page(stranger: _Stranger) -> None:
    answer = stranger.switch("zh-hant", "/sign-in/?next=/portal/messages/")
    assert (answer.status_code, answer.headers["location"]) == (302, "/sign-in/?next=/portal/messages/")
    told = answer.headers["set-cookie"]
    for part in (f"{_COOKIE}=zh-hant", "HttpOnly", "SameSite=Lax", "Path=/", "Max-Age=31536000"):
        assert part in told
    assert stranger.lang() == "zh-Hant-HK"
    assert stranger.lang("/nothing/") == "zh-Hant-HK"
    stranger.switch("en")
    assert stranger.lang() == "en"


def test_what_a_browser_chose_comes_before_what_it_asks_for(server: str) -> None:
    with _Stranger(server, "zh-HK") as chinese:
        assert chinese.lang() == "zh-Hant-HK"
        chinese.switch("en")
        assert chinese.lang() == "en"


@pytest.mark.parametrize(
    "elsewhere",
    [
        "https://elsewhere.example/",
        "//elsewhere.example/",
        "/\\elsewhere.example",
        "javascript:alert(1)",
        "",
        "/" * 501,
    ],
)
def test_the_switch_leads_to_no_other_site(stranger: _Stranger, elsewhere: str) -> None:
    answer = stranger.switch("zh-hant", elsewhere)
    assert (answer.status_code, answer.headers["location"]) == (302, "/")
    assert stranger.lang() == "zh-Hant-HK"


@pytest.mark.parametrize("unknown", ["", "fr", "zh", "zh-hant\r\nSet-Cookie: x=y", "../zh-hant", "x" * 10_000, "\x00"])
def test_a_language_that_is_not_offered_changes_nothing(stranger: _Stranger, unknown: str) -> None:
    answer = stranger.switch(unknown)
    assert (answer.status_code, answer.headers["location"]) == (302, "/sign-in/")
    assert "set-cookie" not in answer.headers


@pytest.mark.parametrize("origin", ["https://elsewhere.example", "null", "", "http://127.0.0.1"])
def test_a_switch_on_another_site_changes_nothing(stranger: _Stranger, origin: str) -> None:
    answer = stranger.switch("zh-hant", origin=origin)
    assert answer.status_code == 403
    assert "set-cookie" not in answer.headers


def test_the_switch_is_pressed_and_not_opened(stranger: _Stranger) -> None:
    answer = stranger.http.get("/language/?language=zh-hant", follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (302, "/")
    assert "set-cookie" not in answer.headers


def test_a_cookie_of_nonsense_is_as_none(server: str) -> None:
    with _Stranger(server, "zh-HK") as stranger:
        stranger.http.cookies.set(_COOKIE, "klingon")
        assert stranger.lang() == "zh-Hant-HK"


def test_a_stranger_who_chose_nothing_is_left_no_cookie(server: str) -> None:
    for address in ("/nothing/", "/", "/sign-in/"):
        answer = httpx.get(f"{server}{address}", headers={"accept-language": "zh-HK"}, trust_env=False)
        assert _COOKIE not in answer.headers.get("set-cookie", "")
    assert "set-cookie" not in httpx.get(f"{server}/nothing/", trust_env=False).headers


@pytest.mark.parametrize("name", ["400", "403_csrf", "404", "500", "503"])
def test_an_error_page_has_the_switch_where_nothing_else_is_known(name: str) -> None:
    with override("zh-hant"):
        page = get_template(f"{name}.html").render()
    assert '<html lang="zh-Hant-HK">' in page
    assert 'value="en" lang="en" translate="no">English</button>' in page
    assert '<input type="hidden" name="next" value="/">' in page


def test_a_made_up_host_is_told_so_in_the_language_it_asks_for(server: str) -> None:
    headers = {"host": "elsewhere.example", "accept-language": "zh-HK"}
    assert "未能讀取這項要求" in httpx.get(f"{server}/sign-in/", headers=headers, trust_env=False).text


def test_a_sign_in_that_is_half_done_goes_on_after_the_switch(cast: Cast, server: str, stranger: _Stranger) -> None:
    doctor = cast.professional("DOC", HARBOUR)
    page = stranger.http.get("/sign-in/?next=/clinic/%3Fx%3D1")

    def send(address: str, **fields: str) -> httpx.Response:
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.text)
        assert token
        return stranger.http.post(address, data={"csrfmiddlewaretoken": token[1], **fields})

    page = send("/sign-in/?next=/clinic/%3Fx%3D1", name=doctor.name, password=doctor.password)
    assert page.url.path == "/sign-in/code/"
    assert 'name="next" value="/sign-in/code/"' in page.text
    page = stranger.http.get(stranger.switch("zh-hant", "/sign-in/code/").headers["location"])
    assert "輸入一次性密碼" in page.text
    page = send("/sign-in/code/", code=doctor.code())
    assert str(page.url).endswith("/clinic/?x=1")
    assert "尋找病人" in page.text


def _signed_in(server: str, account: Any) -> Browser:
    made = Browser(server, account)
    made._http.cookies.delete(_COOKIE)
    return made


@pytest.mark.parametrize(
    ("chosen", "lang"),
    [
        ("zh-HK", "zh-Hant-HK"),
        ("zh-CN", "zh-Hans-CN"),
        ("zh-Hant", "zh-Hant-HK"),
        ("en", "en"),
        ("tlh", "en"),
        ("", "en"),
    ],
)
def test_a_patient_is_spoken_to_as_they_chose_at_registration(cast: Cast, server: str, chosen: str, lang: str) -> None:
    who = cast.register()
    persons.set_contact(actor=HOST, person_id=who.person_id, language=chosen)
    patient = _signed_in(server, cast.patient_account(who))
    assert f'<html lang="{lang}">' in patient.get("/portal/").source
    patient.post("/language/", language="en", next="/portal/")
    assert '<html lang="en">' in patient.page.source
    assert patient.page.path == "/portal/"
    patient.close()


def test_names_in_the_header_are_in_the_language_of_the_page(cast: Cast, server: str) -> None:
    doctor = Browser(server, cast.professional("DOC", HARBOUR, name_en="LEE Wai Ling"))
    assert "LEE Wai Ling, Harbour Family Clinic" in doctor.get("/clinic/")
    doctor.post("/language/", language="zh-hant", next="/clinic/")
    assert "李，海港家庭診所" in doctor.page
    doctor.close()
    patient = Browser(server, cast.patient_account(cast.register()), "zh-hant")
    assert "陳大文" in patient.get("/portal/")
    patient.close()


def test_workplaces_are_named_in_the_language_of_the_page(cast: Cast, server: str) -> None:
    doctor = cast.professional("DOC", HARBOUR)
    elsewhere = provider_with_code(HA)
    assert elsewhere
    accounts.affiliate(
        actor=HOST, account_id=doctor.account_id, provider_id=elsewhere.provider_id, role=NewProfessional.role
    )
    browser = Browser(server, None, "zh-hant")
    browser.send("/sign-in/", name=doctor.name, password=doctor.password)
    page = browser.send("/sign-in/code/", code=doctor.code())
    assert urlsplit(page.path).path == "/sign-in/workplace/"
    for shown in ("你現時在哪裏工作？", "海港家庭診所", "醫院聯網", "系統都會記下這個地方"):
        assert shown in page
    assert "Harbour" not in page
    browser.close()
