"""What the clients send: small resources of one patient."""

from typing import Any
from uuid import uuid4

STAFF = "urn:ha:staff"


def temperature(patient: str, day: int = 1) -> dict[str, Any]:
    """A body temperature of a day of March 2026."""
    return {
        "resourceType": "Observation",
        "status": "final",
        "code": {"coding": [{"system": "http://loinc.org", "code": "8310-5"}]},
        "subject": {"reference": f"Patient/{patient}"},
        "effectiveDateTime": f"2026-03-{day:02}T08:00:00+08:00",
        "valueQuantity": {"value": 36.6, "unit": "°C", "system": "http://unitsofmeasure.org", "code": "Cel"},
    }


def practitioner(number: str, family: str = "Lee") -> dict[str, Any]:
    """One with a staff number."""
    return {
        "resourceType": "Practitioner",
        "identifier": [{"system": STAFF, "value": number}],
        "name": [{"family": family}],
    }


def admission(patient: str) -> dict[str, Any]:
    """A transaction in which an Observation refers to the Encounter beside it."""
    place = f"urn:uuid:{uuid4()}"
    encounter = {
        "resourceType": "Encounter",
        "status": "finished",
        "class": {"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "IMP"},
        "subject": {"reference": f"Patient/{patient}"},
    }
    observation = temperature(patient) | {"encounter": {"reference": place}}
    return {
        "resourceType": "Bundle",
        "type": "transaction",
        "entry": [
            {"fullUrl": place, "resource": encounter, "request": {"method": "POST", "url": "Encounter"}},
            {"resource": observation, "request": {"method": "POST", "url": "Observation"}},
        ],
    }
