"""When a change of the role matrix may begin, and what is a decision about it."""

from datetime import date, timedelta

import pytest

from wutong.core import role_change
from wutong.core.access import RoleAccess

_TODAY = date(2027, 3, 1)
_NOTE = "Not before the council has met"


@pytest.mark.parametrize(("days", "may"), [(-1, False), (0, True), (1, True), (731, True), (732, False)])
def test_r05_a_change_begins_today_or_within_two_years(days: int, may: bool) -> None:
    assert role_change.may_begin(_TODAY + timedelta(days=days), today=_TODAY) is may


@pytest.mark.parametrize(
    ("outcome", "note", "is_one"),
    [
        ("approved", "", True),
        ("approved", "fine", True),
        ("approved", "words " * 100, False),
        ("declined", _NOTE, True),
        ("declined", "", False),
        ("declined", "no", False),
        ("withdrawn", _NOTE, False),
        ("", _NOTE, False),
    ],
)
def test_r05_a_second_officer_approves_or_says_why_not(outcome: str, note: str, is_one: bool) -> None:
    assert role_change.is_decision(outcome, note) is is_one


def test_a_letter_reads_as_it_was_written() -> None:
    assert {each: RoleAccess.of(each.letter) for each in RoleAccess} == {each: each for each in RoleAccess}
