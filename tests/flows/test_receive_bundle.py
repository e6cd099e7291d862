"""A provider uploads: all or nothing, with a place for each problem; and what may not be uploaded."""

import copy
from typing import Any

import psycopg
import pytest
from cast import Cast, Registered, patient, unused_hkid
from record.resources import of_category

from wutong.control.people.queries.persons import find_by_hkid
from wutong.core import ids


def _bundle(*resources: dict[str, Any]) -> dict[str, Any]:
    entries = [
        {"fullUrl": f"urn:uuid:{ids.new()}", "resource": r, "request": {"method": "POST", "url": r["resourceType"]}}
        for r in resources
    ]
    return {"resourceType": "Bundle", "type": "transaction", "entry": entries}


def _linked(number: str, *categories: str) -> dict[str, Any]:
    bundle = _bundle(patient(number), *(of_category(each, ids.new()) for each in categories))
    about = bundle["entry"][0]["fullUrl"]
    for entry in bundle["entry"][1:]:
        for name in ("subject", "patient"):
            if name in entry["resource"]:
                entry["resource"][name] = {"reference": about}
    return bundle


def _counts(superuser: psycopg.Connection) -> tuple[Any, ...]:
    row = superuser.execute(
        "select (select count(*) from record.resource), (select count(*) from record.whereabouts),"
        " (select count(*) from record.superseded), (select count(*) from control.person)"
    ).fetchone()
    assert row
    return tuple(row)


def test_a_transaction_keeps_all_and_resolves_its_references(cast: Cast) -> None:
    answer = cast.fhir(cast.ha, "POST", "", json=_linked(unused_hkid(), "ALG", "LAB"))
    assert answer.status_code == 200, answer.text
    locations = [entry["response"]["location"] for entry in answer.json()["entry"]]
    patient_id = locations[0].split("/")[1]
    allergy = cast.fhir(cast.ha, "GET", locations[1].partition("/_history")[0]).json()
    assert allergy["patient"]["reference"] == f"Patient/{patient_id}"


def test_the_base_address_may_lack_its_slash(cast: Cast) -> None:
    headers = {"authorization": f"Bearer {cast.ha}", "content-type": "application/fhir+json"}
    answer = cast.http.post("/fhir", json=_linked(unused_hkid(), "ALG"), headers=headers)
    assert answer.status_code == 200


def test_two_uploads_of_the_same_document_are_one_person(cast: Cast, superuser: psycopg.Connection) -> None:
    number = unused_hkid()
    for _ in range(2):
        assert cast.fhir(cast.ha, "POST", "", json=_linked(number, "ALG")).status_code == 200
    person = find_by_hkid(number)
    assert person
    query = "select count(*) from control.source_record where person_id = %s"
    assert superuser.execute(query, [person.person_id]).fetchone() == (2,)


_REGISTERED = """
select caller_kind, ground, patient_ids, detail, depositor_id is not null from audit.entry
 where event = 'person:register' and person_id = %s
"""


def test_a_person_is_registered_once_in_the_trail(cast: Cast, superuser: psycopg.Connection) -> None:
    who = cast.register()
    entry = ("system", "registration", [who.patient_id], {"documents": ["ID"]}, True)
    assert superuser.execute(_REGISTERED, [who.person_id]).fetchall() == [entry]
    cast.fhir(cast.ha, "POST", "Patient", json=patient(who.hkid))  # known by now: linked, not registered
    assert superuser.execute(_REGISTERED, [who.person_id]).fetchall() == [entry]


def test_an_upload_that_is_refused_leaves_no_registration_in_the_trail(
    cast: Cast, superuser: psycopg.Connection
) -> None:
    count = "select count(*) from audit.entry where event = 'person:register'"
    known = cast.register()
    before = superuser.execute(count).fetchone()
    other = patient(known.hkid) | {"birthDate": "1901-01-01", "name": [{"family": "NOBODY"}]}
    assert cast.fhir(cast.ha, "POST", "", json=_bundle(patient(unused_hkid()), other)).status_code == 422
    assert superuser.execute(count).fetchone() == before


def test_a_document_with_another_name_and_birth_date_is_refused(cast: Cast) -> None:
    number = unused_hkid()
    assert cast.fhir(cast.ha, "POST", "Patient", json=patient(number)).status_code == 201
    other = patient(number, family="WONG", born="1999-01-01")
    assert cast.fhir(cast.ha, "POST", "Patient", json=other).status_code == 422


