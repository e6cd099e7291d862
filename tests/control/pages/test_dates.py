"""Dates that are known in part."""

from datetime import UTC, datetime

import pytest
from django.utils.translation import override

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


@pytest.mark.parametrize(
    ("language", "known", "shown"),
    [
        ("zh-hant", "2026-11-03", "2026年11月3日"),
        ("zh-hant", "2026-11", "2026年11月"),
        ("zh-hant", "2026", "2026年"),
        ("zh-hans", "2026-11-03", "2026年11月3日"),
        ("zh-hant", "2026年春", "2026年春"),
    ],
)
def test_a_date_in_chinese(language: str, known: str, shown: str) -> None:
    with override(language):
        assert dates.day(known) == shown


@pytest.mark.parametrize(
    ("language", "hour", "shown"),
    [
        ("en", 6, "23 November 2026, 2:05 pm"),
        ("zh-hant", 6, "2026年11月23日下午2時05分"),
        ("zh-hant", 4, "2026年11月23日下午12時05分"),
        ("zh-hant", 16, "2026年11月24日上午12時05分"),
        ("zh-hans", 6, "2026年11月23日下午2时05分"),
    ],
)
def test_a_moment_is_of_the_territory_in_the_habit_of_the_language(language: str, hour: int, shown: str) -> None:
    with override(language):
        assert dates.moment(datetime(2026, 11, 23, hour, 5, tzinfo=UTC)) == shown


def test_a_moment_of_nothing_is_nothing() -> None:
    assert dates.moment(None) == ""
