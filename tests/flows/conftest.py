"""Who changes the role matrix, and that nobody else's test finds it changed.

What needs the settings is imported late: this file is read before they are there.
"""

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest


@pytest.fixture
def matrix_as_it_was(superuser: psycopg.Connection) -> Iterator[None]:
    """After the test."""
    from role_changes import forgetting

    with forgetting(superuser):
        yield


@pytest.fixture
def author(cast: Any) -> Any:
    """An officer of the office, who proposes."""
    return cast.officer()


@pytest.fixture
def second(cast: Any, server: str) -> Iterator[Any]:
    """Another officer, at a browser."""
    from doors import Browser

    made = Browser(server, cast.officer())
    yield made
    made.close()
