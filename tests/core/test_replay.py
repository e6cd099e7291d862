"""What the facts of then come to: by hand, each line differs from the first, where a doctor sees two parts, by one thing."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from wutong.core import ids
from wutong.core.access import Allowed
from wutong.core.answers import Refused
from wutong.core.facts import Caller, CallerKind, ConsentFacts, PersonFacts
from wutong.core.replay import Then, could_enter, could_see

CLINIC, OTHER = ids.new(), ids.new()
AT = datetime(2026, 11, 23, 15, 59, 59, tzinfo=UTC)  # 23:59:59 in Hong Kong
DAY, BEFORE = date(2026, 11, 23), date(2026, 11, 22)
DOCTOR = Caller(
    CallerKind.PROFESSIONAL,
    ids.new(),
    CLINIC,
    profession="DOC",
    registered_until=DAY,
    provider_is_active=True,
    strength="otp",
)
THEN = Then(
    AT,
    PersonFacts(ids.new(), is_active=True, patient_ids=(ids.new(),)),
    {CLINIC: ConsentFacts(is_given=True, valid_until=DAY)},
    (),
    {"DOC": {"DX": "G", "LAB": "G", "RAD": "R", "MED": "-"}},
)


def _closed(*lines: tuple[str, Any]) -> dict[str, Any]:
    return {"closings": tuple((kind, str(value)) for kind, value in lines)}


@pytest.mark.parametrize(
    ("then", "caller", "seen"),
    [
        ({}, {}, {"DX", "LAB"}),
        ({"at": datetime(2026, 11, 23, 16, 0, tzinfo=UTC)}, {"registered_until": date(2099, 1, 1)}, "sharing-consent-ended"),
        ({"consents": {}}, {}, "no-sharing-consent"),
        ({"consents": {OTHER: ConsentFacts(is_given=True)}}, {}, "no-sharing-consent"),
        ({"consents": {}}, {"provider_is_deemed": True}, {"DX", "LAB"}),
        ({"consents": {CLINIC: ConsentFacts(is_given=False)}}, {}, "sharing-consent-ended"),
        ({}, {"registered_until": BEFORE}, "professional-registration-ended"),
        ({}, {"provider_is_active": False}, "provider-not-active"),
        ({"person": replace(THEN.person, is_active=False)}, {}, "person-not-active"),
        (_closed(("provider", CLINIC)), {}, "withheld-by-person"),
        (_closed(("provider", OTHER)), {}, {"DX", "LAB"}),
        (_closed(("professional", DOCTOR.caller_id)), {}, "withheld-by-person"),
        (_closed(("professional", OTHER)), {}, {"DX", "LAB"}),
        (_closed(("category", "DX")), {}, {"LAB"}),
        (_closed(("category", "DX"), ("category", "LAB")), {}, "category-restricted"),
        ({"roles": {"NUR": {"DX": "G"}}}, {}, "category-closed"),
    ],
)  # fmt: skip
def test_the_facts_of_then_decide(then: dict[str, Any], caller: dict[str, Any], seen: Iterable[str] | str) -> None:
    answer = could_see(replace(THEN, **then), replace(DOCTOR, **caller))
    assert (answer.scope.categories if isinstance(answer, Allowed) else answer.reason) == seen


def test_parts_that_were_closed_are_taken_out_of_the_rows() -> None:
    answer = could_see(replace(THEN, **_closed(("label", "PSY"), ("item", OTHER))), DOCTOR)
    assert isinstance(answer, Allowed)
    assert answer.scope.closed == {"PSY", str(OTHER)}
    assert answer.scope.patient_ids == THEN.person.patient_ids


def test_whether_a_provider_could_enter_is_no_matter_of_the_profession() -> None:
    nobody = replace(DOCTOR, profession="")
    assert isinstance(could_enter(THEN, nobody), Allowed)
    assert isinstance(could_see(THEN, nobody), Refused)
    assert isinstance(could_enter(replace(THEN, consents={}), nobody), Refused)
