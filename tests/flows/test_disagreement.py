"""A later version of a sender's Patient that disagrees with the index: kept, never refused, and seen to by a human."""

from typing import Any

import psycopg
import pytest
from cast import Cast, Registered, patient
from record.resources import of_category

from wutong.core import hkid

NUMBERS = "urn:wutong:hkid"


def _changed(who: Registered, **particulars: Any) -> dict[str, Any]:
    """The Patient as `who` was registered, with other particulars."""
    number = particulars.pop("number", who.hkid)
    more = {name: particulars.pop(name) for name in ("gender", "birthDate") if name in particulars}
    return patient(number, **particulars) | {"id": str(who.patient_id)} | more


def _put(cast: Cast, who: Registered, content: dict[str, Any]) -> None:
    answer = cast.fhir(cast.ha, "PUT", f"Patient/{who.patient_id}", json=content)
    assert answer.status_code == 200, answer.text
    kept = cast.fhir(cast.ha, "GET", f"Patient/{who.patient_id}").json()
    assert {name: kept.get(name) for name in content} == content


def _reviews(superuser: psycopg.Connection, who: Registered) -> list[list[str]]:
    query = "select differences from control.match_review where person_id = %s and patient_id = %s order by raised_at"
    return [row[0] for row in superuser.execute(query, [who.person_id, who.patient_id]).fetchall()]


def _another_number(who: Registered) -> str:
    number = f"QX{int(who.hkid[2:8]) ^ 0x40000:06d}"
    return number + hkid.check_digit(number)


def test_a_version_that_agrees_waits_for_nobody(cast: Cast, superuser: psycopg.Connection) -> None:
    who = cast.register()
    _put(cast, who, _changed(who))
    _put(cast, who, _changed(who, family="Chan") | {"telecom": [{"system": "phone", "value": "2345 6789"}]})
    assert _reviews(superuser, who) == []


@pytest.mark.parametrize(
    ("particulars", "differences"),
    [
        ({"family": "WONG"}, ["name"]),
        ({"given": "Siu Man"}, ["name"]),
        ({"born": "1950-05-13"}, ["birthDate"]),
        ({"gender": "male"}, ["gender"]),
        ({"family": "WONG", "born": "1999-01-01", "gender": "male"}, ["birthDate", "gender", "name"]),
    ],
    ids=str,
)
def test_a_version_that_disagrees_is_kept_and_waits_for_review(
    cast: Cast, superuser: psycopg.Connection, particulars: dict[str, str], differences: list[str]
) -> None:
    who = cast.register()
    _put(cast, who, _changed(who, **particulars))
    assert _reviews(superuser, who) == [differences]


def test_each_distinct_disagreement_waits_once(cast: Cast, superuser: psycopg.Connection) -> None:
    who = cast.register()
    for family in ("WONG", "WONG", "CHAN", "Wong", "LEE", "WONG"):
        _put(cast, who, _changed(who, family=family))
    assert _reviews(superuser, who) == [["name"], ["name"]]


def test_what_waited_since_the_first_upload_waits_once(cast: Cast, superuser: psycopg.Connection) -> None:
    known = cast.register()
    answer = cast.fhir(cast.ha, "POST", "Patient", json=patient(known.hkid, given="Tai Wai"))
    second = Registered(known.person_id, answer.json()["id"], known.hkid, "")
    assert _reviews(superuser, second) == [["name"]]
    _put(cast, second, _changed(second, given="Tai Wai"))
    assert _reviews(superuser, second) == [["name"]]


def test_another_persons_document_waits_for_review(cast: Cast, superuser: psycopg.Connection) -> None:
    who, other = cast.register(), cast.register()
    _put(cast, who, _changed(who, number=other.hkid))
    assert _reviews(superuser, who) == [["identifier"]]
    links = "select person_id from control.source_record where patient_id = %s and ended_at is null"
    assert superuser.execute(links, [who.patient_id]).fetchall() == [(who.person_id,)]


def test_an_unknown_document_waits_for_review_and_the_index_stays(cast: Cast, superuser: psycopg.Connection) -> None:
    who = cast.register()
    _put(cast, who, _changed(who, number=_another_number(who)))
    assert _reviews(superuser, who) == [["identifier"]]
    documents = "select count(*) from control.identity_document where person_id = %s"
    assert superuser.execute(documents, [who.person_id]).fetchone() == (1,)


def test_a_document_of_another_kind_or_none_disagrees_with_nothing(cast: Cast, superuser: psycopg.Connection) -> None:
    who = cast.register()
    passport = {"type": {"coding": [{"code": "PPN"}]}, "value": f"K{who.hkid}"}
    content = _changed(who)
    _put(cast, who, {**content, "identifier": [*content["identifier"], passport]})
    _put(cast, who, _changed(who, number=None))
    assert _reviews(superuser, who) == []


def test_in_a_transaction_too_and_the_rest_of_it_is_kept(cast: Cast, superuser: psycopg.Connection) -> None:
    who, agreeing = cast.register(), cast.register()
    put = [
        {"resource": content, "request": {"method": "PUT", "url": f"Patient/{content['id']}"}}
        for content in (_changed(who, family="WONG"), _changed(agreeing))
    ]
    condition = of_category("DX", who.patient_id)
    post = {"resource": condition, "request": {"method": "POST", "url": "Condition"}}
    bundle = {"resourceType": "Bundle", "type": "transaction", "entry": [*put, post]}
    answer = cast.fhir(cast.ha, "POST", "", json=bundle)
    assert [entry["response"]["status"] for entry in answer.json()["entry"]] == ["200 OK", "200 OK", "201 Created"]
    assert _reviews(superuser, who) == [["name"]]
    assert _reviews(superuser, agreeing) == []


def test_a_version_that_is_not_kept_waits_for_nobody(cast: Cast, superuser: psycopg.Connection) -> None:
    who = cast.register()
    content = _changed(who, family="WONG")
    stale = cast.fhir(cast.ha, "PUT", f"Patient/{who.patient_id}", json=content, headers={"if-match": 'W/"7"'})
    assert stale.status_code == 412
    foreign = cast.fhir(cast.harbour, "PUT", f"Patient/{who.patient_id}", json=content)
    assert foreign.status_code == 404
    assert _reviews(superuser, who) == []
