"""Whom an open record is about: the index's projection, read like the rest, so that the trail tells of it too."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from wutong.control.charts import client
from wutong.control.charts.client import Closed, Unreachable

_SEX = {"male": "M", "female": "F"}
_HKID = "urn:wutong:hkid"


@dataclass(frozen=True)
class Particulars:
    """What the banner of an open record shows."""

    name_en: str
    name_zh: str
    birth_date: str  # as FHIR writes it: the day, or only the month or the year; empty where not known
    sex: str
    masked_document: str


def fetch_particulars(token: str, person_id: UUID) -> Particulars | Closed | Unreachable:
    """The person's particulars under the caller's own rights."""
    answer = client.ask(token, f"Patient/{person_id}")
    return _particulars(answer) if isinstance(answer, dict) else answer


def _particulars(patient: dict[str, Any]) -> Particulars:
    english, chinese = [*(name.get("text", "") for name in patient.get("name", [])), "", ""][:2]
    numbers = [each.get("value", "") for each in patient.get("identifier", []) if each.get("system") == _HKID]
    return Particulars(
        name_en=english,
        name_zh=chinese,
        birth_date=str(patient.get("birthDate", "")),
        sex=_SEX.get(patient.get("gender", ""), "U"),
        masked_document=next(iter(numbers), ""),
    )
