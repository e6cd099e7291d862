"""$validate says everything that is wrong and keeps nothing; for callers with a live token."""

from typing import Any

import psycopg
import pytest
from cast import Cast

from record.profiles import right
from record.profiles.right import PATIENT
from record.resources import of_category
from wutong.core import ids

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


def test_a_reference_and_what_it_says_of_its_target_agree(cast: Cast) -> None:
    subject = {"reference": "Patient/1", "type": "Patient"}
    assert _is_accepted(cast.fhir(cast.ha, "POST", "$validate", json=OBSERVATION | {"subject": subject}))
    other = OBSERVATION | {"subject": subject | {"type": "Group"}}
    assert _places(cast.fhir(cast.ha, "POST", "$validate", json=other)) == {"Observation.subject.type"}


def test_what_is_contained_has_an_id_of_its_own(cast: Cast) -> None:
    first, second = PATIENT | {"id": "a"}, PATIENT | {"id": "b"}
    both = OBSERVATION | {"subject": {"reference": "#a"}, "focus": [{"reference": "#b"}]}
    assert _is_accepted(cast.fhir(cast.ha, "POST", "$validate", json=both | {"contained": [first, second]}))
    twice = both | {"contained": [first, second, second]}
    assert _places(cast.fhir(cast.ha, "POST", "$validate", json=twice)) == {"Observation.contained[2].id"}


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
        ("?mode=profile", OBSERVATION),
        ("?mode=update", OBSERVATION),  # of which resource?
        ("?mode=delete", OBSERVATION),
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


def test_parameters_without_a_resource_are_told_so(cast: Cast) -> None:
    parameters = {"resourceType": "Parameters", "parameter": [{"name": "x", "valueString": "y"}]}
    answer = cast.fhir(cast.ha, "POST", "$validate", json=parameters)
    assert (answer.status_code, answer.json()["issue"][0]["code"]) == (400, "required")
    assert "Parameters/$validate" in answer.json()["issue"][0]["details"]["text"]
    assert _is_accepted(cast.fhir(cast.ha, "POST", "$validate", json=_parameters(parameters)))


def _told(answer: Any) -> tuple[str, str]:
    """Severity and code of the one issue of a validation that was done."""
    assert answer.status_code == 200, answer.text
    [issue] = answer.json()["issue"]
    return issue["severity"], issue["code"]


_WOULD = ("information", "informational")


def test_a_create_is_tried_and_undone(cast: Cast, superuser: psycopg.Connection) -> None:
    who, stranger = cast.register(), of_category("LAB", ids.new())
    lab = of_category("LAB", who.patient_id)
    count = "select (select count(*) from record.resource), (select count(*) from record.directory)"
    before = superuser.execute(count).fetchone()
    assert _told(cast.fhir(cast.ha, "POST", "Observation/$validate?mode=create", json=lab)) == _WOULD
    assert _told(cast.fhir(cast.ha, "POST", "$validate", json=_parameters(lab, mode="create"))) == _WOULD
    assert _told(cast.fhir(cast.ha, "POST", "Patient/$validate?mode=create", json=PATIENT)) == _WOULD
    assert superuser.execute(count).fetchone() == before
    urn = lab | {"encounter": {"reference": "urn:uuid:6a1b8f6e-7d5b-4a6f-9f0c-0d9c7f1f2a11"}}
    assert _told(cast.fhir(cast.ha, "POST", "Observation/$validate?mode=create", json=urn)) == ("error", "not-found")
    assert _is_accepted(cast.fhir(cast.ha, "POST", "Observation/$validate", json=urn))
    # The gate is asked as by the door itself.
    for token, sent in ((cast.ha, stranger), (cast.session_token(cast.doctor), lab)):
        alone = cast.fhir(token, "POST", "Observation", json=sent).status_code
        assert cast.fhir(token, "POST", "Observation/$validate?mode=create", json=sent).status_code == alone == 403


