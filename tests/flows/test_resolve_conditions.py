"""A search instead of an id: none, one or several, among the caller's own deposits, by the door and in transactions."""

import json
from typing import Any

import psycopg
import pytest
from cast import Cast, Registered, patient, unused_hkid
from record.resources import of_category

from wutong.core import ids


@pytest.fixture
def who(cast: Cast) -> Registered:
    """A person."""
    return cast.register()


def _number() -> str:
    return str(ids.new())


def _practitioner(number: str, **more: Any) -> dict[str, Any]:
    return {"resourceType": "Practitioner", "identifier": [{"system": "urn:ha:staff", "value": number}], **more}


def _create(cast: Cast, number: str, condition: str | None = None) -> Any:
    condition = f"identifier=urn:ha:staff|{number}" if condition is None else condition
    headers = {"if-none-exist": condition}
    return cast.fhir(cast.ha, "POST", "Practitioner", json=_practitioner(number), headers=headers)


def test_a_condition_that_takes_too_long_says_so(cast: Cast, superuser: psycopg.Connection) -> None:
    number = _number()
    with superuser.transaction():
        superuser.execute("lock table record.directory in access exclusive mode")  # whoever asks for rows waits
        answer = _create(cast, number)
    assert (answer.status_code, answer.json()["issue"][0]["code"]) == (422, "too-costly")
    assert _create(cast, number).status_code == 201


def test_conditional_create_none_one_several(cast: Cast) -> None:
    number = _number()
    first, second = _create(cast, number), _create(cast, number)
    assert (first.status_code, second.status_code) == (201, 200)
    assert first.json() == second.json()
    assert first.headers["location"] == second.headers["location"]
    assert cast.fhir(cast.ha, "POST", "Practitioner", json=_practitioner(number)).status_code == 201
    several = _create(cast, number)
    assert (several.status_code, several.json()["issue"][0]["code"]) == (412, "multiple-matches")
    assert cast.fhir(cast.ha, "GET", f"Practitioner?identifier={number}").json()["total"] == 2


def test_a_create_has_no_condition_in_its_address(cast: Cast) -> None:
    number = _number()
    address = f"Practitioner?identifier=urn:ha:staff|{number}"
    refused = cast.fhir(cast.ha, "POST", address, json=_practitioner(number))
    assert (refused.status_code, refused.json()["issue"][0]["location"]) == (400, ["http.identifier"])
    assert "If-None-Exist" in refused.text
    assert cast.fhir(cast.ha, "GET", address).json()["total"] == 0
    assert cast.fhir(cast.ha, "POST", "Practitioner?_format=json&_pretty=true", json=_practitioner(number)).is_success


def test_what_another_provider_deposited_is_not_found(cast: Cast) -> None:
    number = _number()
    assert _create(cast, number).status_code == 201
    headers = {"if-none-exist": f"identifier={number}"}
    theirs = cast.fhir(cast.harbour, "POST", "Practitioner", json=_practitioner(number), headers=headers)
    assert theirs.status_code == 201


@pytest.mark.parametrize(
    "condition", ["", "_count=1", "identifier=", "nothing=1", "_sort=-date", "identifier=%00", "_id:x=1"]
)
def test_what_names_nothing_is_no_condition(cast: Cast, condition: str) -> None:
    number = _number()
    assert _create(cast, number, condition).status_code == 400
    for method in ("PUT", "DELETE"):
        body = {"json": _practitioner(number)} if method == "PUT" else {}
        assert cast.fhir(cast.ha, method, f"Practitioner?{condition}", **body).status_code == 400
    assert cast.fhir(cast.ha, "DELETE", "Practitioner").status_code == 400
    assert cast.fhir(cast.ha, "GET", f"Practitioner?identifier={number}").json()["total"] == 0


_EMPTY = (
    "identifier=",
    "identifier",
    "identifier=%20",
    "identifier=,",
    "identifier=a,",
    "identifier=|",
    "identifier:missing=",
    "identifier:of-type=",
    "code:not=",
    "code:not=,",
    "_tag=",
    "_id=",
    "_id:not=",
    "_lastUpdated=",
    "date=",
    "encounter=",
    "encounter.status=",
    "_has:Observation:derived-from:code=",
    "nothing=",
    "=",
)


