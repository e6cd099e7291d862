"""The journey, in a real browser, by keyboard alone: find, ask, allow, open, be told, withdraw, be refused.

`make screenshots` keeps the six steps as pictures in docs/journey, which the README shows.
"""

import asyncio
import email
import email.policy
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from cast import HARBOUR, Cast, Registered
from playwright.sync_api import Browser

from pages import long_record
from pages.browser import WIDTHS, assert_accessible
from pages.journeys.steps import find_provider
from pages.walker import Walker

pytestmark = pytest.mark.browser


@pytest.fixture
def who(cast: Cast) -> Registered:
    """A person of whom the hospital group knows much."""
    made = cast.register()
    long_record.upload(cast, made)
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
    doctor, patient = cast.professional("DOC", HARBOUR, name_en="LEE Wai Ling"), cast.patient_account(who)
    at_clinic = Walker(browser, server, width)
    at_clinic.type_into("Sign-in name", doctor.name)
    at_clinic.type_into("Password", doctor.password)
    at_clinic.press("Continue")
    at_clinic.take_picture("journey/1-sign-in")
    at_clinic.type_into("6-digit code", doctor.code())
    at_clinic.press("Sign in")

    at_clinic.type_into("HKID number", who.hkid)
    at_clinic.press("Find by HKID number")
    assert "This person is registered." in at_clinic.text
    assert "has not allowed your clinic" in at_clinic.text
    assert "Penicillin" not in at_clinic.text
    at_clinic.take_picture("journey/2-find")

    at_home = Walker(browser, server, width)
    at_home.sign_in(patient)
    at_home.press("Who may look")
    find_provider(at_home, "Harbour")
    at_home.press("Allow Harbour Family Clinic")
    at_home.choose("For one year")
    at_home.press("Continue")
    at_home.press("Allow")
    assert "May look until" in at_home.text
    at_home.take_picture("journey/3-allow")

    at_clinic.page.reload()
    assert_accessible(at_clinic.page)
    at_clinic.choose("The patient is here now")
    at_clinic.press("Open the record")
    for shown in ("Penicillin", "Gout", "Amlodipine", "0.51 mmol/L", "Influenza", "Follow-up", "Hospital Group"):
        assert shown in at_clinic.text
    at_clinic.take_picture("journey/4-record")

    _run_jobs()
    looks = [each for each in _mail_to(mail_folder, who.email) if "opened" in each["subject"]]
    assert len(looks) == 1
    body = looks[0].get_body().get_content()
    assert "Harbour Family Clinic" in body
    assert "a doctor" in body
    assert "http" not in body
    assert "Penicillin" not in body

    at_home.press("Who looked")
    for shown in (
        "LEE Wai Ling",
        "Harbour Family Clinic",
        "Allergies and adverse drug reactions",
        "they gave a reason of their own",
        "In their words: The patient is here now",
    ):
        assert shown in at_home.text
    at_home.take_picture("journey/5-who-looked")
    at_home.press("Messages")
    assert "Your health record was opened" in at_home.text

    at_home.press("Who may look")
    at_home.press("Withdraw Harbour Family Clinic")
    at_home.press("Withdraw")
    assert "May not look" in at_home.text

    refused = at_clinic.page.reload()
    assert refused is not None
    assert refused.status == 403
    assert_accessible(at_clinic.page)
    assert "permission for your clinic has ended" in at_clinic.text
    assert "Penicillin" not in at_clinic.text
    at_clinic.take_picture("journey/6-refused")


def test_an_error_leads_to_its_field_by_keyboard(browser: Browser, server: str) -> None:
    walker = Walker(browser, server, 360)
    walker.press("Continue")
    assert walker.page.title().startswith("Error: ")
    walker.tab_to("Enter your sign-in name")
    walker.page.keyboard.press("Enter")
    assert walker.page.evaluate("document.activeElement.id") == "name"
