"""What a search must find, by a simple reading of HL7 FHIR R4's search page over JSON; shares no code with the house.

Of each parameter it knows where the values stand, written by hand; every other rule is a few lines of this file.
"""

import re
import unicodedata
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

HONG_KONG = timezone(timedelta(hours=8))
BEGINNING, END = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)
Json = dict[str, Any]


def _all(value: Any, *path: str) -> list[Any]:
    """Every value at a path, through all arrays."""
    found = [value]
    for name in path:
        found = [v for each in found if isinstance(each, dict) and name in each for v in _listed(each[name])]
    return found


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _at(*path: str) -> Callable[[Json], list[Any]]:
    return lambda resource: _all(resource, *path)


def _or(*ways: Callable[[Json], list[Any]]) -> Callable[[Json], list[Any]]:
    return lambda resource: [value for way in ways for value in way(resource)]


# type -> parameter -> (kind, where)
PARAMETERS: dict[str, dict[str, tuple[str, Callable[[Json], list[Any]]]]] = {
    "Observation": {
        "status": ("token", _at("status")),
        "code": ("token", _at("code")),
        "category": ("token", _at("category")),
        "combo-code": ("token", _or(_at("code"), _at("component", "code"))),
        "component-code": ("token", _at("component", "code")),
        "data-absent-reason": ("token", _at("dataAbsentReason")),
        "identifier": ("token", _at("identifier")),
        "value-concept": ("token", _at("valueCodeableConcept")),
        "value-string": ("string", _or(_at("valueString"), _at("valueCodeableConcept", "text"))),
        "value-quantity": ("quantity", _at("valueQuantity")),
        "component-value-quantity": ("quantity", _at("component", "valueQuantity")),
        "date": ("date", _or(_at("effectiveDateTime"), _at("effectivePeriod"))),
        "value-date": ("date", _or(_at("valueDateTime"), _at("valuePeriod"))),
        "encounter": ("reference", _at("encounter")),
        "performer": ("reference", _at("performer")),
        "_profile": ("uri", _at("meta", "profile")),
    },
    "RiskAssessment": {
        "probability": ("number", _at("prediction", "probabilityDecimal")),
        "risk": ("token", _at("prediction", "qualitativeRisk")),
        "date": ("date", _at("occurrenceDateTime")),  # its definition leaves the period out
        "method": ("token", _at("method")),
        "identifier": ("token", _at("identifier")),
    },
}
COMPOSITES = {
    "code-value-quantity": lambda r: [r],
    "component-code-value-quantity": lambda r: _all(r, "component"),
    "combo-code-value-quantity": lambda r: [r, *_all(r, "component")],
}


def finds(resource: Json, name: str, text: str) -> bool:
    """Whether `name=text` holds of the resource."""
    bare, _, modifier = name.partition(":")
    if bare in COMPOSITES:
        code, quantity = text.split("$")
        return any(
            any(_token(v, code) for v in _all(each, "code"))
            and any(_quantity(v, quantity) for v in _all(each, "valueQuantity"))
            for each in COMPOSITES[bare](resource)
        )
    kind, where = PARAMETERS[resource["resourceType"]][bare]
    values = where(resource)
    if modifier == "missing":
        return (not values) == (text == "true")
    held = any(_holds(kind, modifier, value, part) for value in values for part in _parts(text))
    return not held if modifier == "not" else held


def _parts(text: str) -> list[str]:
    return [each.replace("\\,", ",") for each in re.split(r"(?<!\\),", text)]


def _holds(kind: str, modifier: str, value: Any, text: str) -> bool:
    match kind, modifier:
        case "token", "of-type":
            return _of_type(value, text)
        case "token", _:
            return _token(value, text)
        case "string", _:
            return _string(value, text, modifier)
        case "uri", _:
            return bool(value == text)
        case "reference", "identifier":
            return _token(value.get("identifier", {}), text)
        case "reference", _:
            wanted = f"{modifier}/{text}" if modifier and "/" not in text else text
            held = value.get("reference", "")
            return bool(held == wanted or ("/" not in wanted and held.partition("/")[2] == wanted))
        case "date", _:
            return _date(value, text)
        case "number", _:
            return _number(Decimal(str(value)), Decimal(str(value)), text)
    return _quantity(value, text)


