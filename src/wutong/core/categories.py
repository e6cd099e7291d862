"""The data categories that are shared, and which one a resource belongs to. Source: domain dossier 3.1, 4.2; house 6.1.

What belongs to none is kept for its depositor and never shared; so are Consent and AuditEvent from a system, which are
documents and never in force. What is contained or included carries the category of its container.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from wutong.core import questionnaires

# Every stored resource that is shared says its category in `meta.tag`, so that a search can name it (`_tag`).
CATEGORY_TAG = "urn:wutong:category"

# code: English, 繁體中文
CATEGORY_NAMES: Mapping[str, tuple[str, str]] = {
    "PID": ("Personal identification and demographic data", "個人資料"),
    "ALG": ("Allergies and adverse drug reactions", "敏感及藥物不良反應"),
    "DX": ("Diagnoses", "診斷"),
    "PX": ("Procedures", "手術及其他醫療程序"),
    "MED": ("Medication", "藥物"),
    "ENC": ("Encounters and appointments", "住院、到診及預約資料"),
    "CNS": ("Clinical notes and summaries", "臨床摘要"),
    "BIRTH": ("Birth records", "出生紀錄"),
    "IMM": ("Immunisation records", "防疫接種紀錄"),
    "LAB": ("Laboratory reports", "化驗報告"),
    "RAD": ("Radiology reports", "放射報告"),
    "OIR": ("Other investigation reports", "其他檢查報告"),
    "REF": ("Healthcare referrals", "醫療轉介資料"),
    "OBS": ("Observation and lifestyle records", "觀察及生活方式紀錄"),
}


@dataclass(frozen=True)
class SharedCategory:
    """One of the categories that the public is told of; the role matrix cuts it finer (`codes`).

    `since`: the day from which it is shared; None where no day is published.
    """

    number: int
    english: str
    chinese: str
    codes: tuple[str, ...]
    since: date | None


FIRST_STAGE_SINCE = date(2016, 3, 13)  # the system's launch

# What is shared: exactly nine categories in the first stage; nothing else of a record is.
FIRST_STAGE: tuple[SharedCategory, ...] = tuple(
    SharedCategory(number, english, chinese, codes, FIRST_STAGE_SINCE)
    for number, (english, chinese, codes) in enumerate(
        (
            ("Personal identification and demographic data", "個人資料", ("PID",)),
            ("Allergies and adverse drug reactions", "敏感及藥物不良反應", ("ALG",)),
            ("Diagnosis, procedures and medication", "診斷、手術及其他醫療程序、藥物", ("DX", "PX", "MED")),
            ("Encounters and appointments", "住院、到診及預約資料", ("ENC",)),
            ("Clinical notes and summaries", "臨床摘要", ("CNS",)),
            ("Birth and immunisation records", "出生紀錄、防疫接種紀錄", ("BIRTH", "IMM")),
            ("Laboratory and radiology reports", "化驗報告、放射報告", ("LAB", "RAD")),
            ("Other investigation reports", "其他檢查報告", ("OIR",)),
            ("Healthcare referrals", "醫療轉介資料", ("REF",)),
        ),
        start=1,
    )
)
# Added after the first stage.
LATER_STAGE = (SharedCategory(10, "Observation and lifestyle records", "觀察及生活方式紀錄", ("OBS",), None),)

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
    "EpisodeOfCare": "ENC",
    "Appointment": "ENC",
    "Immunization": "IMM",
    "Specimen": "LAB",
    "ImagingStudy": "RAD",
    "Media": "OIR",
    "Task": "REF",
}
_SEVERAL: Mapping[str, frozenset[str]] = {
    "Observation": frozenset({"LAB", "RAD", "OIR", "OBS", "BIRTH"}),
    "DiagnosticReport": frozenset({"LAB", "RAD", "CNS", "OIR", "OBS"}),
    "ServiceRequest": frozenset({"LAB", "RAD", "REF"}),
    "DocumentReference": frozenset({"CNS", "LAB", "RAD"}),
    "Composition": frozenset({"CNS", "LAB", "RAD"}),
    "Encounter": frozenset({"ENC", "BIRTH"}),
}
CATEGORIES_OF_TYPE: Mapping[str, frozenset[str]] = {
    **{kind: frozenset({category}) for kind, category in _ONE.items()},
    **_SEVERAL,
}

# A depositor's own directory: no data category; readable where a record names it (docs/decisions/0010).
DIRECTORY_TYPES = frozenset({"Organization", "Practitioner", "PractitionerRole", "Location"})

# Where several fit, the strictest: the one that fewer professions of the dossier's role matrix see without asking.
STRICTEST_FIRST = ("BIRTH", "LAB", "RAD", "OIR", "OBS", "CNS", "ENC", "REF")

# An observation that does not say what it is may be a laboratory result, an image's, a test's or a measurement: of
# these the strictest. (A birth record is known by its codes.)
_UNSAID_OBSERVATION = "LAB"

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
# HL7 v2 table 0074, whole; and LOINC's kinds of reports and notes.
_REPORT = {
    **dict.fromkeys(("BG", "BLB", "CG", "CH", "CP", "GE", "HM", "IMM", "LAB", "MB", "MCB", "MYC"), "LAB"),
    **dict.fromkeys(("OSL", "PAR", "PAT", "SP", "SR", "TX", "URN", "VR", "11502-2"), "LAB"),
    **dict.fromkeys(("CT", "CUS", "IMG", "NMR", "NMS", "OUS", "RAD", "RT", "RUS", "RX", "VUS", "XRC"), "RAD"),
    "18748-4": "RAD",
    **dict.fromkeys(("34117-2", "51847-2", "34109-9", "11506-3", "11488-4", "18842-5", "28570-0", "34133-9"), "CNS"),
    "PHY": "CNS",
    **dict.fromkeys(("AU", "CTH", "EC", "EN", "ICU", "NRS", "OT", "OTH", "PF", "PHR", "PT", "RC"), "OIR"),
}
_DOCUMENT = {code: category for code, category in _REPORT.items() if category in {"LAB", "RAD"}}
_REQUEST = {"108252007": "LAB", "363679005": "RAD", "laboratory": "LAB", "imaging": "RAD", "LAB": "LAB", "RAD": "RAD"}
# LOINC: birth weight; Apgar scores at 1, 5, 10 minutes; plurality, attendant and gestational age of the birth.
_BIRTH_CODES = frozenset({"8339-4", "9272-6", "9274-2", "9271-8", "57722-1", "73764-3", "76516-4"})
# LOINC codes of the R4 vital signs profiles, which leave no doubt where the category is not said.
_VITAL_CODES = frozenset({
    "85353-1", "9279-1", "8867-4", "2708-6", "8310-5", "8302-2", "9843-4", "29463-7", "39156-5", "85354-9", "8480-6",
    "8462-4", "8478-0",
})  # fmt: skip
_BORN_HERE = "born"  # HL7 admit source


def categories_asked(resource_type: str, tags: Iterable[str]) -> frozenset[str]:
    """What a search of a type can show: all its categories, or those that `tags` name (a hit must have one of them).

    FHIR's own category codes narrow nothing: what is labelled a vital sign may be a birth record by its code.
    """
    whole = CATEGORIES_OF_TYPE.get(resource_type, frozenset())
    named = [tag.rpartition("|")[::2] for tag in tags]
    if named and all(system == CATEGORY_TAG for system, _ in named):
        return whole & {code for _, code in named}
    return whole


def category_of(resource: Mapping[str, Any]) -> str | None:
    """The category code of a resource, or None where it is outside what is shared."""
    kind = resource.get("resourceType")
    match kind:
        case "Observation":
            return _observation(resource)
        case "DiagnosticReport":
            return _report(resource)
        case "ServiceRequest":
            return _strictest(_mapped(_REQUEST, resource.get("category"))) or "REF"
        case "DocumentReference" | "Composition":
            return _strictest(_mapped(_DOCUMENT, resource.get("type"), resource.get("category"))) or "CNS"
        case "Encounter":
            return "BIRTH" if _BORN_HERE in _codes(_admit_source(resource)) else "ENC"
        case str():
            return _ONE.get(kind)
    return None


def _observation(resource: Mapping[str, Any]) -> str:
    codes = set(_codes(resource.get("code")))
    if codes & _BIRTH_CODES:
        return "BIRTH"
    if codes & questionnaires.CODES:
        return "OBS"
    said = _strictest(_mapped(_OBSERVATION, resource.get("category")))
    return said or ("OBS" if codes & _VITAL_CODES else _UNSAID_OBSERVATION)


def _report(resource: Mapping[str, Any]) -> str:
    if not questionnaires.CODES.isdisjoint(_codes(resource.get("code"))):
        return "OBS"
    return _strictest(_mapped(_REPORT, resource.get("category"))) or "OIR"


def _admit_source(encounter: Mapping[str, Any]) -> Any:
    hospitalization = encounter.get("hospitalization")
    return hospitalization.get("admitSource") if isinstance(hospitalization, dict) else None


def _mapped(table: Mapping[str, str], *concepts: Any) -> set[str]:
    return {table[code] for concept in concepts for code in _codes(concept) if code in table}


def _strictest(found: set[str]) -> str | None:
    return next((category for category in STRICTEST_FIRST if category in found), None)


def _codes(concept: Any) -> Iterator[str]:
    for each in concept if isinstance(concept, list) else [concept]:
        codings = each.get("coding") if isinstance(each, dict) else None
        for coding in codings if isinstance(codings, list) else []:
            if isinstance(coding, dict) and isinstance(coding.get("code"), str):
                yield coding["code"]
