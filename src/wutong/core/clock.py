"""The one clock. Times are UTC; dates that people and the law speak of are the territory's.

Tests travel with `travel`, the leak prover works while it is `standing`; nothing else may replace the clock.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

TERRITORY = ZoneInfo("Asia/Hong_Kong")

_offset = timedelta(0)
_standing: datetime | None = None


def now() -> datetime:
    """The present instant, in UTC, with microseconds."""
    return _standing or datetime.now(UTC) + _offset


def today() -> date:
    """The present date in the territory."""
    return local(now()).date()


def local(instant: datetime) -> datetime:
    """`instant` as the territory's wall clock shows it."""
    return instant.astimezone(TERRITORY)


@lru_cache(maxsize=16)
def written(instant: datetime) -> str:
    """`instant` as FHIR writes it, in UTC; kept, since all that an upload stores has one."""
    return instant.astimezone(UTC).isoformat(timespec="milliseconds")


def same_date_next_year(day: date) -> date:
    """The date a one-year consent given on `day` ends with; 29 February ends with 28 February, never later."""
    try:
        return day.replace(year=day.year + 1)
    except ValueError:
        return day.replace(year=day.year + 1, day=28)


@contextmanager
def travel(step: timedelta) -> Iterator[None]:
    """Tests only: the clock of this process runs `step` ahead (or behind) inside the block."""
    global _offset
    before = _offset
    _offset = before + step
    try:
        yield
    finally:
        _offset = before


@contextmanager
def standing(at: datetime) -> Iterator[None]:
    """The leak prover and tests only: the clock of this process stands still inside the block."""
    global _standing
    before, _standing = _standing, at
    try:
        yield
    finally:
        _standing = before
