"""Hong Kong identity card numbers: reading, checking, masking. Algorithm and vectors: domain dossier 5.2."""

import re
import unicodedata

_SHAPE = re.compile(r"([A-Z]{1,2})([0-9]{6})([0-9A])")
_BRACKETS_AND_SPACES = re.compile(r"[()\s]+")
_CAPITALS = {ord(small): small.upper() for small in "abcdefghijklmnopqrstuvwxyz"}
_SPACE = 36  # what a missing first letter counts as


def normalise(text: str) -> str:
    """`text` without brackets and spaces, in capitals: full-width and lower case are understood. Not a check.

    Other characters stay, so that a slip such as `A12345-63` does not turn into somebody's number.
    """
    plain = unicodedata.normalize("NFKC", text)
    return _BRACKETS_AND_SPACES.sub("", plain).translate(_CAPITALS)


def is_valid(text: str) -> bool:
    """Whether `text` reads as a number with a right check digit."""
    match = _SHAPE.fullmatch(normalise(text))
    return match is not None and check_digit(match[1] + match[2]) == match[3]


def check_digit(number: str) -> str:
    """The check digit, 0-9 or A, of one or two capitals and six digits; raises ValueError for anything else."""
    if not _SHAPE.fullmatch(f"{number}0"):
        raise ValueError("an identity card number has one or two capital letters and six digits before its check digit")
    letters, digits = number[:-6], number[-6:]
    values = [_SPACE] * (2 - len(letters)) + [ord(letter) - ord("A") + 10 for letter in letters]
    values += [int(digit) for digit in digits]
    rest = sum(weight * value for weight, value in zip(range(9, 1, -1), values, strict=True)) % 11
    return {0: "0", 1: "A"}.get(rest, str(11 - rest))


def bracketed(number: str) -> str:
    """As printed on the card: A123456(3)."""
    plain = normalise(number)
    return f"{plain[:-1]}({plain[-1:]})"


def masked(number: str) -> str:
    """As others see it: A123***(*); of something that is no such number, two characters at most."""
    plain = normalise(number)
    shape = _SHAPE.fullmatch(plain)
    return f"{shape[1]}{shape[2][:3]}***(*)" if shape else f"{plain[:2]}***"
