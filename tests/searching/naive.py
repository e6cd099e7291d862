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


def at(*path: str) -> Callable[[Json], list[Any]]:
    return lambda resource: _all(resource, *path)


def any_of(*ways: Callable[[Json], list[Any]]) -> Callable[[Json], list[Any]]:
    return lambda resource: [value for way in ways for value in way(resource)]


# type -> parameter -> (kind, where)
Parameters = dict[str, dict[str, tuple[str, Callable[[Json], list[Any]]]]]
PARAMETERS: Parameters = {
    "Observation": {
        "status": ("token", at("status")),
        "code": ("token", at("code")),
        "category": ("token", at("category")),
        "combo-code": ("token", any_of(at("code"), at("component", "code"))),
        "component-code": ("token", at("component", "code")),
        "data-absent-reason": ("token", at("dataAbsentReason")),
        "identifier": ("token", at("identifier")),
        "value-concept": ("token", at("valueCodeableConcept")),
        "value-string": ("string", any_of(at("valueString"), at("valueCodeableConcept", "text"))),
        "value-quantity": ("quantity", at("valueQuantity")),
        "component-value-quantity": ("quantity", at("component", "valueQuantity")),
        "date": ("date", any_of(at("effectiveDateTime"), at("effectivePeriod"))),
        "value-date": ("date", any_of(at("valueDateTime"), at("valuePeriod"))),
        "encounter": ("reference", at("encounter")),
        "performer": ("reference", at("performer")),
        "_profile": ("uri", at("meta", "profile")),
    },
    "RiskAssessment": {
        "probability": ("number", at("prediction", "probabilityDecimal")),
        "risk": ("token", at("prediction", "qualitativeRisk")),
        "date": ("date", at("occurrenceDateTime")),  # its definition leaves the period out
        "method": ("token", at("method")),
        "identifier": ("token", at("identifier")),
    },
}
COMPOSITES = {
    "code-value-quantity": lambda r: [r],
    "component-code-value-quantity": lambda r: _all(r, "component"),
    "combo-code-value-quantity": lambda r: [r, *_all(r, "component")],
}


def finds(resource: Json, name: str, text: str, parameters: Parameters = PARAMETERS) -> bool:
    """Whether `name=text` holds of the resource."""
    bare, _, modifier = name.partition(":")
    if bare in COMPOSITES:
        code, quantity = text.split("$")
        return any(
            any(_token(v, code) for v in _all(each, "code"))
            and any(_quantity(v, quantity) for v in _all(each, "valueQuantity"))
            for each in COMPOSITES[bare](resource)
        )
    kind, where = parameters[resource["resourceType"]][bare]
    values = where(resource)
    if modifier == "missing":
        return (not values) == (text == "true")
    held = any(_holds(kind, modifier, value, part) for value in values for part in _parts(text))
    return not held if modifier == "not" else held


def as_masked(tree: Any) -> Any:
    """What a resource is to who may not read its identity numbers: nobody can write what then stands there."""
    if isinstance(tree, list):
        return [as_masked(each) for each in tree]
    if not isinstance(tree, dict):
        return tree
    masked = {"value": "\0"} if "PPN" in [each.get("code") for each in _all(tree, "type", "coding")] else {}
    return {name: as_masked(value) for name, value in tree.items()} | masked


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
    elif isinstance(value, bool):
        yield "", str(value).lower()
    elif "coding" in value:
        for coding in value["coding"]:
            yield coding.get("system", ""), coding["code"]
    elif "value" in value:
        yield value.get("system", ""), value["value"]
    elif "code" in value:
        yield value.get("system", ""), value["code"]


def _of_type(value: Json, text: str) -> bool:
    system, code, number = text.split("|")
    types = [(each.get("system", ""), each["code"]) for each in _all(value, "type", "coding")]
    return (system, code) in types and value.get("value") == number


def _plain(text: str) -> str:
    """Neither case nor accents matter, nor how many spaces stand where: the page calls them not significant."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c)).lower()
    return " ".join(plain.split())


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
