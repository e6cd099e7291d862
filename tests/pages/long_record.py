"""The record of somebody who has been ill for years: more of everything than one screen holds."""

import base64
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID

from cast import Cast, Registered
from record.resources import of_category

from wutong.core import clock

_PROBLEMS = (
    "Essential hypertension (disorder)",
    "Diabetes mellitus type 2 (disorder)",
    "Gout (disorder)",
    "Nonproliferative diabetic retinopathy due to type 2 diabetes mellitus (disorder)",
    "Chronic kidney disease stage 3 (disorder)",
    "Hyperlipidemia (disorder)",
    "Osteoarthritis of knee (disorder)",
)
_MEDICINES = (
    ("24 HR Metformin hydrochloride 500 MG Extended Release Oral Tablet", "1 tablet twice a day"),
    ("Amlodipine 5 MG Oral Tablet", "1 tablet in the morning"),
    ("Simvastatin 10 MG Oral Tablet", "1 tablet at night"),
    ("Allopurinol 100 MG Oral Tablet", "1 tablet a day"),
)
_FILTRATION = (
    "Glomerular filtration rate/1.73 sq M.predicted [Volume Rate/Area] in Serum or Plasma by Creatinine-based formula"
)
# name, value, unit, usual from, usual to
_RESULTS = (
    ("Sodium [Moles/volume] in Blood", 141.2, "mmol/L", 136, 145),
    ("Potassium [Moles/volume] in Blood", 4.4, "mmol/L", 3.5, 5.1),
    (_FILTRATION, 52, "mL/min", 60, 120),
    ("Hemoglobin A1c/Hemoglobin.total in Blood", 7.9, "%", 4, 5.6),
    ("Creatinine [Moles/volume] in Blood", 128, "umol/L", 49, 90),
    ("Chloride [Moles/volume] in Blood", 102, "mmol/L", 98, 107),
    ("Urate [Moles/volume] in Blood", 0.51, "mmol/L", 0.15, 0.35),
    ("Cholesterol in LDL [Moles/volume] in Serum", 2.3, "mmol/L", 0, 2.6),
    ("Alanine aminotransferase in Serum", 21, "U/L", 0, 40),
)
_VACCINES = (
    "Influenza, seasonal, injectable, preservative free",
    "Pneumococcal polysaccharide vaccine, 23 valent",
    "Td (adult), 5 Lf tetanus toxoid, preservative free, adsorbed",
    "Zoster vaccine recombinant",
)
_VISITS = (
    "General examination of patient (procedure)",
    "Follow-up encounter (procedure)",
    "Ophthalmic examination and evaluation (procedure)",
    "Encounter for check up (procedure)",
)


def upload(cast: Cast, who: Registered) -> None:
    """The hospital group deposits it."""
    for content in _resources(who.patient_id):
        _deposit(cast, content)


def upload_stay(cast: Cast, who: Registered) -> None:
    """A stay in a hospital that has just ended, with its summary."""
    ended = clock.local(clock.now()) - timedelta(days=2)
    period = {"start": (ended - timedelta(days=6)).isoformat(), "end": ended.isoformat()}
    stay = {"class": {"code": "IMP"}, "period": period, "serviceProvider": {"display": "Banyan Hill Hospital"}}
    _deposit(cast, of_category("ENC", who.patient_id) | stay | {"reasonCode": [{"text": "Heart failure"}]})
    kind = {"coding": [{"system": "http://loinc.org", "code": "18842-5", "display": "Discharge summary"}]}
    attachment = {"contentType": "text/plain", "data": base64.b64encode(b"Went home well.").decode()}
    told = {"type": kind, "date": ended.isoformat(), "content": [{"attachment": attachment}]}
    _deposit(cast, of_category("CNS", who.patient_id) | told)


def upload_earlier_results(cast: Cast, who: Registered) -> None:
    """Earlier values of one of the tests."""
    for year, value in ((2021, 84), (2022, 97), (2023, 110)):
        told = _measured("Creatinine [Moles/volume] in Blood", value, "umol/L", 49, 90)
        _deposit(cast, of_category("LAB", who.patient_id) | told | {"effectiveDateTime": f"{year}-05-29"})


def _deposit(cast: Cast, content: dict[str, Any]) -> None:
    answer = cast.fhir(cast.ha, "POST", content["resourceType"], json=content)
    assert answer.status_code == 201, answer.text


def _resources(patient_id: UUID) -> Iterator[dict[str, Any]]:
    def made(category: str, **more: Any) -> dict[str, Any]:
        return of_category(category, patient_id) | more

    yield made("ALG", code={"text": "House dust mite"}, recordedDate="2021-03-15")
    rash = [{"manifestation": [{"text": "rash"}]}]
    yield made("ALG", code={"text": "Penicillin"}, criticality="high", reaction=rash, recordedDate="2009-08-28")
    for number, name in enumerate(_PROBLEMS):
        yield made("DX", code={"text": name}, recordedDate=f"{2024 - number}-05-29")
    for number, (name, dose) in enumerate(_MEDICINES):
        told = {"medicationCodeableConcept": {"text": name}, "dosageInstruction": [{"text": dose}]}
        yield made("MED", authoredOn=f"2024-0{4 - number}-10", **told)
    for name, value, unit, low, high in _RESULTS:
        yield made("LAB", effectiveDateTime="2024-05-29", **_measured(name, value, unit, low, high))
    for number, name in enumerate(_VACCINES):
        yield made("IMM", vaccineCode={"text": name}, occurrenceDateTime=f"{2023 - number}-11-03")
    for number, name in enumerate(_VISITS):
        yield made("ENC", type=[{"text": name}], period={"start": f"2024-0{6 - number}-04"})


def _measured(name: str, value: float, unit: str, low: float, high: float) -> dict[str, Any]:
    flag = "H" if value > high else "L" if value < low else "N"
    system = "http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation"
    return {
        "code": {"text": name},
        "valueQuantity": {"value": value, "unit": unit},
        "referenceRange": [{"low": {"value": low}, "high": {"value": high}}],
        "interpretation": [{"coding": [{"system": system, "code": flag}]}],
    }
