"""How resources of different senders read: what is shown, what is left out, and that nothing is lost for its form."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from wutong.control.charts import dosage, elements, reading

_SNOMED = "http://snomed.info/sct"


def _coded(code: str, display: str = "") -> dict[str, Any]:
    return {"coding": [{"system": _SNOMED, "code": code, "display": display}]}


def _observation(**more: Any) -> dict[str, Any]:
    return {"resourceType": "Observation", "status": "final", "code": {"text": "Test"}, **more}


@pytest.mark.parametrize(
    ("content", "shown"),
    [
        # As sent; but what a machine calculated, as far as anybody measures.
        ({"valueQuantity": {"value": Decimal("7.24689"), "unit": "%"}}, "7.24689 %"),
        ({"valueQuantity": {"value": Decimal("140.0"), "unit": "mmol/L"}}, "140.0 mmol/L"),
        ({"valueQuantity": {"value": Decimal("12345.67"), "unit": "U/L"}}, "12345.67 U/L"),
        ({"valueQuantity": {"value": Decimal("7.24689135802469"), "unit": "%"}}, "7.247 %"),
        ({"valueQuantity": {"value": Decimal("12345.6789135802"), "unit": "U/L"}}, "12345.7 U/L"),
        ({"valueQuantity": {"value": Decimal("0.00002"), "code": "g/L"}}, "0.00002 g/L"),
        ({"valueQuantity": {"value": Decimal("2E-5"), "code": "g/L"}}, "0.00002 g/L"),
        ({"valueQuantity": {"value": 10**59, "code": "g"}}, f"{10**59} g"),
        ({"valueQuantity": {"value": Decimal("1E+6144"), "code": "g"}}, "1E+6144 g"),
        ({"valueQuantity": {"value": Decimal("1E-9999999"), "code": "g"}}, "1E-9999999 g"),
        ({"valueQuantity": {"value": "1e99999999999999999999", "code": "g"}}, "1e99999999999999999999 g"),
        ({"valueQuantity": {"value": 5, "comparator": "<", "unit": "mg/L"}}, "<5 mg/L"),
        ({"valueQuantity": {"value": 95.7, "unit": "mL/min/{1.73_m2}"}}, "95.7 mL/min/1.73 m2"),
        ({"valueCodeableConcept": _coded("260385009", "Negative")}, "Negative"),
        ({"valueString": "clear"}, "clear"),
        ({"valueBoolean": False}, "no"),
        ({"valueRatio": {"numerator": {"value": 1}, "denominator": {"value": 128}}}, "1 : 128"),
        ({"dataAbsentReason": _coded("error", "haemolysed")}, "no value: haemolysed"),
        (
            {
                "component": [
                    {"code": {"text": "Systolic"}, "valueQuantity": {"value": 128, "unit": "mmHg"}},
                    {"code": {"text": "Diastolic"}, "valueQuantity": {"value": 82, "unit": "mmHg"}},
                ]
            },
            "Systolic 128 mmHg; Diastolic 82 mmHg",
        ),
    ],
)
def test_values(content: dict[str, Any], shown: str) -> None:
    assert reading.result(_observation(**content)).detail == shown


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ({"low": {"value": Decimal("4.0")}, "high": {"value": Decimal("5.6")}}, "4.0–5.6"),
        ({"low": {"value": 0}, "high": {"value": 5}}, "0–5"),
        ({"high": {"value": Decimal("5.6")}}, "≤ 5.6"),
        ({"low": {"value": 60}}, "≥ 60"),
        ({"text": "Negative"}, "Negative"),
    ],
)
def test_reference_ranges(given: dict[str, Any], shown: str) -> None:
    assert reading.result(_observation(referenceRange=[given])).reference == shown


@pytest.mark.parametrize(("code", "word"), [("H", "high"), ("LL", "very low"), ("A", "abnormal"), ("X9", "X9")])
def test_an_abnormal_result_is_marked_and_says_so_in_words(code: str, word: str) -> None:
    item = reading.result(_observation(valueQuantity={"value": 9}, interpretation=[_coded(code)]))
    assert (item.detail, item.mark) == ("9", word)


def test_an_interpretation_in_words_alone_is_a_mark_too() -> None:
    assert reading.result(_observation(interpretation=[{"text": "Critical"}])).mark == "Critical"


@pytest.mark.parametrize(("code", "detail"), [("N", "5"), ("NEG", "5, negative")])
def test_an_expected_result_is_not_marked(code: str, detail: str) -> None:
    item = reading.result(_observation(valueQuantity={"value": 5}, interpretation=[_coded(code)]))
    assert (item.detail, item.mark) == (detail, "")


@pytest.mark.parametrize(
    "content",
    [
        {"medicationCodeableConcept": {"text": "Amlodipine 5 mg"}},
        {"medicationReference": {"display": "Amlodipine 5 mg"}},
        {
            "medicationReference": {"reference": "#m"},
            "contained": [{"resourceType": "Medication", "id": "m", "code": {"text": "Amlodipine 5 mg"}}],
        },
    ],
)
def test_each_way_of_naming_a_medicine(content: dict[str, Any]) -> None:
    assert reading.medicine({"status": "active", **content}).name == "Amlodipine 5 mg"


def test_a_medicine_that_nobody_named_is_still_shown() -> None:
    item = reading.medicine({"status": "active", "medicationReference": {"reference": "Medication/1"}})
    assert item.name == "(the sender gave no name)"


@pytest.mark.parametrize(
    ("status", "is_past"), [("active", False), ("on-hold", False), ("stopped", True), ("completed", True)]
)
def test_which_medicines_are_current(status: str, *, is_past: bool) -> None:
    assert reading.medicine({"status": status}).is_past is is_past


@pytest.mark.parametrize(
    ("instruction", "shown"),
    [
        ({"text": "one at night", "timing": {}}, "one at night"),
        (
            {
                "timing": {"repeat": {"frequency": 2, "period": 1, "periodUnit": "d"}},
                "doseAndRate": [{"doseQuantity": {"value": Decimal("1.0")}}],
            },
            "dose 1, 2 times a day",
        ),
        ({"doseAndRate": [{"doseQuantity": {"value": 1500000, "unit": "IU"}}]}, "dose 1500000 IU"),
        ({"doseAndRate": [{"doseQuantity": {"value": Decimal("1250.125"), "unit": "mg"}}]}, "dose 1250.125 mg"),
        ({"doseAndRate": [{"doseQuantity": {"value": Decimal("5E-5"), "unit": "g"}}]}, "dose 0.00005 g"),
        ({"doseAndRate": [{"doseQuantity": {"value": Decimal("1E+999999"), "unit": "g"}}]}, "dose 1E+999999 g"),
        ({"timing": {"repeat": {"frequency": 1, "period": 6, "periodUnit": "h"}}}, "1 time every 6 hours"),
        ({"timing": {"repeat": {"frequency": 1, "frequencyMax": 3, "period": 1, "periodUnit": "d"}}}, ""),
        ({"timing": {"repeat": {"frequency": 1, "period": 1.5, "periodUnit": "d"}}}, ""),
        ({"asNeededBoolean": True}, "when needed"),
    ],
)
def test_dosage(instruction: dict[str, Any], shown: str) -> None:
    assert dosage.text(instruction) == shown


@pytest.mark.parametrize(
    "content",
    [
        {"status": "entered-in-error"},
        {"status": "not-done"},
        {"verificationStatus": _coded("entered-in-error")},
        {"verificationStatus": _coded("refuted")},
    ],
)
def test_what_the_sender_took_back_is_void(content: dict[str, Any]) -> None:
    assert elements.is_void(content)


def test_allergies_tell_reaction_risk_and_doubt() -> None:
    item = reading.allergy(
        {
            "code": {"text": "Penicillin"},
            "criticality": "high",
            "verificationStatus": _coded("unconfirmed"),
            "reaction": [{"manifestation": [{"text": "hives"}, {"text": "wheeze"}]}],
        }
    )
    assert item
    assert (item.name, item.detail, item.mark) == ("Penicillin", "hives, wheeze, not confirmed", "high risk")


def test_no_known_drug_allergy_does_not_mean_no_known_allergy() -> None:
    of_drugs = {"code": _coded("409137002", "No known drug allergy")}
    assert not reading.says_none_known(of_drugs)
    item = reading.allergy(of_drugs)
    assert item
    assert item.is_absence


@pytest.mark.parametrize("status", ["resolved", "inactive"])
def test_a_resolved_problem_is_past(status: str) -> None:
    assert reading.problem({"code": {"text": "Gout"}, "clinicalStatus": _coded(status)}).is_past


@pytest.mark.parametrize(
    ("content", "at"),
    [
        ({"recordedDate": "2019-05-04"}, date(2019, 5, 4)),
        ({"onsetDateTime": "2019-05"}, "2019-05"),
        ({"onsetDateTime": "2019"}, "2019"),
        ({}, None),
        ({"onsetDateTime": "2019-99-99"}, "2019-99-99"),
    ],
)
def test_times_as_exact_as_the_sender_knew(content: dict[str, Any], at: object) -> None:
    assert reading.problem({"code": {"text": "Gout"}, **content}).at == at


def test_the_day_is_the_territorys() -> None:
    assert reading.problem({"onsetDateTime": "2024-01-01T20:00:00Z"}).day == date(2024, 1, 2)
