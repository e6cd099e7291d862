"""The office's pages of unsent messages and of letters, in a real browser, by keyboard."""

import pytest
from cast import Cast
from django.test import override_settings
from doors import run_jobs
from playwright.sync_api import Browser
from relay import Relay

from pages.browser import WIDTHS, assert_accessible
from pages.walker import Walker
from wutong.control.audit.append import HOST
from wutong.control.people.actions import persons

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("width", WIDTHS)
def test_an_officer_sends_again_and_posts(cast: Cast, browser: Browser, server: str, width: int) -> None:
    unlucky, by_post = cast.register(), cast.register(family="SUNG")
    persons.set_contact(actor=HOST, person_id=by_post.person_id, channel="post", address="Flat G, Kowloon")
    with Relay(refuses="550 nobody") as relay, override_settings(EMAIL_PORT=relay.port, PRINTS_LETTERS=True):
        cast.allow(unlucky)
        cast.allow(by_post)
        run_jobs()
    officer = Walker(browser, server, width)
    officer.sign_in(cast.officer())
    officer.press("Unsent messages")
    assert "The mail relay refused the address (550)." in officer.text
    officer.press("Send again")
    assert "1 waits again" in officer.text
    officer.press("Other background work")
    officer.press("Letters to print")
    officer.press("Mark the ticked letters as posted")
    assert "marked as posted" in officer.text
    officer.press("See the letters that were posted")
    assert "SUNG" in officer.text
    assert_accessible(officer.page)
