"""Where a fault is said to be: a FHIRPath, a parameter or header of the request, or a text beside the sentence.

Source: HL7 FHIR R4, OperationOutcome.issue: location, expression, diagnostics.
"""

import json
from typing import Any

import pytest
from cast import Cast, Registered

from record.resources import of_category
from wutong.core import ids

_JSON_PATCH = {"content-type": "application/json-patch+json"}


@pytest.fixture
def who(cast: Cast) -> Registered:
    """A person."""
    return cast.register()


def _place(answer: Any) -> dict[str, Any]:
    """All that an issue says of its place."""
    assert answer.status_code >= 400, answer.text
    issue = answer.json()["issue"][0]
    return {name: issue[name] for name in ("expression", "location", "diagnostics") if name in issue}


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ("Observation?_count=-1", "_count"),
        ("Observation?date=yesterday", "date"),
        ("Observation?Patient=x", "Patient"),
        ("Observation?_has:Observation:encounter=x", "_has:Observation:encounter"),
        ("Observation/_history?_since=now", "_since"),
        ("Observation/_history?colour=x", "colour"),
        (f"Observation/{ids.NOBODY}?_summary=all", "_summary"),
        ("Observation?_page=x", "_page"),
    ],
)
def test_a_parameter_is_the_location(cast: Cast, query: str, name: str) -> None:
    assert _place(cast.fhir(cast.ha, "GET", query)) == {"location": [f"http.{name}"]}


@pytest.mark.parametrize(
    ("header", "value"), [("If-Match", "x"), ("If-None-Match", 'W/"1"'), ("If-None-Exist", "identifier=")]
)
def test_a_header_is_the_location(cast: Cast, who: Registered, header: str, value: str) -> None:
    lab = of_category("LAB", who.patient_id)
    made = cast.fhir(cast.ha, "POST", "Observation", json=lab).json()
    method, path = ("POST", "Observation") if header == "If-None-Exist" else ("PUT", f"Observation/{made['id']}")
    answer = cast.fhir(cast.ha, method, path, json=made, headers={header: value})
    assert (answer.status_code, _place(answer)) == (400, {"location": [f"http.{header}"]})


def test_two_conditions_of_a_create_are_not_one(cast: Cast, who: Registered) -> None:
    headers = [("if-none-exist", "identifier=a"), ("if-none-exist", f"patient={who.patient_id}")]
    sent = {"authorization": f"Bearer {cast.ha}", "content-type": "application/fhir+json"}
    answer = cast.http.post(
        "/fhir/Observation", json=of_category("LAB", who.patient_id), headers=[*sent.items(), *headers]
    )
    assert (answer.status_code, _place(answer)) == (400, {"location": ["http.If-None-Exist"]})


def test_the_parameter_of_a_condition_in_the_address_is_the_location(cast: Cast) -> None:
    assert _place(cast.fhir(cast.ha, "DELETE", "Observation?date=yesterday")) == {"location": ["http.date"]}
    assert _place(cast.fhir(cast.ha, "DELETE", "Observation?_count=1")) == {}


def test_a_line_and_column_stand_beside_the_sentence(cast: Cast) -> None:
    answer = cast.fhir(cast.ha, "POST", "Observation", content=b'{"resourceType": }')
    assert _place(answer) == {"diagnostics": "line 1, column 18"}
    assert "line 1, column 18" in answer.json()["issue"][0]["details"]["text"]


def test_what_is_no_path_is_no_expression(cast: Cast) -> None:
    for name in ("a b", "a`b", "ä", "a(b)"):
        sent = {"resourceType": "Observation", name: 1}
        found = cast.fhir(cast.ha, "POST", "Observation", json=sent).json()["issue"]
        [issue] = [each for each in found if "There is no element" in each["details"]["text"]]
        assert (issue.get("expression"), issue["diagnostics"]) == (None, f"Observation.{name}")


def test_what_stands_beside_a_primitive_is_of_its_element(cast: Cast) -> None:
    sent = {"resourceType": "Patient", "_birthDate": {"foo": 1}, "name": [{"given": ["a"], "_given": [{"foo": 1}]}]}
    found = cast.fhir(cast.ha, "POST", "Patient/$validate", json=sent).json()["issue"]
    places = {place for issue in found for place in issue["expression"]}
    assert places == {"Patient.birthDate.foo", "Patient.name[0].given[0].foo"}


def test_an_operation_of_a_json_patch_is_told_beside_the_sentence(cast: Cast, who: Registered) -> None:
    made = cast.fhir(cast.ha, "POST", "Observation", json=of_category("LAB", who.patient_id)).json()
    path = f"Observation/{made['id']}"
    unread, unfit = (
        [{"op": "spoil"}],
        [{"op": "test", "path": "/id", "value": made["id"]}, {"op": "remove", "path": "/x"}],
    )
    answers = [
        cast.fhir(cast.ha, "PATCH", path, content=json.dumps(each).encode(), headers=_JSON_PATCH)
        for each in (unread, unfit)
    ]
    assert _place(answers[0]) == {"diagnostics": "patch[0]"}
    assert _place(answers[1]) == {"expression": ["Observation"], "diagnostics": "patch[1]"}


def _transaction(*entries: dict[str, Any]) -> dict[str, Any]:
    return {"resourceType": "Bundle", "type": "transaction", "entry": list(entries)}


def test_a_condition_that_finds_several_has_the_place_of_its_entry(cast: Cast, who: Registered) -> None:
    lab = of_category("LAB", who.patient_id)
    for _ in range(2):
        assert cast.fhir(cast.ha, "POST", "Observation", json=lab).status_code == 201
    address = f"Observation?patient={who.patient_id}"
    about = lab | {"derivedFrom": [{"reference": address}]}
    right = {"request": {"method": "GET", "url": f"Patient/{who.patient_id}"}}
    create = {"method": "POST", "url": "Observation"}
    places = {
        "Bundle.entry[1].request.ifNoneExist": {"resource": lab, "request": create | {"ifNoneExist": address[12:]}},
        "Bundle.entry[1].request.url": {"request": {"method": "DELETE", "url": address}},
        "Bundle.entry[1].resource": {"resource": about, "request": create},
    }
    for place, entry in places.items():
        answer = cast.fhir(cast.ha, "POST", "", json=_transaction(right, entry))
        assert (answer.status_code, _place(answer)) == (412, {"expression": [place]})
    alone = cast.fhir(cast.ha, "POST", "Observation", json=lab, headers={"if-none-exist": address[12:]})
    assert (alone.status_code, _place(alone)) == (412, {"location": ["http.If-None-Exist"]})


def test_a_fault_in_the_request_of_an_entry_has_its_place(cast: Cast, who: Registered) -> None:
    lab = of_category("LAB", who.patient_id)
    create, named = {"method": "POST", "url": "Observation"}, f"Observation/{ids.new()}"
    places = {
        "Bundle.entry[0].request.ifNoneExist": {"resource": lab, "request": create | {"ifNoneExist": "date=x"}},
        "Bundle.entry[0].request.url": {"request": {"method": "DELETE", "url": "Observation?nothing=1"}},
        "Bundle.entry[0].request.ifMatch": {"request": {"method": "DELETE", "url": named, "ifMatch": "x"}},
    }
    for place, entry in places.items():
        answer = cast.fhir(cast.ha, "POST", "", json=_transaction(entry))
        assert (answer.status_code, _place(answer)) == (400, {"expression": [place]})
