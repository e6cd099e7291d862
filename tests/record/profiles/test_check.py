"""Bad resources, one fault each, with the place that must be named; and what stands beside them and is right."""

from typing import Any

import pytest

from record.profiles.right import ACTIVE, CONDITION, OBSERVATION, PART, PATIENT
from wutong.core import json_text
from wutong.core.json_text import Number
from wutong.record.profiles import MOST_ISSUES, check


def faults(resource: Any, **options: Any) -> list[tuple[str, str]]:
    return [(issue.code, issue.place) for issue in check(resource, **options)]


@pytest.mark.parametrize("resource", [OBSERVATION, PATIENT], ids=["Observation", "Patient"])
def test_a_right_resource_has_no_fault(resource: dict[str, Any]) -> None:
    assert check(resource) == []


SAID = {"extension": [{"url": "u:1", "valueCode": "x"}]}
USES_P = {"extension": [{"url": "u:1", "valueUri": "#p"}]}  # dom-3: what is contained is referred to

# A change to the right Observation -> the code and the place of its one fault.
OF_OBSERVATION: list[tuple[dict[str, Any], str, str]] = [
    # Elements that do not exist
    ({"statuss": "final"}, "structure", "Observation.statuss"),
    ({"valueWeight": 1}, "structure", "Observation.valueWeight"),
    ({"valueQuantity": {"valu": 1}}, "structure", "Observation.valueQuantity.valu"),
    ({"subject": {"reference": "Patient/p1", "resourceType": "Reference"}}, "structure", "Observation.subject.resourceType"),
    ({"component": [{"code": PART}, {"code": PART, "kode": 1}]}, "structure", "Observation.component[1].kode"),
    ({"_subject": {"id": "x"}}, "structure", "Observation._subject"),
    ({"_nothing": {"id": "x"}}, "structure", "Observation._nothing"),
    # Wrong kinds of JSON
    ({"status": 1}, "value", "Observation.status"),
    ({"status": True}, "value", "Observation.status"),
    ({"status": {"value": "final"}}, "value", "Observation.status"),
    ({"code": "8867-4"}, "structure", "Observation.code"),
    ({"code": None}, "structure", "Observation.code"),
    ({"status": None}, "structure", "Observation.status"),
    ({"valueQuantity": {"value": "72"}}, "value", "Observation.valueQuantity.value"),
    ({"valueQuantity": {"value": True}}, "value", "Observation.valueQuantity.value"),
    ({"valueQuantity": {"value": 72, "unit": 5}}, "value", "Observation.valueQuantity.unit"),
    ({"text": "plain"}, "structure", "Observation.text"),
    # How many
    ({"status": ["final"]}, "structure", "Observation.status"),
    ({"category": {"text": "x"}}, "structure", "Observation.category"),
    ({"category": []}, "structure", "Observation.category"),
    ({"category": [{}]}, "structure", "Observation.category[0]"),
    ({"category": [None]}, "structure", "Observation.category[0]"),
    ({"code": {}}, "structure", "Observation.code"),
    ({"component": [{"valueInteger": 3}]}, "required", "Observation.component[0].code"),
    ({"referenceRange": [{"text": "of a child", "age": {"low": []}}]}, "structure", "Observation.referenceRange[0].age.low"),
    # Formats
    ({"id": "a b"}, "value", "Observation.id"),
    ({"id": "x" * 65}, "value", "Observation.id"),
    ({"effectiveDateTime": "2024-02-30"}, "value", "Observation.effectiveDateTime"),
    ({"effectiveDateTime": "2023-02-29"}, "value", "Observation.effectiveDateTime"),
    ({"effectiveDateTime": "2024-13"}, "value", "Observation.effectiveDateTime"),
    ({"effectiveDateTime": "2024-05-31T14:05:00"}, "value", "Observation.effectiveDateTime"),
    ({"effectiveDateTime": "2024-05-31T14:05+08:00"}, "value", "Observation.effectiveDateTime"),
    ({"effectiveDateTime": "31/05/2024"}, "value", "Observation.effectiveDateTime"),
    ({"issued": "2024-05-31"}, "value", "Observation.issued"),
    ({"language": " en"}, "value", "Observation.language"),
    ({"language": ""}, "value", "Observation.language"),
    ({"implicitRules": "two words"}, "value", "Observation.implicitRules"),
    ({"code": {"text": ""}}, "value", "Observation.code.text"),
    ({"code": {"text": "bell \x07"}}, "value", "Observation.code.text"),
    ({"component": [{"code": PART, "valueInteger": Number("3.0")}]}, "value", "Observation.component[0].valueInteger"),
    ({"component": [{"code": PART, "valueInteger": 2**31}]}, "value", "Observation.component[0].valueInteger"),
    ({"component": [{"code": PART, "valueTime": "14:05"}]}, "value", "Observation.component[0].valueTime"),
    ({"meta": {"lastUpdated": "yesterday"}}, "value", "Observation.meta.lastUpdated"),
    # One choice
    ({"valueString": "72"}, "structure", "Observation.valueString"),
    ({"_valueString": SAID}, "structure", "Observation.valueString"),
    ({"effectivePeriod": {"start": "2024"}}, "structure", "Observation.effectivePeriod"),
    ({"component": [{"code": PART, "valueInteger": 3, "valueBoolean": True}]}, "structure", "Observation.component[0].valueBoolean"),
    # Codes
    ({"status": "finished"}, "code-invalid", "Observation.status"),
    ({"status": "Final"}, "code-invalid", "Observation.status"),
    ({"valueQuantity": {"value": 1, "comparator": "~"}}, "code-invalid", "Observation.valueQuantity.comparator"),
    ({"identifier": [{"use": "main", "value": "1"}]}, "code-invalid", "Observation.identifier[0].use"),
    # References
    ({"subject": {"reference": "Practitioner/1"}}, "value", "Observation.subject.reference"),
    ({"subject": {"reference": "Patinet/1"}}, "value", "Observation.subject.reference"),
    ({"performer": [{"reference": "Patient/1"}, {"reference": "Device/2"}]}, "value", "Observation.performer[1].reference"),
    ({"subject": {"reference": "#nobody"}}, "invariant", "Observation.subject.reference"),
    ({"subject": {"reference": 5}}, "value", "Observation.subject.reference"),
    # Extensions
    ({"extension": [{"valueString": "x"}]}, "required", "Observation.extension[0].url"),
    ({"extension": [{"url": "u:1"}]}, "invariant", "Observation.extension[0]"),
    ({"extension": [{"url": "u:1", "valueString": "x", "extension": [{"url": "b", "valueCode": "c"}]}]}, "invariant", "Observation.extension[0]"),
    ({"extension": [{"url": "u:1", "valueString": "x", "valueCode": "y"}]}, "structure", "Observation.extension[0].valueCode"),
    ({"extension": [{"url": "u:1", "valueObservation": {}}]}, "structure", "Observation.extension[0].valueObservation"),
    ({"_status": {"extension": [{"url": "u:1"}]}}, "invariant", "Observation._status.extension[0]"),
    ({"_status": [{"id": "x"}]}, "structure", "Observation._status"),
    ({"_status": {"value": "final"}}, "structure", "Observation._status.value"),
    ({"_status": None}, "structure", "Observation._status"),
    ({"_status": {}}, "structure", "Observation._status"),
    # What is contained
    ({"contained": [{"resourceType": "Patient"}]}, "required", "Observation.contained[0].id"),
    ({**USES_P, "contained": [{"resourceType": "Patent", "id": "p"}]}, "value", "Observation.contained[0].resourceType"),
    ({**USES_P, "contained": [{"id": "p"}]}, "required", "Observation.contained[0].resourceType"),
    ({"contained": ["Patient"]}, "structure", "Observation.contained[0]"),
    ({**USES_P, "contained": [{"resourceType": "Patient", "id": "p", "gender": "f"}]}, "code-invalid", "Observation.contained[0].gender"),
    ({**USES_P, "contained": [{"resourceType": "Patient", "id": "p", "contained": [{"resourceType": "Device", "id": "d"}]}]}, "invariant", "Observation.contained[0].contained"),
    ({"contained": [{"resourceType": "Medication", "id": "m"}], "subject": {"reference": "#m"}}, "value", "Observation.subject.reference"),
]  # fmt: skip


