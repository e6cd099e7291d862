"""A system that does not keep to the rules: what it cannot reach, and what does not stay behind."""

import secrets
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import psycopg
import pytest
from cast import Cast, Registered, patient
from record.resources import of_category

from wutong.control.people.queries.persons import find_by_hkid
from wutong.core import hkid, ids

_HKID = "urn:wutong:hkid"


@pytest.fixture
def who(cast: Cast) -> Registered:
    """Somebody whom the hospital group registered."""
    return cast.register()


def _entry(resource: dict[str, Any], url: str | None = None) -> dict[str, Any]:
    request = {"method": "POST", "url": resource["resourceType"]}
    return {"fullUrl": url or f"urn:uuid:{ids.new()}", "resource": resource, "request": request}


def _bundle(*entries: dict[str, Any]) -> dict[str, Any]:
    return {"resourceType": "Bundle", "type": "transaction", "entry": list(entries)}


def _count(superuser: psycopg.Connection, query: str, *values: Any) -> int:
    row = superuser.execute(query, values).fetchone()  # type: ignore[arg-type]
    assert row
    return int(row[0])


def _with_numbers(who: Registered) -> dict[str, Any]:
    number = {"system": _HKID, "value": who.hkid}
    named = {"reference": f"Patient/{who.patient_id}", "identifier": number}
    return of_category("LAB", who.patient_id) | {
        "subject": named,
        "performer": [{"identifier": {"type": {"coding": [{"code": "PPN"}]}, "value": "K1234567"}}],
        "contained": [{"resourceType": "Patient", "id": "p", "identifier": [number]}],
        "focus": [{"reference": "#p"}],
        "extension": [{"url": "http://example.org/of", "valueIdentifier": number}],
    }


def test_identity_numbers_leave_the_body_wherever_they_stand(
    cast: Cast, superuser: psycopg.Connection, who: Registered
) -> None:
    sent = _with_numbers(who)
    resource_id = cast.fhir(cast.ha, "POST", "Observation", json=sent).json()["id"]
    row = superuser.execute("select body, tokens from record.resource where resource_id = %s", [resource_id]).fetchone()
    assert row
    for number in (who.hkid, "K1234567"):
        assert number not in bytes(row[0]).decode() + " ".join(row[1])
    own = cast.fhir(cast.ha, "GET", f"Observation/{resource_id}").json()
    assert {name: own[name] for name in sent} == sent  # restored for the depositor ...
    cast.allow(who)
    doctor = cast.session_token(cast.doctor)
    cast.open(doctor, who.person_id)
    seen = cast.fhir(doctor, "GET", f"Observation/{resource_id}")
    assert seen.status_code == 200
    assert who.hkid not in seen.text  # ... masked for others
    assert seen.json()["subject"]["identifier"]["value"].startswith(who.hkid[:5])


def test_the_one_identifier_of_a_document_is_no_search_token_in_clear(
    cast: Cast, superuser: psycopg.Connection, who: Registered
) -> None:
    document = {
        "resourceType": "Composition",
        "status": "final",
        "type": {"text": "letter"},
        "date": "2024-01-01",
        "title": "letter",
        "author": [{"display": "somebody"}],
        "subject": {"reference": f"Patient/{who.patient_id}"},
        "identifier": {"system": _HKID, "value": who.hkid},
    }
    resource_id = cast.fhir(cast.ha, "POST", "Composition", json=document).json()["id"]
    query = "select body, tokens from record.resource where resource_id = %s"
    row = superuser.execute(query, [resource_id]).fetchone()
    assert row
    assert who.hkid not in bytes(row[0]).decode() + " ".join(row[1])
    found = cast.fhir(cast.ha, "GET", f"Composition?identifier={_HKID}|{who.hkid}").json()
    assert [each["resource"]["id"] for each in found["entry"]] == [resource_id]


@pytest.mark.parametrize("number", [" ", "UNKNOWN", "A123456(0)", "QX000***(*)"])
def test_a_stand_in_for_an_hkid_number_makes_nobody_one_with_others(cast: Cast, number: str) -> None:
    answer = cast.fhir(cast.ha, "POST", "Patient", json=patient(number))
    assert answer.status_code == 422
    assert answer.json()["issue"][0]["expression"] == ["Patient.identifier[0].value"]


def _codings(count: int) -> dict[str, Any]:
    return {"coding": [{"system": "urn:a", "code": f"c{number}"} for number in range(count)]}


def _pairs(count: int) -> list[dict[str, Any]]:
    return [{"code": _codings(100), "valueCodeableConcept": _codings(100)}] * count


