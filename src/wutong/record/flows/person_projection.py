"""A person of the index as a read-only FHIR Patient: particulars, masked document, links to the source records."""

from typing import Any

from wutong.core import clock, ids, json_text
from wutong.record.store.rows import Stored

_GENDER = {"M": "male", "F": "female", "U": "unknown"}
_BIRTH = {"Y": "%Y", "M": "%Y-%m", "D": "%Y-%m-%d"}


def as_patient(row: dict[str, Any]) -> Stored:
    """The row of gate.projection_v1 as FHIR JSON."""
    patient: dict[str, Any] = {
        "resourceType": "Patient",
        "id": str(row["person_id"]),
        "meta": {
            "versionId": "1",
            "lastUpdated": clock.now().isoformat(timespec="milliseconds"),
            "tag": [{"system": "urn:wutong:register", "code": "person"}],
        },
        "identifier": _identifiers(row),
        "active": True,
        "name": _names(row),
        "gender": _GENDER[row["sex"]],
        "link": [{"other": {"reference": f"Patient/{each}"}, "type": "seealso"} for each in row["patient_ids"]],
    }
    if row["birth_date"]:
        patient["birthDate"] = row["birth_date"].strftime(_BIRTH[row["birth_precision"]])
    patient = {name: value for name, value in patient.items() if value != []}
    return Stored("Patient", row["person_id"], 1, row["registered_at"], ids.NOBODY, json_text.dump(patient))


def _identifiers(row: dict[str, Any]) -> list[dict[str, Any]]:
    numbers = [{"system": "urn:wutong:ehr-number", "value": row["ehr_number"]}]
    if row["masked_document"]:
        numbers.append({"system": "urn:wutong:hkid", "value": row["masked_document"]})
    return numbers


def _names(row: dict[str, Any]) -> list[dict[str, Any]]:
    name: dict[str, Any] = {"use": "official", "text": f"{row['family_name']} {row['given_name']}".strip()}
    if row["family_name"]:
        name["family"] = row["family_name"]
    if row["given_name"]:
        name["given"] = [row["given_name"]]
    return [name, {"use": "official", "text": row["name_zh"]}] if row["name_zh"] else [name]
