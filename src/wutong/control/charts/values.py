"""What was measured, for people: values with their units, what is usual, how they compare. Source: HL7 FHIR R4."""

import re
from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from wutong.control.charts import numbers
from wutong.control.charts.elements import Resource, code, text
from wutong.control.pages.names import joined

_ANNOTATION = re.compile(r"\{([^{}]*)\}")  # UCUM: what stands in braces is for people, the braces are not
_EXPECTED = {"N", "NEG"}  # interpretations that nobody needs to be alarmed about
_FLAGS = {
    "H": gettext_noop("high"),
    "HH": gettext_noop("very high"),
    "L": gettext_noop("low"),
    "LL": gettext_noop("very low"),
    "A": gettext_noop("abnormal"),
    "AA": gettext_noop("very abnormal"),
    "POS": gettext_noop("positive"),
    "NEG": gettext_noop("negative"),
    "N": "",
}
_OFTEN_MANY = ("valueSampledData", "valuePeriod", "valueRange")


def value(resource: Resource) -> str:
    """An Observation's value, or those of its components."""
    if "component" in resource:
        return "; ".join(f"{text(each.get('code'))} {value(each)}".strip() for each in resource["component"])
    for name, read in _VALUES.items():
        if name in resource:
            return read(resource[name])
    if any(name in resource for name in _OFTEN_MANY):
        return _("(a value that cannot be shown here)")
    missing = text(resource.get("dataAbsentReason"))
    return _("no value: %(why)s") % {"why": missing} if missing else ""


def expected(resource: Resource) -> str:
    """What its interpretations say that alarms nobody."""
    return joined([_flag(each) for each in _flags(resource) if each in _EXPECTED])


def mark(resource: Resource) -> str:
    """What its interpretations say that must be seen at once, in words."""
    return joined([_flag(each) for each in _flags(resource) if each not in _EXPECTED])


def is_marked(resource: Resource, *flags: str) -> bool:
    """Whether it has one of these interpretations (codes of HL7 v3 ObservationInterpretation)."""
    return not set(flags).isdisjoint(_flags(resource))


def usual(resource: Resource) -> str:
    """The usual range, as the sender writes it."""
    for each in resource.get("referenceRange", []):
        if each.get("text"):
            return str(each["text"])
        low, high = (numbers.measured(each.get(end, {}).get("value")) for end in ("low", "high"))
        if low and high:
            return f"{low}–{high}"
        if low or high:
            return f"≥ {low}" if low else f"≤ {high}"
    return ""


def unit(quantity: Resource) -> str:
    """The unit of a Quantity as people read it."""
    return _ANNOTATION.sub(_annotation, str(quantity.get("unit") or quantity.get("code", "")))


def quantity(given: Resource) -> str:
    """A Quantity with its unit."""
    return f"{given.get('comparator', '')}{numbers.measured(given.get('value'))} {unit(given)}".strip()


def _flags(resource: Resource) -> list[str]:
    return [found for each in resource.get("interpretation", []) if (found := code(each) or text(each))]


def _flag(found: str) -> str:
    if found not in _FLAGS:
        return found
    words = _FLAGS[found]  # one is looked up, not all: a long record has hundreds of results
    return _(words) if words else ""


def _annotation(found: re.Match[str]) -> str:
    return found[1].replace("_", " ")


def _ratio(ratio: Resource) -> str:
    return f"{quantity(ratio.get('numerator', {}))} : {quantity(ratio.get('denominator', {}))}"


_VALUES: dict[str, Callable[[Any], str]] = {
    "valueQuantity": quantity,
    "valueCodeableConcept": text,
    "valueString": str,
    "valueInteger": str,
    "valueBoolean": lambda value: _("yes") if value else _("no"),
    "valueRatio": _ratio,
    "valueDateTime": str,
    "valueTime": str,
}