@pytest.mark.parametrize("empty", _EMPTY)
def test_an_empty_value_widens_no_condition(cast: Cast, who: Registered, empty: str) -> None:
    """A client that had no number to put there meant one resource, and not the only one that the patient has."""
    lab = of_category("LAB", who.patient_id)
    made = cast.fhir(cast.ha, "POST", "Observation", json=lab).json()
    condition = f"patient={who.patient_id}&{empty}"
    address = f"Observation?{condition}"
    kind = {"content-type": "application/json-patch+json"}
    patch = json.dumps([{"op": "add", "path": "/note", "value": [{"text": "x"}]}]).encode()
    about = of_category("LAB", who.patient_id) | {"derivedFrom": [{"reference": address}]}
    entries = [
        _entry("DELETE", address),
        _entry("PUT", address, lab),
        _entry("POST", "Observation", lab, ifNoneExist=condition),
        _entry("POST", "Observation", about),
    ]
    refused = [
        cast.fhir(cast.ha, "DELETE", address),
        cast.fhir(cast.ha, "PUT", address, json=lab),
        cast.fhir(cast.ha, "PATCH", address, content=patch, headers=kind),
        cast.fhir(cast.ha, "POST", "Observation", json=lab, headers={"if-none-exist": condition}),
        *(cast.fhir(cast.ha, "POST", "", json=_transaction(each)) for each in entries),
    ]
    assert [each.status_code for each in refused] == [400] * 8, [each.text for each in refused]
    name = empty.partition("=")[0].partition(":not")[0]
    assert all(name in each.json()["issue"][0]["details"]["text"] for each in refused)
    batch = cast.fhir(cast.ha, "POST", "", json=_transaction(*entries[:3]) | {"type": "batch"})
    assert _statuses(batch) == ["400"] * 3
    now = cast.fhir(cast.ha, "GET", f"Observation?patient={who.patient_id}").json()["entry"]
    assert [each["resource"] for each in now] == [made]


def test_an_empty_condition_in_a_batch_is_not_none(cast: Cast, who: Registered) -> None:
    """As by itself and in a transaction."""
    lab = of_category("LAB", who.patient_id)
    made = cast.fhir(cast.ha, "POST", "Observation", json=lab).json()
    entries = [
        _entry("POST", "Observation", lab, ifNoneExist=""),
        _entry("PUT", f"Observation/{made['id']}", made, ifMatch=""),
        _entry("DELETE", f"Observation/{made['id']}", ifMatch=""),
    ]
    for each in entries:
        assert cast.fhir(cast.ha, "POST", "", json=_transaction(each)).status_code == 400
    batch = cast.fhir(cast.ha, "POST", "", json=_transaction(*entries) | {"type": "batch"})
    assert _statuses(batch) == ["400"] * 3
    now = cast.fhir(cast.ha, "GET", f"Observation?patient={who.patient_id}").json()["entry"]
    assert [each["resource"] for each in now] == [made]


def test_a_condition_that_is_too_long_is_refused(cast: Cast) -> None:
    assert _create(cast, _number(), "identifier=" + "x" * 3000).status_code == 400


def test_conditional_update(cast: Cast) -> None:
    number = _number()
    address = f"Practitioner?identifier=urn:ha:staff|{number}"
    named = _practitioner(number) | {"id": _number()}
    refused = cast.fhir(cast.ha, "PUT", address, json=named)
    assert (refused.status_code, refused.json()["issue"][0]["code"]) == (422, "not-found")
    made = cast.fhir(cast.ha, "PUT", address, json=_practitioner(number))
    assert made.status_code == 201
    newer = cast.fhir(cast.ha, "PUT", address, json=_practitioner(number, gender="female"))
    assert (newer.status_code, newer.headers["etag"], newer.json()["id"]) == (200, 'W/"2"', made.json()["id"])
    again = cast.fhir(cast.ha, "PUT", address, json=newer.json(), headers={"if-match": 'W/"2"'})
    assert (again.status_code, again.headers["etag"]) == (200, 'W/"3"')
    assert cast.fhir(cast.ha, "PUT", address, json=newer.json(), headers={"if-match": 'W/"2"'}).status_code == 412
    assert cast.fhir(cast.ha, "PUT", address, json=named).status_code == 400
    cast.fhir(cast.ha, "POST", "Practitioner", json=_practitioner(number))
    assert cast.fhir(cast.ha, "PUT", address, json=_practitioner(number)).status_code == 412


