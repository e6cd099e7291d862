"""A chart: the sections of a record's one-screen summary, each loaded, closed or failed."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from wutong.control.charts import client
from wutong.control.charts.client import Closed, Unreachable
from wutong.core import clock

NO_KNOWN_ALLERGY = frozenset({"716186003", "409137002", "428607008", "429625007"})  # SNOMED CT: no known allergy
PROVIDER_TAG = "urn:wutong:provider"
_MANY = "200"


@dataclass(frozen=True)
class Item:
    """One line of a section."""

    name: str
    detail: str
    at: date | datetime | None
    sender_code: str
    is_marked: bool = False  # to be seen at once: high criticality, abnormal


@dataclass(frozen=True)
class Section:
    """One section; `closed` holds the reason code; `none_known` is a statement, an empty list is not."""

    code: str
    items: tuple[Item, ...] = ()
    total: int = 0
    closed: str = ""
    is_failed: bool = False
    none_known: bool = False


@dataclass(frozen=True)
class _Plan:
    resource_type: str
    parameters: dict[str, str]
    read: Callable[[dict[str, Any]], Item | None]
    shown: int


def fetch_section(token: str, person_id: UUID, code: str, *, shown: int | None = None) -> Section:
    """Load one section under the caller's own rights."""
    plan = PLANS[code]
    asked = {"patient": str(person_id), "_count": _MANY, "_sort": "-date", **plan.parameters}
    answer = client.ask(token, plan.resource_type, parameters=asked)
    match answer:
        case Closed(reason=reason):
            return Section(code, closed=reason)
        case Unreachable():
            return Section(code, is_failed=True)
    resources = [entry["resource"] for entry in answer.get("entry", [])]
    items = [item for resource in resources if (item := plan.read(resource))]
    kept = _newest_of_each(items) if code == "results" else _without_repeats(items)
    none_known = code == "allergies" and not kept and any(_is_none_known(each) for each in resources)
    limit = plan.shown if shown is None else shown
    return Section(code, tuple(kept[:limit]), len(kept), none_known=none_known)


def _allergy(resource: dict[str, Any]) -> Item | None:
    if _is_none_known(resource) or _code(resource.get("clinicalStatus")) in {"inactive", "resolved"}:
        return None
    reactions = [_text(m) for each in resource.get("reaction", []) for m in each.get("manifestation", [])]
    is_high = resource.get("criticality") == "high"
    return _item(resource, _text(resource.get("code")), ", ".join(filter(None, reactions)), is_marked=is_high)


def _problem(resource: dict[str, Any]) -> Item | None:
    status = _code(resource.get("clinicalStatus"))
    return (
        _item(resource, _text(resource.get("code")), "") if status in {"", "active", "recurrence", "relapse"} else None
    )


def _medicine(resource: dict[str, Any]) -> Item | None:
    if resource.get("status") not in {"active", "on-hold"}:
        return None
    dosage = next((each.get("text", "") for each in resource.get("dosageInstruction", [])), "")
    return _item(resource, _medicine_name(resource), dosage)


def _medicine_name(resource: dict[str, Any]) -> str:
    if "medicationCodeableConcept" in resource:
        return _text(resource["medicationCodeableConcept"])
    reference = resource.get("medicationReference", {})
    contained = {f"#{each.get('id')}": each for each in resource.get("contained", [])}
    found = contained.get(reference.get("reference", ""))
    return _text(found.get("code")) if found else reference.get("display", "")


def _result(resource: dict[str, Any]) -> Item | None:
    flags = {_code(each) for each in resource.get("interpretation", [])}
    is_marked = bool(flags & {"H", "L", "HH", "LL", "A", "AA"})
    flag = ", ".join(sorted(flags - {"N", ""}))
    value = " ".join(filter(None, [_value(resource), _range(resource), flag]))
    return _item(resource, _text(resource.get("code")), value, is_marked=is_marked)


def _immunisation(resource: dict[str, Any]) -> Item | None:
    done = resource.get("status") == "completed"
    return _item(resource, _text(resource.get("vaccineCode")), resource.get("lotNumber", "")) if done else None


