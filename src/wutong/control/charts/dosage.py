"""How a medicine is to be taken, in words. Source: HL7 FHIR R4, Dosage and Timing.

What cannot be said without guessing is left out; the sender's own text always goes first.
"""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext

from wutong.control.charts import numbers
from wutong.control.pages.names import joined

# By UCUM code of the unit: once in one, once in several.
_UNITS = {
    "h": (gettext_noop("an hour"), gettext_noop("every %(count)s hours")),
    "d": (gettext_noop("a day"), gettext_noop("every %(count)s days")),
    "wk": (gettext_noop("a week"), gettext_noop("every %(count)s weeks")),
    "mo": (gettext_noop("a month"), gettext_noop("every %(count)s months")),
}


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
    # Another language may say first how often, then how many times.
    return _("%(times)s %(every)s") % {"times": times, "every": every} if every else ""


def _every(unit: Any, count: int) -> str:
    one, several = _UNITS.get(unit, ("", ""))
    return _(one) if count == 1 and one else _(several) % {"count": count} if several else ""


def _as_needed(instruction: dict[str, Any]) -> str:
    return _("when needed") if instruction.get("asNeededBoolean") or "asNeededCodeableConcept" in instruction else ""