def test_a_system_without_the_right_registers_nobody(cast: Cast) -> None:
    answer = cast.fhir(cast.harbour, "POST", "", json=_linked(unused_hkid(), "ALG"))
    assert answer.status_code == 403
    assert answer.json()["issue"][0]["details"]["coding"][0]["code"] == "not-registered"


def test_r01_an_upload_needs_the_patients_consent(cast: Cast) -> None:
    who = cast.register()
    refused = cast.fhir(cast.harbour, "POST", "", json=_linked(who.hkid, "ALG"))
    assert refused.status_code == 403
    cast.allow(who)
    assert cast.fhir(cast.harbour, "POST", "", json=_linked(who.hkid, "ALG")).status_code == 200


def test_nobody_writes_into_another_providers_record(cast: Cast) -> None:
    who = cast.register()
    cast.allow(who)
    answer = cast.fhir(cast.harbour, "POST", "Condition", json=of_category("DX", who.patient_id))
    assert answer.status_code == 403


def test_a_bundle_whose_last_entry_is_wrong_changes_nothing(cast: Cast, superuser: psycopg.Connection) -> None:
    before = _counts(superuser)
    bundle = _linked(unused_hkid(), "ALG", "DX", "LAB")
    bundle["entry"][3]["resource"]["status"] = "no-such-status"
    answer = cast.fhir(cast.ha, "POST", "", json=bundle)
    assert answer.status_code == 422
    assert answer.json()["issue"][0]["expression"] == ["Bundle.entry[3].resource.status"]
    assert _counts(superuser) == before


def test_every_fault_is_named_with_its_place(cast: Cast) -> None:
    bundle = _linked(unused_hkid(), "ALG", "DX")
    bundle["entry"][0]["resource"]["colour"] = "green"
    bundle["entry"][1]["resource"]["recordedDate"] = "2024-02-31"
    bundle["entry"][2]["resource"]["code"] = "text"
    places = [issue["expression"][0] for issue in cast.fhir(cast.ha, "POST", "", json=bundle).json()["issue"]]
    assert places == [
        "Bundle.entry[0].resource.colour",
        "Bundle.entry[1].resource.recordedDate",
        "Bundle.entry[2].resource.code",
    ]


def _hostile(who: Registered) -> dict[str, tuple[bytes, int]]:
    good = of_category("DX", who.patient_id)
    return {
        "not json": (b'{"resourceType":"Condition",', 400),
        "empty": (b"", 400),
        "a list": (b"[]", 400),
        "wrong type": (b'{"resourceType":"Observation"}', 422),
        "no such type": (b'{"resourceType":"Nonsense"}', 422),
        "twice the same name": (b'{"resourceType":"Condition","resourceType":"Condition"}', 400),
        "NaN": (b'{"resourceType":"Condition","onsetAge":{"value":NaN}}', 400),
        "half a surrogate": (b'{"resourceType":"Condition","id":"\\ud800"}', 400),
        "10,000 levels": (b'{"a":' * 10_000 + b"1" + b"}" * 10_000, 400),
        "50 MB": (b" " * (50 * 1024 * 1024), 413),
        "no subject known": (
            str({**good, "subject": {"reference": f"Patient/{ids.new()}"}}).replace("'", '"').encode(),
            403,
        ),
    }


@pytest.mark.parametrize("name", _hostile(Registered(ids.new(), ids.new(), "", "")))
def test_bad_input_gets_a_clear_error_and_changes_nothing(cast: Cast, superuser: psycopg.Connection, name: str) -> None:
    who = cast.register()
    before = _counts(superuser)
    body, status = _hostile(who)[name]
    answer = cast.fhir(cast.ha, "POST", "Condition", content=body)
    assert answer.status_code == status, answer.text
    issue = answer.json()["issue"][0]
    assert issue["details"]["text"].endswith((".", ")."))
    assert _counts(superuser) == before


