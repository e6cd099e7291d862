"""What a browser shows where something does not work: our own pages, in plain words, with a way on."""

import httpx
import pytest
from cast import HARBOUR, Cast
from django.template.loader import get_template
from doors import Browser


def test_an_address_that_is_not_there(server: str) -> None:
    page = httpx.get(f"{server}/nothing/", trust_env=False)
    assert page.status_code == 404
    assert "There is no such page" in page.text
    assert 'href="/"' in page.text


def test_who_is_signed_in_is_still_so_where_an_address_is_not_there(cast: Cast, server: str) -> None:
    doctor = Browser(server, cast.professional("DOC", HARBOUR))
    for address in ("/nothing/", "/clinic/nothing/"):
        page = doctor.get(address)
        assert page.status == 404
        assert "There is no such page" in page
        assert "Sign out" in page
    doctor.send("/sign-out/")
    assert "Sign out" not in doctor.get("/nothing/")
    doctor.close()


def test_the_address_of_the_switch_leads_to_the_first_page(server: str) -> None:
    answer = httpx.get(f"{server}/language/", trust_env=False)
    assert (answer.status_code, answer.headers["location"]) == (302, "/")


def test_what_is_too_long_is_told_in_both_languages(server: str) -> None:
    answer = httpx.post(f"{server}/sign-in/", data={"name": "x" * 1_000_001}, trust_env=False)
    assert answer.status_code == 413
    assert "What you sent is too long." in answer.text
    assert "你傳送的內容過長。" in answer.text


def test_a_form_without_its_token(server: str) -> None:
    page = httpx.post(f"{server}/sign-in/", data={"name": "dr.lee"}, trust_env=False)
    assert page.status_code == 403
    assert "This page was open for too long" in page.text
    assert 'href="/"' in page.text


@pytest.mark.parametrize(
    ("name", "said"), [("400", "This request cannot be read"), ("500", "Something went wrong here")]
)
def test_what_django_renders_without_knowing_who_asks(server: str, name: str, said: str) -> None:
    page = get_template(f"{name}.html").render()
    assert f'<h1 class="nhsuk-heading-l">{said}</h1>' in page
    assert "Sign out" not in page