def test_conditional_patch_and_delete(cast: Cast) -> None:
    number = _number()
    address = f"Practitioner?identifier=urn:ha:staff|{number}"
    patch = json.dumps([{"op": "add", "path": "/gender", "value": "male"}]).encode()
    kind = {"content-type": "application/json-patch+json"}
    assert cast.fhir(cast.ha, "PATCH", address, content=patch, headers=kind).status_code == 404
    assert cast.fhir(cast.ha, "DELETE", address).status_code == 204
    made = _create(cast, number).json()
    patched = cast.fhir(cast.ha, "PATCH", address, content=patch, headers=kind)
    assert (patched.status_code, patched.json()["gender"]) == (200, "male")
    other = cast.fhir(cast.ha, "POST", "Practitioner", json=_practitioner(number)).json()
    assert cast.fhir(cast.ha, "PATCH", address, content=patch, headers=kind).status_code == 412
    assert cast.fhir(cast.ha, "DELETE", address).status_code == 412
    assert cast.fhir(cast.ha, "DELETE", f"{address}&_id={other['id']}").status_code == 204
    assert cast.fhir(cast.harbour, "DELETE", address).status_code == 204  # finds nothing of its own
    assert cast.fhir(cast.ha, "GET", f"Practitioner/{made['id']}").status_code == 200
    assert cast.fhir(cast.ha, "DELETE", address).status_code == 204
    assert cast.fhir(cast.ha, "GET", f"Practitioner/{made['id']}").status_code == 410


def test_only_systems_write_by_a_condition(cast: Cast, who: Registered) -> None:
    cast.allow(who)
    doctor = cast.session_token(cast.doctor)
    cast.open(doctor, who.person_id)
    cast.fhir(cast.ha, "POST", "Condition", json=of_category("DX", who.patient_id))
    for token, status in ((doctor, 403), ("nobody", 401)):
        assert cast.fhir(token, "DELETE", f"Condition?patient={who.person_id}").status_code == status
        condition = {"if-none-exist": "identifier=1"}
        body = _practitioner("1")
        assert cast.fhir(token, "POST", "Practitioner", json=body, headers=condition).status_code == status
    assert cast.fhir(cast.ha, "GET", f"Condition?patient={who.patient_id}").json()["total"] == 1


def test_who_may_not_write_is_refused_also_where_there_is_nothing_to_write(cast: Cast, who: Registered) -> None:
    doctor = cast.session_token(cast.professional("DOC", "HA"))
    assert cast.open(doctor, who.person_id).status_code == 200
    nothing = f"Condition?patient={who.person_id}"
    assert cast.fhir(doctor, "GET", nothing).json()["total"] == 0
    assert cast.fhir(doctor, "DELETE", nothing).status_code == 403
    cast.fhir(cast.ha, "POST", "Condition", json=of_category("DX", who.patient_id))
    there = {"if-none-exist": f"patient={who.person_id}"}
    body = of_category("DX", who.patient_id)
    assert cast.fhir(doctor, "POST", "Condition", json=body, headers=there).status_code == 403
    assert cast.fhir(cast.ha, "POST", "Condition", json=body, headers=there).status_code == 200
    portal = cast.portal_token(cast.patient_account(who))
    assert cast.fhir(portal, "DELETE", nothing).status_code == 403


def test_a_condition_can_name_the_patient(cast: Cast, who: Registered) -> None:
    other = cast.register()
    for each in (who, other):
        assert cast.fhir(cast.ha, "POST", "Condition", json=of_category("DX", each.patient_id)).status_code == 201
    assert cast.fhir(cast.ha, "DELETE", f"Condition?patient={who.patient_id}").status_code == 204
    totals = [
        cast.fhir(cast.ha, "GET", f"Condition?patient={each.patient_id}").json()["total"] for each in (who, other)
    ]
    assert totals == [0, 1]