def test_an_update_makes_a_version_and_history_keeps_the_first(cast: Cast) -> None:
    who = cast.register()
    first = cast.fhir(cast.ha, "POST", "Condition", json=of_category("DX", who.patient_id))
    condition = first.json()
    changed = {**condition, "code": {"text": "changed"}}
    path = f"Condition/{condition['id']}"
    second = cast.fhir(cast.ha, "PUT", path, json=changed, headers={"if-match": first.headers["etag"]})
    assert (second.status_code, second.headers["etag"]) == (200, 'W/"2"')
    stale = cast.fhir(cast.ha, "PUT", path, json=changed, headers={"if-match": 'W/"1"'})
    assert stale.status_code == 412
    versions = cast.fhir(cast.ha, "GET", f"{path}/_history").json()
    assert [entry["resource"]["code"]["text"] for entry in versions["entry"]] == ["changed", "a DX thing"]
    assert cast.fhir(cast.ha, "GET", f"{path}/_history/1").json()["code"]["text"] == "a DX thing"
    foreign = cast.fhir(cast.harbour, "PUT", path, json=changed)
    assert foreign.status_code == 404


def test_a_record_never_moves_to_another_patient(cast: Cast) -> None:
    one, other = cast.register(), cast.register()
    condition = cast.fhir(cast.ha, "POST", "Condition", json=of_category("DX", one.patient_id)).json()
    moved = {**copy.deepcopy(condition), "subject": {"reference": f"Patient/{other.patient_id}"}}
    assert cast.fhir(cast.ha, "PUT", f"Condition/{condition['id']}", json=moved).status_code == 422


def test_decimals_keep_their_digits(cast: Cast) -> None:
    who = cast.register()
    text = (
        '{"resourceType":"Observation","status":"final","code":{"text":"weight"},'
        f'"subject":{{"reference":"Patient/{who.patient_id}"}},"valueQuantity":{{"value":72.50}}}}'
    )
    made = cast.fhir(cast.ha, "POST", "Observation", content=text.encode())
    assert '"value":72.50}' in cast.fhir(cast.ha, "GET", f"Observation/{made.json()['id']}").text


def test_a_resource_that_one_bundle_updates_twice_is_refused(cast: Cast) -> None:
    who = cast.register()
    condition = cast.fhir(cast.ha, "POST", "Condition", json=of_category("DX", who.patient_id)).json()
    twice = _puts(condition, {**condition, "code": {"text": "second"}})
    answer = cast.fhir(cast.ha, "POST", "", json=twice)
    assert (answer.status_code, answer.json()["issue"][0]["code"]) == (422, "duplicate")
    assert cast.fhir(cast.ha, "GET", f"Condition/{condition['id']}").json()["meta"]["versionId"] == "1"


@pytest.mark.parametrize("kind", ["transaction", "batch"])
def test_a_bundle_without_entries_asks_for_nothing(cast: Cast, kind: str) -> None:
    answer = cast.fhir(cast.ha, "POST", "", json={"resourceType": "Bundle", "type": kind})
    assert (answer.status_code, answer.json()) == (200, {"resourceType": "Bundle", "type": f"{kind}-response"})
    empty = cast.fhir(cast.ha, "POST", "", json={"resourceType": "Bundle", "type": kind, "entry": []})
    assert (empty.status_code, empty.json()["issue"][0]["expression"]) == (422, ["Bundle.entry"])
    assert cast.fhir("nobody", "POST", "", json={"resourceType": "Bundle", "type": kind}).status_code == 401


def test_a_transaction_of_nothing_is_a_question_to_the_gate(cast: Cast, superuser: psycopg.Connection) -> None:
    def asked() -> list[Any]:
        query = "select outcome, count(*) from audit.event where event = 'record:write' group by 1 order by 1"
        return superuser.execute(query).fetchall()

    nothing = {"resourceType": "Bundle", "type": "transaction"}
    before = dict(asked())
    assert cast.fhir(cast.ha, "POST", "", json=nothing).status_code == 200
    professional = cast.session_token(cast.doctor)
    assert cast.fhir(professional, "POST", "", json=nothing).status_code == 403
    assert dict(asked()) == before | {name: before.get(name, 0) + 1 for name in ("allowed", "refused")}
    reading = {"request": {"method": "GET", "url": "metadata"}}
    assert cast.fhir(professional, "POST", "", json=nothing | {"entry": [reading]}).status_code == 200


