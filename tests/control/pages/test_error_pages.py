"""What a browser shows where something does not work: our own pages, in plain words, with a way on."""

import httpx
import pytest
from django.template.loader import get_template


def test_an_address_that_is_not_there(server: str) -> None:
    page = httpx.get(f"{server}/nothing/", trust_env=False)
    assert page.status_code == 404
    assert "There is no such page" in page.text
    assert 'href="/"' in page.text


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
