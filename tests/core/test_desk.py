"""Who may serve people at a desk, and until when a signed form may be recorded: tables that a lawyer can read."""

from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID

import pytest

from wutong.core import desk
from wutong.core.answers import Reason, Refused
from wutong.core.facts import Caller, CallerKind
from wutong.core.strength import ONE_TIME_CODE

TODAY = date(2026, 11, 30)
YESTERDAY, LAST = TODAY - timedelta(days=1), TODAY
_SOMEBODY = Caller(CallerKind.PROFESSIONAL, UUID(int=1), UUID(int=2), provider_is_active=True, strength=ONE_TIME_CODE)


@pytest.mark.parametrize(
    ("role", "registered_until", "is_active", "reason"),
    [
        ("registration", None, True, None),
        ("registration", None, False, Reason.PROVIDER_NOT_ACTIVE),
        ("clinician", LAST, True, None),
        ("clinician", YESTERDAY, True, Reason.REGISTRATION_ENDED),
        ("clinician", None, True, Reason.REGISTRATION_ENDED),
        ("clinician", LAST, False, Reason.PROVIDER_NOT_ACTIVE),
        ("administrator", LAST, True, Reason.NO_RULE),
        ("privacy-officer", None, True, Reason.NO_RULE),
        ("", LAST, True, Reason.NO_RULE),
    ],
)
def test_who_may_serve(role: str, registered_until: date | None, is_active: bool, reason: Reason | None) -> None:
    caller = replace(_SOMEBODY, registered_until=registered_until, provider_is_active=is_active)
    assert desk.may_not_serve(caller, role, today=TODAY) == (Refused(reason) if reason else None)


@pytest.mark.parametrize("role", ["registration", "clinician"])
def test_whoever_signed_in_without_a_code_serves_nobody(role: str) -> None:
    caller = replace(_SOMEBODY, registered_until=LAST, strength="")
    assert desk.may_not_serve(caller, role, today=TODAY) == Refused(Reason.SIGN_IN_TOO_WEAK)


@pytest.mark.parametrize(("days_ago", "is_taken"), [(-1, False), (0, True), (1, True), (30, True), (31, False)])
def test_when_a_form_may_be_recorded(days_ago: int, is_taken: bool) -> None:
    assert desk.is_day_of_form(TODAY - timedelta(days=days_ago), today=TODAY) == is_taken
