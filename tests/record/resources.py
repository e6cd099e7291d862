"""One small, valid resource of each category, for tests."""

from typing import Any
from uuid import UUID

# ait-1: an allergy says whether it is active, unless it was entered in error.
ACTIVE_ALLERGY = {
    "coding": [{"system": "http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical", "code": "active"}]
}


def of_category(category: str, patient_id: UUID) -> dict[str, Any]:
    """A resource that belongs to `category`."""
    subject = {"reference": f"Patient/{patient_id}"}
    code = {"text": f"a {category} thing"}
    observation = {"resourceType": "Observation", "status": "final", "code": code, "subject": subject}
    request = {"resourceType": "ServiceRequest", "status": "active", "intent": "order", "subject": subject}
    made: dict[str, dict[str, Any]] = {
        "ALG": {
            "resourceType": "AllergyIntolerance",
            "clinicalStatus": ACTIVE_ALLERGY,
            "patient": subject,
            "code": code,
        },
        "DX": {"resourceType": "Condition", "subject": subject, "code": code},
        "PX": {"resourceType": "Procedure", "status": "completed", "subject": subject, "code": code},
        "MED": {
            "resourceType": "MedicationRequest",
            "status": "active",
            "intent": "order",
            "subject": subject,
            "medicationCodeableConcept": code,
        },
        "ENC": {"resourceType": "Encounter", "status": "finished", "class": {"code": "AMB"}, "subject": subject},
        "CNS": {
            "resourceType": "DocumentReference",
            "status": "current",
            "subject": subject,
            "content": [_attachment()],
        },
        "BIRTH": {**observation, "code": {"coding": [{"system": "http://loinc.org", "code": "8339-4"}]}},
        "IMM": {
            "resourceType": "Immunization",
            "status": "completed",
            "patient": subject,
            "vaccineCode": code,
            "occurrenceDateTime": "2024-01-01",
        },
        "LAB": {**observation, "category": [_coded("laboratory")]},
        "RAD": {"resourceType": "ImagingStudy", "status": "available", "subject": subject},
        "OIR": {"resourceType": "DiagnosticReport", "status": "final", "code": code, "subject": subject},
        "REF": {**request, "code": code},
        "OBS": {**observation, "category": [_coded("vital-signs")]},
    }
    return made[category]


def _coded(code: str) -> dict[str, Any]:
    system = "http://terminology.hl7.org/CodeSystem/observation-category"
    return {"coding": [{"system": system, "code": code}]}


def _attachment() -> dict[str, Any]:
    return {"attachment": {"contentType": "text/plain", "data": "YSBub3Rl"}}
