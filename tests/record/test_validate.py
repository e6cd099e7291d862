"""$validate says everything that is wrong and keeps nothing; for callers with a live token."""

from typing import Any

import psycopg
import pytest
from cast import Cast

from record.profiles import right
from record.profiles.right import PATIENT

OBSERVATION = {**right.OBSERVATION, "valueQuantity": {"value": 72.5, "unit": "/min"}}
WRONG = {**OBSERVATION, "status": "finished", "dataAbsentReason": {"text": "x"}, "colour": "red"}
PLACES = {"Observation.status", "Observation", "Observation.colour"}


def _places(answer: Any) -> set[str]:
    assert answer.status_code == 200, answer.text
    return {place for issue in answer.json()["issue"] for place in issue.get("expression", [])}


def _is_accepted(answer: Any) -> bool:
    assert answer.status_code == 200, answer.text
    (issue,) = answer.json()["issue"]
    return bool(issue["severity"] == "information" and issue["code"] == "informational")


def _parameters(resource: Any, **others: str) -> dict[str, Any]:
    more = [{"name": name, "valueUri" if name == "profile" else "valueCode": value} for name, value in others.items()]
    return {"resourceType": "Parameters", "parameter": [{"name": "resource", "resource": resource}, *more]}


@pytest.mark.parametrize("path", ["$validate", "Observation/$validate"])
def test_a_right_resource_is_accepted_and_a_wrong_one_is_told_all(cast: Cast, path: str) -> None:
    assert _is_accepted(cast.fhir(cast.ha, "POST", path, json=OBSERVATION))
    assert _places(cast.fhir(cast.ha, "POST", path, json=WRONG)) == PLACES
    assert _is_accepted(cast.fhir(cast.ha, "POST", path, json=_parameters(OBSERVATION)))
    assert _places(cast.fhir(cast.ha, "POST", path, json=_parameters(WRONG))) == PLACES


def test_the_constraint_is_named_by_its_key(cast: Cast) -> None:
    issues = cast.fhir(cast.ha, "POST", "$validate", json=WRONG).json()["issue"]
    assert any(each["code"] == "invariant" and each["details"]["text"].startswith("obs-6: ") for each in issues)


def test_a_resource_of_another_type_is_a_fault(cast: Cast) -> None:
    assert _places(cast.fhir(cast.ha, "POST", "Observation/$validate", json=PATIENT)) == {"Observation"}
    assert cast.fhir(cast.ha, "POST", "Observationn/$validate", json=PATIENT).status_code == 404


def test_a_bundle_is_validated_with_all_its_entries(cast: Cast) -> None:
    bundle = {"resourceType": "Bundle", "type": "collection", "entry": [{"resource": PATIENT}, {"resource": WRONG}]}
    found = _places(cast.fhir(cast.ha, "POST", "$validate", json=bundle))
    assert "Bundle.entry[1].resource.status" in found


def test_parameters_can_be_validated_themselves(cast: Cast) -> None:
    parameters = {"resourceType": "Parameters", "parameter": [{"name": "x", "valueString": "y"}]}
    assert _is_accepted(cast.fhir(cast.ha, "POST", "Parameters/$validate", json=parameters))
    broken = {"resourceType": "Parameters", "parameter": [{"name": "x"}]}
    assert _places(cast.fhir(cast.ha, "POST", "Parameters/$validate", json=broken)) == {"Parameters.parameter[0]"}


def test_the_profile_of_the_type_itself_is_the_one_that_is_offered(cast: Cast) -> None:
    own = "http://hl7.org/fhir/StructureDefinition/Observation"
    assert _is_accepted(cast.fhir(cast.ha, "POST", "$validate", json=_parameters(OBSERVATION, profile=own)))
    assert _is_accepted(cast.fhir(cast.ha, "POST", f"$validate?profile={own}|4.0.1", json=OBSERVATION))


@pytest.mark.parametrize(
    ("query", "body"),
    [
        ("?mode=create", OBSERVATION),
        ("?profile=http://example.org/mine", OBSERVATION),
        ("", _parameters(OBSERVATION, mode="update")),
        ("", _parameters(OBSERVATION, profile="http://hl7.org/fhir/StructureDefinition/vitalsigns")),
        ("", _parameters(OBSERVATION, usage="x")),
        ("", {"resourceType": "Parameters", "parameter": []}),
        ("", {"resourceType": "Parameters", "parameter": [{"name": ["resource"]}, 5]}),
        ("", {"resourceType": "Parameters", "parameter": [{"name": "resource", "valueString": "x"}]}),
        ("", {"resourceType": "Parameters", "parameter": [{"name": "resource", "resource": OBSERVATION}] * 2}),
    ],
)
def test_what_is_not_offered_is_refused_with_a_sentence(cast: Cast, query: str, body: Any) -> None:
    answer = cast.fhir(cast.ha, "POST", f"$validate{query}", json=body)
    assert answer.status_code == 400
    assert answer.json()["issue"][0]["code"] in {"not-supported", "required", "duplicate"}


def test_nothing_is_kept(cast: Cast, superuser: psycopg.Connection) -> None:
    count = "select (select count(*) from record.resource), (select count(*) from audit.entry)"
    before = superuser.execute(count).fetchone()
    cast.fhir(cast.ha, "POST", "$validate", json=OBSERVATION)
    assert superuser.execute(count).fetchone() == before


def test_a_professional_may_ask_and_a_stranger_may_not(cast: Cast) -> None:
    doctor = cast.session_token(cast.doctor)
    assert _is_accepted(cast.fhir(doctor, "POST", "$validate", json=OBSERVATION))
    assert cast.fhir("no-such-token", "POST", "$validate", json=OBSERVATION).status_code == 401