def test_two_entries_with_one_full_url_are_refused(cast: Cast) -> None:
    bundle = _linked(unused_hkid(), "ALG", "DX")
    bundle["entry"][2]["fullUrl"] = bundle["entry"][1]["fullUrl"]
    answer = cast.fhir(cast.ha, "POST", "", json=bundle)
    assert answer.status_code == 422
    assert answer.json()["issue"][0]["expression"] == ["Bundle.entry[2].fullUrl"]


def test_a_relative_reference_is_resolved_by_the_entrys_own_base(cast: Cast) -> None:
    bundle = _linked(unused_hkid(), "ALG")
    patient_entry, allergy_entry = bundle["entry"]
    patient_entry["fullUrl"] = "https://ha.example/fhir/Patient/77"
    allergy_entry["fullUrl"] = f"https://ha.example/fhir/AllergyIntolerance/{ids.new()}"
    allergy_entry["resource"]["patient"] = {"reference": "Patient/77"}
    answer = cast.fhir(cast.ha, "POST", "", json=bundle)
    assert answer.status_code == 200, answer.text
    made, allergy = (entry["response"]["location"].partition("/_history")[0] for entry in answer.json()["entry"])
    assert cast.fhir(cast.ha, "GET", allergy).json()["patient"]["reference"] == made


def test_a_document_listed_twice_is_one_document(cast: Cast) -> None:
    number = unused_hkid()
    twice = patient(number)
    twice["identifier"] *= 2
    assert cast.fhir(cast.ha, "POST", "Patient", json=twice).status_code == 201
    assert find_by_hkid(number)


def test_a_given_name_without_a_value_is_no_name(cast: Cast) -> None:
    number = unused_hkid()
    absent = {
        "extension": [{"url": "http://hl7.org/fhir/StructureDefinition/data-absent-reason", "valueCode": "masked"}]
    }
    name = {"family": "CHAN", "given": ["Tai", None], "_given": [None, absent]}
    assert cast.fhir(cast.ha, "POST", "Patient", json=patient(number) | {"name": [name]}).status_code == 201
    person = find_by_hkid(number)
    assert person
    assert person.name_en == "CHAN Tai"


def test_a_name_that_the_register_cannot_hold_is_told_with_its_place(cast: Cast, superuser: psycopg.Connection) -> None:
    before = _counts(superuser)
    answer = cast.fhir(cast.ha, "POST", "", json=_bundle(patient(unused_hkid(), family="X" * 101)))
    assert answer.status_code == 422
    assert answer.json()["issue"][0]["expression"] == ["Bundle.entry[0].resource.name"]
    assert _counts(superuser) == before


def _puts(*resources: dict[str, Any]) -> dict[str, Any]:
    entries = [
        {"resource": each, "request": {"method": "PUT", "url": f"{each['resourceType']}/{each['id']}"}}
        for each in resources
    ]
    return {"resourceType": "Bundle", "type": "transaction", "entry": entries}


def test_an_entry_is_named_by_its_address_also_where_no_reference_stands(cast: Cast) -> None:
    """R4: elements of the types uri and url are rewritten; others, and what names no entry, stay as they are."""
    named, other = f"urn:uuid:{ids.new()}", f"urn:uuid:{ids.new()}"
    library = {"resourceType": "Library", "status": "draft", "type": {"text": "x"}}
    definition = {
        "resourceType": "ActivityDefinition",
        "status": "draft",
        "url": other,
        "identifier": [{"system": "urn:ietf:rfc:3986", "value": named}],
        "relatedArtifact": [{"type": "depends-on", "url": named}],
        "extension": [{"url": "urn:x:1", "valueUri": named}, {"url": "urn:x:2", "valueUuid": named}],
    }
    entries = [(named, library), (f"urn:uuid:{ids.new()}", definition)]
    entry = [
        {"fullUrl": url, "resource": resource, "request": {"method": "POST", "url": resource["resourceType"]}}
        for url, resource in entries
    ]
    answer = cast.fhir(cast.ha, "POST", "", json={"resourceType": "Bundle", "type": "transaction", "entry": entry})
    assert answer.status_code == 200, answer.text
    stored, made = (each["response"]["location"].partition("/_history")[0] for each in answer.json()["entry"])
    read = cast.fhir(cast.ha, "GET", made).json()
    assert read["relatedArtifact"][0]["url"] == read["extension"][0]["valueUri"] == stored
    assert read["url"] == other
    assert read["identifier"][0]["value"] == read["extension"][1]["valueUuid"] == named