def _encounter(resource: dict[str, Any]) -> Item | None:
    kinds = [_text(each) for each in resource.get("type", [])]
    reasons = [_text(each) for each in resource.get("reasonCode", [])]
    name = next(filter(None, kinds), "") or resource.get("class", {}).get("display", "") or _("Visit")
    return _item(resource, name, ", ".join(filter(None, reasons)))


PLANS = {
    "allergies": _Plan("AllergyIntolerance", {}, _allergy, 20),
    "problems": _Plan("Condition", {}, _problem, 8),
    "medicines": _Plan("MedicationRequest", {}, _medicine, 8),
    "results": _Plan("Observation", {"category": "laboratory"}, _result, 8),
    "immunisations": _Plan("Immunization", {}, _immunisation, 6),
    "encounters": _Plan("Encounter", {}, _encounter, 6),
}


def _item(resource: dict[str, Any], name: str, detail: str, *, is_marked: bool = False) -> Item | None:
    if not name:
        return None
    tags = resource.get("meta", {}).get("tag", [])
    sender = next((tag["code"] for tag in tags if tag.get("system") == PROVIDER_TAG), "")
    return Item(name, detail, _when(resource), sender, is_marked)


_TIMES = ("effectiveDateTime", "occurrenceDateTime", "authoredOn", "onsetDateTime", "recordedDate", "issued")


def _when(resource: dict[str, Any]) -> date | datetime | None:
    text = next((resource[name] for name in _TIMES if name in resource), None) or resource.get("period", {}).get(
        "start"
    )
    try:
        if text and "T" in text:
            return datetime.fromisoformat(text)
        return date.fromisoformat(text) if text and len(text) == 10 else None
    except ValueError:
        return None


def _text(concept: Any) -> str:
    if not isinstance(concept, dict):
        return ""
    displays = [each.get("display", "") for each in concept.get("coding", [])]
    return str(concept.get("text") or next(filter(None, displays), ""))


def _code(concept: Any) -> str:
    return next(iter(_codes(concept)), "")


def _codes(concept: Any) -> Iterator[str]:
    for coding in (concept or {}).get("coding", []):
        if coding.get("code"):
            yield coding["code"]


def _is_none_known(resource: dict[str, Any]) -> bool:
    return bool(NO_KNOWN_ALLERGY.intersection(_codes(resource.get("code"))))


def _value(resource: dict[str, Any]) -> str:
    if "valueQuantity" in resource:
        quantity = resource["valueQuantity"]
        return f"{_number(quantity.get('value'))} {quantity.get('unit', '')}".strip()
    if "valueCodeableConcept" in resource:
        return _text(resource["valueCodeableConcept"])
    if "component" in resource:
        return "; ".join(f"{_text(each.get('code'))} {_value(each)}" for each in resource["component"])
    return str(resource.get("valueString", ""))


def _number(value: Any) -> str:
    return f"{value:.4g}" if isinstance(value, float) and abs(value) < 10_000 else str(value)


def _range(resource: dict[str, Any]) -> str:
    for each in resource.get("referenceRange", []):
        if "text" in each:
            return f"({each['text']})"
        low, high = each.get("low", {}).get("value"), each.get("high", {}).get("value")
        if low is not None or high is not None:
            return f"({'' if low is None else low}–{'' if high is None else high})"
    return ""


def _newest_of_each(items: Iterable[Item]) -> list[Item]:
    return _unique(items, lambda item: item.name)


def _without_repeats(items: Iterable[Item]) -> list[Item]:
    return _unique(items, lambda item: (item.name, _day(item.at), item.sender_code))


def _unique(items: Iterable[Item], key: Callable[[Item], object]) -> list[Item]:
    seen: dict[object, Item] = {}
    for item in items:
        seen.setdefault(key(item), item)
    return list(seen.values())


def _day(at: date | datetime | None) -> date | None:
    return clock.local(at).date() if isinstance(at, datetime) and at.tzinfo else at
