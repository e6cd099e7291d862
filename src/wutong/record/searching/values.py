"""What the value of each FHIR data type means to a search. Source: HL7 FHIR R4, search page, the tables by type."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from wutong.record.fhirpath import Node
from wutong.record.fhirpath.nodes import is_kind, step
from wutong.record.fhirpath.values import number
from wutong.record.searching.dates import FIRST, LAST, period
from wutong.record.searching.texts import texts_of

if TYPE_CHECKING:
    from wutong.record.searching.extract import Numbers

_CURRENCIES = "urn:iso:std:iso:4217"
_ENDLESS = Decimal("Infinity")
_BELOW, _ABOVE = frozenset({"<", "<="}), frozenset({">", ">="})


def unwrapped(node: Node) -> Node:
    """The value of an extension, where the parameter names one; else the node."""
    if node[1] == "Extension":
        found = step([node], "value")
        return found[0] if found else node
    return node


def tokens(node: Node, numbers: "Numbers") -> Iterator[str]:
    """The tokens of a value, each after its parameter's name."""
    value, kind, _ = node
    match value:
        case bool():
            yield from _coded("", "true" if value else "false")
        case str():
            yield from _addressed(value) if kind in {"canonical", "uri", "url", "oid", "uuid"} else _coded("", value)
        case dict() if kind == "CodeableConcept":
            for coding in _dicts(value.get("coding")):
                yield from _coding(coding)
        case dict() if kind == "Coding":
            yield from _coding(value)
        case dict() if kind == "Identifier":
            yield from _identifier(value, numbers)
        case dict() if kind == "Reference":
            yield from _reference(value, numbers)
        case dict() if kind == "ContactPoint" and isinstance(value.get("value"), str):
            yield f"={value['value']}"


def keys(node: Node, numbers: "Numbers") -> Iterator[str]:
    """The same, each value once and whole, as a part of a composite."""
    found = list(tokens(node, numbers))
    whole = [each for each in found if each.startswith("=") and "|" in each]
    for each in whole or found:
        yield each.removeprefix("=")


def strings(node: Node) -> Iterator[str]:
    """The texts of a value."""
    return texts_of(node[0])


def dates(node: Node) -> tuple[datetime, datetime] | None:
    """From the first instant of a date, period or timing until the first one after it."""
    value, kind, _ = node
    match value:
        case str():
            return period(value)
        case dict() if kind == "Period":
            return _period(value)
        case dict() if kind == "Timing":
            return _timing(value)
    return None


def amount(node: Node) -> tuple[Decimal, Decimal, str] | None:
    """The least and the most that a number, quantity or range can be, and its unit."""
    value, kind, _ = node
    if kind == "Range":
        return _range(value)
    if isinstance(value, dict):
        return _money(value) if kind == "Money" else _quantity(value) if is_kind(kind, "Quantity") else None
    counted = number(value)
    return None if counted is None else (Decimal(counted), Decimal(counted), "||")


def _coded(system: str, code: str) -> Iterator[str]:
    yield f"={code}"
    yield f"={system}|{code}"


def _coding(coding: Mapping[str, Any]) -> Iterator[str]:
    if isinstance(code := coding.get("code"), str):
        yield from _coded(_text(coding, "system"), code)
    elif isinstance(system := coding.get("system"), str):
        yield f"={system}|"


def _identifier(identifier: Mapping[str, Any], numbers: "Numbers") -> Iterator[str]:
    if hidden := numbers(identifier):
        yield from hidden
        return
    if not isinstance(value := identifier.get("value"), str):
        if isinstance(system := identifier.get("system"), str):
            yield f"={system}|"
        return
    yield from _coded(_text(identifier, "system"), value)
    kind = identifier.get("type")
    for coding in _dicts(kind.get("coding") if isinstance(kind, dict) else None):
        if isinstance(code := coding.get("code"), str):
            yield f":of-type={_text(coding, 'system')}|{code}|{value}"


def _reference(reference: Mapping[str, Any], numbers: "Numbers") -> Iterator[str]:
    literal = reference.get("reference")
    if isinstance(literal, str) and not literal.startswith("#"):
        yield f"={literal.partition('/_history/')[0]}"
    if isinstance(identifier := reference.get("identifier"), dict):
        yield from (f":identifier{each}" for each in _identifier(identifier, numbers) if not each.startswith(":"))


def _addressed(address: str) -> Iterator[str]:
    yield f"={address}"
    if "|" in address:
        yield f"={address.partition('|')[0]}"


def _period(value: Mapping[str, Any]) -> tuple[datetime, datetime] | None:
    """Without a beginning or an end it has been, or goes on, for ever."""
    begin, end = period(_text(value, "start")), period(_text(value, "end"))
    return (begin[0] if begin else FIRST, end[1] if end else LAST) if begin or end else None


def _timing(value: Mapping[str, Any]) -> tuple[datetime, datetime] | None:
    """The outer limits alone matter."""
    events = value.get("event")
    repeat = value.get("repeat")
    bounds = repeat.get("boundsPeriod") if isinstance(repeat, dict) else None
    found = [period(each) for each in (events if isinstance(events, list) else []) if isinstance(each, str)]
    found += [_period(bounds)] if isinstance(bounds, dict) else []
    limits = [each for each in found if each]
    return (min(begin for begin, _ in limits), max(end for _, end in limits)) if limits else None


def _quantity(value: Mapping[str, Any]) -> tuple[Decimal, Decimal, str] | None:
    counted = number(value.get("value"))
    if counted is None:
        return None
    comparator, exact = value.get("comparator"), Decimal(counted)
    low = -_ENDLESS if comparator in _BELOW else exact
    high = _ENDLESS if comparator in _ABOVE else exact
    return low, high, _unit(value)


def _range(value: Any) -> tuple[Decimal, Decimal, str] | None:
    ends = [value.get(name) if isinstance(value, dict) else None for name in ("low", "high")]
    read = [_quantity(each) if isinstance(each, dict) else None for each in ends]
    if not any(read):
        return None
    low, high = read
    unit = next(each[2] for each in read if each)
    return low[0] if low else -_ENDLESS, high[1] if high else _ENDLESS, unit


def _money(value: Mapping[str, Any]) -> tuple[Decimal, Decimal, str] | None:
    counted, currency = number(value.get("value")), _text(value, "currency")
    return None if counted is None else (Decimal(counted), Decimal(counted), f"{_CURRENCIES}|{currency}|{currency}")


def _unit(value: Mapping[str, Any]) -> str:
    return f"{_text(value, 'system')}|{_text(value, 'code')}|{_text(value, 'unit')}"


def _text(value: Mapping[str, Any], name: str) -> str:
    found = value.get(name)
    return found if isinstance(found, str) else ""


def _dicts(value: Any) -> Iterable[dict[str, Any]]:
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []
