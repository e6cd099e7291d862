"""A deposit is deleted: gone for its depositor, never there for others, whole in its history, back with a PUT."""

from typing import Any

import psycopg
import pytest
from cast import Cast, Registered
from record.resources import of_category

from wutong.core import ids


@pytest.fixture
def who(cast: Cast) -> Registered:
    """A person."""
    return cast.register()


def _kept(cast: Cast, who: Registered, category: str = "DX") -> dict[str, Any]:
    resource = of_category(category, who.patient_id)
    made = cast.fhir(cast.ha, "POST", resource["resourceType"], json=resource)
    assert made.status_code == 201, made.text
    kept: dict[str, Any] = made.json()
    return kept


def _path(resource: dict[str, Any]) -> str:
    return f"{resource['resourceType']}/{resource['id']}"


def test_what_is_deleted_is_gone_for_its_depositor_and_stays_in_its_history(cast: Cast, who: Registered) -> None:
    condition = _kept(cast, who)
    path = _path(condition)
    assert cast.fhir(cast.ha, "GET", path).status_code == 200
    deleted = cast.fhir(cast.ha, "DELETE", path)
    assert (deleted.status_code, deleted.content, deleted.headers["etag"]) == (204, b"", 'W/"2"')
    again = cast.fhir(cast.ha, "DELETE", path)
    assert (again.status_code, again.headers["etag"]) == (204, 'W/"2"')
    gone = cast.fhir(cast.ha, "GET", path)
    assert (gone.status_code, gone.headers["etag"]) == (410, 'W/"2"')
    assert gone.json()["issue"][0]["code"] == "deleted"
    assert cast.fhir(cast.ha, "GET", f"{path}/_history/1").json() == condition
    assert cast.fhir(cast.ha, "GET", f"{path}/_history/2").status_code == 410
    history = cast.fhir(cast.ha, "GET", f"{path}/_history").json()
    assert history["total"] == 2
    deletion, first = history["entry"]
    assert deletion["request"] == {"method": "DELETE", "url": path}
    assert (deletion["response"]["status"], "resource" in deletion) == ("204", False)
    assert first["resource"] == condition


def test_a_put_brings_it_back_with_the_next_version(cast: Cast, who: Registered) -> None:
    condition = _kept(cast, who)
    path = _path(condition)
    cast.fhir(cast.ha, "DELETE", path)
    stale = cast.fhir(cast.ha, "PUT", path, json=condition, headers={"if-match": 'W/"1"'})
    assert stale.status_code == 412
    back = cast.fhir(cast.ha, "PUT", path, json=condition)
    assert (back.status_code, back.headers["etag"]) == (201, 'W/"3"')
    assert cast.fhir(cast.ha, "GET", path).json()["meta"]["versionId"] == "3"
    methods = [e["request"]["method"] for e in cast.fhir(cast.ha, "GET", f"{path}/_history").json()["entry"]]
    assert methods == ["PUT", "DELETE", "POST"]
    assert cast.fhir(cast.ha, "GET", f"Condition?_id={condition['id']}").json()["total"] == 1


def test_who_could_never_see_it_does_not_learn_that_it_was_there(cast: Cast, who: Registered) -> None:
    condition = _kept(cast, who)
    cast.fhir(cast.ha, "DELETE", _path(condition))
    stranger = cast.session_token(cast.doctor)
    for token in (cast.harbour, stranger):
        for tail in ("", "/_history", "/_history/1"):
            told = cast.fhir(token, "GET", _path(condition) + tail)
            unknown = cast.fhir(token, "GET", f"Condition/{ids.new()}{tail}")
            assert (told.status_code, told.content) == (unknown.status_code, unknown.content) == (404, told.content)
        assert cast.fhir(token, "DELETE", _path(condition)).status_code == 404


def test_a_doctor_who_saw_it_finds_nothing_of_it_any_more(cast: Cast, who: Registered) -> None:
    condition = _kept(cast, who)
    cast.fhir(cast.ha, "PUT", _path(condition), json=condition | {"code": {"text": "second"}})
    cast.allow(who)
    token = cast.session_token(cast.doctor)
    cast.open(token, who.person_id)
    assert cast.fhir(token, "GET", _path(condition)).status_code == 200
    assert cast.fhir(token, "GET", f"{_path(condition)}/_history").json()["total"] == 2
    cast.fhir(cast.ha, "DELETE", _path(condition))
    for tail in ("", "/_history", "/_history/1", "/_history/3"):
        assert cast.fhir(token, "GET", _path(condition) + tail).status_code == 404
    assert cast.fhir(token, "GET", f"Condition?patient={who.person_id}").json()["total"] == 0
    assert "entry" not in cast.fhir(token, "GET", f"Condition/_history?patient={who.person_id}").json()


def test_it_leaves_searches_and_counts(cast: Cast, who: Registered) -> None:
    conditions = [_kept(cast, who) for _ in range(2)]
    portal = cast.portal_token(cast.patient_account(who))

    def counted() -> int:
        parts = cast.fhir(portal, "GET", f"Patient/{who.person_id}/$inventory").json()["parameter"]
        named = {part["part"][0]["valueCode"]: part["part"][1]["valueUnsignedInt"] for part in parts}
        return int(named["DX"])

    assert (cast.fhir(cast.ha, "GET", f"Condition?patient={who.patient_id}").json()["total"], counted()) == (2, 2)
    cast.fhir(cast.ha, "DELETE", _path(conditions[0]))
    assert (cast.fhir(cast.ha, "GET", f"Condition?patient={who.patient_id}").json()["total"], counted()) == (1, 1)


def test_a_patient_with_records_is_not_deleted_and_one_without_leaves_the_projection(
    cast: Cast, who: Registered
) -> None:
    condition = _kept(cast, who)
    path = f"Patient/{who.patient_id}"
    source = cast.fhir(cast.ha, "GET", path).json()
    refused = cast.fhir(cast.ha, "DELETE", path)
    assert (refused.status_code, refused.json()["issue"][0]["code"]) == (409, "conflict")
    assert cast.fhir(cast.ha, "GET", path).status_code == 200
    cast.allow(who)
    token = cast.session_token(cast.doctor)
    cast.open(token, who.person_id)
    link = [{"other": {"reference": path}, "type": "seealso"}]
    assert cast.fhir(token, "GET", f"Patient/{who.person_id}").json()["link"] == link
    cast.fhir(cast.ha, "DELETE", _path(condition))
    assert cast.fhir(cast.ha, "DELETE", path).status_code == 204
    assert cast.fhir(cast.ha, "GET", path).status_code == 410
    assert "link" not in cast.fhir(token, "GET", f"Patient/{who.person_id}").json()
    under = cast.fhir(cast.ha, "POST", "Condition", json=of_category("DX", who.patient_id))
    assert (under.status_code, under.json()["issue"][0]["code"]) == (409, "conflict")
    assert cast.fhir(cast.ha, "PUT", path, json=source).status_code == 201
    assert cast.fhir(cast.ha, "GET", path).json()["identifier"] == source["identifier"]
    assert cast.fhir(token, "GET", f"Patient/{who.person_id}").json()["link"] == link


def test_a_directory_entry_is_deleted_and_comes_back(cast: Cast) -> None:
    made = cast.fhir(cast.ha, "POST", "Organization", json={"resourceType": "Organization", "name": "Ward 7"}).json()
    assert cast.fhir(cast.harbour, "DELETE", _path(made)).status_code == 404
    assert cast.fhir(cast.ha, "DELETE", _path(made)).status_code == 204
    assert cast.fhir(cast.ha, "GET", _path(made)).status_code == 410
    assert cast.fhir(cast.ha, "GET", f"Organization?_id={made['id']}").json()["total"] == 0
    assert cast.fhir(cast.ha, "PUT", _path(made), json=made).headers["etag"] == 'W/"3"'
    assert cast.fhir(cast.ha, "GET", f"{_path(made)}/_history").json()["total"] == 3


def test_a_deletion_compares_the_version_that_was_seen(cast: Cast, who: Registered) -> None:
    condition = _kept(cast, who)
    assert cast.fhir(cast.ha, "DELETE", _path(condition), headers={"if-match": 'W/"7"'}).status_code == 412
    assert cast.fhir(cast.ha, "DELETE", _path(condition), headers={"if-match": "seven"}).status_code == 400
    assert cast.fhir(cast.ha, "GET", _path(condition)).status_code == 200
    assert cast.fhir(cast.ha, "DELETE", _path(condition), headers={"if-match": 'W/"1"'}).status_code == 204


def test_only_a_system_deletes_and_what_there_never_was_is_not_found(cast: Cast, who: Registered) -> None:
    condition = _kept(cast, who)
    doctor = cast.session_token(cast.professional("DOC", "HA"))
    assert cast.open(doctor, who.person_id).status_code == 200
    assert cast.fhir(doctor, "DELETE", _path(condition)).status_code == 404
    assert cast.fhir("nobody", "DELETE", _path(condition)).status_code == 401
    assert cast.fhir(cast.ha, "DELETE", f"Condition/{ids.new()}").status_code == 404
    assert cast.fhir(cast.ha, "DELETE", "Condition/x").status_code == 404
    assert cast.fhir(cast.ha, "DELETE", f"Nothing/{condition['id']}").status_code == 404
    assert cast.fhir(cast.ha, "GET", _path(condition)).status_code == 200


def test_r01_a_deletion_needs_the_patients_consent_as_an_update_does(cast: Cast, who: Registered) -> None:
    cast.allow(who)
    bundle = {
        "resourceType": "Bundle",
        "type": "transaction",
        "entry": [
            {
                "fullUrl": f"urn:uuid:{ids.new()}",
                "resource": cast.fhir(cast.ha, "GET", f"Patient/{who.patient_id}").json(),
                "request": {"method": "POST", "url": "Patient"},
            }
        ],
    }
    answer = cast.fhir(cast.harbour, "POST", "", json=bundle)
    path = answer.json()["entry"][0]["response"]["location"].partition("/_history")[0]
    cast.withdraw(who)
    assert cast.fhir(cast.harbour, "DELETE", path).status_code == 404
    cast.allow(who)
    assert cast.fhir(cast.harbour, "DELETE", path).status_code == 204


def test_a_deletion_is_in_the_trail(cast: Cast, who: Registered, superuser: psycopg.Connection) -> None:
    condition = _kept(cast, who)
    cast.fhir(cast.ha, "DELETE", _path(condition))
    query = """
    select event, act, outcome, detail from audit.entry
     where person_id = %s and act = 'write' order by at desc, event desc limit 2
    """
    deleted = {"deleted": {"Condition": 1}}
    assert superuser.execute(query, [who.person_id]).fetchall() == [
        ("record:written", "write", "allowed", {"resources": {}} | deleted),
        ("record:write", "write", "allowed", deleted | {"consent": "deemed"}),
    ]


def test_nothing_is_lost_from_the_tables(cast: Cast, who: Registered, superuser: psycopg.Connection) -> None:
    condition = _kept(cast, who)
    cast.fhir(cast.ha, "DELETE", _path(condition))
    query = """
    select version, is_deleted, octet_length(body) > 0, category from record.superseded
     where patient_id = %s and resource_id = %s order by version
    """
    rows = superuser.execute(query, [who.patient_id, condition["id"]]).fetchall()
    assert rows == [(1, False, True, "DX"), (2, True, False, None)]


def test_a_transaction_deletes_a_patient_with_all_that_is_under_it(cast: Cast, who: Registered) -> None:
    paths = [f"Patient/{who.patient_id}", _path(_kept(cast, who)), _path(_kept(cast, who, "LAB"))]
    entries = [{"request": {"method": "DELETE", "url": path}} for path in paths]
    bundle = {"resourceType": "Bundle", "type": "transaction", "entry": entries}
    answer = cast.fhir(cast.ha, "POST", "", json=bundle)
    assert [entry["response"]["status"] for entry in answer.json()["entry"]] == ["204 No Content"] * 3
    assert [cast.fhir(cast.ha, "GET", path).status_code for path in paths] == [410] * 3
