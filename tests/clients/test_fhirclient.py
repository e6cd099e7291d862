"""`fhirclient` (SMART Health IT), whose models refuse what they do not know, speaks to the server."""

from uuid import uuid4

import pytest
import requests
from fhirclient.client import FHIRClient
from fhirclient.models.bundle import Bundle
from fhirclient.models.encounter import Encounter
from fhirclient.models.fhirdatetime import FHIRDateTime
from fhirclient.models.observation import Observation
from fhirclient.models.operationoutcome import OperationOutcome
from fhirclient.models.patient import Patient
from fhirclient.models.practitioner import Practitioner
from fhirclient.server import FHIRNotFoundException, FHIRServer, FHIRUnauthorizedException

from clients.invented import STAFF, admission, practitioner, temperature
from clients.sender import Sender


@pytest.fixture(scope="module")
def smart(sender: Sender) -> FHIRServer:
    """The client's idea of the server, ready for calls."""
    return _client(sender, sender.token)


def _client(sender: Sender, token: str) -> FHIRServer:
    made = FHIRClient(settings={"app_id": sender.client_id, "api_base": sender.base})
    made.server.session.headers["Authorization"] = f"Bearer {token}"
    assert made.prepare()
    return made.server


def _created(smart: FHIRServer, patient: str, day: int = 1) -> Observation:
    return Observation(Observation(temperature(patient, day)).create(smart))


def test_it_reads_the_whole_capability_statement(smart: FHIRServer) -> None:
    said = smart.capabilityStatement
    assert said.fhirVersion == "4.0.1"
    assert len(said.rest[0].resource) == 146


def test_create_read_update_delete(sender: Sender, smart: FHIRServer) -> None:
    made = _created(smart, sender.patient)
    read = Observation.read(made.id, smart)
    assert read.as_json() == made.as_json()
    read.effectiveDateTime = FHIRDateTime("2026-03-02T08:00:00+08:00")
    changed = Observation(read.update())
    assert (changed.id, changed.meta.versionId) == (made.id, "2")
    history = Bundle.read_from(f"Observation/{made.id}/_history", smart)
    assert [entry.resource.meta.versionId for entry in history.entry] == ["2", "1"]
    assert read.delete() is None
    with pytest.raises(requests.HTTPError) as gone:
        Observation.read(made.id, smart)
    assert gone.value.response.status_code == 410


def test_search_page_by_page(sender: Sender, smart: FHIRServer) -> None:
    made = [_created(smart, sender.patient, day).id for day in range(11, 16)]
    asked = {"patient": sender.patient, "date": {"$and": ["ge2026-03-11", "lt2026-03-16"]}, "_sort": "date"}
    search = Observation.where(asked | {"_count": "2"})
    pages = [[entry.resource.id for entry in page.entry] for page in search.perform_iter(smart)]
    assert pages == [made[:2], made[2:4], made[4:]]
    assert [each.id for each in search.perform_resources_iter(smart)] == made


def test_a_comparison_is_written_as_a_prefix(sender: Sender, smart: FHIRServer) -> None:
    """Its `$gt` is a sign of older FHIR, and is refused rather than read as another date."""
    made = _created(smart, sender.patient, 20)
    after = Observation.where({"patient": sender.patient, "date": "gt2026-03-19"})
    assert [each.id for each in after.perform_resources_iter(smart)] == [made.id]
    older = Observation.where({"patient": sender.patient, "date": {"$gt": "2026-03-19"}})
    with pytest.raises(requests.HTTPError) as refused:
        list(older.perform_resources_iter(smart))
    assert refused.value.response.status_code == 400


def test_search_with_what_belongs_to_it(sender: Sender, smart: FHIRServer) -> None:
    made = _created(smart, sender.patient)
    found = Observation.where({"_id": made.id}).include("subject").perform_resources_iter(smart)
    assert [(each.resource_type, each.id) for each in found] == [("Observation", made.id), ("Patient", sender.patient)]
    reverse = Patient.where({"_id": sender.patient}).include("subject", Observation, reverse=True)
    assert made.id in [each.id for each in reverse.perform_resources_iter(smart)]


def test_transaction(sender: Sender, smart: FHIRServer) -> None:
    answer = Bundle(Bundle(admission(sender.patient)).create(smart))
    assert answer.type == "transaction-response"
    assert [entry.response.status for entry in answer.entry] == ["201 Created", "201 Created"]
    encounter, observation = (entry.response.location.split("/")[:2] for entry in answer.entry)
    read = Observation.read(observation[1], smart)
    assert read.encounter.reference == "/".join(encounter)
    assert read.encounter.resolved(Encounter).status == "finished"


def test_create_where_there_is_none(smart: FHIRServer) -> None:
    number = str(uuid4())
    request = {"method": "POST", "url": "Practitioner", "ifNoneExist": f"identifier={STAFF}|{number}"}
    bundle = {
        "resourceType": "Bundle",
        "type": "transaction",
        "entry": [{"resource": practitioner(number), "request": request}],
    }
    statuses = [Bundle(Bundle(bundle).create(smart)).entry[0].response.status for _ in range(2)]
    assert statuses == ["201 Created", "200 OK"]
    found = Practitioner.where({"identifier": f"{STAFF}|{number}"}).perform_resources_iter(smart)
    assert [each.name[0].family for each in found] == ["Lee"]


def test_it_reads_what_is_wrong(sender: Sender, smart: FHIRServer) -> None:
    with pytest.raises(requests.HTTPError) as wrong:
        smart.post_json("Observation", temperature(sender.patient) | {"status": "ready"})
    assert wrong.value.response.status_code == 422
    issue = OperationOutcome(wrong.value.response.json()).issue[0]
    assert (issue.severity, issue.expression) == ("error", ["Observation.status"])


def test_what_is_not_there_and_who_is_not_known(sender: Sender, smart: FHIRServer) -> None:
    with pytest.raises(FHIRNotFoundException) as missing:
        Patient.read(str(uuid4()), smart)
    assert OperationOutcome(missing.value.response.json()).issue[0].code == "not-found"
    with pytest.raises(FHIRUnauthorizedException) as refused:
        Patient.read(sender.patient, _client(sender, "nobody's"))
    assert OperationOutcome(refused.value.response.json()).issue[0].code == "login"
