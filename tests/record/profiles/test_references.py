"""What a resource refers to, and which patient it names."""

from typing import Any

import pytest

from wutong.record.profiles import patient_references, references

NEW = "urn:uuid:c757873d-ec9a-4326-a141-556f43239520"


def texts(resource: Any) -> list[tuple[str, str]]:
    return [(name, text) for _, name, text in references(resource)]


def test_references_and_attachments_are_found_wherever_they_stand() -> None:
    document = {
        "resourceType": "DocumentReference",
        "subject": {"reference": "a"},
        "author": [{"reference": "b"}, {"display": "no reference"}],
        "content": [{"attachment": {"url": "c"}}],
        "context": {"encounter": [{"reference": "d"}]},
        "extension": [{"url": "urn:oid:1.2", "valueReference": {"reference": "e"}}],
        "_status": {"extension": [{"url": "urn:oid:1.3", "valueAttachment": {"url": "f"}}]},
        "contained": [{"resourceType": "Observation", "id": "o", "subject": {"reference": "g"}}],
    }
    assert sorted(texts(document)) == [
        ("reference", "a"), ("reference", "b"), ("reference", "d"), ("reference", "e"), ("reference", "g"),
        ("url", "c"), ("url", "f"),
    ]  # fmt: skip


def test_the_entries_of_a_bundle_refer_to_each_other_and_are_left_alone() -> None:
    entry = {"fullUrl": NEW, "resource": {"resourceType": "Condition", "subject": {"reference": NEW}}}
    signature = {"who": {"reference": "Practitioner/1"}}
    bundle = {"resourceType": "Bundle", "entry": [entry, entry], "signature": signature}
    assert texts(bundle) == [("reference", "Practitioner/1")]


def test_what_only_looks_like_a_reference_is_left_alone() -> None:
    detected = {"resourceType": "DetectedIssue", "reference": NEW, "patient": {"reference": "Patient/1"}}
    assert texts(detected) == [("reference", "Patient/1")]
    assert texts({"resourceType": "ValueSet", "url": NEW}) == []
    assert texts({"resourceType": "Basic", "extension": [{"url": NEW, "valueUri": NEW}]}) == []


def test_references_inside_the_resource_are_left_out() -> None:
    assert texts({"resourceType": "Condition", "subject": {"reference": "#p"}}) == []


def test_a_reference_can_be_rewritten_in_place() -> None:
    condition = {"resourceType": "Condition", "subject": {"reference": NEW}}
    for holder, name, text in references(condition):
        holder[name] = text.replace(NEW, "Patient/1")
    assert condition["subject"] == {"reference": "Patient/1"}


@pytest.mark.parametrize(
    ("resource", "named"),
    [
        ({"resourceType": "Observation", "subject": {"reference": "Patient/1"}}, [("Observation.subject.reference", "Patient/1")]),
        ({"resourceType": "Immunization", "patient": {"reference": NEW}}, [("Immunization.patient.reference", NEW)]),
        ({"resourceType": "Coverage", "beneficiary": {"reference": "Patient/1"}, "subscriber": {"reference": "Patient/2"}},
         [("Coverage.beneficiary.reference", "Patient/1")]),
        ({"resourceType": "Task", "for": {"reference": "Patient/1"}, "owner": {"reference": "Patient/2"}},
         [("Task.for.reference", "Patient/1")]),
        ({"resourceType": "Appointment", "participant": [{"actor": {"reference": "Practitioner/1"}}, {"actor": {"reference": "Patient/1"}}]},
         [("Appointment.participant[0].actor.reference", "Practitioner/1"), ("Appointment.participant[1].actor.reference", "Patient/1")]),
        ({"resourceType": "Observation", "subject": {"reference": "#p"}}, []),
        ({"resourceType": "Observation", "subject": {"display": "somebody"}}, []),
        ({"resourceType": "Observation", "performer": [{"reference": "Patient/1"}]}, []),
        ({"resourceType": "Organization", "partOf": {"reference": "Organization/1"}}, []),
        ({"resourceType": "Provenance", "target": [{"reference": "Patient/1"}]}, []),
        ({"resourceType": "Nonsense", "subject": {"reference": "Patient/1"}}, []),
    ],
)  # fmt: skip
def test_the_patient_that_a_resource_is_about(resource: dict[str, Any], named: list[tuple[str, str]]) -> None:
    assert patient_references(resource) == named
