"""The journey, in a real browser, by keyboard alone: find, ask, allow, open, be told, withdraw, be refused.

`WUTONG_SCREENSHOTS=<folder>` keeps the pages as pictures (docs/journey has those of the README).
"""

import asyncio
import email
import email.policy
import os
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from cast import HARBOUR, Cast, Registered, Somebody
from playwright.sync_api import Browser, Page
from record.resources import of_category

from pages.browser import WIDTHS, assert_accessible, chromium

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One browser for the module."""
    with chromium() as running:
        yield running


class Walker:
    """A person at a keyboard."""

    def __init__(self, browser: Browser, server: str, width: int) -> None:
        self.width = width
        self.page: Page = browser.new_context(viewport={"width": width, "height": 900}, locale="en-GB").new_page()
        self.page.goto(server)

    def tab_to(self, label: str) -> None:
        """Tab until the element with that accessible name has the focus."""
        for _ in range(80):
            self.page.keyboard.press("Tab")
            name = self.page.evaluate(_FOCUSED)
            if name.startswith(label):
                return
        raise AssertionError(f"no tab stop {label!r} on {self.page.url}")

    def type_into(self, label: str, text: str) -> None:
        """Type into a field."""
        self.tab_to(label)
        self.page.keyboard.type(text)

    def press(self, label: str) -> None:
        """Tab to a button or a link, and press Enter."""
        self.tab_to(label)
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")
        self.look(label)

    def look(self, name: str) -> None:
        """axe and width on the page that is open; a picture where they are wanted."""
        assert_accessible(self.page)
        if folder := os.environ.get("WUTONG_SCREENSHOTS"):
            Path(folder).mkdir(parents=True, exist_ok=True)
            stamp = f"{time.monotonic_ns() // 10**7 % 10**6:06d}"
            file = f"{self.width}-{stamp}-{name.lower().replace(' ', '-')[:30]}.png"
            self.page.screenshot(path=str(Path(folder) / file), full_page=True)

    def sign_in(self, who: Somebody) -> None:
        """Both factors."""
        self.look("sign in")
        self.type_into("Sign-in name", who.name)
        self.type_into("Password", who.password)
        self.press("Continue")
        self.type_into("6-digit code", who.code())
        self.press("Sign in")

    @property
    def text(self) -> str:
        """What can be read."""
        return self.page.inner_text("body")


_FOCUSED = """() => {
  const e = document.activeElement;
  if (!e || e === document.body) return '';
  const label = e.labels && e.labels.length ? e.labels[0].textContent : (e.textContent || e.value || '');
  return label.replace(/\\s+/g, ' ').trim();
}"""


@pytest.fixture
def who(cast: Cast) -> Registered:
    """A person with one thing of each section in the hospital group's upload."""
    made = cast.register(family="LAM", given="Siu Fong")
    for category in ("ALG", "DX", "MED", "LAB", "IMM", "ENC"):
        content = of_category(category, made.patient_id)
        answer = cast.fhir(cast.ha, "POST", content["resourceType"], json=content)
        assert answer.status_code == 201, answer.text
    return made


def _run_jobs() -> None:
    from wutong.control.jobs import app

    async def work() -> None:
        async with app.open_async():
            await app.run_worker_async(wait=False, install_signal_handlers=False, listen_notify=False)

    with ThreadPoolExecutor(1) as thread:
        thread.submit(asyncio.run, work()).result()


def _mail_to(folder: Path, address: str) -> list[Any]:
    messages = [
        email.message_from_bytes(path.read_bytes(), policy=email.policy.default) for path in folder.glob("*.eml")
    ]
    return [message for message in messages if address in message["to"]]


@pytest.mark.parametrize("width", WIDTHS)
def test_r25_the_journey_from_a_search_to_a_withdrawal(
    cast: Cast, browser: Browser, server: str, who: Registered, mail_folder: Path, width: int
) -> None:
    doctor, patient = cast.professional("DOC", HARBOUR), cast.patient_account(who)
    at_clinic = Walker(browser, server, width)
    at_clinic.sign_in(doctor)

    at_clinic.type_into("HKID number", who.hkid)
    at_clinic.press("Find by HKID number")
    assert "This person is registered." in at_clinic.text
    assert "has not allowed your clinic" in at_clinic.text
    assert "a ALG thing" not in at_clinic.text

    at_home = Walker(browser, server, width)
    at_home.sign_in(patient)
    at_home.press("Who may look")
    at_home.press("Allow Harbour Family Clinic")
    at_home.tab_to("For one year")
    at_home.page.keyboard.press("Space")
    at_home.press("Continue")
    at_home.press("Allow")
    assert "May look until" in at_home.text

    at_clinic.page.reload()
    at_clinic.look("may open")
    at_clinic.tab_to("The patient is here now")
    at_clinic.page.keyboard.press("Space")
    at_clinic.press("Open the record")
    for shown in ("a ALG thing", "a DX thing", "a MED thing", "a LAB thing", "a IMM thing", "Hospital Group"):
        assert shown in at_clinic.text

    _run_jobs()
    looks = [each for each in _mail_to(mail_folder, who.email) if "opened" in each["subject"]]
    assert len(looks) == 1
    body = looks[0].get_body().get_content()
    assert "Harbour Family Clinic" in body
    assert "a doctor" in body
    assert "http" not in body
    assert "thing" not in body

    at_home.press("Who looked")
    for shown in ("Professional", "Harbour Family Clinic", "Allergies and adverse drug reactions", "you were there"):
        assert shown in at_home.text
    at_home.press("Messages")
    assert "Your health record was opened" in at_home.text

    at_home.press("Who may look")
    at_home.press("Withdraw Harbour Family Clinic")
    at_home.press("Withdraw")
    assert "May not look" in at_home.text

    refused = at_clinic.page.reload()
    assert refused is not None
    assert refused.status == 403
    at_clinic.look("refused")
    assert "permission for your clinic has ended" in at_clinic.text
    assert "ALG thing" not in at_clinic.text


def test_an_error_leads_to_its_field_by_keyboard(browser: Browser, server: str) -> None:
    walker = Walker(browser, server, 360)
    walker.press("Continue")
    assert walker.page.title().startswith("Error: ")
    walker.tab_to("Enter your sign-in name")
    walker.page.keyboard.press("Enter")
    assert walker.page.evaluate("document.activeElement.id") == "name"
