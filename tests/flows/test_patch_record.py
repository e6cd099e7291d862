"""Parts of a resource are changed by JSON Patch: checked like an update, digits kept, all or nothing."""

import base64
import json
from typing import Any

import pytest
from cast import Cast, Registered
from record.resources import of_category

from wutong.record.flows.changes import MOST_BYTES

_JSON_PATCH = {"content-type": "application/json-patch+json"}
_CODE = [{"op": "replace", "path": "/code/text", "value": "patched"}]


@pytest.fixture
def who(cast: Cast) -> Registered:
    """A person."""
    return cast.register()


@pytest.fixture
def path(cast: Cast, who: Registered) -> str:
    """A condition of the hospital group."""
    made = cast.fhir(cast.ha, "POST", "Condition", json=of_category("DX", who.patient_id)).json()
    return f"Condition/{made['id']}"


def _patch(cast: Cast, path: str, operations: Any, token: str = "", **headers: str) -> Any:
    sent = operations if isinstance(operations, bytes) else json.dumps(operations).encode()
    return cast.fhir(token or cast.ha, "PATCH", path, content=sent, headers={**_JSON_PATCH, **headers})


def test_a_patch_makes_the_next_version(cast: Cast, path: str) -> None:
    patched = _patch(cast, path, _CODE)
    assert (patched.status_code, patched.headers["etag"]) == (200, 'W/"2"')
    assert patched.json()["code"] == {"text": "patched"}
    assert cast.fhir(cast.ha, "GET", path).json() == patched.json()
    assert cast.fhir(cast.ha, "GET", f"{path}/_history/1").json()["code"] == {"text": "a DX thing"}


def test_decimals_keep_their_digits(cast: Cast, who: Registered) -> None:
    weight = of_category("OBS", who.patient_id)
    text = json.dumps(weight | {"valueQuantity": {"value": 0}}).replace('"value": 0', '"value": 72.50')
    made = cast.fhir(cast.ha, "POST", "Observation", content=text.encode()).json()
    answer = _patch(
        cast,
        f"Observation/{made['id']}",
        b'[{"op":"test","path":"/valueQuantity/value","value":72.5},'
        b'{"op":"add","path":"/referenceRange","value":[{"high":{"value":80.00}}]}]',
    )
    assert answer.status_code == 200, answer.text
    read = cast.fhir(cast.ha, "GET", f"Observation/{made['id']}").text
    assert '"value":72.50}' in read
    assert '"value":80.00}' in read


def test_if_match_is_honoured(cast: Cast, path: str) -> None:
    assert _patch(cast, path, _CODE, **{"if-match": 'W/"2"'}).status_code == 412
    assert _patch(cast, path, _CODE, **{"if-match": 'W/"1"'}).status_code == 200


def test_what_comes_out_is_checked_like_an_update(cast: Cast, path: str, who: Registered) -> None:
    other = cast.register()
    for operation, code in (
        ({"op": "add", "path": "/colour", "value": "green"}, "structure"),
        ({"op": "remove", "path": "/subject"}, "required"),
        ({"op": "replace", "path": "/id", "value": "x"}, "invariant"),
        ({"op": "replace", "path": "/resourceType", "value": "Observation"}, "invariant"),
        ({"op": "replace", "path": "", "value": []}, "invariant"),
        ({"op": "replace", "path": "/subject/reference", "value": f"Patient/{other.patient_id}"}, "business-rule"),
        ({"op": "add", "path": "/encounter", "value": {"reference": "urn:uuid:1"}}, "not-supported"),
        ({"op": "add", "path": "/encounter", "value": {"reference": "Encounter?identifier=1"}}, "not-supported"),
        ({"op": "test", "path": "/code/text", "value": "another"}, "processing"),
    ):
        answer = _patch(cast, path, [_CODE[0], operation])
        assert (answer.status_code, answer.json()["issue"][0]["code"]) == (422, code), answer.text
    read = cast.fhir(cast.ha, "GET", path).json()
    assert (read["meta"]["versionId"], read["code"]["text"]) == ("1", "a DX thing")


@pytest.mark.parametrize(
    ("content", "status"),
    [
        (b"", 400),
        (b"[", 400),
        (b"{}", 422),
        (b"[]", 422),
        (b'[{"op":"add"}]', 422),
        (b'[{"op":"add","path":"/a","path":"/b","value":1}]', 400),
        (b"[" * 100_000, 400),
        (b'[{"op":"add","path":"/note","value":"' + b"x" * 2_000_000 + b'"}]', 413),
        (b'[{"op":"copy","from":"","path":"/a"}' + b',{"op":"copy","from":"","path":"/a"}' * 500 + b"]", 422),
    ],
)
def test_a_bad_patch_is_told_what_is_wrong(cast: Cast, path: str, content: bytes, status: int) -> None:
    answer = _patch(cast, path, content)
    assert answer.status_code == status, answer.text
    assert cast.fhir(cast.ha, "GET", path).json()["meta"]["versionId"] == "1"


