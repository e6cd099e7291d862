"""A real Chromium for page tests: found on the machine, driven by Playwright. Pages run no script in it."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Literal
from weakref import WeakKeyDictionary

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, CDPSession, Page, sync_playwright

# Playwright's driver keeps an event loop in the test's own thread; the tests still call the rooms one after another.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

WIDTHS = (360, 1280)
# The browser keeps the setting by session: what one turned off, another cannot turn on.
_SWITCHES: WeakKeyDictionary[Page, CDPSession] = WeakKeyDictionary()
_NAMES = ("chromium", "chromium-browser", "google-chrome")


def executable() -> str:
    """The browser's program; raises where there is none, since a skipped journey would look like a passed one."""
    named = os.environ.get("WUTONG_CHROMIUM")
    found = named or next((path for name in _NAMES if (path := shutil.which(name))), None)
    if not found:
        raise RuntimeError("No Chromium was found. `make test` installs the distribution's, or set WUTONG_CHROMIUM.")
    return found


@contextmanager
def chromium() -> Iterator[Browser]:
    """A running browser."""
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=executable(), args=["--no-sandbox"])
        yield browser
        browser.close()


def without_scripts(page: Page) -> Page:
    """The page with scripts turned off, as a careful reader has them; axe's own run all the same."""
    _SWITCHES[page] = page.context.new_cdp_session(page)
    _turn_scripts(page, "off")
    return page


def assert_accessible(page: Page) -> None:
    """axe finds nothing serious, and nothing hangs over the side of a small screen."""
    _turn_scripts(page, "on")
    violations: list[dict[str, Any]] = Axe().run(page).response["violations"]
    _turn_scripts(page, "off")
    serious = [each for each in violations if each["impact"] in {"serious", "critical"}]
    told = [(each["id"], each["help"], [node["html"][:200] for node in each["nodes"][:3]]) for each in serious]
    assert not told, (page.url, told)
    over = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert over <= 0, f"{page.url} is {over} px too wide"


def _turn_scripts(page: Page, state: Literal["on", "off"]) -> None:
    if page in _SWITCHES:
        _SWITCHES[page].send("Emulation.setScriptExecutionDisabled", {"value": state == "off"})
