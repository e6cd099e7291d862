"""Who may decide for a person under 16: a table written by hand from domain dossier 2.3, and the birthday by property."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as some

from wutong.core.representation import AGE_OF_DECISION, Birth, decides_alone_from, decides_as

TODAY = date(2026, 11, 23)
CHILD = Birth(date(2020, 5, 1))

DECIDE = {
    ("parent",): "parent",
    ("guardian",): "guardian",
    ("court-appointed",): "court-appointed",
    ("carer", "parent"): "parent",
    ("court-appointed", "guardian", "parent"): "parent",  # the order of the law, not of the question
}
DO_NOT = [(), ("carer",), ("family-member",), ("co-resident",), ("provider",), ("Parent",), ("parent ",), ("",)]


@pytest.mark.parametrize(("relations", "role"), DECIDE.items())
def test_who_may_decide_for_a_child(relations: tuple[str, ...], role: str) -> None:
    assert decides_as(relations, CHILD, today=TODAY) == role


@pytest.mark.parametrize("relations", DO_NOT)
def test_who_may_not(relations: tuple[str, ...]) -> None:
    assert decides_as(relations, CHILD, today=TODAY) is None


@pytest.mark.parametrize(
    ("born", "precision", "last_day"),
    [
        (date(2010, 11, 24), "D", date(2026, 11, 23)),
        (date(2012, 2, 29), "D", date(2028, 2, 28)),
        (date(2084, 2, 29), "D", date(2100, 2, 27)),  # 2100 has no 29 February: in doubt the earlier day
        (date(2010, 11, 1), "M", date(2026, 10, 31)),
        (date(2010, 11, 24), "M", date(2026, 10, 31)),  # whatever day stands in the column
        (date(2010, 1, 1), "Y", date(2025, 12, 31)),
        (date(2010, 11, 24), "Y", date(2025, 12, 31)),
        (date(2010, 11, 24), "?", date(2025, 12, 31)),  # a precision that nobody knows: the strictest
    ],
)
def test_it_ends_by_itself_on_the_first_day_that_may_be_the_16th_birthday(
    born: date, precision: str, last_day: date
) -> None:
    birth = Birth(born, precision)
    assert decides_as(["parent"], birth, today=last_day) == "parent"
    assert decides_as(["parent"], birth, today=last_day + timedelta(days=1)) is None


def test_without_a_date_of_birth_nobody_decides() -> None:
    assert decides_as(["parent"], Birth(None), today=TODAY) is None
    assert decides_alone_from(Birth(None, "Y")) is None


def test_of_a_birth_in_the_year_9999_nobody_decides_and_nothing_breaks() -> None:
    assert decides_alone_from(Birth(date(9999, 12, 31))) is None
    assert decides_as(["parent"], Birth(date(9984, 1, 1)), today=TODAY) is None
    assert decides_alone_from(Birth(date(9983, 1, 1))) == date(9999, 1, 1)


_DAYS = some.dates(date(1900, 1, 1), date(2200, 12, 31))


@given(truth=_DAYS, precision=some.sampled_from("YMD"), today=_DAYS)
def test_nobody_of_16_is_decided_for_however_little_is_known_of_the_birth(
    truth: date, precision: str, today: date
) -> None:
    birthdays = today.year - truth.year - ((today.month, today.day) < (truth.month, truth.day))
    decided_for = decides_as(["parent"], Birth(truth, precision), today=today) is not None
    assert not (decided_for and birthdays >= AGE_OF_DECISION)
    if precision == "D" and (truth.month, truth.day) != (2, 29):
        assert decided_for == (birthdays < AGE_OF_DECISION)


@given(truth=_DAYS, precision=some.sampled_from("YMD"), today=_DAYS, later=some.integers(0, 40_000))
def test_what_has_ended_does_not_begin_again(truth: date, precision: str, today: date, later: int) -> None:
    birth = Birth(truth, precision)
    if decides_as(["parent"], birth, today=today) is None:
        assert decides_as(["parent"], birth, today=today + timedelta(days=later)) is None