def test_an_update_is_tried_and_undone(cast: Cast) -> None:
    who = cast.register()
    made = cast.fhir(cast.ha, "POST", "Observation", json=of_category("LAB", who.patient_id)).json()
    path = f"Observation/{made['id']}"
    changed = made | {"note": [{"text": "changed"}]}

    def update(sent: Any, token: str = "", **headers: str) -> Any:
        return cast.fhir(token or cast.ha, "POST", f"{path}/$validate?mode=update", json=sent, headers=headers)

    assert _told(update(changed)) == _WOULD
    assert _told(update(changed, **{"if-match": 'W/"1"'})) == _WOULD
    assert _told(update(changed, **{"if-match": 'W/"2"'})) == ("error", "conflict")
    assert _told(update(changed | {"id": str(ids.new())})) == ("error", "value")
    other = of_category("LAB", cast.register().patient_id)
    assert _told(update(changed | {"subject": other["subject"]})) == ("error", "business-rule")
    assert _is_accepted(cast.fhir(cast.ha, "POST", f"{path}/$validate", json=changed))
    assert update(changed, cast.harbour).status_code == 404
    assert cast.fhir(cast.ha, "GET", path).json() == made
    nothing = f"Observation/{ids.new()}/$validate?mode=create"
    assert cast.fhir(cast.ha, "POST", nothing, json=changed).status_code == 400


def test_a_deletion_is_tried_and_undone(cast: Cast) -> None:
    who = cast.register()
    made = cast.fhir(cast.ha, "POST", "Observation", json=of_category("LAB", who.patient_id)).json()
    path = f"Observation/{made['id']}"

    def delete(path: str, token: str = "", **headers: str) -> Any:
        return cast.fhir(token or cast.ha, "POST", f"{path}/$validate?mode=delete", headers=headers)

    assert _told(delete(path)) == _WOULD
    posted = {"resourceType": "Parameters", "parameter": [{"name": "mode", "valueCode": "delete"}]}
    assert _told(cast.fhir(cast.ha, "POST", f"{path}/$validate", json=posted)) == _WOULD
    assert _told(delete(path, **{"if-match": 'W/"7"'})) == ("error", "conflict")
    assert _told(delete(f"Patient/{who.patient_id}")) == ("error", "conflict")  # something is stored under it
    assert delete(path, cast.harbour).status_code == 404
    assert delete(f"Observation/{ids.new()}").status_code == 404
    assert delete("Observation/x").status_code == 404
    assert cast.fhir(cast.ha, "GET", path).json() == made
    assert cast.fhir(cast.ha, "DELETE", path).status_code == 204


def test_a_trial_is_in_the_trail_as_an_upload_that_was_begun(cast: Cast, superuser: psycopg.Connection) -> None:
    who = cast.register()
    lab = of_category("LAB", who.patient_id)
    events = "select count(*) from audit.entry where event = %s"

    def counted() -> list[Any]:
        return [superuser.execute(events, [name]).fetchone() for name in ("record:write", "record:written")]

    before = counted()
    assert _told(cast.fhir(cast.ha, "POST", "Observation/$validate?mode=create", json=lab)) == _WOULD
    after = counted()
    assert [now[0] - then[0] for now, then in zip(after, before, strict=True)] == [1, 0]
    assert cast.fhir(cast.ha, "POST", "Observation", json=lab).status_code == 201
    assert [now[0] - then[0] for now, then in zip(counted(), after, strict=True)] == [1, 1]


def test_nothing_is_kept(cast: Cast, superuser: psycopg.Connection) -> None:
    count = "select (select count(*) from record.resource), (select count(*) from audit.entry)"
    before = superuser.execute(count).fetchone()
    cast.fhir(cast.ha, "POST", "$validate", json=OBSERVATION)
    assert superuser.execute(count).fetchone() == before


def test_a_professional_may_ask_and_a_stranger_may_not(cast: Cast) -> None:
    doctor = cast.session_token(cast.doctor)
    assert _is_accepted(cast.fhir(doctor, "POST", "$validate", json=OBSERVATION))
    assert cast.fhir("no-such-token", "POST", "$validate", json=OBSERVATION).status_code == 401