def _transaction(*entries: dict[str, Any]) -> dict[str, Any]:
    return {"resourceType": "Bundle", "type": "transaction", "entry": list(entries)}


def _entry(method: str, url: str, resource: dict[str, Any] | None = None, **more: str) -> dict[str, Any]:
    request = {"method": method, "url": url, **{name: value for name, value in more.items() if name != "full_url"}}
    entry: dict[str, Any] = {"request": request}
    if resource is not None:
        entry["resource"] = resource
    return entry | ({"fullUrl": more["full_url"]} if "full_url" in more else {})


def _statuses(answer: Any) -> list[str]:
    assert answer.status_code == 200, answer.text
    return [entry["response"]["status"][:3] for entry in answer.json()["entry"]]


def test_a_patient_is_registered_once_by_a_condition_and_everything_refers_to_it(cast: Cast, who: Registered) -> None:
    condition = f"identifier=urn:wutong:hkid|{who.hkid}"
    url = f"urn:uuid:{ids.new()}"
    allergy = of_category("ALG", who.patient_id) | {"patient": {"reference": url}}
    bundle = _transaction(
        _entry("POST", "Patient", patient(who.hkid), ifNoneExist=condition, full_url=url),
        _entry("POST", "AllergyIntolerance", allergy),
    )
    answer = cast.fhir(cast.ha, "POST", "", json=bundle)
    assert _statuses(answer) == ["200", "201"]
    location = answer.json()["entry"][1]["response"]["location"].partition("/_history")[0]
    assert cast.fhir(cast.ha, "GET", location).json()["patient"] == {"reference": f"Patient/{who.patient_id}"}


def test_conditional_references_are_resolved(cast: Cast, who: Registered) -> None:
    number = _number()
    about = {"reference": f"Patient?identifier=urn:wutong:hkid|{who.hkid}"}
    asserter = {"reference": f"Practitioner?identifier=urn:ha:staff|{number}"}
    condition = of_category("DX", who.patient_id) | {"subject": about, "asserter": asserter}
    unknown = cast.fhir(cast.ha, "POST", "", json=_transaction(_entry("POST", "Condition", condition)))
    assert (unknown.status_code, unknown.json()["issue"][0]["code"]) == (422, "not-found")
    assert unknown.json()["issue"][0]["expression"] == ["Bundle.entry[0].resource.asserter.reference"]
    staff = _entry("POST", "Practitioner", _practitioner(number), ifNoneExist=f"identifier=urn:ha:staff|{number}")
    for expected in (["201", "201"], ["200", "201"]):  # made by the bundle, then found
        answer = cast.fhir(cast.ha, "POST", "", json=_transaction(_entry("POST", "Condition", condition), staff))
        assert sorted(_statuses(answer)) == sorted(expected)
        locations = [e["response"]["location"].partition("/_history")[0] for e in answer.json()["entry"]]
        read = cast.fhir(cast.ha, "GET", locations[0]).json()
        assert read["subject"]["reference"] == f"Patient/{who.patient_id}"
        assert read["asserter"]["reference"] == locations[1]
    cast.fhir(cast.ha, "POST", "Practitioner", json=_practitioner(number))
    several = cast.fhir(cast.ha, "POST", "", json=_transaction(_entry("POST", "Condition", condition)))
    assert several.status_code == 412
    alone = cast.fhir(cast.ha, "POST", "Condition", json=condition)
    assert (alone.status_code, alone.json()["issue"][0]["code"]) == (422, "not-supported")
    assert alone.json()["issue"][0]["expression"] == ["Condition.subject.reference"]


def test_a_conditional_reference_finds_what_its_transaction_creates(cast: Cast) -> None:
    """Also the Patient, who is registered by it, and whose number is told as little as ever."""
    hkid, number = unused_hkid(), _number()
    condition = of_category("DX", ids.new()) | {
        "subject": {"reference": f"Patient?identifier=urn:wutong:hkid|{hkid}"},
        "asserter": {"reference": f"Practitioner?identifier=urn:ha:staff|{number}&family:exact=Chan"},
    }
    staff = _practitioner(number, name=[{"family": "Chan"}])
    entries = [_entry("POST", each["resourceType"], each) for each in (condition, staff, patient(hkid))]
    answer = cast.fhir(cast.ha, "POST", "", json=_transaction(*entries))
    assert _statuses(answer) == ["201", "201", "201"], answer.text
    made = [each["response"]["location"].partition("/_history")[0] for each in answer.json()["entry"]]
    read = cast.fhir(cast.ha, "GET", made[0]).json()
    assert (read["subject"]["reference"], read["asserter"]["reference"]) == (made[2], made[1])
    found = cast.fhir(cast.ha, "GET", f"Condition?patient={made[2].partition('/')[2]}&asserter={made[1]}").json()
    assert found["total"] == 1


