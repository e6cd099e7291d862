"""Dates that are known in part."""

from datetime import UTC, datetime

import pytest

from wutong.control.pages import dates
from wutong.core import clock


@pytest.mark.parametrize(
    ("born", "years"),
    [
        ("1950-11-15", [76]),
        ("1950-11-16", [75]),
        ("1950-10", [76]),
        ("1950-11", [75, 76]),
        ("1950-12", [75]),
        ("1950", [75, 76]),
        ("2026", [0]),
        ("2024-02", [2]),
        ("", []),
        ("unknown", []),
        ("1950-13", []),
    ],
)
def test_ages_are_as_sure_as_the_date(born: str, years: list[int]) -> None:
    with clock.travel(datetime(2026, 11, 15, 4, tzinfo=UTC) - clock.now()):
        assert dates.ages(born) == years


@pytest.mark.parametrize(
    ("known", "shown"),
    [
        ("2026-11-23", "23 November 2026"),
        ("2026-11", "November 2026"),
        ("2026", "2026"),
        ("spring 2026", "spring 2026"),
        ("2026-13", "2026-13"),
        ("", ""),
        (None, ""),
    ],
)
def test_a_date_shows_what_is_known_of_it(known: str | None, shown: str) -> None:
    assert dates.day(known) == shown
