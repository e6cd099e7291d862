"""What tests of two requests at once share."""

from collections.abc import Iterator

import psycopg
import pytest


@pytest.fixture
def hold(superuser: psycopg.Connection) -> Iterator[psycopg.Connection]:
    """A transaction that stands in the way of others until it ends."""
    dsn = superuser.info.dsn + f" password={superuser.info.password}"
    with psycopg.connect(dsn) as connection:
        yield connection
