"""Access keys: eight digits that somebody makes in the portal and brings to a desk. The rules, and nothing but. Pure.

Source: domain dossier 2.2: 8 digits, a new key makes the old one invalid. How long it lasts, that it works once, and
the brakes are ours: whoever guesses has ten tries among a hundred million.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

DIGITS = 8
LASTS = timedelta(days=7)
MOST_WRONG_AT_DESK, CLOSED_FOR = 5, timedelta(minutes=15)
MOST_WRONG_OF_KEY = 10


class Verdict(StrEnum):
    """What a key was; anything but RIGHT is the reason in the trail."""

    RIGHT = "right"
    WRONG = "wrong-key"  # or over, used, taken back, another person's: nobody is told which
    TOO_MANY = "too-many-wrong-keys"


@dataclass(frozen=True)
class Tried:
    """Wrong tries about one person: of the key that is the newest one now, and at this desk within CLOSED_FOR."""

    of_key: int
    at_desk: int


def new_key() -> str:
    """Eight random digits."""
    return str(secrets.randbelow(10**DIGITS)).zfill(DIGITS)


def typed(text: str) -> str | None:
    """A key as somebody typed it, without spaces and hyphens; None where it has not eight digits."""
    key = "".join(text.replace("-", " ").split())
    return key if key.isascii() and key.isdigit() and len(key) == DIGITS else None


def in_groups(key: str) -> str:
    """As it is read out: 1234 5678."""
    return f"{key[:4]} {key[4:]}"


def is_braked(tried: Tried) -> bool:
    """Whether this desk has guessed so often that even the right key is refused for a while."""
    return tried.at_desk >= MOST_WRONG_AT_DESK


def is_live(*, ends_at: datetime, is_used: bool, tried: Tried, now: datetime) -> bool:
    """Whether a key may still be right."""
    return now < ends_at and not is_used and tried.of_key < MOST_WRONG_OF_KEY
