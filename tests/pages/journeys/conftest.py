"""Each journey is walked at both widths and in every language that pages offer.

What needs the settings is imported late: pytest reads this file before there are any.
"""

from functools import partial
from typing import Any

import pytest
from playwright.sync_api import Browser

from pages.browser import WIDTHS


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Once for each screen and language."""
    if "screen" in metafunc.fixturenames:
        from pages.languages import OFFERED

        screens = [(width, language) for language in OFFERED for width in WIDTHS]
        metafunc.parametrize("screen", screens, ids=[f"{language}-{width}" for width, language in screens])


@pytest.fixture
def walk(screen: tuple[int, str], browser: Browser, server: str) -> Any:
    """Sits somebody down before a screen, and signs them in by keyboard."""
    from pages.journeys.steps import sit_down

    return partial(sit_down, browser, server, *screen)


@pytest.fixture(scope="package")
def ill(cast: Any) -> Any:
    """Somebody with entries of every category, who allows the clinic. Journeys read it, and change nothing."""
    from pages.journeys.steps import somebody_ill

    made = somebody_ill(cast)
    cast.allow(made)
    return made


@pytest.fixture
def unasked(cast: Any) -> Any:
    """The same, of somebody who allows nobody yet."""
    from pages.journeys.steps import somebody_ill

    return somebody_ill(cast)
