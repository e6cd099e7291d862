"""Vectors written by hand in domain dossier 5.2; the properties hold for every number of the right shape."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wutong.core import hkid

VALID = [
    "A123456(3)",
    "AB987654(3)",
    "E364912(5)",
    "AB123456(9)",
    "D288754(2)",
    "YD129805(1)",
    "YD1298051",
    "G123456(A)",
    "C100001(0)",
    "A100004(A)",
    "XA100006(0)",
    "WX100007(A)",
    "a123456(3)",
    "A123456 (3)",
    "A1234563",
    "Ａ１２３４５６（３）",
    " g123456 ( a ) ",
]
INVALID = [
    "A123456(4)",
    "A12345(3)",
    "1A23456(3)",
    "ABC12345(6)",
    "A123456(B)",
    "",
    "A123456",
    "A12345-63",
    "A123456.3",
    "甲123456(3)",
    "ß123456(3)",
    "A١٢٣٤٥٦(3)",
    "A1234563\x00",
]

PREFIX = st.from_regex(r"[A-Z]{1,2}[0-9]{6}", fullmatch=True)


@pytest.mark.parametrize("text", VALID)
def test_a_right_number_is_accepted_however_it_is_typed(text: str) -> None:
    assert hkid.is_valid(text)


@pytest.mark.parametrize("text", INVALID)
def test_a_wrong_number_is_not(text: str) -> None:
    assert not hkid.is_valid(text)


def test_what_is_stored_has_no_brackets() -> None:
    assert hkid.normalise("ｑｘ 123456（1）") == "QX1234561"


@pytest.mark.parametrize(("number", "shown"), [("A1234563", "A123***(*)"), ("YD1298051", "YD129***(*)")])
def test_others_see_the_beginning_only(number: str, shown: str) -> None:
    assert hkid.masked(number) == shown


@pytest.mark.parametrize("text", ["SECRETSECRET", "12345678", "A1", ""])
def test_masking_never_shows_more_than_two_characters_of_something_else(text: str) -> None:
    assert hkid.masked(text) == f"{text[:2]}***"


@pytest.mark.parametrize("text", ["", "A12345", "ABC123456", "a123456", "A1234567"])
def test_no_check_digit_for_something_else(text: str) -> None:
    with pytest.raises(ValueError, match="six digits"):
        hkid.check_digit(text)


@given(PREFIX)
def test_exactly_one_check_digit_is_right(prefix: str) -> None:
    right = [digit for digit in "0123456789A" if hkid.is_valid(prefix + digit)]
    assert right == [hkid.check_digit(prefix)]


@given(PREFIX, st.integers(0, 7), st.data())
def test_one_wrong_character_is_noticed(prefix: str, place: int, data: st.DataObject) -> None:
    number = prefix + hkid.check_digit(prefix)
    at = place % len(prefix)
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ" if prefix[at].isalpha() else "0123456789"
    other = data.draw(st.sampled_from(alphabet))
    changed = number[:at] + other + number[at + 1 :]
    weight = (9 if len(prefix) == 8 else 8) - at
    same_rest = weight * (alphabet.index(other) - alphabet.index(number[at])) % 11 == 0
    assert hkid.is_valid(changed) == same_rest


@given(PREFIX)
def test_reading_what_the_card_shows_gives_the_number_back(prefix: str) -> None:
    number = prefix + hkid.check_digit(prefix)
    assert hkid.normalise(f"{number[:-1]}({number[-1]})") == number
    assert hkid.normalise(hkid.normalise(number)) == number


@given(st.text(max_size=12))
def test_any_text_is_answered(text: str) -> None:
    assert hkid.is_valid(text) in {True, False}
    assert hkid.masked(text).endswith("***") or hkid.masked(text).endswith("***(*)")
