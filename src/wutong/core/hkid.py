"""Hong Kong identity card numbers: reading, checking, masking. Algorithm and vectors: domain dossier 5.2."""

import re
import unicodedata

_SHAPE = re.compile(r"([A-Z]{1,2})([0-9]{6})([0-9A])")
_SPACE = 36  # what a missing first letter counts as


def normalise(text: str) -> str:
    """`text` without brackets and spaces, in capitals: full-width and lower case are understood. Not a check."""
    plain = unicodedata.normalize("NFKC", text).upper()
    return "".join(character for character in plain if character.isalnum())


def is_valid(text: str) -> bool:
    """Whether `text` reads as a number with a right check digit."""
    match = _SHAPE.fullmatch(normalise(text))
    return match is not None and check_digit(match[1] + match[2]) == match[3]


def check_digit(number: str) -> str:
    """The check digit of one or two letters and six digits: 0-9 or A."""
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
    """As others see it: A123***(*)."""
    plain = normalise(number)
    letters = len(plain) - len(plain.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ"))
    return f"{plain[: letters + 3]}***(*)"
