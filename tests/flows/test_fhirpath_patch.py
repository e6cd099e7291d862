"""Parts of a resource are changed by FHIRPath Patch: by itself, by a condition, in a Bundle; checked like an update."""

import base64
import json
from typing import Any

import pytest
from cast import Cast, Registered
from record.resources import of_category

from wutong.core import ids


@pytest.fixture
def who(cast: Cast) -> Registered:
    """A person."""
    return cast.register()


@pytest.fixture
def path(cast: Cast, who: Registered) -> str:
    """A condition of the hospital group."""
    made = cast.fhir(cast.ha, "POST", "Condition", json=of_category("DX", who.patient_id)).json()
    return f"Condition/{made['id']}"


def _operation(kind: str, path: str, **more: dict[str, Any]) -> dict[str, Any]:
    parts = [{"name": "type", "valueCode": kind}, {"name": "path", "valueString": path}]
    return {"name": "operation", "part": [*parts, *({"name": name, **given} for name, given in more.items())]}


def _parameters(*operations: dict[str, Any]) -> dict[str, Any]:
    return {"resourceType": "Parameters", **({"parameter": list(operations)} if operations else {})}


_TEXT = _operation("replace", "Condition.code.text", value={"valueString": "patched"})


def _patch(cast: Cast, path: str, *operations: dict[str, Any], token: str = "", **headers: str) -> Any:
    return cast.fhir(token or cast.ha, "PATCH", path, json=_parameters(*operations), headers=headers)


def test_a_patch_makes_the_next_version(cast: Cast, path: str) -> None:
    onset = _operation("add", "Condition", name={"valueString": "onset"}, value={"valueDateTime": "2024-01"})
    patched = _patch(cast, path, _TEXT, onset)
    assert (patched.status_code, patched.headers["etag"]) == (200, 'W/"2"')
    assert (patched.json()["code"], patched.json()["onsetDateTime"]) == ({"text": "patched"}, "2024-01")
    assert cast.fhir(cast.ha, "GET", path).json() == patched.json()
    assert cast.fhir(cast.ha, "GET", f"{path}/_history/1").json()["code"] == {"text": "a DX thing"}
    assert _patch(cast, path, _TEXT, **{"if-match": 'W/"1"'}).status_code == 412
    assert _patch(cast, path).headers["etag"] == 'W/"3"'


def test_decimals_keep_their_digits(cast: Cast, who: Registered) -> None:
    weight = json.dumps(of_category("OBS", who.patient_id) | {"valueQuantity": {"value": 0}})
    made = cast.fhir(cast.ha, "POST", "Observation", content=weight.replace('"value": 0', '"value": 72.50').encode())
    add = _operation("add", "Observation", name={"valueString": "referenceRange"}, value={"part": ["?"]})
    high = '{"name":"high","valueQuantity":{"value":80.00}}'
    sent = json.dumps(_parameters(add)).replace('"?"', high).encode()
    answer = cast.fhir(cast.ha, "PATCH", f"Observation/{made.json()['id']}", content=sent)
    assert answer.status_code == 200, answer.text
    assert '"value":72.50}' in answer.text
    assert '"high":{"value":80.00}' in answer.text


def test_what_comes_out_is_checked_like_an_update(cast: Cast, path: str) -> None:
    other = cast.register()
    for operation, code in (
        (_operation("delete", "Condition.subject"), "required"),
        (_operation("replace", "Condition.code.text", value={"valueInteger": 1}), "value"),
        (_operation("add", "Condition.code", name={"valueString": "coding"}, value={"valueString": "x"}), "structure"),
        (_operation("add", "Condition", name={"valueString": "category"}, value={"valueString": "x"}), "structure"),
        (_operation("replace", "Condition.id", value={"valueId": "x"}), "invariant"),
        (
            _operation("replace", "Condition.subject.reference", value={"valueString": f"Patient/{other.patient_id}"}),
            "business-rule",
        ),
        (
            _operation(
                "add",
                "Condition",
                name={"valueString": "encounter"},
                value={"valueReference": {"reference": "urn:uuid:1"}},
            ),
            "not-supported",
        ),
    ):
        answer = _patch(cast, path, _TEXT, operation)
        assert (answer.status_code, answer.json()["issue"][0]["code"]) == (422, code), answer.text
    read = cast.fhir(cast.ha, "GET", path).json()
    assert (read["meta"]["versionId"], read["code"]["text"]) == ("1", "a DX thing")


def _issue(answer: Any) -> tuple[int, str, str]:
    issue = answer.json()["issue"][0]
    return answer.status_code, issue["code"], issue["expression"][0]


def test_a_problem_names_its_operation(cast: Cast, path: str) -> None:
    nothing = _operation("replace", "Condition.note[0].text", value={"valueMarkdown": "x"})
    answer = _patch(cast, path, _TEXT, nothing)
    assert _issue(answer) == (422, "processing", "Parameters.parameter[1]")
    assert "Condition.note[0].text selects nothing" in answer.json()["issue"][0]["details"]["text"]
    unread = _patch(cast, path, _TEXT, _operation("copy", "Condition"))
    assert _issue(unread) == (422, "processing", "Parameters.parameter[1]")