@pytest.mark.parametrize(
    ("condition", "status", "code"),
    [
        ("identifier=urn:ha:staff|{number}&family:exact=Lee", 422, "not-found"),  # another than the one that is created
        ("family=fa{number}", 422, "not-found"),  # the beginning of a name: told by a search alone
        ("identifier={number},{other}", 412, "multiple-matches"),
    ],
)
def test_what_a_transaction_creates_is_found_by_all_of_a_condition_and_alone(
    cast: Cast, who: Registered, condition: str, status: int, code: str
) -> None:
    number, other = _number(), _number()
    named = condition.format(number=number, other=other)
    seen = of_category("DX", who.patient_id) | {"asserter": {"reference": f"Practitioner?{named}"}}
    staff = [_practitioner(each, name=[{"family": f"Fa{number}"}]) for each in (number, other)]
    entries = [_entry("POST", each["resourceType"], each) for each in (seen, *staff)]
    answer = cast.fhir(cast.ha, "POST", "", json=_transaction(*entries))
    assert (answer.status_code, answer.json()["issue"][0]["code"]) == (status, code), answer.text
    assert cast.fhir(cast.ha, "GET", f"Practitioner?identifier={number}").json()["total"] == 0


def test_what_is_stored_and_what_is_created_are_several(cast: Cast, who: Registered) -> None:
    number = _number()
    cast.fhir(cast.ha, "POST", "Practitioner", json=_practitioner(number))
    seen = of_category("DX", who.patient_id) | {"asserter": {"reference": f"Practitioner?identifier={number}"}}
    sent = _transaction(_entry("POST", "Condition", seen), _entry("POST", "Practitioner", _practitioner(number)))
    assert cast.fhir(cast.ha, "POST", "", json=sent).status_code == 412


def test_a_narrative_links_to_what_other_entries_become(cast: Cast, who: Registered) -> None:
    url, stranger = f"urn:uuid:{ids.new()}", f"urn:uuid:{ids.new()}"
    div = f'<div xmlns="http://www.w3.org/1999/xhtml"><a href="{url}">who</a><img src=\'{url}\' alt="{url}"/>{{}}</div>'
    more = f'<a href="{stranger}">whoever</a>'
    condition = of_category("DX", who.patient_id) | {"text": {"status": "additional", "div": div.format(more)}}
    staff = _entry("POST", "Practitioner", _practitioner(_number())) | {"fullUrl": url}
    answer = cast.fhir(cast.ha, "POST", "", json=_transaction(_entry("POST", "Condition", condition), staff))
    assert answer.status_code == 200, answer.text
    made, named = (each["response"]["location"].partition("/_history")[0] for each in answer.json()["entry"])
    kept = cast.fhir(cast.ha, "GET", made).json()["text"]["div"]
    assert f'<a href="{named}">who</a><img src=\'{named}\' alt="{url}"/>{more}' in kept


def test_another_provider_resolves_no_reference_to_my_patient(cast: Cast, who: Registered) -> None:
    cast.allow(who)
    about = {"reference": f"Patient?identifier=urn:wutong:hkid|{who.hkid}"}
    condition = of_category("DX", who.patient_id) | {"subject": about}
    answer = cast.fhir(cast.harbour, "POST", "", json=_transaction(_entry("POST", "Condition", condition)))
    assert answer.status_code == 422


