"""One browser for all page tests of a process; each person has a window (a context) of their own."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from pages.browser import chromium


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """A running browser; it ends with the last page test, because its driver keeps an event loop in this thread."""
    with chromium() as running:
        yield running


@pytest.fixture(autouse=True)
def _windows_are_closed(browser: Browser) -> Iterator[None]:
    yield
    for window in browser.contexts:
        window.close()