@pytest.mark.parametrize("kind", ["application/xml-patch+xml", "text/plain"])
def test_other_patches_are_not_offered(cast: Cast, path: str, kind: str) -> None:
    answer = cast.fhir(cast.ha, "PATCH", path, json={"resourceType": "Parameters"}, headers={"content-type": kind})
    assert answer.status_code == 415
    assert "XML Patch is not offered" in answer.text
    assert "application/json-patch+json" in answer.headers["accept-patch"]


def test_patches_make_no_resource_larger_than_an_upload(cast: Cast, who: Registered) -> None:
    long = {"attachment": {"contentType": "text/plain", "data": "QUFB" * (MOST_BYTES // 4 - 100_000)}}
    sent = of_category("CNS", who.patient_id) | {"content": [long]}
    path = f"DocumentReference/{cast.fhir(cast.ha, 'POST', 'DocumentReference', json=sent).json()['id']}"
    more = {"attachment": {"contentType": "text/plain", "data": "QUFB" * 75_000}}
    patch = [{"op": "add", "path": "/content/-", "value": more}]
    assert _patch(cast, path, patch).status_code == 200
    answer = _patch(cast, path, patch)
    assert (answer.status_code, answer.json()["issue"][0]["code"]) == (413, "too-long")


def test_only_the_depositor_patches(cast: Cast, path: str, who: Registered) -> None:
    cast.allow(who)
    doctor = cast.session_token(cast.doctor)
    cast.open(doctor, who.person_id)
    for token, status in ((cast.harbour, 404), (doctor, 404), ("nobody", 401)):
        assert _patch(cast, path, _CODE, token).status_code == status
    assert _patch(cast, "Condition/x", _CODE).status_code == 404
    assert _patch(cast, path, _CODE).status_code == 200


def test_what_is_deleted_is_not_patched(cast: Cast, path: str) -> None:
    cast.fhir(cast.ha, "DELETE", path)
    assert _patch(cast, path, _CODE).status_code == 410


def test_a_patient_is_patched_with_its_numbers(cast: Cast, who: Registered) -> None:
    path = f"Patient/{who.patient_id}"
    test = {"op": "test", "path": "/identifier/0/value", "value": who.hkid}
    answer = _patch(cast, path, [test, {"op": "add", "path": "/active", "value": True}])
    assert answer.status_code == 200, answer.text
    assert cast.fhir(cast.ha, "GET", path).json()["identifier"][0]["value"] == who.hkid
    odd = _patch(cast, path, [{"op": "replace", "path": "/identifier/0/value", "value": "QX000000(9)"}])
    assert odd.status_code == 422


def test_a_directory_entry_is_patched(cast: Cast) -> None:
    made = cast.fhir(cast.ha, "POST", "Organization", json={"resourceType": "Organization", "name": "Ward"}).json()
    path = f"Organization/{made['id']}"
    assert _patch(cast, path, [{"op": "replace", "path": "/name", "value": "Ward 8"}]).json()["name"] == "Ward 8"


def _binary(operations: Any) -> dict[str, Any]:
    data = base64.b64encode(json.dumps(operations).encode()).decode()
    return {"resourceType": "Binary", "contentType": "application/json-patch+json", "data": data}


def test_a_transaction_patches_or_nothing_is_done(cast: Cast, path: str, who: Registered) -> None:
    entry = {"resource": _binary(_CODE), "request": {"method": "PATCH", "url": path}}
    create = {"resource": of_category("LAB", who.patient_id), "request": {"method": "POST", "url": "Observation"}}
    bundle = {"resourceType": "Bundle", "type": "transaction", "entry": [entry, create]}
    answer = cast.fhir(cast.ha, "POST", "", json=bundle)
    assert [each["response"]["status"] for each in answer.json()["entry"]] == ["200 OK", "201 Created"], answer.text
    entry["resource"] = _binary([{"op": "remove", "path": "/nothing"}])
    assert cast.fhir(cast.ha, "POST", "", json=bundle).status_code == 422
    assert cast.fhir(cast.ha, "GET", f"Observation?patient={who.patient_id}").json()["total"] == 1
    for odd in ({"resourceType": "Basic"}, {**_binary(_CODE), "data": "%"}, {**_binary(_CODE), "data": "WzE="}):
        entry["resource"] = odd
        assert cast.fhir(cast.ha, "POST", "", json=bundle).status_code in {415, 422}
