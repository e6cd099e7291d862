"""Fixed days for tests that speak of dates: the day on which they happen to run must not decide what they find."""

from contextlib import AbstractContextManager
from datetime import datetime

from wutong.core import clock


def at(instant: str) -> AbstractContextManager[None]:
    """The clock begins to run at `instant`, an ISO time with its zone; works inside another `at` too."""
    return clock.travel(datetime.fromisoformat(instant) - clock.now())
