"""A person reads their own record, and whoever decides for them; nobody else's. Over FHIR, with the portal's token."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import psycopg
import pytest
from cast import HARBOUR, Cast, Registered
from psycopg.types.json import Jsonb
from record.resources import of_category

from wutong.core import clock, ids

_PSY = {"security": [{"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "PSY"}]}
_MARKED = "marked as sensitive"


def _born(years: int) -> str:
    """Somebody who was so many years old last month."""
    return (clock.today().replace(day=1, year=clock.today().year - years) - timedelta(days=20)).isoformat()


def _store(cast: Cast, who: Registered, category: str, **more: Any) -> str:
    content = of_category(category, who.patient_id) | more
    answer = cast.fhir(cast.ha, "POST", content["resourceType"], json=content)
    assert answer.status_code == 201, answer.text
    return f"{content['resourceType']}/{answer.json()['id']}"


def _fill(cast: Cast, who: Registered) -> dict[str, str]:
    visit = _store(cast, who, "ENC")
    marked = _store(cast, who, "DX", meta=_PSY, note=[{"text": _MARKED}])
    within = _store(cast, who, "LAB", encounter={"reference": visit})
    return {"visit": visit, "marked": marked, "within": within}


@pytest.fixture
def who(cast: Cast) -> Registered:
    """A grown person."""
    return cast.register()


@pytest.fixture
def rows(cast: Cast, who: Registered) -> dict[str, str]:
    """What the hospital has uploaded of them."""
    return _fill(cast, who)


def _seen(cast: Cast, token: str, rows: dict[str, str]) -> set[str]:
    return {name for name, address in rows.items() if cast.fhir(token, "GET", address).status_code == 200}


def _token(cast: Cast, who: Registered) -> str:
    return cast.portal_token(cast.patient_account(who))


def _reason(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["issue"][0]["details"]["coding"][0]["code"]


def _number_of(counted: Any, category: str) -> int:
    """As `$inventory` says."""
    parts = [{each["name"]: each for each in one["part"]} for one in counted.json()["parameter"]]
    [number] = [each["items"]["valueUnsignedInt"] for each in parts if each["code"]["valueCode"] == category]
    return int(number)


def test_r54_a_person_reads_all_of_their_own_record_by_every_way(
    cast: Cast, who: Registered, rows: dict[str, str]
) -> None:
    token = _token(cast, who)
    assert _seen(cast, token, rows) == set(rows)
    for kind in ("Encounter", "Condition", "Observation"):
        assert cast.fhir(token, "GET", f"{kind}?patient={who.person_id}").json()["total"] == 1
        assert cast.fhir(token, "GET", f"{kind}/_history?patient={who.person_id}").status_code == 200
    assert cast.fhir(token, "GET", f"{rows['marked']}/_history").status_code == 200
    everything = cast.fhir(token, "GET", f"Patient/{who.person_id}/$everything").json()
    found = {f"{each['resource']['resourceType']}/{each['resource']['id']}" for each in everything["entry"]}
    assert found >= {*rows.values(), f"Patient/{who.person_id}"}


def test_what_the_person_closed_is_not_closed_to_them(cast: Cast, who: Registered, rows: dict[str, str]) -> None:
    token, doctor = _token(cast, who), cast.session_token(cast.professional("DOC", HARBOUR))
    cast.allow(who)
    cast.open(doctor, who.person_id)
    assert _seen(cast, doctor, rows) == set(rows)
    for kind, value in (("label", "PSY"), ("category", "LAB"), ("item", rows["visit"].partition("/")[2])):
        cast.close(who, kind, value)
    assert _seen(cast, doctor, rows) == set()
    assert _seen(cast, token, rows) == set(rows)


def test_a_stranger_reads_nothing_and_a_made_up_record_looks_the_same(
    cast: Cast, who: Registered, rows: dict[str, str]
) -> None:
    token = _token(cast, cast.register())
    assert _seen(cast, token, rows) == set()
    for person_id in (who.person_id, who.patient_id, UUID(int=7)):
        for path in (f"Condition?patient={person_id}", f"Patient/{person_id}/$everything"):
            assert _reason(cast.fhir(token, "GET", path)) == (403, "no-rule")
    assert cast.fhir(token, "GET", "Condition").status_code == 403


@pytest.mark.parametrize("way", ["write", "open", "access", "whole type", "directory"])
def test_reading_the_record_is_all_that_they_may(cast: Cast, who: Registered, rows: dict[str, str], way: str) -> None:
    token = _token(cast, who)
    practitioner = cast.fhir(
        cast.ha, "POST", "Practitioner", json={"resourceType": "Practitioner", "name": [{"family": "HO"}]}
    )
    asked: dict[str, Callable[[], Any]] = {
        "write": lambda: cast.fhir(token, "POST", "Condition", json=of_category("DX", who.patient_id)),
        "open": lambda: cast.open(token, who.person_id),
        "access": lambda: cast.fhir(token, "GET", f"Patient/{who.person_id}/$access"),
        "whole type": lambda: cast.fhir(token, "GET", "Condition/_history"),
        "directory": lambda: cast.fhir(token, "GET", f"Practitioner/{practitioner.json()['id']}"),
    }
    assert asked[way]().status_code == (404 if way == "directory" else 403)
    assert _seen(cast, token, rows) == set(rows)


@pytest.mark.parametrize(
    ("years", "seen"),
    [(10, {"visit", "marked", "within"}), (11, {"visit", "within"}), (15, {"visit", "within"}), (16, set())],
)
def test_r67_a_parent_reads_a_childs_record_and_from_11_on_not_what_is_sensitive(
    cast: Cast, years: int, seen: set[str]
) -> None:
    child, parent = cast.register(born=_born(years)), cast.register()
    cast.appoint(child, parent)
    rows = _fill(cast, child)
    token = _token(cast, parent)
    assert _seen(cast, token, rows) == seen
    found = cast.fhir(token, "GET", f"Condition?patient={child.person_id}")
    counted = cast.fhir(token, "GET", f"Patient/{child.person_id}/$inventory")
    if seen:
        assert _number_of(counted, "DX") == ("marked" in seen)
        assert _number_of(counted, "ENC") == 1
        assert found.json()["total"] == ("marked" in seen)
        whole = cast.fhir(token, "GET", f"Patient/{child.person_id}/$everything")
        assert (_MARKED in whole.text) is ("marked" in seen)
    else:
        assert _reason(found) == _reason(counted) == (403, "no-rule")
    assert _seen(cast, _token(cast, child), rows) == set(rows)


def test_when_the_relation_ends_so_does_the_view(cast: Cast) -> None:
    child, parent = cast.register(born=_born(6)), cast.register()
    cast.appoint(child, parent)
    rows = _fill(cast, child)
    token = _token(cast, parent)
    assert _seen(cast, token, rows) == set(rows)
    cast.dismiss(child, parent)
    assert _seen(cast, token, rows) == set()


def test_r67_what_was_decided_before_it_ended_is_read_no_more(
    cast: Cast, pdp: psycopg.Connection, plane: psycopg.Connection
) -> None:
    """As if it had ended between the decision's commit and the reading."""
    child, parent = cast.register(born=_born(6)), cast.register()
    cast.appoint(child, parent)
    visit = _fill(cast, child)["visit"].partition("/")[2]
    at, entry_id = clock.now().isoformat(), str(ids.new())
    entry = {
        "person_id": str(child.person_id),
        "at": at,
        "entry_id": entry_id,
        "caller_id": str(cast.patient_account(parent).account_id),
        "event": "record:read",
        "outcome": "allowed",
        "act": "read",
        "categories": ["ENC"],
        "ground": "representative",
        "patient_ids": [str(child.patient_id)],
    }
    pdp.execute("select audit.decide_v1(%s)", [Jsonb(entry)])
    ticket = f"{child.person_id}|{at}|{entry_id}"
    assert _read(plane, ticket, visit) == [(1,)]
    cast.dismiss(child, parent)
    with pytest.raises(psycopg.Error) as raised:
        _read(plane, ticket, visit)
    assert raised.value.sqlstate == "WU004"


