"""`fhir-kit-client` and `@medplum/core` speak to the server; what their scripts tell of it is what should have been."""

from typing import Any
from uuid import uuid4

import pytest
from cast import Cast

from clients import javascript
from clients.invented import admission, practitioner, temperature
from clients.sender import Sender

Told = dict[str, Any]


@pytest.fixture(scope="module", params=["fhir_kit_client", "medplum_core"])
def told(request: pytest.FixtureRequest, cast: Cast, sender: Sender) -> Told:
    """What became of each act upon the records of a patient of its own."""
    patient, number = str(cast.register().patient_id), str(uuid4())
    given = {
        **sender.told,
        "patient": patient,
        "temperatures": [temperature(patient, day) for day in range(11, 16)],
        "admission": admission(patient),
        "practitioners": [practitioner(number), practitioner(number, "Ng")],
    }
    told: Told = javascript.run(f"{request.param}.mjs", given)
    return told


def _only(whose: str) -> pytest.MarkDecorator:
    """For what one client alone offers."""
    return pytest.mark.parametrize("told", [whose], indirect=True)


@_only("fhir_kit_client")
def test_it_reads_the_capability_statement(told: Told) -> None:
    assert told["capabilities"] == {"fhirVersion": "4.0.1", "types": 146}


@_only("medplum_core")
def test_it_fetches_its_own_token(told: Told) -> None:
    assert told["login"] == {"hasToken": True}


def test_create_read_update_patch_delete(told: Told) -> None:
    acts = told["crud"]
    made = acts["made"]
    assert acts["read"] == acts["first"] == made
    changed = [(acts[name]["id"], acts[name]["meta"]["versionId"]) for name in ("updated", "patched")]
    assert changed == [(made["id"], "2"), (made["id"], "3")]
    versions = [entry["resource"] for entry in acts["history"]["entry"]]
    assert [each["status"] for each in versions] == ["corrected", "amended", "final"]
    assert versions[-1] == made


@_only("fhir_kit_client")
def test_a_location_is_told_and_a_late_update_refused(told: Told, sender: Sender) -> None:
    acts = told["crud"]
    assert acts["location"] == f"{sender.base}/Observation/{acts['made']['id']}/_history/1"
    assert (acts["late"]["status"], acts["late"]["outcome"]["issue"][0]["code"]) == (412, "conflict")


def test_search_page_by_page(told: Told) -> None:
    acts = told["searching"]
    made = acts["made"]
    assert acts["pages"] == [made[:2], made[2:4], made[4:]]


@_only("fhir_kit_client")
def test_search_by_a_form(told: Told) -> None:
    assert told["searching"]["posted"] == told["searching"]["pages"]


@_only("medplum_core")
def test_search_for_the_newest(told: Told) -> None:
    assert told["searching"]["last"]["id"] == told["searching"]["made"][-1]


def test_transaction(told: Told) -> None:
    acts = told["transaction"]
    assert acts["type"] == "transaction-response"
    assert acts["refersTo"] == acts["encounter"]
    assert acts["resolved"]["status"] == "finished"


def test_batch(told: Told) -> None:
    assert told["batch"] == ["200 OK", "404 Not Found"]


def test_create_and_update_under_a_condition(told: Told) -> None:
    acts = told["conditions"]
    assert acts["found"] == acts["created"]
    assert acts["updated"]["id"] == acts["created"]["id"]
    assert acts["updated"]["name"] == [{"family": "Ng"}]


def test_validate(told: Told) -> None:
    issue = told["operations"]["issue"][0]
    assert (issue["severity"], issue["expression"]) == ("error", ["Observation.status"])


def test_it_reads_what_is_refused(told: Told) -> None:
    faults = {name: _outcome(fault)["issue"][0] for name, fault in told["faults"].items()}
    assert faults["wrong"]["expression"] == ["Observation.status"]
    assert {name: fault["code"] for name, fault in faults.items()} == {
        "wrong": "code-invalid",
        "missing": "not-found",
        "unknown": "login",
    }
    assert _outcome(told["crud"]["gone"])["issue"][0]["code"] == "deleted"


def _outcome(fault: Any) -> dict[str, Any]:
    """The OperationOutcome as the client hands it over: one beside the status, the other alone."""
    read: dict[str, Any] = fault.get("outcome", fault)
    assert read["resourceType"] == "OperationOutcome"
    return read


def test_a_script_that_fails_is_seen() -> None:
    with pytest.raises(AssertionError, match="nothing of the kind"):
        javascript.run_text("throw new Error('nothing of the kind')")
