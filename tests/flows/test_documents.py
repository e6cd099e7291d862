"""Which person an uploaded Patient is linked to by its identity documents."""

import secrets
from typing import Any
from uuid import UUID

import httpx
import psycopg
from cast import Cast, Registered, patient

UTOPIA, RURITANIA = "urn:example:passport:utopia", "urn:example:passport:ruritania"


def _passport(number: str, system: str) -> dict[str, Any]:
    return {"type": {"coding": [{"code": "PPN"}]}, "system": system, "value": number}


def _send(cast: Cast, *documents: dict[str, Any], **particulars: str) -> httpx.Response:
    content = {**patient(None, **particulars), "identifier": list(documents)}
    return cast.fhir(cast.ha, "POST", "Patient", json=content)


def _linked(superuser: psycopg.Connection, answer: httpx.Response) -> UUID:
    """The person that a source record is linked to."""
    assert answer.status_code == 201, answer.text
    query = "select person_id from control.source_record where patient_id = %s and ended_at is null"
    [found] = superuser.execute(query, [answer.json()["id"]]).fetchone() or ()
    return UUID(str(found))


def test_the_same_passport_number_of_another_issuer_is_another_person(
    cast: Cast, superuser: psycopg.Connection
) -> None:
    number = f"K{secrets.token_hex(4)}"
    first = _linked(superuser, _send(cast, _passport(number, UTOPIA)))
    assert _linked(superuser, _send(cast, _passport(number, UTOPIA))) == first
    assert _linked(superuser, _send(cast, _passport(f" {number.upper()} ", UTOPIA))) == first
    other = _linked(superuser, _send(cast, _passport(number, RURITANIA)))
    assert other != first
    assert _linked(superuser, _send(cast, _passport(number, RURITANIA))) == other


def test_one_person_may_have_the_same_number_from_two_issuers(cast: Cast, superuser: psycopg.Connection) -> None:
    number = f"K{secrets.token_hex(4)}"
    both = _linked(superuser, _send(cast, _passport(number, UTOPIA), _passport(number, RURITANIA)))
    assert _linked(superuser, _send(cast, _passport(number, UTOPIA))) == both
    assert _linked(superuser, _send(cast, _passport(number, RURITANIA))) == both


def test_an_identity_card_has_one_issuer_whatever_system_a_sender_gives_it(
    cast: Cast, superuser: psycopg.Connection
) -> None:
    known = cast.register()
    card = {"type": {"coding": [{"code": "ID"}]}, "system": "urn:ha:card", "value": known.hkid}
    assert _linked(superuser, _send(cast, card)) == known.person_id


def _card(who: Registered) -> dict[str, str]:
    return {"system": "urn:wutong:hkid", "value": who.hkid}


def _sources(superuser: psycopg.Connection, *people: Registered) -> list[int]:
    """How many source records each person has."""
    query = "select count(*) from control.source_record where person_id = %s"
    return [int((superuser.execute(query, [who.person_id]).fetchone() or (0,))[0]) for who in people]


def test_documents_of_two_persons_in_one_patient_are_refused_in_either_order(
    cast: Cast, superuser: psycopg.Connection
) -> None:
    one, other = cast.register(), cast.register()
    for documents in ((_card(one), _card(other)), (_card(other), _card(one))):
        refused = _send(cast, *documents)
        assert refused.status_code == 422, refused.text
        told = refused.json()["issue"][0]
        assert told["code"] == "business-rule"
        assert "belong to different registered persons" in told["details"]["text"]
    assert _sources(superuser, one, other) == [1, 1]
    waiting = "select count(*) from control.match_review where person_id = any (%s)"
    assert superuser.execute(waiting, [[one.person_id, other.person_id]]).fetchone() == (0,)
    assert _linked(superuser, _send(cast, _card(one), _passport(f"K{secrets.token_hex(4)}", UTOPIA))) == one.person_id


def test_a_later_version_with_documents_of_two_persons_is_kept_and_waits_for_review(
    cast: Cast, superuser: psycopg.Connection
) -> None:
    one, other = cast.register(), cast.register()
    content = {**patient(None), "identifier": [_card(one), _card(other)], "id": str(one.patient_id)}
    assert cast.fhir(cast.ha, "PUT", f"Patient/{one.patient_id}", json=content).status_code == 200
    assert _sources(superuser, one, other) == [1, 1]
    query = "select differences from control.match_review where person_id = %s and patient_id = %s"
    assert superuser.execute(query, [one.person_id, one.patient_id]).fetchall() == [(["identifier"],)]


def test_two_new_patients_of_one_unknown_document_are_refused_together(
    cast: Cast, superuser: psycopg.Connection
) -> None:
    number = f"K{secrets.token_hex(4)}"
    content = {"resourceType": "Patient", **patient(None), "identifier": [_passport(number, UTOPIA)]}
    entry = {"resource": content, "request": {"method": "POST", "url": "Patient"}}
    bundle = {"resourceType": "Bundle", "type": "transaction", "entry": [entry, entry]}
    refused = cast.fhir(cast.ha, "POST", "", json=bundle)
    assert refused.status_code == 422, refused.text
    [issue] = refused.json()["issue"]
    assert issue["expression"] == ["Bundle.entry[1].resource.identifier"]
    assert "Bundle.entry[0].resource" in issue["details"]["text"]
    first = _linked(superuser, _send(cast, _passport(number, UTOPIA)))
    both = cast.fhir(cast.ha, "POST", "", json=bundle)  # the person is known by now
    assert both.status_code == 200, both.text
    query = "select count(*) from control.source_record where person_id = %s"
    assert superuser.execute(query, [first]).fetchone() == (3,)
