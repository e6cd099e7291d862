"""What is deposited: small resources of every category, of few words, so that questions find some and not others."""

from collections.abc import Callable
from random import Random

from wutong.core import hkid
from wutong.core.labels import ACT_CODE, LABEL_NAMES
from wutong.proving.who import Json

CODES = ["1-8", "2-6", "final", "x y", "4548-4"]
SYSTEMS = ["http://loinc.org", "urn:a", ""]
TEXTS = ["cafe", "tea, green", "a_b", "陳大文", "O'Neil"]
DAYS = ["2023", "2023-12", "2023-12-31", "2024-01-01", "2024-03-01T10:00:00+08:00", "2025-06-30T15:30:00Z"]
NUMBERS = [5.4, 99.5, 100, 0.25]
# Two that are masked alike, for each kind of document.
CARDS = tuple(f"{each}{hkid.check_digit(each)}" for each in ("QX123457", "QX123456"))
PASSPORTS = ("K7654321", "K7612345")
PASSPORT = {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/v2-0203", "code": "PPN"}]}

_ACTIVE = {
    "coding": [{"system": "http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical", "code": "active"}]
}
_BIRTH = {"coding": [{"system": "http://loinc.org", "code": "8339-4"}]}
_OBSERVED = {"OBS": "vital-signs", "LAB": "laboratory", "RAD": "imaging", "OIR": "procedure"}
_REPORTED = {"LAB": "LAB", "RAD": "RAD", "OIR": "EC", "CNS": "PHY"}
Maker = Callable[[Random], Json]


def concept(dice: Random) -> Json:
    """Of one code, or of a text alone."""
    if not dice.randrange(5):
        return {"text": dice.choice(TEXTS)}
    system = dice.choice(SYSTEMS)
    return {"coding": [{"code": dice.choice(CODES), **({"system": system} if system else {})}]}


def _observation(category: str) -> Maker:
    def made(dice: Random) -> Json:
        code = _BIRTH if category == "BIRTH" else concept(dice)
        label = [{"coding": [{"code": _OBSERVED.get(category, "vital-signs")}]}]
        value = {"value": dice.choice(NUMBERS), "unit": "mg", "system": "http://unitsofmeasure.org", "code": "mg"}
        what = {"valueQuantity": value} if dice.randrange(3) else {"valueString": dice.choice(TEXTS)}
        when = {"effectiveDateTime": dice.choice(DAYS)} if dice.randrange(4) else {}
        status = dice.choice(["final", "amended"])
        return {"resourceType": "Observation", "status": status, "code": code, "category": label} | what | when

    return made


def _report(category: str) -> Maker:
    def made(dice: Random) -> Json:
        label = [{"coding": [{"code": _REPORTED[category]}]}]
        return {
            "resourceType": "DiagnosticReport",
            "status": "final",
            "code": concept(dice),
            "category": label,
            "effectiveDateTime": dice.choice(DAYS),
            "conclusion": dice.choice(TEXTS),
        }

    return made


def _document(dice: Random) -> Json:
    attachment = {"contentType": "text/plain", "data": "YSBub3Rl", "title": dice.choice(TEXTS)}
    return {
        "resourceType": "DocumentReference",
        "status": "current",
        "type": concept(dice),
        "date": "2024-03-01T10:00:00+08:00",
        "content": [{"attachment": attachment}],
    }


def _encounter(*, is_birth: bool = False) -> Maker:
    def made(dice: Random) -> Json:
        status, kind = dice.choice(["finished", "arrived"]), dice.choice(["AMB", "IMP"])
        born = {"hospitalization": {"admitSource": {"coding": [{"code": "born"}]}}} if is_birth else {}
        return {"resourceType": "Encounter", "status": status, "class": {"code": kind}} | born

    return made


def _plain(kind: str, name: str = "code", **more: object) -> Maker:
    """Of a type with a concept under `name`; a day in `more` is drawn anew."""

    def made(dice: Random) -> Json:
        days = {each: dice.choice(DAYS) for each, value in more.items() if value == "day"}
        return {"resourceType": kind, name: concept(dice), **more, **days}

    return made


_OF_CATEGORY: dict[str, list[Maker]] = {
    "ALG": [_plain("AllergyIntolerance", clinicalStatus=_ACTIVE, recordedDate="day")],
    "DX": [_plain("Condition", recordedDate="day")],
    "PX": [_plain("Procedure", status="completed", performedDateTime="day")],
    "MED": [
        _plain("MedicationRequest", "medicationCodeableConcept", status="active", intent="order", authoredOn="day"),
        _plain("MedicationStatement", "medicationCodeableConcept", status="active", effectiveDateTime="day"),
    ],
    "ENC": [_encounter()],
    "CNS": [_document, _report("CNS")],
    "BIRTH": [_observation("BIRTH"), _encounter(is_birth=True)],
    "IMM": [_plain("Immunization", "vaccineCode", status="completed", occurrenceDateTime="2024-01-01")],
    "LAB": [_observation("LAB"), _report("LAB")],
    "RAD": [_observation("RAD"), _report("RAD"), _plain("ImagingStudy", "reasonCode", status="available")],
    "OIR": [_observation("OIR"), _report("OIR")],
    "REF": [_plain("ServiceRequest", status="active", intent="order", authoredOn="day")],
    "OBS": [_observation("OBS")],
    "": [
        _plain("Goal", "description", lifecycleStatus="active"),
        _plain("Flag", status="active"),
        _plain("CarePlan", "category", status="active", intent="plan"),
        _plain("RiskAssessment", status="final"),
    ],
}
CATEGORIES = tuple(each for each in _OF_CATEGORY if each)
_SUBJECT = {"AllergyIntolerance": "patient", "Immunization": "patient"}
_LISTS = {("ImagingStudy", "reasonCode"), ("CarePlan", "category")}
_DURING = frozenset(
    {"Observation", "DiagnosticReport", "Condition", "Procedure", "MedicationRequest", "ServiceRequest"}
)
_BY = {"Observation": "performer", "DiagnosticReport": "performer"}


def made(dice: Random, category: str, patient: str, *, visit: str = "", doctor: str = "", label: str = "") -> Json:
    """A resource of that category (empty: of none), about a Patient; `visit` and `doctor` where its type names such."""
    content = dice.choice(_OF_CATEGORY[category])(dice)
    kind = content["resourceType"]
    content = {name: [value] if (kind, name) in _LISTS else value for name, value in content.items()}
    content[_SUBJECT.get(kind, "subject")] = {"reference": f"Patient/{patient}"}
    if label:
        content["meta"] = {"security": [{"system": ACT_CODE, "code": label}]}
    if visit and kind in _DURING:
        content["encounter"] = {"reference": f"Encounter/{visit}"}
    if doctor and kind in _BY:
        content[_BY[kind]] = [{"reference": f"Practitioner/{doctor}"}]
    return content


def visit_of(content: Json) -> str:
    """The id of the Encounter that a resource names; empty where it names none."""
    return str(content.get("encounter", {}).get("reference", "")).partition("/")[2]


def any_label(dice: Random, often: int) -> str:
    """One in `often` has a sensitivity label."""
    return dice.choice(sorted(LABEL_NAMES)) if not dice.randrange(often) else ""


def numbered(number: int, patient: str, visit: str) -> Json:
    """With identity numbers of which all but a reader's mask differs."""
    card = {"system": "urn:wutong:hkid", "value": CARDS[number]}
    passport = {"system": "urn:passports", "value": PASSPORTS[number], "type": PASSPORT}
    content = made(Random(1), "OBS", patient, visit=visit)
    return content | {"identifier": [card, passport], "performer": [{"identifier": card}]}


def patient(number: str, family: str, born: str) -> Json:
    """A sender's Patient."""
    return {
        "resourceType": "Patient",
        "identifier": [{"system": "urn:wutong:hkid", "value": number}],
        "name": [{"use": "official", "family": family, "given": ["Tai", "Man"]}, {"text": "陳大文"}],
        "gender": "female",
        "birthDate": born,
    }


def practitioner(name: str) -> Json:
    """Of a sender's directory."""
    return {"resourceType": "Practitioner", "name": [{"family": name}]}
