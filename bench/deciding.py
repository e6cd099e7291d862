"""`make bench`: how long one decision takes in process: the median, by caller and answer. Asserts nothing."""

import statistics
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from wutong.core import ids
from wutong.core.access import Act, decide
from wutong.core.care import Trace
from wutong.core.categories import CATEGORY_NAMES
from wutong.core.closings import Closed
from wutong.core.facts import (
    Caller,
    CallerKind,
    ConsentFacts,
    EmergencyFacts,
    Facts,
    LookFacts,
    PersonFacts,
)

TIMES = 20_000
_NOW = datetime(2026, 11, 30, 4, 0, tzinfo=UTC)
_DOCTOR = Caller(
    CallerKind.PROFESSIONAL,
    ids.new(),
    ids.new(),
    profession="DOC",
    registered_until=_NOW.date(),
    provider_is_active=True,
    strength="otp",
)
_OPEN = Facts(
    caller=_DOCTOR,
    person=PersonFacts(ids.new(), is_active=True, patient_ids=tuple(ids.new() for _ in range(3))),
    consent=ConsentFacts(is_given=True),
    look=LookFacts(ids.new(), "TREAT", _NOW + timedelta(minutes=1)),
    roles=dict.fromkeys(CATEGORY_NAMES, "G"),
)


def main() -> None:
    """Print the median of each kind, in microseconds."""
    for name, facts, act in _cases():
        took = [_took(facts, act) for _ in range(TIMES)]
        print(f"{name:44} {statistics.median(took):6.1f} µs a decision")


def _cases() -> Iterator[tuple[str, Facts, Act]]:
    closed = Closed(frozenset({"LAB"}), frozenset({"PSY", str(ids.new())}))
    grant = EmergencyFacts(ids.new(), frozenset(CATEGORY_NAMES), _NOW + timedelta(minutes=1), is_opened=True)
    system = Caller(CallerKind.SYSTEM, ids.new(), ids.new(), provider_is_active=True)
    yield "a professional reads an open record", _OPEN, Act.READ
    yield "the same, where the person closes some", replace(_OPEN, closed=closed), Act.READ
    yield "a professional without consent", replace(_OPEN, consent=None), Act.READ
    yield "in an emergency", replace(_OPEN, consent=None, emergency=grant, emergency_is_on=True), Act.READ
    day = _NOW - timedelta(days=100)
    visit = Trace(
        "Encounter",
        ids.new(),
        _DOCTOR.provider_id or ids.new(),
        "ENC",
        frozenset({"status=finished", "class=AMB"}),
        day,
        day,
    )
    yield "a record opens, none of ten visits in its days", replace(_OPEN, care=(visit,) * 10), Act.OPEN
    yield "a system reads its own deposits", replace(_OPEN, caller=system), Act.READ
    yield "nobody", replace(_OPEN, caller=None), Act.READ


def _took(facts: Facts, act: Act) -> float:
    began = time.perf_counter()
    decide(facts, act=act, categories=frozenset({"LAB", "DX"}), now=_NOW)
    return (time.perf_counter() - began) * 1e6


if __name__ == "__main__":
    main()