@pytest.mark.parametrize(("change", "code", "place"), OF_OBSERVATION, ids=lambda each: str(each)[:70])
def test_one_fault_is_found_at_its_place(change: dict[str, Any], code: str, place: str) -> None:
    assert faults({**OBSERVATION, **change}) == [(code, place)]


OF_PATIENT: list[tuple[dict[str, Any], str, str]] = [
    ({"gender": ["male"]}, "structure", "Patient.gender"),
    ({"birthDate": "1984-02-29T00:00:00Z"}, "value", "Patient.birthDate"),
    ({"birthDate": "29-02-1984"}, "value", "Patient.birthDate"),
    ({"birthDate": "0000"}, "value", "Patient.birthDate"),
    ({"multipleBirthInteger": "2"}, "value", "Patient.multipleBirthInteger"),
    ({"multipleBirthBoolean": True}, "structure", "Patient.multipleBirthBoolean"),
    ({"active": "true"}, "value", "Patient.active"),
    ({"photo": [{"contentType": "image/png", "data": "not base64!"}]}, "value", "Patient.photo[0].data"),
    ({"photo": [{"contentType": "image/png", "data": "abc"}]}, "value", "Patient.photo[0].data"),
    ({"photo": [{"size": -1}]}, "value", "Patient.photo[0].size"),
    ({"telecom": [{"rank": 0}]}, "value", "Patient.telecom[0].rank"),
    ({"name": [{"given": ["a", None]}]}, "structure", "Patient.name[0].given[1]"),
    ({"name": [{"given": ["a", None], "_given": [{"id": "x"}, None]}]}, "structure", "Patient.name[0].given[1]"),
    ({"name": [{"given": ["a"], "_given": [None, SAID]}]}, "structure", "Patient.name[0]._given"),
    ({"name": [{"_given": [None, SAID]}]}, "structure", "Patient.name[0]._given[0]"),
    ({"name": [{"given": "a"}]}, "structure", "Patient.name[0].given"),
    ({"name": [{"given": [""]}]}, "value", "Patient.name[0].given[0]"),
    ({"name": [{"given": [["a"]]}]}, "value", "Patient.name[0].given[0]"),
    ({"name": "陳大文"}, "structure", "Patient.name"),
    ({"name": [[]]}, "structure", "Patient.name[0]"),
    ({"link": [{"other": {"reference": "Patient/1"}}]}, "required", "Patient.link[0].type"),
    ({"generalPractitioner": [{"reference": "Patient/1/_history/2"}]}, "value", "Patient.generalPractitioner[0].reference"),
]  # fmt: skip