@pytest.mark.parametrize(
    ("few", "many"),
    [
        ({"category": [_codings(10_000)]}, {"category": [_codings(30_000)]}),
        (
            {"identifier": [{"value": f"{number}"} for number in range(900)]},
            {"identifier": [{"value": f"{number}"} for number in range(1_100)]},
        ),
    ],
    ids=["codes", "identifiers"],
)
def test_one_resource_is_found_by_so_much_and_no_more(
    cast: Cast, who: Registered, few: dict[str, Any], many: dict[str, Any]
) -> None:
    observation = of_category("LAB", who.patient_id)
    assert cast.fhir(cast.ha, "POST", "Observation", json=observation | few).status_code == 201
    refused = cast.fhir(cast.ha, "POST", "Observation", json=observation | many)
    assert (refused.status_code, refused.json()["issue"][0]["code"]) == (422, "too-costly")
    assert refused.json()["issue"][0]["expression"] == ["Observation"]


def test_codes_are_paired_so_often_and_no_more(cast: Cast, superuser: psycopg.Connection, who: Registered) -> None:
    """Of one element, 200 pairs of each composite; without a bound 10,000 in each."""
    made = cast.fhir(
        cast.ha, "POST", "Observation", json=of_category("LAB", who.patient_id) | {"component": _pairs(1)}
    ).json()
    found = superuser.execute(
        "select count(*) filter (where entry like 'component-code-value-concept$%%'), count(*)"
        " from record.resource, unnest(tokens) as t (entry) where resource_id = %s",
        [made["id"]],
    ).fetchone()
    assert found
    assert found[0] == 200
    assert found[1] < 2_000


@pytest.mark.parametrize("other", ["LAB", "DX"])
def test_two_entries_of_one_address_are_refused(
    cast: Cast, superuser: psycopg.Connection, who: Registered, other: str
) -> None:
    one = f"urn:uuid:{ids.new()}"
    before = _count(superuser, "select count(*) from record.resource")
    twice = _bundle(_entry(of_category("LAB", who.patient_id), one), _entry(of_category(other, who.patient_id), one))
    answer = cast.fhir(cast.ha, "POST", "", json=twice)
    assert answer.status_code == 422, answer.text
    assert answer.json()["issue"][0]["expression"] == ["Bundle.entry[1].fullUrl"]
    assert _count(superuser, "select count(*) from record.resource") == before
    right = _bundle(_entry(of_category("LAB", who.patient_id), one), _entry(of_category(other, who.patient_id)))
    assert cast.fhir(cast.ha, "POST", "", json=right).status_code == 200


def test_a_stranger_cannot_fill_the_trail_with_one_request(cast: Cast, superuser: psycopg.Connection) -> None:
    """Every refusal is in the trail; a request without a token is one refusal, whatever it names."""
    many = _bundle(*(_entry(of_category("LAB", ids.new())) for _ in range(50)))
    before = _count(superuser, "select count(*) from audit.event where reason = 'no-token'")
    assert cast.fhir("nobody's", "POST", "", json=many).status_code == 401
    assert _count(superuser, "select count(*) from audit.event where reason = 'no-token'") == before + 1


def test_consents_and_audit_events_of_a_system_are_never_in_force(
    cast: Cast, superuser: psycopg.Connection, who: Registered
) -> None:
    consent = {
        "resourceType": "Consent",
        "status": "active",
        "scope": {"text": "sharing"},
        "category": [{"text": "sharing"}],
        "patient": {"reference": f"Patient/{who.patient_id}"},
        "policyRule": {"text": "all"},
    }
    assert cast.fhir(cast.ha, "POST", "Consent", json=consent).status_code == 201
    doctor = cast.session_token(cast.doctor)
    assert cast.open(doctor, who.person_id).json()["issue"][0]["details"]["coding"][0]["code"] == "no-sharing-consent"
    event = {
        "resourceType": "AuditEvent",
        "type": {"code": "rest"},
        "recorded": "2024-01-01T00:00:00Z",
        "agent": [{"requestor": True, "who": {"display": "somebody else"}}],
        "source": {"observer": {"display": "us"}},
        "entity": [{"what": {"reference": f"Patient/{who.patient_id}"}}],
    }
    assert cast.fhir(cast.ha, "POST", "AuditEvent", json=event).status_code == 201
    assert _count(superuser, "select count(*) from audit.look where person_id = %s", who.person_id) == 0


def test_one_person_registered_by_many_systems_at_once_is_one_person(cast: Cast, superuser: psycopg.Connection) -> None:
    number = f"QX{secrets.randbelow(100_000) + 800_000}"
    number += hkid.check_digit(number)

    def upload(_: int) -> int:
        return cast.fhir(cast.ha, "POST", "Patient", json=patient(number)).status_code

    with ThreadPoolExecutor(6) as threads:
        assert set(threads.map(upload, range(6))) <= {201, 409}  # 409: send it again
    person = find_by_hkid(number)
    assert person
    sources = "select count(*) from control.source_record where person_id = %s"
    assert _count(superuser, sources, person.person_id) >= 1
    assert (
        _count(superuser, "select count(*) from control.identity_document where person_id = %s", person.person_id) == 1
    )
