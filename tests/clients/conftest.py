"""What the tests of clients share."""

from typing import Any

import pytest


@pytest.fixture(scope="module")
def sender(cast: Any) -> Any:
    """A system client that may register people, with a token from the token door (clients.sender.Sender)."""
    from clients.sender import registered

    return registered(cast)
