"""What is stored of the persons of the twin worlds: what their caller sees, and what differs because he does not."""

from collections.abc import Sequence
from random import Random
from uuid import UUID

from record.resources import of_category

from searching import made_up
from searching.made_up import Json
from wutong.control.people import role_matrix
from wutong.core import hkid

PASSPORTS = ("K7654321", "K7612345")  # masked alike
CARDS = tuple(f"{each}{hkid.check_digit(each)}" for each in ("QX123457", "QX123456"))
PASSPORT = {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/v2-0203", "code": "PPN"}]}
_LABELS = {"OBS": "vital-signs", "LAB": "laboratory", "RAD": "imaging", "OIR": "procedure"}
_BIRTH = {"coding": [{"system": "http://loinc.org", "code": "8339-4"}]}
_NEVER_SHARED = ("Goal", "RiskAssessment", "Flag")


def closed_to(profession: str) -> list[str]:
    """The categories that a profession does not see without asking; of a doctor none."""
    return [code for who, code, access, _ in role_matrix.rows() if who == profession and access != "G"]


def observation(dice: Random, patient: UUID, category: str, visit: str, doctor: str) -> Json:
    """Of a category, during a visit, by somebody."""
    made = made_up.observation(dice, {"reference": f"Patient/{patient}"})
    if category == "BIRTH":
        made = {name: value for name, value in made.items() if name != "component"} | {"code": _BIRTH}
    label = [{"coding": [{"code": _LABELS.get(category, "vital-signs")}]}]
    by = [{"reference": f"Practitioner/{doctor}"}]
    return made | {"category": label, "encounter": {"reference": f"Encounter/{visit}"}, "performer": by}


def others(dice: Random, patient: UUID) -> list[Json]:
    """One each of further types that every profession sees."""
    code, note = made_up.concept(dice), [{"text": dice.choice(made_up.TEXTS)}]
    made = [of_category(each, patient) for each in ("DX", "ALG", "MED", "PX", "REF")]
    dated = [{"recordedDate": "2023-12-31"}, {}, {"authoredOn": "2024-01-01"}, {"performedDateTime": "2023"}, {}]
    coded = ["medicationCodeableConcept" if each["resourceType"] == "MedicationRequest" else "code" for each in made]
    return [row | day | {name: code, "note": note} for row, day, name in zip(made, dated, coded, strict=True)]


def numbered(dice: Random, patient: UUID, visit: str, doctor: str, number: int) -> Json:
    """With identity numbers of which all but the caller's mask differs."""
    card = {"system": "urn:wutong:hkid", "value": CARDS[number]}
    passport = {"system": "urn:passports", "value": PASSPORTS[number], "type": PASSPORT}
    made = observation(dice, patient, "OBS", visit, doctor)
    return made | {"identifier": [card, passport], "performer": [*made["performer"], {"identifier": card}]}


def hidden(dice: Random, patient: UUID, closed: Sequence[str], visit: str, doctor: str) -> Json:
    """What the caller of this person may not see: of a closed category, or of a type that nobody shares."""
    category = dice.choice([*closed, ""])
    if category == "BIRTH" and dice.randrange(2):
        return encounter(patient, is_birth=True)
    if category in {"LAB", "RAD", "OIR", "BIRTH"}:
        return observation(dice, patient, category, visit, doctor)
    if category:
        return of_category(category, patient) | {"encounter": {"reference": f"Encounter/{visit}"}}
    return never_shared(dice, patient)


def never_shared(dice: Random, patient: UUID) -> Json:
    """Kept for its depositor alone."""
    subject = {"reference": f"Patient/{patient}"}
    match dice.choice(_NEVER_SHARED):
        case "Goal":
            text = {"text": dice.choice(made_up.TEXTS)}
            return {"resourceType": "Goal", "lifecycleStatus": "active", "description": text, "subject": subject}
        case "Flag":
            return {"resourceType": "Flag", "status": "active", "code": {"text": "x"}, "subject": subject}
    return made_up.risk(dice, subject)


def encounter(patient: UUID, *, is_birth: bool = False, status: str = "finished") -> Json:
    """An Encounter; of a birth, it is in a category that pharmacists, optometrists and therapists do not see."""
    born = {"hospitalization": {"admitSource": {"coding": [{"code": "born"}]}}} if is_birth else {}
    return of_category("ENC", patient) | born | {"status": status}
