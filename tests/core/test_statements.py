"""Who may read what a person stated: every combination, against a rule written by hand from decision 0044."""

from datetime import date, timedelta
from itertools import product
from uuid import UUID

import pytest

from wutong.core.access import Ground
from wutong.core.answers import Reason, Refused
from wutong.core.facts import Caller, CallerKind
from wutong.core.statements import Reach, may_not_state, reach

TODAY = date(2026, 11, 30)
PROVIDER, SOMEBODY = UUID(int=1), UUID(int=2)
UNTIL = {"none": None, "over": TODAY - timedelta(days=1), "last day": TODAY, "later": TODAY + timedelta(days=1)}
WORLD = list(product([None, *CallerKind], [True, False], UNTIL, [True, False], [True, False], ["otp", "phr", ""]))


def _caller(kind: CallerKind, is_active: bool, until: str, level: str) -> Caller:
    is_patient = kind is CallerKind.PATIENT
    return Caller(
        kind=kind,
        caller_id=SOMEBODY,
        provider_id=None if is_patient else PROVIDER,
        person_id=SOMEBODY if is_patient else None,
        registered_until=UNTIL[until],
        provider_is_active=is_active,
        strength="" if kind is CallerKind.SYSTEM else level,
    )


def _expected(kind: CallerKind | None, is_active: bool, until: str, is_own: bool, decides: bool, level: str) -> object:
    if kind is None:
        return Reason.NO_TOKEN
    if kind != "patient" and not is_active:
        return Reason.PROVIDER_NOT_ACTIVE
    if kind != "system" and not level:
        return Reason.SIGN_IN_TOO_WEAK
    if kind == "patient":
        return "all" if is_own or decides else Reason.NO_RULE
    if kind == "professional" and until in {"none", "over"}:
        return Reason.REGISTRATION_ENDED
    return PROVIDER


@pytest.mark.parametrize(("kind", "is_active", "until", "is_own", "decides", "level"), WORLD)
def test_all_combinations(
    kind: CallerKind | None, is_active: bool, until: str, is_own: bool, decides: bool, level: str
) -> None:
    caller = _caller(kind, is_active, until, level) if kind else None
    found = reach(caller, is_own=is_own, decides=decides, today=TODAY)
    told: object = found.reason if isinstance(found, Refused) else found.about or "all"
    assert told == _expected(kind, is_active, until, is_own, decides, level)


@pytest.mark.parametrize(
    ("is_own", "decides", "ground"), [(True, False, Ground.OWN_RECORD), (False, True, Ground.REPRESENTATIVE)]
)
def test_on_which_ground_a_person_reads(is_own: bool, decides: bool, ground: Ground) -> None:
    found = reach(_caller(CallerKind.PATIENT, False, "none", "otp"), is_own=is_own, decides=decides, today=TODAY)
    assert found == Reach(None, ground)


def test_people_in_their_portals_alone_state_anything() -> None:
    stated = {kind: may_not_state(_caller(kind, True, "later", "otp")) for kind in CallerKind}
    assert stated == {kind: None if kind == "patient" else Refused(Reason.NO_RULE) for kind in CallerKind}
    assert may_not_state(None) == Refused(Reason.NO_TOKEN)
    assert may_not_state(_caller(CallerKind.PATIENT, True, "later", "")) == Refused(Reason.SIGN_IN_TOO_WEAK)