@pytest.mark.parametrize(("change", "code", "place"), OF_PATIENT, ids=lambda each: str(each)[:70])
def test_one_fault_of_a_patient_is_found_at_its_place(change: dict[str, Any], code: str, place: str) -> None:
    assert faults({**PATIENT, **change}) == [(code, place)]


def test_a_concept_with_a_required_binding_has_one_of_its_codings() -> None:
    local = {"system": "urn:local", "code": "A"}
    assert faults({**CONDITION, "clinicalStatus": {"coding": [local, ACTIVE]}}) == []
    for wrong in ({"coding": [local]}, {"text": "active"}, {"coding": [{"code": "active"}]}):
        assert faults({**CONDITION, "clinicalStatus": wrong}) == [("code-invalid", "Condition.clinicalStatus.coding")]


def test_whatever_is_required_is_named_with_its_choice() -> None:
    assert faults({"resourceType": "Observation"}) == [
        ("required", "Observation.status"),
        ("required", "Observation.code"),
    ]
    assert faults({"resourceType": "Immunization"}) == [
        ("required", "Immunization.status"),
        ("required", "Immunization.vaccineCode"),
        ("required", "Immunization.patient"),
        ("required", "Immunization.occurrence"),
    ]


def test_an_extension_can_stand_for_a_required_value() -> None:
    absent = {
        "extension": [{"url": "http://hl7.org/fhir/StructureDefinition/data-absent-reason", "valueCode": "unknown"}]
    }
    immunization = {
        "resourceType": "Immunization",
        "_status": absent,
        "vaccineCode": {"text": "BCG"},
        "patient": {"reference": "Patient/1"},
        "_occurrenceDateTime": absent,
    }
    assert check(immunization) == []


@pytest.mark.parametrize("value", [None, 1, "Patient", [], ["Patient"], True])
def test_what_is_no_object_is_no_resource(value: Any) -> None:
    assert [issue.code for issue in check(value)] == ["structure"]


@pytest.mark.parametrize(
    "kind", ["Patent", "patient", "DomainResource", "Resource", "HumanName", "Patient.contact", 1, ["Patient"]]
)
def test_an_unknown_type_is_named(kind: Any) -> None:
    assert faults({"resourceType": kind}) == [("value", "resourceType")]


