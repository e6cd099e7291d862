"""What an authorisation by one-time code shows, against a short oracle: what is restricted and it names, and never less."""

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
from wutong.core.facts import (
    AuthorisationFacts,
    Caller,
    CallerKind,
    ConsentFacts,
    DirectoryRow,
    EmergencyFacts,
    Facts,
    LookFacts,
    PersonFacts,
)

NOW = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
TODAY = date(2026, 11, 23)
LATER = NOW + timedelta(minutes=1)
CODES = ("PID", "MED", "LAB", "RAD", "BIRTH")
ROLES = {"PID": "G", "MED": "G", "LAB": "R", "RAD": "R", "BIRTH": "-"}
PHARMACIST = Caller(
    CallerKind.PROFESSIONAL,
    ids.new(),
    ids.new(),
    profession="PHA",
    registered_until=TODAY,
    strength="otp",
    provider_is_active=True,
)
PERSON = PersonFacts(ids.new(), is_active=True, patient_ids=(ids.new(),))
GIVEN = AuthorisationFacts(ids.new(), frozenset({"RAD"}), LATER)
OPEN = Facts(
    caller=PHARMACIST,
    person=PERSON,
    consent=ConsentFacts(is_given=True),
    look=LookFacts(ids.new(), "TREAT", LATER),
    authorised=(GIVEN,),
    roles=ROLES,
)

_some = st.frozensets(st.sampled_from(CODES))
_ends = st.sampled_from([NOW - timedelta(seconds=1), NOW, NOW + timedelta(seconds=1)])
_given = st.lists(st.builds(AuthorisationFacts, st.builds(ids.new), _some, _ends), max_size=3)


@given(asked=_some, given=_given, roles=st.dictionaries(st.sampled_from(CODES), st.sampled_from("GR-")), closed=_some)
def test_it_adds_what_is_restricted_and_named_and_nothing_else(
    asked: frozenset[str], given: list[AuthorisationFacts], roles: dict[str, str], closed: frozenset[str]
) -> None:
    facts = replace(OPEN, authorised=tuple(given), roles=roles, closed=Closed(closed, frozenset({"PSY"})))
    ordinary = _shown(replace(facts, authorised=()), asked)
    live = [each for each in given if each.closes_at > NOW]
    named = set().union(*(each.categories for each in live)) if live else set()
    added = {code for code in (named & asked) - closed if roles.get(code) == "R"}
    assert _shown(facts, asked) == ordinary | added
    answer = decide(facts, act=Act.READ, categories=asked, now=NOW)
    if isinstance(answer, Allowed):
        assert answer.ground is Ground.CARE
        assert answer.scope.closed == {"PSY"}, "what is closed within a part stays closed"
        used = {each.authorisation_id for each in live if each.categories & added}
        assert set(answer.authorised) == used, "all that it rests on, and nothing that it does not"


def _shown(facts: Facts, asked: frozenset[str]) -> frozenset[str]:
    answer = decide(facts, act=Act.READ, categories=asked, now=NOW)
    return answer.scope.categories if isinstance(answer, Allowed) else frozenset()


CLOSED: dict[str, tuple[dict[str, Any], Reason]] = {
    "none": ({"authorised": ()}, Reason.CATEGORY_RESTRICTED),
    "of another part": ({"authorised": (replace(GIVEN, categories=frozenset({"LAB"})),)}, Reason.CATEGORY_RESTRICTED),
    "over": ({"authorised": (replace(GIVEN, closes_at=NOW),)}, Reason.CATEGORY_RESTRICTED),
    "closed by the role since": ({"roles": ROLES | {"RAD": "-"}}, Reason.CATEGORY_CLOSED),
    "closed by the person since": ({"closed": Closed(frozenset({"RAD"}))}, Reason.CATEGORY_WITHHELD),
    "closed to the professional": ({"closed": Closed(to_professional=True)}, Reason.WITHHELD),
    "closed to the provider": ({"closed": Closed(to_provider=True)}, Reason.WITHHELD),
    "no look": ({"look": None}, Reason.NOT_OPENED),
    "look over": ({"look": LookFacts(ids.new(), "TREAT", NOW)}, Reason.NOT_OPENED),
    "no consent": ({"consent": None}, Reason.NO_CONSENT),
    "consent withdrawn": ({"consent": ConsentFacts(is_given=False)}, Reason.CONSENT_ENDED),
    "provider suspended": ({"caller": replace(PHARMACIST, provider_is_active=False)}, Reason.PROVIDER_NOT_ACTIVE),
    "registration over": (
        {"caller": replace(PHARMACIST, registered_until=TODAY - timedelta(days=1))},
        Reason.REGISTRATION_ENDED,
    ),
    "person not active": ({"person": replace(PERSON, is_active=False)}, Reason.PERSON_NOT_ACTIVE),
}


@pytest.mark.parametrize("case", CLOSED)
def test_what_closes_it(case: str) -> None:
    asked = frozenset({"RAD"})
    assert isinstance(decide(OPEN, act=Act.READ, categories=asked, now=NOW), Allowed)
    changes, reason = CLOSED[case]
    assert decide(replace(OPEN, **changes), act=Act.READ, categories=asked, now=NOW) == Refused(reason)


def test_a_systems_and_a_patients_token_have_nothing_by_it() -> None:
    for kind in (CallerKind.SYSTEM, CallerKind.PATIENT):
        facts = replace(OPEN, caller=replace(PHARMACIST, kind=kind))
        answer = decide(facts, act=Act.READ, categories=frozenset({"RAD"}), now=NOW)
        assert not (isinstance(answer, Allowed) and answer.scope.categories)


def test_with_an_emergency_beside_it_the_entry_names_both() -> None:
    grant = EmergencyFacts(ids.new(), frozenset({"LAB"}), LATER, is_opened=True)
    both = replace(OPEN, emergency=grant, emergency_is_on=True)
    answer = decide(both, act=Act.READ, categories=frozenset({"LAB", "RAD"}), now=NOW)
    assert isinstance(answer, Allowed)
    assert (answer.ground, answer.scope.categories) == (Ground.EMERGENCY, {"LAB", "RAD"})
    assert answer.authorised == (GIVEN.authorisation_id,)
    alone = decide(both, act=Act.READ, categories=frozenset({"RAD"}), now=NOW)
    assert isinstance(alone, Allowed)
    assert (alone.ground, alone.authorised) == (Ground.CARE, (GIVEN.authorisation_id,))


def test_a_directorys_row_that_only_a_restricted_part_names_is_seen_and_rests_on_it() -> None:
    row = DirectoryRow("Practitioner", ids.new(), ids.new())
    named = replace(OPEN, directory_row=row, named_in=frozenset({"RAD"}))
    answer = decide(named, act=Act.READ, categories=frozenset(), now=NOW)
    assert isinstance(answer, Allowed)
    assert (answer.ground, answer.authorised) == (Ground.REFERENCE, (GIVEN.authorisation_id,))
    refused = decide(replace(named, authorised=()), act=Act.READ, categories=frozenset(), now=NOW)
    assert refused == Refused(Reason.CATEGORY_RESTRICTED)


def test_what_access_shows() -> None:
    told = decide(OPEN, act=Act.ACCESS, categories=frozenset(), now=NOW)
    assert isinstance(told, Allowed)
    assert shown_categories(OPEN, told, now=NOW) == {"PID", "MED", "RAD"}
    assert shown_categories(replace(OPEN, authorised=()), told, now=NOW) == {"PID", "MED"}
