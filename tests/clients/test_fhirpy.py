"""`fhirpy` (beda.software) speaks to the server."""

from typing import Any
from uuid import uuid4

import pytest
from fhirpy import SyncFHIRClient
from fhirpy.base.exceptions import (
    AuthorizationError,
    MultipleResourcesFound,
    OperationOutcome,
    ResourceNotFound,
)

from clients.invented import STAFF, admission, practitioner, temperature
from clients.sender import Sender


@pytest.fixture(scope="module")
def client(sender: Sender) -> SyncFHIRClient:
    """Ready for calls."""
    return _client(sender)


def _client(sender: Sender, **headers: str) -> SyncFHIRClient:
    return SyncFHIRClient(sender.base, authorization=f"Bearer {sender.token}", extra_headers=headers)


def _created(client: SyncFHIRClient, patient: str, day: int = 1) -> Any:
    return client.resource(**_fields(temperature(patient, day))).create()


def _fields(resource: dict[str, Any]) -> dict[str, Any]:
    return {"resource_type" if name == "resourceType" else name: value for name, value in resource.items()}


def test_create_read_update_delete(sender: Sender, client: SyncFHIRClient) -> None:
    made = _created(client, sender.patient)
    read = client.reference("Observation", made.id).to_resource()
    assert read == made
    read["effectiveDateTime"] = "2026-03-02T08:00:00+08:00"
    read.update()
    assert (read.id, read["meta"]["versionId"]) == (made.id, "2")
    history = client.execute(f"Observation/{made.id}/_history", method="get")
    assert [entry["resource"]["meta"]["versionId"] for entry in history["entry"]] == ["2", "1"]
    read.delete()
    with pytest.raises(ResourceNotFound):
        client.get("Observation", made.id)


def test_refresh_brings_the_newest(sender: Sender, client: SyncFHIRClient) -> None:
    made = _created(client, sender.patient)
    newer = client.reference("Observation", made.id).to_resource()
    newer["status"] = "amended"
    newer.update()
    assert made.refresh()["status"] == "amended"
    assert made.refresh() == newer


def test_search_page_by_page(sender: Sender, client: SyncFHIRClient) -> None:
    made = [_created(client, sender.patient, day).id for day in range(11, 16)]
    within = client.resources("Observation").search(
        patient=sender.patient, date__ge="2026-03-11", date__lt="2026-03-16"
    )
    assert [each.id for each in within.sort("date").limit(2)] == made
    assert within.sort("-date").first().id == made[-1]
    with pytest.raises(MultipleResourcesFound):
        within.get()


def test_search_by_what_refers_to_it(sender: Sender, client: SyncFHIRClient) -> None:
    made = _created(client, sender.patient)
    patients = client.resources("Patient").has("Observation", "patient", _id=made.id)
    assert [each.id for each in patients] == [sender.patient]
    found = client.resources("Observation").search(_id=made.id).include("Observation", "subject").fetch_raw()
    assert [entry["resource"]["resourceType"] for entry in found["entry"]] == ["Observation", "Patient"]
    few = client.resources("Observation").search(_id=made.id).elements("status").get()
    assert (few["status"], "effectiveDateTime" in few) == ("final", False)


def test_a_count_asks_for_what_the_standard_does_not_know(sender: Sender, client: SyncFHIRClient) -> None:
    """It sends a parameter of another server's, `_totalMethod`: to be passed over, it must be asked to be."""
    _created(client, sender.patient)
    with pytest.raises(OperationOutcome) as unknown:
        client.resources("Observation").search(patient=sender.patient).count()
    assert "_totalMethod" in str(unknown.value.resource)
    lenient = _client(sender, Prefer="handling=lenient")
    assert lenient.resources("Observation").search(patient=sender.patient).count() > 0


def test_transaction(sender: Sender, client: SyncFHIRClient) -> None:
    answer = client.execute("", data=admission(sender.patient))
    encounter, observation = (entry["response"]["location"].split("/")[:2] for entry in answer["entry"])
    read = client.get("Observation", observation[1])
    assert read["encounter"]["reference"] == "/".join(encounter)


def test_create_where_there_is_none(sender: Sender) -> None:
    number = str(uuid4())
    careful = _client(sender, **{"If-None-Exist": f"identifier={STAFF}|{number}"})
    first, second = (careful.resource(**_fields(practitioner(number))).create() for _ in range(2))
    assert first.id == second.id


def test_a_condition_in_the_address_of_a_create_is_not_passed_over(client: SyncFHIRClient) -> None:
    """`get_or_create` asks as another server wants it; if it were passed over, each call would store one more."""
    number = str(uuid4())
    search = client.resources("Practitioner").search(identifier=f"{STAFF}|{number}")
    with pytest.raises(OperationOutcome) as refused:
        search.get_or_create(client.resource(**_fields(practitioner(number))))
    assert "If-None-Exist" in str(refused.value.resource)
    assert search.fetch() == []


def test_a_patch_of_no_standard_is_refused(sender: Sender, client: SyncFHIRClient) -> None:
    with pytest.raises(OperationOutcome) as refused:
        _created(client, sender.patient).patch(status="amended")
    assert "application/json-patch+json" in str(refused.value.resource)


def test_update_of_what_a_search_finds(client: SyncFHIRClient) -> None:
    number = str(uuid4())
    search = client.resources("Practitioner").search(identifier=f"{STAFF}|{number}")
    stored = [search.update(client.resource(**_fields(practitioner(number, name)))) for name in ("Lee", "Ng")]
    assert [was_created for _, was_created in stored] == [True, False]
    assert search.get()["name"][0]["family"] == "Ng"
    search.delete()
    assert search.fetch() == []


def test_it_reads_what_is_wrong(sender: Sender, client: SyncFHIRClient) -> None:
    with pytest.raises(OperationOutcome) as wrong:
        client.resource(**_fields(temperature(sender.patient) | {"status": "ready"})).create()
    assert wrong.value.resource["issue"][0]["expression"] == ["Observation.status"]
    assert not client.resource(**_fields(temperature(sender.patient) | {"status": "ready"})).is_valid()
    assert client.resource(**_fields(temperature(sender.patient))).is_valid()


def test_what_is_not_there_and_who_is_not_known(sender: Sender, client: SyncFHIRClient) -> None:
    with pytest.raises(ResourceNotFound):
        client.get("Patient", str(uuid4()))
    with pytest.raises(AuthorizationError):
        SyncFHIRClient(sender.base, authorization="Bearer nobody's").get("Patient", sender.patient)