def test_a_missing_type_is_named_at_its_place() -> None:
    assert faults({"id": "x"}, place="Bundle.entry[3].resource") == [
        ("required", "Bundle.entry[3].resource.resourceType")
    ]


def test_another_type_than_expected_is_refused() -> None:
    assert faults(PATIENT, expected_type="Observation") == [("invalid", "Patient")]
    assert faults(PATIENT, expected_type="Patient") == []


def test_all_faults_come_at_once() -> None:
    wrong = {**OBSERVATION, "status": "x", "issued": "x", "bodySite": [], "component": [{"valueInteger": "x"}]}
    assert (
        faults(wrong)
        == [
            ("code-invalid", "Observation.status"),
            ("value", "Observation.issued"),
            ("structure", "Observation.component[0].valueInteger"),
            ("structure", "Observation.bodySite"),
        ]
        or len(faults(wrong)) == 5
    )


def test_faults_have_an_end() -> None:
    assert len(check({**OBSERVATION, "category": [{}] * 10_000})) == MOST_ISSUES


def test_places_inside_a_bundle_name_the_entry() -> None:
    bundle = {
        "resourceType": "Bundle",
        "type": "collection",
        "entry": [{"resource": OBSERVATION}, {"resource": {**OBSERVATION, "status": "x"}}],
    }
    assert faults(bundle) == [("code-invalid", "Bundle.entry[1].resource.status")]
    assert faults({**OBSERVATION, "status": "x"}, place="Bundle.entry[1].resource") == faults(bundle)


def test_places_inside_parameters_name_the_parameter() -> None:
    parameters = {"resourceType": "Parameters", "parameter": [{"name": "a", "resource": {**PATIENT, "gender": "x"}}]}
    assert faults(parameters) == [("code-invalid", "Parameters.parameter[0].resource.gender")]


def test_each_entry_has_its_own_contained_resources() -> None:
    contained = {"resourceType": "Patient", "id": "p"}
    refers = {**OBSERVATION, "subject": {"reference": "#p"}}
    entries = [{"resource": {**refers, "contained": [contained]}}, {"resource": refers}]
    bundle = {"resourceType": "Bundle", "type": "collection", "entry": entries}
    assert faults(bundle) == [("invariant", "Bundle.entry[1].resource.subject.reference")]


def test_what_is_contained_may_refer_to_its_neighbours_and_its_container() -> None:
    organization = {"resourceType": "Organization", "id": "o", "name": "Clinic"}
    patient = {
        "resourceType": "Patient",
        "id": "p",
        "managingOrganization": {"reference": "#o"},
        "extension": [{"url": "u:1", "valueReference": {"reference": "#"}}],
    }
    assert check({**OBSERVATION, "contained": [organization, patient], "subject": {"reference": "#p"}}) == []


@pytest.mark.parametrize(
    "reference",
    ["urn:uuid:c757873d-ec9a-4326-a141-556f43239520", "https://other.example.org/fhir/Patient/1", "Patient?identifier=a|b",
     "Patient/1/_history/2", "https://other.example.org/anything"],
)  # fmt: skip
def test_only_literal_relative_references_are_judged_by_their_type(reference: str) -> None:
    assert check({**OBSERVATION, "subject": {"reference": reference}}) == []


def test_messages_say_how_to_mend() -> None:
    misspelt = check({**PATIENT, "birthdate": "1984"})
    assert misspelt[0].message == "There is no element 'birthdate' here. Is birthDate meant?"
    wrong_code = check({**PATIENT, "gender": "F"})
    assert wrong_code[0].message == "'F' is not a code allowed here. Allowed: female, male, other, unknown."
    no_quotes = check({**PATIENT, "active": "true"})
    assert no_quotes[0].message == "'true' is no boolean. Expected: true or false, without quotes."
    for change, _, _ in OF_OBSERVATION:
        for issue in check({**OBSERVATION, **change}):
            assert issue.message.endswith((".", "?"))
            assert len(issue.message) < 500


def test_a_long_wrong_value_is_not_repeated_whole() -> None:
    issues = check({**PATIENT, "gender": "x" * 100_000, "y" * 100_000: 1})
    assert all(len(issue.message) < 300 and len(issue.place) < 300 for issue in issues)


def test_the_resource_is_left_as_it_was() -> None:
    before = json_text.dump(OBSERVATION)
    check(OBSERVATION)
    assert json_text.dump(OBSERVATION) == before
