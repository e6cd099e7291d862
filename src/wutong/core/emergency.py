"""Emergency access ("break-glass"): what must hold before it is granted, for how long, due for review when. Pure.

Source: security dossier 1.5, domain dossier 0.8; docs/decisions/0014. What a grant opens is decided in access.py.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from wutong.core.access import may_not_find, openable, sign_in_too_weak
from wutong.core.answers import Reason, Refused
from wutong.core.facts import Caller

LASTS = timedelta(minutes=60)
LEAST_WORDS, MOST_WORDS = 20, 500  # characters of a reason, or of an officer's note
_LEAST_LETTERS = 5  # different ones: "aaaaaaaaaaaaaaaaaaaa" is no reason

# Why the patient could not be asked. No published list was found; ours is short, so that "other" is not the habit.
KINDS = ("unconscious", "not-capable", "no-time", "no-decision-maker")

# Whose record it is and what may harm at once are part of every emergency, as far as the profession's role goes.
ALWAYS = frozenset({"PID", "ALG"})

JUSTIFIED, NOT_JUSTIFIED, FOLLOW_UP = "justified", "not-justified", "follow-up"
OUTCOMES = (JUSTIFIED, NOT_JUSTIFIED, FOLLOW_UP)


@dataclass(frozen=True)
class Stated:
    """What a professional states: the kind of emergency, the reason in their own words, the categories they need."""

    kind: str
    reason: str
    categories: frozenset[str]


def may_not_break_glass(
    caller: Caller,
    stated: Stated | None,
    *,
    is_on: bool,
    needs: str,
    person_is_active: bool,
    is_withheld: bool,
    roles: Mapping[str, str],
    today: date,
) -> Refused | None:
    """Why a professional gets no emergency access to a person; None where they may, or (nothing stated) may ask for it.

    `needs`: how strongly one must have signed in (wutong.core.strength).
    General and restricted categories both open, because the patient cannot be asked; what the role closes, never does.
    `is_withheld`: the person has closed the record to this professional, and an emergency does not open it (0037).
    """
    if not is_on:
        return Refused(Reason.EMERGENCY_OFF)
    if refused := sign_in_too_weak(caller, needs) or may_not_find(caller, today=today):
        return refused
    if not person_is_active:
        return Refused(Reason.PERSON_NOT_ACTIVE)
    if is_withheld:
        return Refused(Reason.WITHHELD)
    if stated and (stated.kind not in KINDS or not is_reason(stated.reason)):
        return Refused(Reason.EMERGENCY_NOT_STATED)
    named = named_categories(stated, roles) if stated else openable(roles)
    return None if named and named <= openable(roles) else Refused(Reason.CATEGORY_CLOSED)


def named_categories(stated: Stated, roles: Mapping[str, str]) -> frozenset[str]:
    """What the professional named, and what every emergency names."""
    return stated.categories | (ALWAYS & openable(roles))


def tidy(text: str) -> str:
    """A reason without the white space that only fills it."""
    return " ".join(text.split())


def is_reason(text: str) -> bool:
    """Whether a text says something: of 20 to 500 characters, and not the same few again and again."""
    said = tidy(text)
    letters = {letter for letter in said.casefold() if letter.isalnum()}
    return LEAST_WORDS <= len(said) <= MOST_WORDS and len(letters) >= _LEAST_LETTERS


def is_closing(outcome: str, note: str) -> bool:
    """Whether a case can be closed so: a note must say why, unless the access was justified."""
    return outcome in OUTCOMES and (outcome == JUSTIFIED or is_reason(note)) and len(tidy(note)) <= MOST_WORDS


def due_on(day: date, *, working_days: int) -> date:
    """The last day for the review: so many working days (Monday to Friday) after the day of the emergency."""
    left = working_days
    while left:
        day += timedelta(days=1)
        left -= day.weekday() < 5
    return day