def _token(value: Any, text: str) -> bool:
    system, bar, code = text.rpartition("|")
    for held_system, held_code in _codes(value):
        if not bar and held_code == code:
            return True
        if bar and held_system == system and code in {"", held_code}:
            return True
    return False


def _codes(value: Any) -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        yield "", value
    elif "coding" in value:
        for coding in value["coding"]:
            yield coding.get("system", ""), coding["code"]
    elif "value" in value:
        yield value.get("system", ""), value["value"]


def _of_type(value: Json, text: str) -> bool:
    system, code, number = text.split("|")
    types = [(each.get("system", ""), each["code"]) for each in _all(value, "type", "coding")]
    return (system, code) in types and value.get("value") == number


def _plain(text: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c)).lower()


def _string(value: str, text: str, modifier: str) -> bool:
    if modifier == "exact":
        return value == text
    if modifier == "contains":
        return _plain(text) in _plain(value)
    return _plain(value).startswith(_plain(text))


def _ends(text: str) -> tuple[datetime, datetime]:
    """A written date as the time it covers."""
    if "T" in text:
        begin = datetime.fromisoformat(text)
        begin = begin if begin.tzinfo else begin.replace(tzinfo=HONG_KONG)
        return begin, begin + (timedelta(seconds=1) if text.count(":") > 1 + ("+" in text) else timedelta(minutes=1))
    parts = [int(each) for each in text.split("-")]
    begin = datetime(*[*parts, 1, 1][:3], tzinfo=HONG_KONG)  # type: ignore[misc,arg-type]
    if len(parts) == 3:
        return begin, begin + timedelta(days=1)
    year, month = (parts[0], parts[1] + 1) if len(parts) == 2 else (parts[0] + 1, 1)
    return begin, datetime(year + (month > 12), (month - 1) % 12 + 1, 1, tzinfo=HONG_KONG)


def _date(value: Any, text: str) -> bool:
    prefix, written = (text[:2], text[2:]) if text[:2].isalpha() else ("eq", text)
    begin, end = _ends(written)
    if isinstance(value, dict):
        low = _ends(value["start"])[0] if "start" in value else BEGINNING
        high = _ends(value["end"])[1] if "end" in value else END
    else:
        low, high = _ends(value)
    contained = begin <= low and high <= end
    return {
        "eq": contained,
        "ne": not contained,
        "gt": high > end,
        "lt": low < begin,
        "ge": contained or high > end,
        "le": contained or low < begin,
        "sa": low >= end,
        "eb": high <= begin,
    }[prefix]


def _quantity(value: Json, text: str) -> bool:
    number, *unit = text.split("|")
    if len(unit) == 2:
        system, code = unit
        if system and (value.get("system"), value.get("code")) != (system, code):
            return False
        if not system and code not in {value.get("code"), value.get("unit")}:
            return False
    exact, comparator = Decimal(str(value["value"])), value.get("comparator", "")
    low = Decimal("-Infinity") if "<" in comparator else exact
    high = Decimal("Infinity") if ">" in comparator else exact
    return _number(low, high, number)


def _number(low: Decimal, high: Decimal, text: str) -> bool:
    prefix, written = (text[:2], text[2:]) if text[:2].isalpha() else ("eq", text)
    wanted = Decimal(written)
    half = Decimal(1).scaleb(int(wanted.as_tuple().exponent)) / 2
    near = max(half, abs(wanted) / 10)
    contained = wanted - half <= low and high < wanted + half
    return {
        "eq": contained,
        "ne": not contained,
        "gt": high > wanted,
        "lt": low < wanted,
        "ge": high >= wanted,
        "le": low <= wanted,
        "sa": low > wanted,
        "eb": high < wanted,
        "ap": low <= wanted + near and high >= wanted - near,
    }[prefix]
