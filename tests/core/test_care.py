"""Which evidence is named where there is several, and that the days of a kind can change from a day on (decision 0039).

What is evidence at all, and what hides it: tests/access.
"""

from dataclasses import replace
from datetime import date, datetime, timedelta
from uuid import UUID

import pytest

from wutong.core import care, clock, ids
from wutong.core.care import Evidence, Trace, evidence_of
from wutong.core.closings import NOTHING

CLINIC = ids.new()
TODAY = date(2026, 12, 1)


def _trace(resource_type: str, day: date, *words: str) -> Trace:
    begins = datetime.combine(day, datetime.min.time(), tzinfo=clock.TERRITORY)
    return Trace(resource_type, ids.new(), CLINIC, "ENC", frozenset(words), begins, begins + timedelta(hours=1))


def _appointment(day: date) -> Trace:
    return _trace("Appointment", day, "status=booked")


def _visit(day: date) -> Trace:
    return _trace("Encounter", day, "status=finished", "class=AMB")


def _found(*traces: Trace, today: date = TODAY) -> Evidence | None:
    return evidence_of(traces, provider_id=CLINIC, closed=NOTHING, open_to=frozenset(), today=today)


def test_r02_an_appointment_is_named_before_a_visit_and_of_several_the_nearest() -> None:
    near, far = _appointment(TODAY + timedelta(days=2)), _appointment(TODAY - timedelta(days=9))
    found = _found(_visit(TODAY), far, near)
    assert found == Evidence("appointment", "Appointment", near.resource_id, TODAY + timedelta(days=2))
    assert found.written() == {
        "kind": "appointment",
        "type": "Appointment",
        "id": str(near.resource_id),
        "day": "2026-12-03",
    }


def test_of_two_of_one_day_the_same_is_named_every_time() -> None:
    first = replace(_visit(TODAY), resource_id=UUID(int=1))
    second = replace(first, resource_id=UUID(int=2))
    assert _found(first, second) == _found(second, first) == _found(first)


def test_the_days_of_a_kind_change_from_a_day_on(monkeypatch: pytest.MonkeyPatch) -> None:
    [line] = [kind for kind in care.KINDS if kind.code == "attendance"]
    monkeypatch.setattr(care, "KINDS", (replace(line, after=1, since=TODAY), *care.KINDS))
    monkeypatch.setattr(care, "_in_force", care._in_force.__wrapped__)
    visit = _visit(TODAY - timedelta(days=3))
    assert _found(visit, today=TODAY - timedelta(days=1))
    assert _found(visit, today=TODAY) is None


@pytest.mark.parametrize("kind", care.KINDS, ids=lambda kind: kind.code)
def test_no_kind_holds_for_longer_than_the_database_looks_for(kind: care.Kind) -> None:
    assert max(kind.before, kind.after) < 400  # gate.care_v1


@pytest.mark.parametrize(("text", "is_one"), [
    ("覆診", True), ("  a  rash\n", True), ("a" * 500, True), ("", False), (" \t\n", False), ("a" * 501, False),
    ("a\x00b", False), ("a\x1b[2Jb", False), ("safe \u202egnihton", False), ("\u200b", False), ("\ue000", False),
], ids=range(11))  # fmt: skip
def test_a_reason_can_be_read(text: str, is_one: bool) -> None:
    assert care.is_reason(text) is is_one
