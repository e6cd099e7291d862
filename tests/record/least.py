"""The smallest resource of each type that is valid, made from the definitions: what must be there, and no more."""

from typing import Any
from uuid import UUID

from wutong.record.definitions import Element, r4

_VALUES: dict[str, Any] = {
    "boolean": True,
    "integer": 1,
    "positiveInt": 1,
    "unsignedInt": 1,
    "decimal": 1,
    "date": "2024-01-01",
    "dateTime": "2024-01-01",
    "instant": "2024-01-01T00:00:00Z",
    "time": "10:00:00",
    "base64Binary": "QUFB",
    "uri": "urn:wutong:test",
    "url": "urn:wutong:test",
    "canonical": "urn:wutong:test",
    "oid": "urn:oid:1.2.3",
    "uuid": "urn:uuid:00000000-0000-4000-8000-000000000000",
    "id": "a",
    "xhtml": '<div xmlns="http://www.w3.org/1999/xhtml">a</div>',
}
# What the constraints of a type want besides, each by its key.
_CONSTRAINED: dict[str, dict[str, Any]] = {
    "AllergyIntolerance": {  # ait-1
        "clinicalStatus": {
            "coding": [
                {"system": "http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical", "code": "active"}
            ]
        }
    },
    "Appointment": {  # app-1, app-3
        "status": "proposed",
        "participant": [{"actor": {"display": "a"}, "status": "accepted"}],
    },
    "AppointmentResponse": {"actor": {"display": "a"}},  # apr-1
    "Binary": {"contentType": "text/plain"},
    "CapabilityStatement": {  # cpb-1, cpb-2, cpb-3, cpb-14, cpb-15
        "kind": "requirements",
        "format": ["json"],
        "rest": [{"mode": "server"}],
        "description": "a",
    },
    "Consent": {"policyRule": {"text": "a"}},  # ppc-1
    "EventDefinition": {"trigger": [{"type": "named-event", "name": "a"}]},  # trd-3
    "ImmunizationRecommendation": {  # imr-1
        "recommendation": [{"targetDisease": {"text": "a"}, "forecastStatus": {"text": "a"}}]
    },
    "InsurancePlan": {"name": "a"},  # ipn-1
    "Linkage": {"item": [{"type": "source", "resource": {"display": each}} for each in "ab"]},  # lnk-1
    "Organization": {"name": "a"},  # org-1
    "StructureDefinition": {"type": "a", "differential": {"element": [{"id": "a", "path": "a"}]}},  # sdf-6, sdf-8a
    "TerminologyCapabilities": {"kind": "requirements", "description": "a"},  # tcp-2
}
_ABOUT = ("subject", "patient", "beneficiary", "individual")


def least(kind: str, patient_id: UUID | None = None) -> dict[str, Any]:
    """A valid resource of the type; about the patient where the type names one."""
    resource = {"resourceType": kind, **_members(kind), **_CONSTRAINED.get(kind, {})}
    elements = r4().types[kind].elements
    for name in _ABOUT:
        if patient_id and name in elements and "Patient" in elements[name].targets:
            about = {"reference": f"Patient/{patient_id}"}
            resource[name] = about if elements[name].most == 1 else [about]
            break
    return resource


def _members(kind: str) -> dict[str, Any]:
    elements = list(r4().types[kind].elements.values())
    made: dict[str, Any] = {}
    for stem in r4().types[kind].required:
        element = next(each for each in elements if (each.choice or each.name) == stem)
        value = _value(element)
        made[element.name] = value if element.most == 1 else [value]
    return made


def _value(element: Element) -> Any:
    if element.type == "code" and element.codes:
        return min(element.codes)
    if element.type == "CodeableConcept" and element.codes:
        system, _, code = min(element.codes).partition("|")
        return {"coding": [{"system": system, "code": code}]}
    if element.type in _VALUES:
        return _VALUES[element.type]
    if element.type in r4().primitives:
        return "a"
    if element.type == "Reference":
        return {"display": "a"}
    if element.type == "Resource":
        return {"resourceType": "Basic", "code": {"text": "a"}}
    return _members(element.type) or {"extension": [{"url": "urn:wutong:test", "valueString": "a"}]}
