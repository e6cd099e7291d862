"""Which rows a closing is about: labels by codes and by the sender, episodes by references; and whom it concerns."""

from typing import Any

import pytest

from wutong.core.closings import NOTHING, closed_of, marked, marks_of
from wutong.core.labels import LABEL_NAMES

_VISIT, _EPISODE = "6f9fd5f1-7a3e-4a3c-8f5c-2b1f0b5f7b11", "0a0c1d52-4a3e-4a3c-8f5c-2b1f0b5f7b12"
_ICD10, _ICD9 = "http://hl7.org/fhir/sid/icd-10", "http://hl7.org/fhir/sid/icd-9-cm"
_LOINC, _SNOMED = "http://loinc.org", "http://snomed.info/sct"
_ACT = "http://terminology.hl7.org/CodeSystem/v3-ActCode"


@pytest.mark.parametrize(
    ("system", "code", "label"),
    [
        (_ICD10, "F32.1", "PSY"), (_ICD10, "f32", "PSY"), (_ICD10, "F10.2", "ETH"), (_ICD10, "B20", "HIV"),
        (_ICD10, "Z21", "HIV"), (_ICD10, "A54.0", "SEX"), (_ICD10, "Q90.9", "GDIS"), (_ICD10, "T74.1", "SDV"),
        (_ICD9, "296.2", "PSY"), (_ICD9, "303.9", "ETH"), (_ICD9, "042", "HIV"), (_ICD9, "995.81", "SDV"),
        (_LOINC, "44249-1", "PSY"), (_LOINC, "75622-1", "HIV"), (_SNOMED, "35489007", "PSY"),
        (_ACT, "ETHUD", "ETH"), (_ACT, "STD", "SEX"), *[(_ACT, each, each) for each in LABEL_NAMES],
    ],
)  # fmt: skip
def test_a_code_gives_its_label_wherever_it_stands(system: str, code: str, label: str) -> None:
    coding = {"coding": [{"system": system, "code": code}]}
    places: list[dict[str, Any]] = [
        {"code": coding}, {"reasonCode": [coding]}, {"contained": [{"resourceType": "Condition", "code": coding}]},
        {"extension": [{"url": "urn:a", "valueCoding": coding["coding"][0]}]}, {"meta": {"security": coding["coding"]}},
    ]  # fmt: skip
    for place in places:
        assert marks_of({"resourceType": "Condition", **place}) == {f"~{label}"}


@pytest.mark.parametrize(
    "coding",
    [
        {"system": _ICD10, "code": "I10"}, {"system": _ICD10, "code": "E11.9"}, {"system": _ICD10, "code": "FF32"},
        {"system": "urn:own", "code": "F32.1"}, {"code": "F32.1"}, {"system": _LOINC, "code": "2339-0"},
        {"system": _ACT, "code": "TREAT"}, {"system": [_ACT], "code": "PSY"}, {"system": _ACT, "code": {"a": "PSY"}},
        {"system": _ICD9, "code": "250.00"}, {"system": _LOINC, "code": "144249-1"},
    ],
)  # fmt: skip
def test_other_codes_give_none(coding: dict[str, Any]) -> None:
    assert marks_of({"resourceType": "Condition", "code": {"coding": [coding]}}) == set()


def test_a_resource_belongs_to_the_episodes_that_it_names() -> None:
    named = {
        "resourceType": "DocumentReference",
        "context": {"encounter": [{"reference": f"Encounter/{_VISIT}/_history/2"}]},
        "extension": [{"url": "urn:a", "valueReference": {"reference": f"EpisodeOfCare/{_EPISODE}"}}],
        "subject": {"reference": f"Patient/{_VISIT}"},
        "author": [{"reference": "Encounter/of-somebody-else"}, {"reference": ["Encounter"]}],
    }
    assert marks_of(named) == {f"~{_VISIT}", f"~{_EPISODE}"}


def test_closings_say_whom_and_what_they_concern() -> None:
    assert closed_of([]) is NOTHING
    closed = closed_of([("label", "PSY"), ("item", _VISIT), ("episode", _EPISODE), ("category", "LAB")])
    assert (closed.categories, closed.to_provider, closed.to_professional) == ({"LAB"}, False, False)
    assert marked(closed.parts) == [f"~{_EPISODE}", f"~{_VISIT}", "~PSY"]
    assert closed_of([("provider", _VISIT)]).to_provider
    assert closed_of([("professional", _VISIT)]).to_professional
