"""What a value means to a search where the specification leaves little to see: each hit beside a miss."""

import json
from typing import Any

import pytest
from cast import Cast, Registered
from record.least import least

_GENOME = {"coding": [{"system": "urn:chromosomes", "code": "22"}]}
_TRAIT = {"coding": [{"system": "urn:traits", "code": "cared-for-by"}]}


@pytest.fixture(scope="module")
def who(cast: Cast) -> Registered:
    """Somebody of whom nobody said that they died."""
    return cast.register()


@pytest.fixture(scope="module")
def stored(cast: Cast, who: Registered) -> dict[str, str]:
    """One resource of some types, by type."""
    sequence = least("MolecularSequence", who.patient_id) | {
        "coordinateSystem": 1,
        "referenceSeq": {
            "genomeBuild": "GRCh 37",
            "chromosome": _GENOME,
            "strand": "watson",
            "windowStart": 100,
            "windowEnd": 200,
        },
        "variant": [{"start": 120, "end": 130}, {"start": 180, "end": 190}],
    }
    trait = {"code": _TRAIT, "valueReference": {"reference": "Practitioner/1"}, "exclude": False}
    document = least("DocumentReference", who.patient_id) | {
        "relatesTo": [{"code": "replaces", "target": {"reference": "DocumentReference/1"}}]
    }
    made = [sequence, least("Group") | {"characteristic": [trait]}, document]
    return {each["resourceType"]: _made(cast, each) for each in made} | {"Patient": str(who.patient_id)}


def _made(cast: Cast, content: dict[str, Any]) -> str:
    answer = cast.fhir(cast.ha, "POST", content["resourceType"], json=content)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


@pytest.mark.parametrize(
    ("kind", "asked", "total"),
    [
        ("Patient", "gender=http://hl7.org/fhir/administrative-gender|female", 1),
        ("Patient", "gender=http://hl7.org/fhir/administrative-gender|", 1),
        ("Patient", "gender=http://hl7.org/fhir/observation-status|female", 0),
        ("Patient", "gender=|female", 1),
        ("Patient", "gender:not=http://hl7.org/fhir/administrative-gender|female", 0),
        ("Patient", "deceased=false", 1),  # its definition gives false where nothing is said
        ("Patient", "deceased=true", 0),
        ("DocumentReference", "relationship=replaces$DocumentReference/1", 1),
        ("DocumentReference", "relationship=http://hl7.org/fhir/document-relationship-type|replaces$DocumentReference/1", 1),
        ("DocumentReference", "relationship=urn:other|replaces$DocumentReference/1", 0),
        ("Group", "characteristic-value=cared-for-by$Practitioner/1", 1),
        ("Group", "characteristic-value=urn:traits|cared-for-by$Practitioner/1", 1),
        ("Group", "characteristic-value=cared-for-by$Practitioner/2", 0),
        ("MolecularSequence", "chromosome-window-coordinate=22$100$200", 1),
        ("MolecularSequence", "chromosome-window-coordinate=22$lt150$gt150", 1),
        ("MolecularSequence", "chromosome-window-coordinate=22$lt100$gt150", 0),
        ("MolecularSequence", "chromosome-window-coordinate=21$lt150$gt150", 0),
        ("MolecularSequence", "chromosome-variant-coordinate=urn:chromosomes|22$ge180$le190", 1),
        ("MolecularSequence", "chromosome-variant-coordinate=22$ge180$le130", 0),  # not of one variant
        ("MolecularSequence", "chromosome-variant-coordinate=22$sa120$eb190", 0),
        ("MolecularSequence", "chromosome-variant-coordinate:missing=false", 1),
        ("MolecularSequence", "referenceseqid-variant-coordinate:missing=false", 0),
    ],
)  # fmt: skip
def test_a_value_finds_what_it_means(cast: Cast, stored: dict[str, str], kind: str, asked: str, total: int) -> None:
    found = cast.fhir(cast.ha, "GET", f"{kind}?_id={stored[kind]}&{asked}")
    assert found.status_code == 200, found.text
    assert found.json()["total"] == total


@pytest.mark.parametrize("kind", ["Person", "AuditEvent", "Provenance"])
def test_of_what_needs_no_patient_one_elsewhere_can_be_asked_for(cast: Cast, kind: str) -> None:
    for text in ("http://elsewhere.example.org/Patient/1", "Patient/example/_history/1"):
        found = cast.fhir(cast.ha, "GET", f"{kind}?patient={text}")
        assert (found.status_code, found.json().get("total")) == (200, 0), found.text
    refused = cast.fhir(
        cast.session_token(cast.doctor), "GET", f"{kind}?patient=http://elsewhere.example.org/Patient/1"
    )
    assert refused.status_code == 403
    assert refused.json()["issue"][0]["details"]["coding"][0]["code"] == "name-patient"


def test_what_is_in_a_bundle_is_kept_as_it_was_sent(cast: Cast, who: Registered) -> None:
    """A document refers within itself, and may be signed; what stands beside it leads to what the upload became."""
    url = "urn:uuid:00000000-0000-4000-8000-000000000001"
    inner = {"resourceType": "Condition", "subject": {"reference": url}}
    document = {"resourceType": "Bundle", "type": "collection", "entry": [
        {"fullUrl": url, "resource": {"resourceType": "Patient"}}, {"resource": inner},
    ]}  # fmt: skip
    beside = least("Provenance") | {"target": [{"reference": url}]}
    entries = [
        {"fullUrl": url, "resource": document, "request": {"method": "POST", "url": "Bundle"}},
        {"resource": beside, "request": {"method": "POST", "url": "Provenance"}},
    ]
    bundle = {"resourceType": "Bundle", "type": "transaction", "entry": entries}
    answer = cast.fhir(cast.ha, "POST", "", content=json.dumps(bundle))
    assert answer.status_code == 200, answer.text
    names = [each["response"]["location"].partition("/_history")[0] for each in answer.json()["entry"]]
    kept, provenance = (cast.fhir(cast.ha, "GET", name).json() for name in names)
    assert kept["entry"] == document["entry"]
    assert provenance["target"] == [{"reference": names[0]}]
    assert cast.fhir(cast.ha, "POST", "Bundle", json=document).status_code == 201
