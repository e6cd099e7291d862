"""What an open emergency shows, against a short oracle: what is shown without it, and what it names; never less or more."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wutong.core import ids
from wutong.core.access import Act, Allowed, Ground, decide, shown_categories
from wutong.core.answers import Reason, Refused
from wutong.core.closings import Closed
from wutong.core.facts import Caller, CallerKind, ConsentFacts, EmergencyFacts, Facts, LookFacts, PersonFacts

NOW = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
TODAY = date(2026, 11, 23)
CODES = ("PID", "ALG", "MED", "LAB", "BIRTH")
DOCTOR = Caller(
    CallerKind.PROFESSIONAL,
    ids.new(),
    ids.new(),
    profession="DOC",
    registered_until=TODAY,
    provider_is_active=True,
    strength="otp",
)
PERSON = PersonFacts(ids.new(), is_active=True, patient_ids=(ids.new(),))
GRANT = EmergencyFacts(ids.new(), frozenset({"PID", "MED", "LAB"}), NOW + timedelta(minutes=1), is_opened=True)
OPEN = Facts(
    caller=DOCTOR,
    person=PERSON,
    emergency=GRANT,
    roles={"PID": "G", "ALG": "G", "MED": "G", "LAB": "R", "BIRTH": "-"},
    emergency_is_on=True,
)

_some = st.frozensets(st.sampled_from(CODES))
_roles = st.dictionaries(st.sampled_from(CODES), st.sampled_from("GR-"))
_ends = st.sampled_from([NOW - timedelta(seconds=1), NOW, NOW + timedelta(seconds=1)])


@given(
    asked=_some,
    named=_some,
    roles=_roles,
    consent=st.sampled_from([None, ConsentFacts(is_given=True), ConsentFacts(is_given=False)]),
    look_ends=st.none() | _ends,
    ends=_ends,
    is_opened=st.booleans(),
    is_on=st.booleans(),
    is_active=st.booleans(),
    closed=_some,
    is_shut_out=st.booleans(),
)
def test_an_emergency_adds_what_it_names_and_nothing_else(
    asked: frozenset[str],
    named: frozenset[str],
    roles: dict[str, str],
    consent: ConsentFacts | None,
    look_ends: datetime | None,
    ends: datetime,
    is_opened: bool,
    is_on: bool,
    is_active: bool,
    closed: frozenset[str],
    is_shut_out: bool,
) -> None:
    facts = replace(
        OPEN,
        person=replace(PERSON, is_active=is_active),
        consent=consent,
        look=LookFacts(ids.new(), "TREAT", look_ends) if look_ends else None,
        roles=roles,
        emergency=EmergencyFacts(GRANT.grant_id, named, ends, is_opened),
        emergency_is_on=is_on,
        closed=Closed(closed, frozenset({"PSY"}), to_provider=is_shut_out, to_professional=False),
    )
    ordinary = _shown(replace(facts, emergency=None), asked)
    is_live = is_on and is_opened and is_active and ends > NOW
    added = {code for code in (named & asked) - closed if roles.get(code) in ("G", "R")} if is_live else set()
    assert _shown(facts, asked) == ordinary | added
    assert not ordinary & closed
    assert not (ordinary and is_shut_out)
    shut_out = replace(facts, closed=replace(facts.closed, to_professional=True))
    assert _shown(shut_out, asked) == set(), "an emergency is not for a professional whom the person shuts out"
    answer = decide(facts, act=Act.READ, categories=asked, now=NOW)
    if isinstance(answer, Allowed):
        assert (answer.ground is Ground.EMERGENCY) == bool(added - ordinary), (
            "what needs the emergency is entered as one"
        )
        assert (answer.look_id == GRANT.grant_id) == (answer.ground is Ground.EMERGENCY)
        assert answer.scope.patient_ids == PERSON.patient_ids
        assert answer.scope.depositor_id is None
        assert answer.scope.closed == {"PSY"}, "what is sealed stays sealed"


def _shown(facts: Facts, asked: frozenset[str]) -> frozenset[str]:
    answer = decide(facts, act=Act.READ, categories=asked, now=NOW)
    return answer.scope.categories if isinstance(answer, Allowed) else frozenset()


CLOSED: dict[str, tuple[dict[str, Any], Reason]] = {
    "not named": ({"emergency": replace(GRANT, categories=frozenset({"PID"}))}, Reason.CATEGORY_NOT_NAMED),
    "closed by the role": ({"roles": {"PID": "G", "MED": "-"}}, Reason.CATEGORY_CLOSED),
    "over": ({"emergency": replace(GRANT, closes_at=NOW)}, Reason.NO_CONSENT),
    "not opened": ({"emergency": replace(GRANT, is_opened=False)}, Reason.NO_CONSENT),
    "signed in with too little for it": ({"emergency_needs": "phr"}, Reason.NO_CONSENT),
    "switched off": ({"emergency_is_on": False}, Reason.NO_CONSENT),
    "registration ended": (
        {"caller": replace(DOCTOR, registered_until=TODAY - timedelta(days=1))},
        Reason.REGISTRATION_ENDED,
    ),
    "provider suspended": ({"caller": replace(DOCTOR, provider_is_active=False)}, Reason.PROVIDER_NOT_ACTIVE),
    "person not active": ({"person": replace(PERSON, is_active=False)}, Reason.PERSON_NOT_ACTIVE),
    "consent ended, and not named": (
        {
            "emergency": replace(GRANT, categories=frozenset({"PID"})),
            "consent": ConsentFacts(is_given=False),
            "look": LookFacts(ids.new(), "TREAT", NOW + timedelta(minutes=1)),
        },
        Reason.CATEGORY_NOT_NAMED,
    ),
}


@pytest.mark.parametrize("case", CLOSED)
def test_why_it_does_not_show_a_category(case: str) -> None:
    asked = frozenset({"MED"})
    assert isinstance(decide(OPEN, act=Act.READ, categories=asked, now=NOW), Allowed)
    changes, reason = CLOSED[case]
    assert decide(replace(OPEN, **changes), act=Act.READ, categories=asked, now=NOW) == Refused(reason)


def test_what_access_shows_while_it_is_open() -> None:
    told = decide(OPEN, act=Act.ACCESS, categories=frozenset(), now=NOW)
    assert isinstance(told, Allowed)
    assert shown_categories(OPEN, told, now=NOW) == {"PID", "MED", "LAB"}
    beside = replace(OPEN, consent=ConsentFacts(is_given=True))  # allowed, but not stated: what would open is not open
    told = decide(beside, act=Act.ACCESS, categories=frozenset(), now=NOW)
    assert isinstance(told, Allowed)
    assert shown_categories(beside, told, now=NOW) == {"PID", "MED", "LAB"}
    both = replace(beside, look=LookFacts(ids.new(), "TREAT", NOW + timedelta(minutes=1)))
    told = decide(both, act=Act.ACCESS, categories=frozenset(), now=NOW)
    assert isinstance(told, Allowed)
    assert shown_categories(both, told, now=NOW) == {"PID", "ALG", "MED", "LAB"}
