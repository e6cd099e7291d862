"""What must hold before emergency access is granted, and by when it is reviewed: tables written by hand."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from wutong.core import ids
from wutong.core.answers import Reason, Refused
from wutong.core.emergency import KINDS, Stated, due_on, is_closing, is_reason, may_not_break_glass, named_categories
from wutong.core.facts import Caller, CallerKind

TODAY = date(2026, 11, 23)
DOCTOR = Caller(
    CallerKind.PROFESSIONAL,
    ids.new(),
    ids.new(),
    profession="DOC",
    registered_until=TODAY,
    provider_is_active=True,
    strength="otp",
)
STATED = Stated("unconscious", "Does not wake up, fell from a ladder", frozenset({"MED"}))
ROLES = {"PID": "G", "ALG": "G", "MED": "G", "LAB": "R", "BIRTH": "-"}


def ask(**changes: Any) -> Refused | None:
    asked = {
        "caller": DOCTOR, "stated": STATED, "is_on": True, "needs": "otp", "person_is_active": True, "is_withheld": False,
        "roles": ROLES, "today": TODAY,
    } | changes  # fmt: skip
    return may_not_break_glass(asked.pop("caller"), asked.pop("stated"), **asked)


def test_it_is_granted() -> None:
    assert ask() is None


STILL: dict[str, dict[str, Any]] = {
    "each kind": {"stated": replace(STATED, kind=KINDS[-1])},
    "a restricted category": {"stated": replace(STATED, categories=frozenset({"LAB"}))},
    "nothing named but what is always named": {"stated": replace(STATED, categories=frozenset())},
    "nothing stated yet": {"stated": None},
}


@pytest.mark.parametrize("case", STILL)
def test_what_changes_nothing(case: str) -> None:
    assert ask(**STILL[case]) is None


YESTERDAY = TODAY - timedelta(days=1)
REFUSED: dict[str, tuple[dict[str, Any], Reason]] = {
    "policy off": ({"is_on": False}, Reason.EMERGENCY_OFF),
    "provider suspended": ({"caller": replace(DOCTOR, provider_is_active=False)}, Reason.PROVIDER_NOT_ACTIVE),
    "signed in with too little": ({"needs": "phr"}, Reason.SIGN_IN_TOO_WEAK),
    "signed in with nothing known": ({"caller": replace(DOCTOR, strength="")}, Reason.SIGN_IN_TOO_WEAK),
    "a need that nobody knows": ({"needs": "two"}, Reason.SIGN_IN_TOO_WEAK),
    "registration ended": ({"caller": replace(DOCTOR, registered_until=YESTERDAY)}, Reason.REGISTRATION_ENDED),
    "never registered": ({"caller": replace(DOCTOR, registered_until=None)}, Reason.REGISTRATION_ENDED),
    "person not active": ({"person_is_active": False}, Reason.PERSON_NOT_ACTIVE),
    "closed by the person": ({"is_withheld": True}, Reason.WITHHELD),
    "the same, before anything is stated": ({"is_withheld": True, "stated": None}, Reason.WITHHELD),
    "no kind": ({"stated": replace(STATED, kind="")}, Reason.EMERGENCY_NOT_STATED),
    "another kind": ({"stated": replace(STATED, kind="other")}, Reason.EMERGENCY_NOT_STATED),
    "no reason": ({"stated": replace(STATED, reason="")}, Reason.EMERGENCY_NOT_STATED),
    "a closed category": ({"stated": replace(STATED, categories=frozenset({"MED", "BIRTH"}))}, Reason.CATEGORY_CLOSED),
    "an unknown category": ({"stated": replace(STATED, categories=frozenset({"XXX"}))}, Reason.CATEGORY_CLOSED),
    "a role that opens nothing": ({"roles": {"PID": "-", "ALG": "-", "MED": "-"}}, Reason.CATEGORY_CLOSED),
    "such a role, before anything is stated": ({"roles": {}, "stated": None}, Reason.CATEGORY_CLOSED),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_closes_it(case: str) -> None:
    changes, reason = REFUSED[case]
    assert ask(**changes) == Refused(reason)


def test_every_emergency_names_whose_record_it_is_and_what_may_harm_as_far_as_the_role_goes() -> None:
    assert named_categories(STATED, ROLES) == {"MED", "PID", "ALG"}
    assert named_categories(STATED, {"PID": "R", "ALG": "-", "MED": "G"}) == {"MED", "PID"}


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("does not wake up abc", True),
        ("does not wake up ab", False),
        ("  does not wake   up ab ", False),
        ("病人昏迷不醒，無法查詢，急需知道過敏及現服藥物", True),
        ("a" * 40, False),
        ("abab" * 10, False),
        ("no no no no no no no no", False),
        (". , ; : ! ? . , ; : ! ? . , ; :", False),
        ("emergency " * 50 + "x", False),
        (" " * 40, False),
        ("", False),
    ],
)
def test_what_is_a_reason(text: str, is_one: bool) -> None:
    assert is_reason(text) is is_one


@pytest.mark.parametrize(
    ("outcome", "note", "is_one"),
    [
        ("justified", "", True),
        ("justified", "x" * 501, False),
        ("not-justified", "", False),
        ("not-justified", "could have been asked", True),
        ("follow-up", "short", False),
        ("", "could have been asked", False),
        ("other", "could have been asked", False),
    ],
)
def test_what_closes_a_case(outcome: str, note: str, is_one: bool) -> None:
    assert is_closing(outcome, note) is is_one


@pytest.mark.parametrize(
    ("day", "days", "due"),
    [(23, 3, 26), (24, 3, 27), (25, 3, 30), (27, 1, 30), (28, 1, 30), (29, 1, 30), (29, 6, 37)],  # the 23rd is a Monday
)
def test_when_a_review_is_due(day: int, days: int, due: int) -> None:
    first = date(2026, 11, 1)
    given, expected = first + timedelta(days=day - 1), first + timedelta(days=due - 1)
    assert due_on(given, working_days=days) == expected
