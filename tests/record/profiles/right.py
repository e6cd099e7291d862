"""Right resources, which tests make wrong."""

from typing import Any

from wutong.core.json_text import Number

XHTML = 'xmlns="http://www.w3.org/1999/xhtml"'
CODE = {"coding": [{"system": "http://loinc.org", "code": "8867-4"}], "text": "Heart rate"}
PART = {"text": "Beats in three seconds"}  # obs-7: another code than that of the whole
OBSERVATION: dict[str, Any] = {
    "resourceType": "Observation",
    "id": "o1",
    "text": {"status": "generated", "div": f"<div {XHTML}><p>Heart&nbsp;rate <b>72</b></p></div>"},
    "status": "final",
    "category": [
        {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/observation-category", "code": "exam"}]}
    ],
    "code": CODE,
    "subject": {"reference": "Patient/p1"},
    "effectiveDateTime": "2024-05-31T14:05:00+08:00",
    "issued": "2024-05-31T14:05:00.000+08:00",
    "valueQuantity": {"value": Number("72.50"), "unit": "/min", "system": "http://unitsofmeasure.org", "code": "/min"},
    "component": [{"code": PART, "valueInteger": 3}, {"code": PART, "valueString": "three"}],
}
PATIENT: dict[str, Any] = {
    "resourceType": "Patient",
    "name": [
        {"family": "陳", "given": ["大文", None], "_given": [None, {"extension": [{"url": "u:1", "valueCode": "x"}]}]}
    ],
    "gender": "female",
    "birthDate": "1984-02-29",
    "_birthDate": {"extension": [{"url": "http://example.org/time", "valueDateTime": "1984-02-29T01:00:00+08:00"}]},
    "photo": [{"contentType": "image/png", "data": "aGVs\nbG8="}],
    "multipleBirthInteger": 2,
}
CONDITION: dict[str, Any] = {"resourceType": "Condition", "subject": {"reference": "Patient/1"}}
ACTIVE = {"system": "http://terminology.hl7.org/CodeSystem/condition-clinical", "code": "active"}
