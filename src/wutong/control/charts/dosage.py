"""How a medicine is to be taken, in words. Source: HL7 FHIR R4, Dosage and Timing.

What cannot be said without guessing is left out; the sender's own text always goes first.
"""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from wutong.control.charts import numbers
from wutong.control.pages.names import joined


def text(instruction: dict[str, Any]) -> str:
    """One dosage instruction; empty where it tells nothing readable."""
    if instruction.get("text"):
        return str(instruction["text"])
    parts = [_dose(instruction), _timing(instruction), _as_needed(instruction)]
    return joined(parts)


def _dose(instruction: dict[str, Any]) -> str:
    for each in instruction.get("doseAndRate", []):
        quantity = each.get("doseQuantity", {})
        if quantity.get("value") is not None:
            amount = f"{numbers.dose(quantity['value'])} {quantity.get('unit') or quantity.get('code') or ''}".strip()
            return _("dose %(amount)s") % {"amount": amount}
    return ""


def _timing(instruction: dict[str, Any]) -> str:
    repeat = instruction.get("timing", {}).get("repeat", {})
    frequency, period, unit = repeat.get("frequency"), repeat.get("period"), repeat.get("periodUnit")
    if (
        not isinstance(frequency, int)
        or not isinstance(period, int)
        or "frequencyMax" in repeat
        or "periodMax" in repeat
    ):
        return ""
    every = _every(unit, period)
    times = ngettext("%(count)s time", "%(count)s times", frequency) % {"count": frequency}
    return f"{times} {every}" if every else ""


def _every(unit: Any, count: int) -> str:
    match unit:
        case "h":
            return ngettext("an hour", "every %(count)s hours", count) % {"count": count}
        case "d":
            return ngettext("a day", "every %(count)s days", count) % {"count": count}
        case "wk":
            return ngettext("a week", "every %(count)s weeks", count) % {"count": count}
        case "mo":
            return ngettext("a month", "every %(count)s months", count) % {"count": count}
    return ""


def _as_needed(instruction: dict[str, Any]) -> str:
    return _("when needed") if instruction.get("asNeededBoolean") or "asNeededCodeableConcept" in instruction else ""
