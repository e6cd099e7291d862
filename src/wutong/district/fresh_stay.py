"""One stay in a hospital that ended three days before the demo was loaded, so that somebody was discharged of late.

The shipped records end on a fixed day (demo/README.md); a stay that is fresh must be written on the day of loading. Its
content is ours, invented, for one person who allows the clinic.
"""

import base64
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from wutong.core import clock
from wutong.district.records import District, Resource, Upload
from wutong.district.staff import HA

PERSON = "yeung.sau.chun"
_DAYS, _AGO = 9, 3
_HOSPITAL = "Banyan Hill Hospital"
_FRACTURE = {"text": "Fracture of the left femoral neck"}
_OPERATION = {"text": "Cemented hemiarthroplasty of the left hip"}
_SUMMARY = """Discharge summary
Orthopaedics and traumatology, Banyan Hill Hospital

Admitted {since}, discharged {until}.

Diagnosis
Displaced fracture of the left femoral neck after a fall at home.

Operation
Cemented hemiarthroplasty of the left hip on {operated}. No complication.

Course
Walked with a frame from the second day. Wound dry, staples to be removed two weeks after the operation.
Own medicines for epilepsy and migraine went on unchanged. Known adverse reaction to lisinopril: not given.

On discharge
Paracetamol 1 g three times a day when needed, for two weeks.
Enoxaparin 40 mg under the skin once a day, until five weeks after the operation.
Calcium and vitamin D once a day.

Follow-up
Physiotherapy in the community: walking, strength of the hip, stairs; full weight on the leg is allowed.
Staples out at the family clinic. Orthopaedic clinic in six weeks.
Bone density and prevention of falls: please see to it.
"""


def with_fresh_stay(whole: District, today: date) -> District:
    """The district with that stay as one more upload of the hospital group, the person's last."""
    own = [each for each in whole.uploads if each.person_key == PERSON and each.provider_code == HA]
    patient = next(urn for each in own for urn, resource in _entries(each) if resource["resourceType"] == "Patient")
    number = max(each.number for each in own) + 1
    added = Upload(HA, PERSON, number, _bundle(patient, whole.person(PERSON).spoken_name, today))
    return replace(whole, uploads=(*whole.uploads, added))


def _entries(upload: Upload) -> list[tuple[str, Resource]]:
    return [(each["fullUrl"], each["resource"]) for each in upload.bundle["entry"]]


def _bundle(patient: str, name: str, today: date) -> Resource:
    since, until = _at(today, _AGO + _DAYS, 14), _at(today, _AGO, 11)
    operated = _at(today, _AGO + _DAYS - 1, 9)
    subject = {"reference": patient, "display": name}
    stay = {"reference": _urn("stay", today)}
    words = {key: f"{at:%-d %B %Y}" for key, at in (("since", since), ("until", until), ("operated", operated))}
    resources: dict[str, Resource] = {
        "stay": _encounter(since, until),
        "fracture": {"resourceType": "Condition", "code": _FRACTURE, "clinicalStatus": _clinical("active")}
        | {"encounter": stay, "onsetDateTime": since.isoformat()},
        "operation": {"resourceType": "Procedure", "status": "completed", "code": _OPERATION}
        | {"encounter": stay, "performedDateTime": operated.isoformat()},
        "summary": _document(_SUMMARY.format(**words), until) | {"context": {"encounter": [stay]}},
    }
    entries = [
        {
            "fullUrl": _urn(key, today),
            "resource": resource | {"subject": subject},
            "request": {"method": "POST", "url": resource["resourceType"]},
        }
        for key, resource in resources.items()
    ]
    return {"resourceType": "Bundle", "type": "transaction", "entry": entries}


def _encounter(since: datetime, until: datetime) -> Resource:
    system = "http://terminology.hl7.org/CodeSystem/v3-ActCode"
    return {
        "resourceType": "Encounter",
        "status": "finished",
        "class": {"system": system, "code": "IMP", "display": "inpatient encounter"},
        "type": [{"text": "Stay on an orthopaedic ward"}],
        "reasonCode": [_FRACTURE],
        "period": {"start": since.isoformat(), "end": until.isoformat()},
        "serviceProvider": {"display": _HOSPITAL},
    }


def _document(text: str, at: datetime) -> Resource:
    kind = {"system": "http://loinc.org", "code": "18842-5", "display": "Discharge summary"}
    attachment = {"contentType": "text/plain; charset=utf-8", "data": base64.b64encode(text.encode()).decode()}
    return {
        "resourceType": "DocumentReference",
        "status": "current",
        "docStatus": "final",
        "type": {"coding": [kind]},
        "date": at.isoformat(),
        "content": [{"attachment": attachment}],
    }


def _clinical(code: str) -> dict[str, Any]:
    return {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/condition-clinical", "code": code}]}


def _at(today: date, days_ago: int, hour: int) -> datetime:
    return datetime.combine(today - timedelta(days=days_ago), time(hour), clock.TERRITORY)


def _urn(key: str, today: date) -> str:
    return f"urn:uuid:{uuid5(NAMESPACE_URL, f'wutong:fresh-stay:{key}:{today}')}"
