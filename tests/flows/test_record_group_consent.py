"""A person allows several providers together over FHIR; each that belongs to them reads it, and nobody else."""

import psycopg
import pytest
from cast import HARBOUR, Cast, Registered
from groups import WHOEVER, doctor_at, make
from registry import Registry, Tree, consent, deny, faults, owner, permit

from wutong.core import clock

PEAK = "PEAK"


@pytest.fixture
def who(cast: Cast) -> Registered:
    """Somebody who has stated nothing yet."""
    return cast.register()


@pytest.fixture
def own(cast: Cast, who: Registered) -> Registry:
    """The registry, as they see it."""
    return owner(cast, who)


def _together(code: str, **more: object) -> Tree:
    provision = permit() | more
    provision["actor"][0]["reference"] = {"identifier": {"system": "urn:wutong:provider-group", "value": code}}
    return provision


def _doctor(cast: Cast, provider: str) -> str:
    return cast.session_token(cast.professional("DOC", provider))


def test_r58_a_group_is_allowed_and_taken_back(cast: Cast, own: Registry, who: Registered) -> None:
    group = make("group", HARBOUR)
    answer = own.create(consent(who.person_id, _together(group.code)))
    assert answer.status_code == 201, answer.text
    made = answer.json()
    assert made["provision"]["actor"][0]["reference"]["type"] == "Group"
    token = doctor_at(cast, HARBOUR)
    assert cast.open(token, who.person_id).status_code == 200
    assert cast.open(doctor_at(cast, PEAK), who.person_id).status_code == 403
    assert Registry(cast, token).found(f"patient={who.person_id}") == [made]
    elsewhere = Registry(cast, doctor_at(cast, PEAK))
    assert elsewhere.found(f"patient={who.person_id}") == []
    assert elsewhere.ask("GET", f"Consent/{made['id']}").status_code == 404
    made["provision"]["period"]["end"] = clock.same_date_next_year(clock.today()).isoformat()
    changed = own.update(made).json()
    assert changed["meta"]["versionId"] == "2"
    assert own.update(changed | {"status": "inactive"}).json()["status"] == "inactive"
    assert cast.open(doctor_at(cast, HARBOUR), who.person_id).status_code == 403


def test_who_leaves_a_group_reads_nothing_of_it_any_more(cast: Cast, own: Registry, who: Registered) -> None:
    group = make("group", HARBOUR, PEAK)
    made = own.create(consent(who.person_id, _together(group.code))).json()
    reader = Registry(cast, doctor_at(cast, PEAK))
    assert reader.read(made["id"]) == made
    group.leave(PEAK)
    assert reader.ask("GET", f"Consent/{made['id']}").status_code == 404
    assert reader.found(f"patient={who.person_id}") == []


def test_whoever_treats_a_person_is_allowed_together(cast: Cast, own: Registry, who: Registered) -> None:
    assert own.create(consent(who.person_id, _together(WHOEVER))).status_code == 201
    assert cast.open(doctor_at(cast, PEAK), who.person_id).status_code == 200


def test_one_provider_is_left_out_of_several(cast: Cast, own: Registry, who: Registered) -> None:
    """A withdrawal of what was allowed to several only: the first word about that provider itself."""
    group = make("group", HARBOUR, PEAK)
    assert own.create(consent(who.person_id, _together(group.code))).status_code == 201
    answer = own.create(consent(who.person_id, permit(), status="inactive"))
    assert (answer.status_code, answer.json()["status"]) == (201, "inactive")
    assert cast.open(doctor_at(cast, HARBOUR), who.person_id).status_code == 403
    assert cast.open(doctor_at(cast, PEAK), who.person_id).status_code == 200


def test_what_cannot_be_said_of_several(own: Registry, who: Registered, superuser: psycopg.Connection) -> None:
    group = make("group", HARBOUR)
    provisions = {
        "Consent.provision.actor[0].reference": [_together("NOBODY"), deny(**_closing(group.code))],
        "Consent.provision.period.end": [_together(group.code, period={"end": "2999-01-01"})],
    }
    for place, each in provisions.items():
        for provision in each:
            answer = own.create(consent(who.person_id, provision))
            assert (answer.status_code, faults(answer)) == (422, [place]), answer.text
    assert own.found() == []


def _closing(code: str) -> Tree:
    return {"actor": _together(code)["actor"]}
