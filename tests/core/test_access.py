"""Who may read a row of a directory, and who may count a record: tables written by hand from house 6.1 and
docs/decisions/0010 and 0012.

Each refusal differs from the permission in its first line by one thing.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from wutong.core import ids
from wutong.core.access import Act, Allowed, Ground, Scope, decide
from wutong.core.answers import Reason, Refused
from wutong.core.facts import (
    Caller,
    CallerKind,
    ConsentFacts,
    DirectoryRow,
    Facts,
    LookFacts,
    PersonFacts,
)
from wutong.core.representation import Birth, Link, Representation

NOW = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
TODAY = date(2026, 11, 23)
CLINIC, HOSPITAL = ids.new(), ids.new()
DOCTOR = Caller(
    CallerKind.PROFESSIONAL,
    ids.new(),
    CLINIC,
    profession="DOC",
    registered_until=TODAY,
    provider_is_active=True,
    strength="otp",
)
SYSTEM = Caller(CallerKind.SYSTEM, ids.new(), CLINIC, provider_is_active=True)
PATIENT = Caller(CallerKind.PATIENT, ids.new(), strength="otp")
ROW = DirectoryRow("Practitioner", ids.new(), HOSPITAL)
PERSON = PersonFacts(ids.new(), is_active=True, patient_ids=(ids.new(),))
LOOK = LookFacts(ids.new(), "TREAT", NOW + timedelta(minutes=1))

# A doctor of the clinic has a consenting person's record open, and a diagnosis from the hospital names the row.
OPEN = Facts(
    caller=DOCTOR,
    person=PERSON,
    consent=ConsentFacts(is_given=True, valid_until=TODAY),
    look=LOOK,
    roles={"DX": "G", "LAB": "R"},
    depositor_id=HOSPITAL,
    directory_row=ROW,
    named_in=frozenset({"DX"}),
)


def ask(act: Act = Act.READ, categories: Iterable[str] = (), **changes: Any) -> Allowed | Refused:
    return decide(replace(OPEN, **changes), act=act, categories=frozenset(categories), now=NOW)


def test_a_row_that_an_open_record_names_is_readable_and_nothing_else_with_it() -> None:
    assert ask() == Allowed(Ground.REFERENCE, Scope(directory_row=ROW), LOOK.look_id)


STILL_OPEN: dict[str, dict[str, Any]] = {
    "named in a closed category as well": {"named_in": frozenset({"DX", "LAB"})},
    "no consent, and the provider is deemed to have it": {
        "consent": None,
        "caller": replace(DOCTOR, provider_is_deemed=True),
    },
    "an indefinite consent": {"consent": ConsentFacts(is_given=True)},
    "the clinic's own row": {"depositor_id": CLINIC, "directory_row": replace(ROW, depositor_id=CLINIC)},
}


@pytest.mark.parametrize("case", STILL_OPEN)
def test_what_changes_nothing(case: str) -> None:
    changes = STILL_OPEN[case]
    row = changes.get("directory_row", ROW)
    assert ask(**changes) == Allowed(Ground.REFERENCE, Scope(directory_row=row), LOOK.look_id)


YESTERDAY = TODAY - timedelta(days=1)
NOT_NAMED: dict[str, Any] = {"person": None, "look": None, "consent": None, "named_in": frozenset()}
CLOSED: dict[str, tuple[dict[str, Any], Reason]] = {
    "no token": ({"caller": None}, Reason.NO_TOKEN),
    "provider suspended": ({"caller": replace(DOCTOR, provider_is_active=False)}, Reason.PROVIDER_NOT_ACTIVE),
    "signed in with nothing known": ({"caller": replace(DOCTOR, strength="")}, Reason.SIGN_IN_TOO_WEAK),
    "no open record names it": (NOT_NAMED, Reason.NOT_REFERENCED),
    "registration ended": ({"caller": replace(DOCTOR, registered_until=YESTERDAY)}, Reason.REGISTRATION_ENDED),
    "never registered": ({"caller": replace(DOCTOR, registered_until=None)}, Reason.REGISTRATION_ENDED),
    "person not active": ({"person": replace(PERSON, is_active=False)}, Reason.PERSON_NOT_ACTIVE),
    "no consent": ({"consent": None}, Reason.NO_CONSENT),
    "consent withdrawn": ({"consent": ConsentFacts(is_given=False)}, Reason.CONSENT_ENDED),
    "consent over": ({"consent": ConsentFacts(is_given=True, valid_until=YESTERDAY)}, Reason.CONSENT_ENDED),
    "no look": ({"look": None}, Reason.NOT_OPENED),
    "look over": ({"look": replace(LOOK, closes_at=NOW)}, Reason.NOT_OPENED),
    "named in a restricted category": ({"named_in": frozenset({"LAB"})}, Reason.CATEGORY_RESTRICTED),
    "named nowhere": ({"named_in": frozenset()}, Reason.CATEGORY_CLOSED),
    "a profession that sees nothing": ({"roles": {}}, Reason.CATEGORY_CLOSED),
    "a patient": ({"caller": PATIENT}, Reason.NO_RULE),
    "another provider's system": ({"caller": SYSTEM}, Reason.NOT_YOUR_DEPOSIT),
}


@pytest.mark.parametrize("case", CLOSED)
def test_what_closes_it(case: str) -> None:
    changes, reason = CLOSED[case]
    assert ask(**changes) == Refused(reason)


def test_the_categories_of_the_question_open_nothing() -> None:
    assert ask(categories={"DX"}, named_in=frozenset()) == Refused(Reason.CATEGORY_CLOSED)


def test_a_professional_writes_no_directory() -> None:
    assert ask(Act.WRITE) == Refused(Reason.NO_RULE)


@pytest.mark.parametrize("act", [Act.READ, Act.WRITE])
def test_a_depositors_system_has_its_own_rows(act: Act) -> None:
    own = {"caller": replace(SYSTEM, provider_id=HOSPITAL), "person": None, "consent": None, "look": None}
    assert ask(act, **own) == Allowed(Ground.OWN_DEPOSIT, Scope(depositor_id=HOSPITAL))
    assert ask(act, **own | {"caller": SYSTEM}) == Refused(Reason.NOT_YOUR_DEPOSIT)


# A patient asks how much there is of their own record.
ALL = frozenset({"PID", "DX", "LAB"})
OWNER = replace(PATIENT, person_id=PERSON.person_id)
PARENT = replace(PATIENT, person_id=ids.new())
_PARENT = frozenset({Link("parent")})
LINK = Representation(_PARENT, _PARENT, Birth(TODAY.replace(year=TODAY.year - 6)))
CARER = Representation(birth=Birth(TODAY.replace(year=TODAY.year - 80)), granted={"inventory": TODAY})
OWN = Facts(caller=OWNER, person=PERSON)
CHILDS = Facts(caller=PARENT, person=PERSON, representation=LINK)


def count(facts: Facts, *, act: Act = Act.COUNT, **changes: Any) -> Allowed | Refused:
    return decide(replace(facts, **changes), act=act, categories=ALL, now=NOW)


def test_r66_a_patient_may_count_their_own_record_a_parent_the_childs_and_a_carer_what_was_granted() -> None:
    whole = Scope(PERSON.patient_ids, ALL)
    assert count(OWN) == Allowed(Ground.OWN_RECORD, whole)
    assert count(CHILDS) == Allowed(Ground.REPRESENTATIVE, whole)
    assert count(CHILDS, representation=CARER) == Allowed(Ground.CARER, whole)


_YESTERDAY = TODAY - timedelta(days=1)
_SIXTEEN = Birth(TODAY.replace(year=TODAY.year - 16))
NOT_COUNTED: dict[str, tuple[dict[str, Any], Reason]] = {
    "no token": ({"caller": None}, Reason.NO_TOKEN),
    "a stranger": ({"representation": None}, Reason.NO_RULE),
    "nobody": ({"person": None, "representation": None}, Reason.NO_RULE),
    "a portal of nobody": ({"caller": PATIENT, "person": None}, Reason.NO_RULE),
    "a carer to whom nothing was granted": ({"representation": replace(CARER, granted={})}, Reason.NO_RULE),
    "a carer for something else": ({"representation": replace(CARER, granted={"looks": TODAY})}, Reason.NO_RULE),
    "a carer until yesterday": ({"representation": replace(CARER, granted={"inventory": _YESTERDAY})}, Reason.NO_RULE),
    "family, while there is a parent": (
        {"representation": replace(LINK, held=frozenset({Link("family-member")}))},
        Reason.NO_RULE,
    ),
    "the child is 16 today": ({"representation": replace(LINK, birth=_SIXTEEN)}, Reason.NO_RULE),
    "born on a day that nobody knows": ({"representation": replace(LINK, birth=Birth(None))}, Reason.NO_RULE),
    "person not active": ({"person": replace(PERSON, is_active=False)}, Reason.PERSON_NOT_ACTIVE),
    "a doctor with the record open": ({"caller": DOCTOR, "consent": OPEN.consent, "look": LOOK}, Reason.NO_RULE),
    "a system": ({"caller": SYSTEM}, Reason.NO_RULE),
}


@pytest.mark.parametrize("case", NOT_COUNTED)
def test_who_may_not_count(case: str) -> None:
    changes, reason = NOT_COUNTED[case]
    assert count(CHILDS, **changes) == Refused(reason)


@pytest.mark.parametrize("act", [each for each in Act if each not in {Act.COUNT, Act.READ}])
@pytest.mark.parametrize("facts", [OWN, CHILDS], ids=["own", "child"])
def test_a_patient_may_do_nothing_else(facts: Facts, act: Act) -> None:
    assert count(facts, act=act, look=LOOK, consent=OPEN.consent, roles=OPEN.roles) == Refused(Reason.NO_RULE)
