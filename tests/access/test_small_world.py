"""T-01: the decision says what an independent, slow, readable oracle says, in every situation of a small world."""

from dataclasses import fields, replace
from datetime import UTC, date, datetime, timedelta
from functools import cache
from random import Random
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from access.oracle import answer
from access.reasons import Answer
from access.situations import Shown, Situation
from access.small_world import NOW, WORLDS, decided, facts_of, situations_of, size_of, some_of
from wutong.core.access import Act, Allowed, decide
from wutong.core.answers import Reason, Refused
from wutong.core.closings import Closed
from wutong.core.facts import CallerKind, Facts
from wutong.core.representation import Birth


@pytest.mark.parametrize("name", WORLDS)
def test_the_decision_is_the_oracles_in_all_of_a_small_world_r01_r02_r04_r42_r58_r67(name: str) -> None:
    differ = [each for each in situations_of(WORLDS[name]) if decided(each) != answer(each)]
    assert not differ, f"{len(differ)} differ, such as {explained(differ[0])}"


def explained(situation: Situation) -> str:
    return f"{situation}: the decision says {decided(situation)}, the oracle {answer(situation)}"


def test_the_small_world_has_a_million_situations() -> None:
    assert sum(map(size_of, WORLDS.values())) >= 1_000_000


def test_each_part_of_the_small_world_is_about_something() -> None:
    """Where all is refused little is proved: those parts alone in which nothing may be allowed."""
    assert {name for name in WORLDS if not any(isinstance(said, Shown) for said in _said(name))} == NOTHING_IS_ALLOWED


def test_every_reason_is_told_somewhere_in_the_small_world() -> None:
    assert {said for name in WORLDS for said in _said(name) if isinstance(said, str)} == REASONS_OF_A_DECISION


@cache
def _said(name: str) -> frozenset[Answer]:
    """The answers in a part of the small world, as far as some thousands of situations by chance have them."""
    return frozenset(answer(each) for each in some_of(WORLDS[name], 5_000, Random(5)))


NOTHING_IS_ALLOWED = {
    "read one category, role -",
    "read one category, role ?",
    "read one category by a code, role -",
    "read one category by a code, role ?",
    "read what is not shared",
    "a professional writes or counts",
    "nobody",
}
# Of wutong.core.answers.Reason, all but emergency-not-stated, which the people plane tells when it is asked for a grant.
REASONS_OF_A_DECISION = {
    *("no-token", "provider-not-active", "name-patient", "not-registered", "person-not-active", "no-sharing-consent"),
    *("sharing-consent-ended", "professional-registration-ended", "record-not-opened", "category-restricted"),
    *("category-closed", "category-not-named", "emergency-off", "emergency-not-granted", "withheld-by-person"),
    *("care-not-stated", "sign-in-too-weak", "category-withheld", "not-your-deposit", "not-referenced", "no-rule"),
}


# Arbitrary facts: also such as no database would give.

_IDS = st.sampled_from([UUID(int=number) for number in range(1, 5)])
_MOMENTS = st.sampled_from([NOW - timedelta(days=1), NOW, NOW + timedelta(minutes=1), datetime.max.replace(tzinfo=UTC)])
_DAYS = st.one_of(st.none(), st.dates(), st.sampled_from([date.min, date.max, date(2026, 3, 10), date(2024, 2, 29)]))
_CODES = st.sampled_from(["A", "B", "LAB", ""])
_SETS = st.frozensets(_CODES)

for _type, _strategy in {
    UUID: _IDS,
    datetime: _MOMENTS,
    Closed: st.builds(Closed, _SETS, _SETS, st.booleans(), st.booleans()),
    Birth: st.builds(Birth, _DAYS, st.sampled_from(["D", "M", "Y", "?"])),
}.items():
    st.register_type_strategy(_type, _strategy)


_FACTS = st.builds(
    Facts,
    roles=st.dictionaries(_CODES, st.sampled_from(["G", "R", "-", "", "x"])),
    **{each.name: st.from_type(each.type) for each in fields(Facts) if each.name not in ("roles", "role_sources")},
)


@settings(max_examples=300, deadline=None)
@given(_FACTS, st.sampled_from(Act), _SETS, st.sampled_from(["", "TREAT", "ETREAT", "nonsense"]))
def test_a_decision_is_always_made_and_never_for_nobody_or_without_an_active_provider(
    facts: Facts, act: Act, categories: frozenset[str], purpose: str
) -> None:
    decision = decide(facts, act=act, categories=categories, now=NOW, purpose=purpose)
    assert isinstance(decision, Allowed | Refused)
    if isinstance(decision, Allowed):
        assert facts.caller
        assert facts.caller.kind is CallerKind.PATIENT or facts.caller.provider_is_active
    assert isinstance(decide(replace(facts, caller=None), act=act, categories=categories, now=NOW), Refused)


@pytest.mark.parametrize("kind", [CallerKind.SYSTEM, CallerKind.PROFESSIONAL])
@pytest.mark.parametrize("act", Act)
def test_who_works_for_no_provider_is_refused_as_by_one_that_is_not_active(kind: CallerKind, act: Act) -> None:
    facts = facts_of(next(situations_of({"who": [(kind.value,)], "deemed": [(True,)], "depositor": [("none",)]})))
    assert facts.caller
    of_none = replace(facts, caller=replace(facts.caller, provider_id=None, provider_is_active=False))
    assert decide(of_none, act=act, categories=frozenset("A"), now=NOW) == Refused(Reason.PROVIDER_NOT_ACTIVE)