def test_what_is_no_parameters_is_told(cast: Cast, path: str) -> None:
    odd = cast.fhir(cast.ha, "PATCH", path, json={"resourceType": "Condition"})
    listed = cast.fhir(cast.ha, "PATCH", path, json=[{"op": "remove", "path": "/code"}])
    for each in (odd, listed):
        assert (each.status_code, each.json()["issue"][0]["code"]) == (415, "not-supported")
    unknown = cast.fhir(cast.ha, "PATCH", path, json=_parameters({"name": "operation", "parts": []}))
    assert unknown.status_code == 422
    huge = _operation("replace", "Condition.code.text", value={"valueString": "x" * 2_000_000})
    assert _patch(cast, path, huge).status_code == 413


def test_only_the_depositor_patches(cast: Cast, path: str, who: Registered) -> None:
    cast.allow(who)
    doctor = cast.session_token(cast.doctor)
    cast.open(doctor, who.person_id)
    for token, status in ((cast.harbour, 404), (doctor, 404), ("nobody", 401)):
        assert _patch(cast, path, _TEXT, token=token).status_code == status
    assert _patch(cast, path, _TEXT).status_code == 200
    cast.fhir(cast.ha, "DELETE", path)
    assert _patch(cast, path, _TEXT).status_code == 410


def test_a_path_is_followed_in_the_record_as_its_depositor_reads_it(cast: Cast, who: Registered) -> None:
    """With its identity numbers, which a patch can name and change, checked like any."""
    number = f"Patient.identifier.where(value = '{who.hkid}')"
    path = f"Patient/{who.patient_id}"
    assert _patch(
        cast, path, _operation("add", number, name={"valueString": "use"}, value={"valueCode": "usual"})
    ).json()["identifier"] == [{"system": "urn:wutong:hkid", "value": who.hkid, "use": "usual"}]
    wrong = _operation("replace", f"{number}.value", value={"valueString": "QX000000(9)"})
    assert _patch(cast, path, wrong).status_code == 422


def test_a_condition_finds_what_is_patched(cast: Cast, path: str, who: Registered) -> None:
    found = _patch(cast, f"Condition?_id={path.partition('/')[2]}", _TEXT)
    assert (found.status_code, found.json()["code"]["text"]) == (200, "patched")
    assert _patch(cast, f"Condition?_id={ids.new()}", _TEXT).status_code == 404
    cast.fhir(cast.ha, "POST", "Condition", json=of_category("DX", who.patient_id))
    assert _patch(cast, f"Condition?patient={who.patient_id}", _TEXT).status_code == 412


def _entry(path: str, resource: dict[str, Any]) -> dict[str, Any]:
    return {"resource": resource, "request": {"method": "PATCH", "url": path}}


def test_a_transaction_patches_or_nothing_is_done(cast: Cast, path: str, who: Registered) -> None:
    create = {"resource": of_category("LAB", who.patient_id), "request": {"method": "POST", "url": "Observation"}}
    bundle = {"resourceType": "Bundle", "type": "transaction", "entry": [create, _entry(path, _parameters(_TEXT))]}
    answer = cast.fhir(cast.ha, "POST", "", json=bundle)
    assert [each["response"]["status"] for each in answer.json()["entry"]] == ["201 Created", "200 OK"], answer.text
    assert cast.fhir(cast.ha, "GET", path).json()["code"]["text"] == "patched"
    for odd in (_operation("replace", "Condition.note", value={"valueAnnotation": {"text": "x"}}), {"name": "x"}):
        bundle["entry"] = [create, _entry(path, _parameters(_TEXT, odd))]
        refused = cast.fhir(cast.ha, "POST", "", json=bundle)
        assert refused.status_code == 422
        assert refused.json()["issue"][0]["expression"][0].startswith("Bundle.entry[1].resource.parameter[1]")
    assert cast.fhir(cast.ha, "GET", f"Observation?patient={who.patient_id}").json()["total"] == 1


def test_a_batch_takes_both_kinds(cast: Cast, path: str) -> None:
    data = base64.b64encode(json.dumps([{"op": "add", "path": "/language", "value": "en"}]).encode()).decode()
    binary = {"resourceType": "Binary", "contentType": "application/json-patch+json", "data": data}
    odd = _parameters(_operation("replace", "Condition.note", value={"valueAnnotation": {"text": "x"}}))
    entries = [_entry(path, _parameters(_TEXT)), _entry(path, binary), _entry(path, odd)]
    bundle = {"resourceType": "Bundle", "type": "batch", "entry": entries}
    answered = cast.fhir(cast.ha, "POST", "", json=bundle).json()["entry"]
    statuses = [each["response"]["status"][:3] for each in answered]
    assert statuses == ["200", "200", "422"], answered
    outcome = answered[2]["response"]["outcome"]["issue"][0]
    assert outcome["expression"] == ["Bundle.entry[2].resource.parameter[0]"]
    read = cast.fhir(cast.ha, "GET", path).json()
    assert (read["code"]["text"], read["language"], read["meta"]["versionId"]) == ("patched", "en", "3")


def test_it_is_declared(cast: Cast) -> None:
    declared = cast.http.get("/fhir/metadata").json()["patchFormat"]
    assert declared == ["application/json-patch+json", "application/fhir+json"]
