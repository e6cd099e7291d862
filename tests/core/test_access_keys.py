"""Access keys: what is one, until when it may be right, and when a desk has guessed too often."""

from datetime import UTC, datetime, timedelta

import pytest

from wutong.core import access_keys
from wutong.core.access_keys import Tried

NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)
NONE = Tried(0, 0)


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("12345678", "12345678"),
        (" 1234 5678 ", "12345678"),
        ("1234-5678", "12345678"),
        ("00000000", "00000000"),
        ("1234567", None),
        ("123456789", None),
        ("1234567x", None),
        ("１２３４５６７８", None),
        ("", None),
    ],
)
def test_what_is_a_key(text: str, key: str | None) -> None:
    assert access_keys.typed(text) == key


def test_keys_have_eight_digits_and_are_read_in_groups() -> None:
    keys = {access_keys.new_key() for _ in range(50)}
    assert len(keys) > 45
    assert all(access_keys.typed(each) == each for each in keys)
    assert access_keys.in_groups("12345678") == "1234 5678"


@pytest.mark.parametrize(("wrong", "is_braked"), [(0, False), (4, False), (5, True), (6, True)])
def test_a_desk_waits_after_five(wrong: int, *, is_braked: bool) -> None:
    assert access_keys.is_braked(Tried(of_key=0, at_desk=wrong)) == is_braked


@pytest.mark.parametrize(
    ("ends_in", "is_used", "of_key", "is_live"),
    [
        (1, False, 0, True),
        (1, False, 9, True),
        (1, False, 10, False),
        (1, True, 0, False),
        (0, False, 0, False),
        (-1, False, 0, False),
    ],
)
def test_until_when_a_key_may_be_right(ends_in: int, of_key: int, *, is_used: bool, is_live: bool) -> None:
    found = access_keys.is_live(
        ends_at=NOW + timedelta(seconds=ends_in), is_used=is_used, tried=Tried(of_key, 0), now=NOW
    )
    assert found == is_live
