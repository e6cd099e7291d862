"""Reads FHIR resources for display: leniently, because senders differ, but never leaving an entry out for its form.

Source: HL7 FHIR R4, the pages of each resource; the two ways of Synthea to name a medicine.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _

from wutong.control.charts import asides, dosage, numbers
from wutong.core import clock

Resource = dict[str, Any]

NONE_KNOWN = frozenset({"716186003", "160244002"})  # SNOMED CT: no known allergy, of any kind
_NONE_OF_A_KIND = frozenset({"409137002", "428607008", "429625007"})  # no known allergy to drugs, surroundings, food
PROVIDER_TAG = "urn:wutong:provider"
_VOID = {"entered-in-error", "cancelled", "not-done", "draft"}
_ANNOTATION = re.compile(r"\{([^{}]*)\}")  # UCUM: what stands in braces is for people, the braces are not
_DENIED = {"entered-in-error", "refuted"}
_EXPECTED = {"N", "NEG"}  # interpretations that nobody needs to be alarmed about
_OPEN = {"", "active", "recurrence", "relapse"}


@dataclass(frozen=True)
class Item:
    """One line of a section."""

    name: str
    detail: str
    at: date | datetime | str | None  # str: a year or a month, as the sender knew no more
    sender_code: str
    reference: str = ""  # a result's reference range
    mark: str = ""  # to be seen at once, in words: high risk, very low
    is_past: bool = False
    is_absence: bool = False  # says that there is none of a kind
    is_aside: bool = False  # stands after the others (see asides)

    @property
    def day(self) -> object:
        """The day in the territory."""
        return clock.local(self.at).date() if isinstance(self.at, datetime) else self.at


def is_void(resource: Resource) -> bool:
    """Whether the sender took it back, or it never was."""
    return resource.get("status") in _VOID or _code(resource.get("verificationStatus")) in _DENIED


def says_none_known(resource: Resource) -> bool:
    """Whether an AllergyIntolerance states that there are no allergies."""
    return _is_open(resource) and bool(NONE_KNOWN.intersection(_codes(resource.get("code"))))


def statement_of_none(resource: Resource) -> Item:
    """That statement, with its sender and time."""
    return _item(resource, _text(resource.get("code")), "")


def allergy(resource: Resource) -> Item | None:
    """An AllergyIntolerance: substance, reactions, risk."""
    if NONE_KNOWN.intersection(_codes(resource.get("code"))):
        return None
    reactions = [_text(m) for each in resource.get("reaction", []) for m in each.get("manifestation", [])]
    is_high = resource.get("criticality") == "high"
    kind = _("intolerance") if resource.get("type") == "intolerance" else ""
    parts = [*reactions, kind, _doubt(resource), _ended(resource)]
    return _item(
        resource,
        _text(resource.get("code")),
        _joined(parts),
        mark=_("high risk") if is_high else "",
        is_past=not _is_open(resource),
        is_absence=bool(_NONE_OF_A_KIND.intersection(_codes(resource.get("code")))),
    )


def problem(resource: Resource) -> Item:
    """A Condition."""
    detail = _joined([_text(resource.get("severity")), _doubt(resource), _ended(resource)])
    name = _text(resource.get("code"))
    return _item(resource, name, detail, is_past=not _is_open(resource), is_aside=asides.is_circumstance(name))


def medicine(resource: Resource) -> Item:
    """A MedicationRequest: the medicine, how to take it."""
    status = resource.get("status", "")
    told = {
        "on-hold": _("on hold"),
        "stopped": _("stopped"),
        "completed": _("completed"),
        "unknown": _("status unknown"),
    }
    parts = [*(dosage.text(each) for each in resource.get("dosageInstruction", [])), told.get(status, "")]
    return _item(resource, _medicine_name(resource), _joined(parts), is_past=status in {"stopped", "completed"})


def result(resource: Resource) -> Item:
    """A laboratory Observation: value, unit, how it compares."""
    flags = [code for each in resource.get("interpretation", []) if (code := _code(each) or _text(each))]
    return _item(
        resource,
        _text(resource.get("code")),
        _joined([_value(resource), *(_flag(code) for code in flags if code in _EXPECTED)]),
        reference=_range(resource),
        mark=_joined([_flag(code) for code in flags if code not in _EXPECTED]),
        is_aside=not asides.NOT_FROM_A_LABORATORY.isdisjoint(_codes(resource.get("code"))),
    )


def immunisation(resource: Resource) -> Item:
    """An Immunization: the vaccine, its lot."""
    lot = resource.get("lotNumber", "")
    return _item(resource, _text(resource.get("vaccineCode")), _("lot %(number)s") % {"number": lot} if lot else "")


def encounter(resource: Resource) -> Item:
    """An Encounter: what kind, and why."""
    kinds = [_text(each) for each in resource.get("type", [])]
    reasons = [_text(each).replace("_", " ") for each in resource.get("reasonCode", [])]
    name = next(filter(None, kinds), "") or resource.get("class", {}).get("display", "") or _("Visit")
    return _item(resource, name, _joined(reasons))


def _item(resource: Resource, name: str, detail: str, **more: Any) -> Item:
    tags = resource.get("meta", {}).get("tag", [])
    sender = next((tag.get("code", "") for tag in tags if tag.get("system") == PROVIDER_TAG), "")
    return Item(name or _("(the sender gave no name)"), detail, _when(resource), sender, **more)


def _is_open(resource: Resource) -> bool:
    return _code(resource.get("clinicalStatus")) in _OPEN


def _ended(resource: Resource) -> str:
    known = {"inactive": _("inactive"), "remission": _("in remission"), "resolved": _("resolved")}
    return known.get(_code(resource.get("clinicalStatus")), "")


def _doubt(resource: Resource) -> str:
    sure = {"", "confirmed"}
    return "" if _code(resource.get("verificationStatus")) in sure else _("not confirmed")


def _medicine_name(resource: Resource) -> str:
    if "medicationCodeableConcept" in resource:
        return _text(resource["medicationCodeableConcept"])
    reference = resource.get("medicationReference", {})
    contained = {f"#{each.get('id')}": each for each in resource.get("contained", [])}
    found = contained.get(reference.get("reference", ""), {})
    return _text(found.get("code")) or str(reference.get("display", ""))


def _flag(code: str) -> str:
    known = {
        "H": _("high"),
        "HH": _("very high"),
        "L": _("low"),
        "LL": _("very low"),
        "A": _("abnormal"),
        "AA": _("very abnormal"),
        "POS": _("positive"),
        "NEG": _("negative"),
        "N": "",
    }
    return known.get(code, code)


def _value(resource: Resource) -> str:
    if "component" in resource:
        return "; ".join(f"{_text(each.get('code'))} {_value(each)}".strip() for each in resource["component"])
    for name, read in _VALUES.items():
        if name in resource:
            return read(resource[name])
    missing = _text(resource.get("dataAbsentReason"))
    return _("no value: %(why)s") % {"why": missing} if missing else ""


def _quantity(quantity: Resource) -> str:
    unit = _ANNOTATION.sub(_annotation, str(quantity.get("unit") or quantity.get("code", "")))
    return f"{quantity.get('comparator', '')}{numbers.measured(quantity.get('value'))} {unit}".strip()


def _annotation(found: re.Match[str]) -> str:
    return found[1].replace("_", " ")


def _ratio(ratio: Resource) -> str:
    return f"{_quantity(ratio.get('numerator', {}))} : {_quantity(ratio.get('denominator', {}))}"


def _range(resource: Resource) -> str:
    for each in resource.get("referenceRange", []):
        if each.get("text"):
            return str(each["text"])
        low, high = (numbers.measured(each.get(end, {}).get("value")) for end in ("low", "high"))
        if low and high:
            return f"{low}–{high}"
        if low or high:
            return f"≥ {low}" if low else f"≤ {high}"
    return ""


_TIMES = ("effectiveDateTime", "effectiveInstant", "occurrenceDateTime", "authoredOn", "onsetDateTime", "recordedDate")


def _when(resource: Resource) -> date | datetime | str | None:
    text = next((resource[name] for name in _TIMES if name in resource), None)
    period = resource.get("period") or resource.get("effectivePeriod") or resource.get("onsetPeriod") or {}
    text = str(text or period.get("start") or resource.get("issued") or resource.get("occurrenceString") or "")
    try:
        if "T" in text:
            read = datetime.fromisoformat(text)
            return clock.local(read if read.tzinfo else read.replace(tzinfo=clock.TERRITORY))
        return date.fromisoformat(text) if len(text) == 10 else text or None
    except (ValueError, OverflowError):  # no such time, or none that the territory's clock can show
        return text


def _text(concept: Any) -> str:
    if not isinstance(concept, dict):
        return ""
    displays = [each.get("display", "") for each in concept.get("coding", [])]
    codes = [each.get("code", "") for each in concept.get("coding", [])]
    return str(concept.get("text") or next(filter(None, [*displays, *codes]), ""))


def _code(concept: Any) -> str:
    return next(_codes(concept), "")


def _codes(concept: Any) -> Iterator[str]:
    for coding in (concept or {}).get("coding", []):
        if coding.get("code"):
            yield coding["code"]


def _joined(parts: list[str]) -> str:
    return ", ".join(dict.fromkeys(filter(None, parts)))


_VALUES: dict[str, Callable[[Any], str]] = {
    "valueQuantity": _quantity,
    "valueCodeableConcept": _text,
    "valueString": str,
    "valueInteger": str,
    "valueBoolean": lambda value: _("yes") if value else _("no"),
    "valueRatio": _ratio,
    "valueDateTime": str,
}