def test_a_transaction_updates_and_deletes_by_conditions_or_does_nothing(cast: Cast) -> None:
    kept, old, new = _number(), _number(), _number()
    for number in (kept, old):
        assert _create(cast, number).status_code == 201
    entries = [
        _entry("PUT", f"Practitioner?identifier={kept}", _practitioner(kept, gender="female")),
        _entry("PUT", f"Practitioner?identifier={new}", _practitioner(new)),
        _entry("DELETE", f"Practitioner?identifier={old}"),
        _entry("DELETE", f"Practitioner?identifier={_number()}"),
    ]
    broken = _entry("PUT", f"Practitioner/{_number()}", _practitioner("x") | {"id": "x"})
    assert cast.fhir(cast.ha, "POST", "", json=_transaction(*entries, broken)).status_code == 422
    totals = [cast.fhir(cast.ha, "GET", f"Practitioner?identifier={n}").json()["total"] for n in (kept, old, new)]
    assert totals == [1, 1, 0]
    assert _statuses(cast.fhir(cast.ha, "POST", "", json=_transaction(*entries))) == ["200", "201", "204", "204"]
    totals = [cast.fhir(cast.ha, "GET", f"Practitioner?identifier={n}").json()["total"] for n in (kept, old, new)]
    assert totals == [1, 0, 1]


def test_two_entries_that_mean_the_same_resource_are_refused(cast: Cast) -> None:
    number = _number()
    made = _create(cast, number).json()
    entries = [
        _entry("PUT", f"Practitioner?identifier={number}", _practitioner(number)),
        _entry("DELETE", f"Practitioner/{made['id']}"),
    ]
    answer = cast.fhir(cast.ha, "POST", "", json=_transaction(*entries))
    assert (answer.status_code, answer.json()["issue"][0]["code"]) == (422, "duplicate")


def test_two_creates_of_one_condition_are_refused_until_it_finds_one(cast: Cast) -> None:
    number = _number()
    entry = _entry("POST", "Practitioner", _practitioner(number), ifNoneExist=f"identifier={number}")
    answer = cast.fhir(cast.ha, "POST", "", json=_transaction(entry, entry))
    assert (answer.status_code, answer.json()["issue"][0]["code"]) == (422, "duplicate")
    assert _statuses(cast.fhir(cast.ha, "POST", "", json=_transaction(entry))) == ["201"]
    assert _statuses(cast.fhir(cast.ha, "POST", "", json=_transaction(entry, entry))) == ["200", "200"]


def test_a_bundle_of_too_many_conditions_is_refused(cast: Cast) -> None:
    entries = [_entry("DELETE", f"Practitioner?identifier={number}") for number in range(1001)]
    assert cast.fhir(cast.ha, "POST", "", json=_transaction(*entries)).status_code == 413


@pytest.mark.parametrize(
    ("reference", "status"),
    [
        ("urn:uuid:00000000-0000-4000-8000-000000000000", 422),
        ("Practitioner?", 400),
        ("Practitioner?nothing=x", 400),
        ("Practitioner?identifier=urn:ha:staff|nobody", 422),
    ],
)
def test_a_reference_that_leads_nowhere_is_told_with_its_place(
    cast: Cast, who: Registered, reference: str, status: int
) -> None:
    note = {"text": "seen", "authorReference": {"reference": reference}}
    right, wrong = (
        of_category("DX", who.patient_id),
        of_category("DX", who.patient_id) | {"note": [{"text": "a"}, note]},
    )
    sent = _transaction(_entry("POST", "Condition", right), _entry("POST", "Condition", wrong))
    answer = cast.fhir(cast.ha, "POST", "", json=sent)
    assert answer.status_code == status, answer.text
    [issue] = answer.json()["issue"]
    assert issue["expression"] == ["Bundle.entry[1].resource.note[1].authorReference.reference"]


def test_a_patient_reference_that_is_no_id_is_told_with_its_place(cast: Cast, who: Registered) -> None:
    wrong = of_category("DX", who.patient_id) | {"subject": {"reference": "Patient/4711"}}
    [alone] = cast.fhir(cast.ha, "POST", "Condition", json=wrong).json()["issue"]
    assert alone["expression"] == ["Condition.subject.reference"]
    [within] = cast.fhir(cast.ha, "POST", "", json=_transaction(_entry("POST", "Condition", wrong))).json()["issue"]
    assert within["expression"] == ["Bundle.entry[0].resource.subject.reference"]
