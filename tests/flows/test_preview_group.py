"""What a person is shown before a consent to several providers changes is what the gate then does."""

from collections.abc import Callable
from uuid import UUID

import groups
import pytest
from cast import HA, Cast, Registered
from groups import Group
from replays import close

from wutong.control.audit.append import Actor
from wutong.control.flows.change_consent import withdraw_consent
from wutong.control.flows.preview_group import Stays, preview_group
from wutong.control.flows.sign_in import begin
from wutong.control.people.queries.providers import provider_with_code

_BEFORE: dict[str, Callable[[Cast, Registered, str, Group], object]] = {
    "nothing": lambda _cast, _who, _clinic, _other: None,
    "its own consent": lambda cast, who, clinic, _other: cast.allow(who, clinic),
    "taken out": lambda cast, who, clinic, _other: (cast.allow(who, clinic), cast.withdraw(who, clinic)),
    "closed": lambda _cast, who, clinic, _other: close(who.person_id, "provider", str(groups.id_of(clinic))),
    "whoever": lambda _cast, who, _clinic, _other: groups.whoever().allow(who),
    "whoever no more": lambda _cast, who, _clinic, _other: (groups.whoever().allow(who), groups.whoever().withdraw(who)),
    "another group": lambda _cast, who, _clinic, other: other.allow(who),
    "another group no more": lambda _cast, who, _clinic, other: (other.allow(who), other.withdraw(who)),
}  # fmt: skip


@pytest.fixture
def clinic(cast: Cast) -> str:
    """A clinic with a doctor."""
    made = groups.clinic()
    cast.professional("DOC", made)
    return made


@pytest.fixture
def who(cast: Cast) -> Registered:
    """Somebody who has allowed nobody yet."""
    return cast.register()


@pytest.fixture
def session_id(cast: Cast, who: Registered) -> UUID:
    """Of theirs, in the portal."""
    return begin(cast.patient_account(who).account_id, None).session_id


def _opens(cast: Cast, who: Registered, clinic: str) -> bool:
    return cast.open(groups.doctor_at(cast, clinic), who.person_id).status_code == 200


@pytest.mark.parametrize("kind", ["programme", "whoever"])
@pytest.mark.parametrize("before", _BEFORE)
def test_r58_who_is_said_to_gain_gains_and_who_is_said_to_lose_loses(
    cast: Cast, who: Registered, session_id: UUID, clinic: str, before: str, kind: str
) -> None:
    other, about = groups.make("group", clinic), groups.of(kind, clinic)
    _BEFORE[before](cast, who, clinic, other)
    could = _opens(cast, who, clinic)
    gains = {each.code for each in preview_group(session_id, who.person_id, about.group_id, is_given=True).concerned}
    about.allow(who)
    can = _opens(cast, who, clinic)
    assert (clinic in gains) is (can and not could)
    loses = {each.code for each in preview_group(session_id, who.person_id, about.group_id, is_given=False).concerned}
    about.withdraw(who)
    assert (clinic in loses) is (can and not _opens(cast, who, clinic))


def test_it_is_said_for_whom_nothing_changes_and_why(cast: Cast, who: Registered, session_id: UUID) -> None:
    clinics = {name: groups.clinic() for name in ("own", "out", "shut", "held", "new")}
    cast.allow(who, clinics["own"])
    cast.allow(who, clinics["out"])
    cast.withdraw(who, clinics["out"])
    close(who.person_id, "provider", str(groups.id_of(clinics["shut"])))
    groups.make("group", clinics["held"]).allow(who)
    about = groups.make("programme", HA, *clinics.values())
    told = preview_group(session_id, who.person_id, about.group_id, is_given=True)
    assert {each.code: why for each, why in told.stays} == {
        HA: Stays.DEEMED, clinics["own"]: Stays.BY_ITSELF, clinics["out"]: Stays.TAKEN_OUT,
        clinics["shut"]: Stays.CLOSED, clinics["held"]: Stays.AS_IT_IS,
    }  # fmt: skip
    assert [each.code for each in told.concerned] == [clinics["new"]]


def test_of_a_group_professionals_are_named_and_of_whoever_counted(
    cast: Cast, who: Registered, session_id: UUID, clinic: str
) -> None:
    other = groups.clinic()
    cast.professional("DOC", other, name_en="WONG Ka Yan")
    cast.professional("NUR", other, name_en="HO Ka Man")
    about = groups.make("group", clinic, other)
    [doctors, nurses] = preview_group(session_id, who.person_id, about.group_id, is_given=True).preview.sights
    assert "WONG Ka Yan" in {each.name_en for each in doctors.clinicians}
    assert [each.name_en for each in nurses.clinicians] == ["HO Ka Man"]
    assert "DX" in doctors.sees
    for _ in range(51):
        groups.clinic()
    told = preview_group(session_id, who.person_id, groups.whoever().group_id, is_given=True)
    found = provider_with_code(clinic)
    assert found in told.concerned
    counted = {each.profession: each for each in told.preview.sights}
    assert counted["DOC"].number >= 2
    assert not any(each.clinicians for each in counted.values())


def test_who_was_taken_out_of_whoever_stays_out(who: Registered, session_id: UUID, clinic: str) -> None:
    groups.whoever().allow(who)
    withdraw_consent(Actor("patient", who.person_id), who.person_id, groups.id_of(clinic))
    told = preview_group(session_id, who.person_id, groups.whoever().group_id, is_given=False)
    assert {each.code: why for each, why in told.stays}[clinic] is Stays.TAKEN_OUT