def _read(plane: psycopg.Connection, ticket: str, resource_id: str) -> list[tuple[int]]:
    with plane.transaction():
        plane.execute("select set_config('wutong.tickets', %s, true)", [ticket])
        query = "select version from record.resource where resource_id = %s"
        return plane.execute(query, [resource_id]).fetchall()


def test_who_is_not_active_reads_nothing(
    cast: Cast, who: Registered, rows: dict[str, str], superuser: psycopg.Connection
) -> None:
    token = _token(cast, who)
    superuser.execute("update control.person set state = 'suspended' where person_id = %s", [who.person_id])
    assert _seen(cast, token, rows) == set()
    assert _reason(cast.fhir(token, "GET", f"Condition?patient={who.person_id}")) == (403, "person-not-active")


def test_each_reading_is_in_the_trail_and_tells_nobody(cast: Cast, superuser: psycopg.Connection) -> None:
    child, parent = cast.register(born=_born(6)), cast.register()
    cast.appoint(child, parent)
    _fill(cast, child)
    for person in (child, parent):
        assert cast.fhir(_token(cast, person), "GET", f"Condition?patient={child.person_id}").status_code == 200
    query = """select ground, outcome, categories, detail ->> 'relation' from audit.entry
                where person_id = %s and event = 'record:search' and caller_kind = 'patient' order by at"""
    assert superuser.execute(query, [child.person_id]).fetchall() == [
        ("own-record", "allowed", ["DX"], None),
        ("representative", "allowed", ["DX"], "parent"),
    ]
    looks = superuser.execute("select count(*) from audit.look where person_id = %s", [child.person_id]).fetchone()
    assert looks == (0,)
