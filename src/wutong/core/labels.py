"""Sensitivity labels: which resources speak of what people most want to keep to themselves.

A label comes from the sender (`meta.security`, HL7 v3 ActCode, InformationSensitivityPolicy) or from a code anywhere in
the resource. No Hong Kong list was found: the rules are ours (docs/decisions/0037), written to be read by clinicians.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

ACT_CODE = "http://terminology.hl7.org/CodeSystem/v3-ActCode"

# code of HL7 v3 ActCode: English, 繁體中文
LABEL_NAMES: Mapping[str, tuple[str, str]] = {
    "PSY": ("Mental health", "精神健康"),
    "SEX": ("Sexual and reproductive health", "性健康及生殖健康"),
    "HIV": ("HIV and AIDS", "愛滋病病毒及愛滋病"),
    "GDIS": ("Genetic conditions and tests", "遺傳病及基因測試"),
    "ETH": ("Alcohol and drug use", "酒精及藥物使用"),
    "SDV": ("Sexual assault, abuse or domestic violence", "性侵犯、虐待或家庭暴力"),
}

# Other codes of the same vocabulary that senders use for what we call by one name.
_SENT = {**{code: code for code in LABEL_NAMES}, "ETHUD": "ETH", "OPIOIDUD": "ETH", "STD": "SEX", "DVD": "SDV"}

_ICD10 = {
    "PSY": r"F(?:0[0-9]|[2-9][0-9]).*|X(?:6[0-9]|7[0-9]|8[0-4]).*",
    "ETH": r"F1[0-9].*|Z71\.?[45].*|Z72\.?[12].*",
    "HIV": r"B2[0-4].*|Z21.*|R75.*|O98\.?7.*",
    "SEX": r"A5[0-9].*|A6[0-4].*|N46.*|N97.*|O0[3-7].*|Z3[01].*|Z32.*|Z64\.?0.*",
    "GDIS": r"Q9[0-9].*|Z1[45].*|Z31\.?5.*",
    "SDV": r"T7[46].*|Y0[67].*",
}
_ICD9 = {
    "PSY": r"(?:29[0-9]|30[0-2]|30[6-9]|31[0-9]).*|E95.*",
    "ETH": r"(?:303|304|305).*",
    "HIV": r"042.*|V08.*|079\.?53.*",
    "SEX": r"09[0-9].*|V2[56].*|63[2-9].*",
    "GDIS": r"758.*",
    "SDV": r"995\.?[58].*",
}
_LOINC = {
    "PSY": r"44249-1|44261-6|69737-5|70274-6|69725-0",  # PHQ-9, GAD-7
    "ETH": r"75624-7|75626-2|82667-7",  # AUDIT, AUDIT-C, DAST-10
    "HIV": r"75622-1|56888-1|7917-8|29893-5|25836-8|20447-9|5018-7|5220-9|68961-2",
    "GDIS": r"51969-4|81247-9|55232-3|48018-6|53037-8|29770-5",
}
_SNOMED = {
    "PSY": r"35489007|370143000|13746004|58214004|197480006|74732009|47505003|191736004",
    "ETH": r"7200002|66590003|26416006|191816009|5602001",
    "HIV": r"86406008|165816005|62479008|91947003",
    "SEX": r"76272004|15628003|8098009|240589008|8619003|386639001",
    "GDIS": r"409709004|41040004|782964007",
    "SDV": r"95930005|706893006|371772001",
}


def _compiled(rules: Mapping[str, str]) -> re.Pattern[str]:
    return re.compile("|".join(f"(?P<{label}>{pattern})" for label, pattern in rules.items()))


_RULES: Mapping[str, re.Pattern[str]] = {
    "http://hl7.org/fhir/sid/icd-10": _compiled(_ICD10),
    "http://hl7.org/fhir/sid/icd-10-cm": _compiled(_ICD10),
    "http://hl7.org/fhir/sid/icd-9-cm": _compiled(_ICD9),
    "http://loinc.org": _compiled(_LOINC),
    "http://snomed.info/sct": _compiled(_SNOMED),
}


def labels_of(codings: Iterator[Mapping[str, Any]]) -> set[str]:
    """The labels that any of the codings gives."""
    return {label for coding in codings if (label := _label(coding.get("system"), coding.get("code")))}


def _label(system: Any, code: Any) -> str | None:
    if not isinstance(system, str) or not isinstance(code, str):
        return None
    if system == ACT_CODE:
        return _SENT.get(code)
    rule = _RULES.get(system)
    found = rule.fullmatch(code.strip().upper()) if rule else None
    return found.lastgroup if found else None
