"""The data categories that are shared, and which one a resource belongs to. Source: domain dossier 3.1, 4.2; house 6.1.

What belongs to none is kept for its depositor and never shared. Where several fit, the strictest: the one that the
role matrix opens to fewer professions.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

# code: English, 繁體中文
CATEGORY_NAMES: Mapping[str, tuple[str, str]] = {
    "PID": ("Personal particulars", "個人資料"),
    "ALG": ("Allergies and adverse drug reactions", "敏感及藥物不良反應"),
    "DX": ("Diagnoses", "診斷"),
    "PX": ("Procedures", "手術及其他醫療程序"),
    "MED": ("Medicines", "藥物"),
    "ENC": ("Encounters and appointments", "住院、到診及預約資料"),
    "CNS": ("Clinical notes and summaries", "臨床摘要"),
    "BIRTH": ("Birth records", "出生紀錄"),
    "IMM": ("Immunisations", "防疫接種紀錄"),
    "LAB": ("Laboratory reports", "化驗報告"),
    "RAD": ("Radiology reports", "放射報告"),
    "OIR": ("Other investigation reports", "其他檢查報告"),
    "REF": ("Healthcare referrals", "醫療轉介資料"),
    "OBS": ("Observations and lifestyle", "觀察及生活方式紀錄"),
}

_ONE: Mapping[str, str] = {
    "Patient": "PID",
    "RelatedPerson": "PID",
    "AllergyIntolerance": "ALG",
    "Condition": "DX",
    "Procedure": "PX",
    "MedicationRequest": "MED",
    "MedicationDispense": "MED",
    "MedicationStatement": "MED",
    "MedicationAdministration": "MED",
    "Encounter": "ENC",
    "EpisodeOfCare": "ENC",
    "Appointment": "ENC",
    "Composition": "CNS",
    "DocumentReference": "CNS",
    "Immunization": "IMM",
    "Specimen": "LAB",
    "ImagingStudy": "RAD",
    "Media": "OIR",
    "Task": "REF",
}
_SEVERAL: Mapping[str, frozenset[str]] = {
    "Observation": frozenset({"LAB", "RAD", "OIR", "OBS", "BIRTH"}),
    "DiagnosticReport": frozenset({"LAB", "RAD", "CNS", "OIR"}),
    "ServiceRequest": frozenset({"LAB", "RAD", "REF"}),
}
CATEGORIES_OF_TYPE: Mapping[str, frozenset[str]] = {
    **{kind: frozenset({category}) for kind, category in _ONE.items()},
    **_SEVERAL,
}

# How many of the professions each sees without asking decides which of two is stricter (role matrix of the dossier).
_STRICTEST_FIRST = ("BIRTH", "OIR", "RAD", "LAB", "CNS", "OBS", "REF")

_OBSERVATION = {
    "laboratory": "LAB",
    "imaging": "RAD",
    "procedure": "OIR",
    "exam": "OIR",
    "therapy": "OIR",
    "vital-signs": "OBS",
    "social-history": "OBS",
    "survey": "OBS",
    "activity": "OBS",
}
# HL7 v2 table 0074, and LOINC's kinds of notes.
_REPORT = {
    **dict.fromkeys(
        ("LAB", "HM", "CH", "MB", "BLB", "CP", "SP", "CTH", "GE", "IMM", "MCB", "MYC", "SR", "TX", "VR"), "LAB"
    ),
    **dict.fromkeys(("RAD", "RUS", "CT", "NMR", "NMS", "CUS", "XRC", "OUS", "VUS", "RX"), "RAD"),
    **dict.fromkeys(("34117-2", "51847-2", "34109-9", "11506-3", "18842-5", "28570-0", "34133-9"), "CNS"),
}
_REQUEST = {"108252007": "LAB", "363679005": "RAD", "laboratory": "LAB", "imaging": "RAD"}
# LOINC codes that speak of a birth: gestational age, birth weight, Apgar scores, delivery.
_BIRTH_CODES = frozenset({"8339-4", "11884-4", "9272-6", "9274-2", "9271-8", "57722-1", "73764-3"})


def categories_asked(resource_type: str, codes: Iterable[str]) -> frozenset[str]:
    """What a search of a type can show: narrower where it names categories of observations that are known here."""
    whole = CATEGORIES_OF_TYPE.get(resource_type, frozenset())
    named = [code.rpartition("|")[2] for code in codes]
    if resource_type == "Observation" and named and all(code in _OBSERVATION for code in named):
        return frozenset(_OBSERVATION[code] for code in named)
    return whole


def category_of(resource: Mapping[str, Any]) -> str | None:
    """The category code of a resource, or None where it is outside what is shared."""
    kind = resource.get("resourceType", "")
    if kind in _ONE:
        return _ONE[kind]
    match kind:
        case "Observation":
            return _observation(resource)
        case "DiagnosticReport":
            return _strictest(_mapped(resource, _REPORT)) or "OIR"
        case "ServiceRequest":
            return _strictest(_mapped(resource, _REQUEST)) or "REF"
    return None


def _observation(resource: Mapping[str, Any]) -> str:
    if _BIRTH_CODES.intersection(_codes(resource.get("code"))):
        return "BIRTH"
    # An observation that does not say what it is could be anything: the strictest that an observation can be.
    return _strictest(_mapped(resource, _OBSERVATION)) or "OIR"


def _mapped(resource: Mapping[str, Any], table: Mapping[str, str]) -> set[str]:
    return {table[code] for code in _codes(resource.get("category")) if code in table}


def _strictest(found: set[str]) -> str | None:
    return next((category for category in _STRICTEST_FIRST if category in found), None)


def _codes(concept: Any) -> Iterator[str]:
    for each in concept if isinstance(concept, list) else [concept]:
        codings = each.get("coding") if isinstance(each, dict) else None
        for coding in codings or []:
            if isinstance(coding, dict) and isinstance(coding.get("code"), str):
                yield coding["code"]
