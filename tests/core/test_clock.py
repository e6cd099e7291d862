"""Dates of the territory: when a day begins, and with which day a year ends. All expectations are written by hand."""

from datetime import UTC, date, datetime

import pytest
from calendar_days import at

from wutong.core import clock


@pytest.mark.parametrize(
    ("given", "ends"),
    [
        ("2026-11-23", "2027-11-23"),
        ("2026-12-31", "2027-12-31"),
        ("2027-03-01", "2028-03-01"),
        ("2027-02-28", "2028-02-28"),
        ("2028-02-28", "2029-02-28"),
        ("2028-02-29", "2029-02-28"),  # never later than a year
    ],
)
def test_a_year_ends_with_the_same_date_next_year(given: str, ends: str) -> None:
    assert clock.same_date_next_year(date.fromisoformat(given)) == date.fromisoformat(ends)


@pytest.mark.parametrize(
    ("instant", "today"),
    [
        ("2026-12-31T15:59:00+00:00", "2026-12-31"),
        ("2026-12-31T16:00:00+00:00", "2027-01-01"),
        ("2028-02-28T16:30:00+00:00", "2028-02-29"),
    ],
)
def test_a_day_begins_at_midnight_in_hong_kong(instant: str, today: str) -> None:
    assert clock.local(datetime.fromisoformat(instant)).date().isoformat() == today
    with at(instant):
        assert clock.today().isoformat() == today


def test_the_clock_shows_universal_time() -> None:
    with at("2027-01-01T00:30:00+08:00"):
        assert (clock.now().tzinfo, clock.now().hour) == (UTC, 16)
