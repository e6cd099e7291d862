"""What the value of each FHIR data type means to a search. Source: HL7 FHIR R4, search page, the tables by type."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from wutong.record.fhirpath import Node
from wutong.record.fhirpath.nodes import is_kind, step
from wutong.record.fhirpath.values import number
from wutong.record.searching.dates import FIRST, LAST, period
from wutong.record.searching.entries import MOST
from wutong.record.searching.texts import texts_of

if TYPE_CHECKING:
    from wutong.record.searching.extract import Numbers

_CURRENCIES = "urn:iso:std:iso:4217"
_ADDRESSES = frozenset({"canonical", "uri", "url", "oid", "uuid"})
_ENDLESS = Decimal("Infinity")
_BELOW, _ABOVE = frozenset({"<", "<="}), frozenset({">", ">="})


def unwrapped(node: Node) -> Node:
    """The value of an extension, where the parameter names one; else the node."""
    if node[1] == "Extension":
        found = step([node], "value")
        return found[0] if found else node
    return node


def tokens(node: Node, numbers: "Numbers") -> Sequence[str]:
    """The tokens of a value, each after its parameter's name; one more than MOST at most."""
    value, kind, _ = node
    if type(value) is dict:
        made = _OF_OBJECTS.get(kind)
        return made(value, numbers) if made else ()
    if type(value) is str:
        return _addressed(value) if kind in _ADDRESSES else _coded("", value)
    return _coded("", "true" if value else "false") if type(value) is bool else ()


def keys(found: Sequence[str], parameter_type: str) -> list[str]:
    """The same tokens, each value once and whole, as a part of a composite; a token's system also if it is none."""
    whole = [each for each in found if each.startswith("=") and "|" in each]
    if whole or parameter_type != "token":
        return [each.removeprefix("=") for each in whole or found]
    return [each if not each.startswith("=") else f"|{each[1:]}" for each in found]


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


def _coded(system: str, code: str) -> list[str]:
    return [f"={code}", f"={system}|{code}"]


def _concept(concept: Mapping[str, Any], numbers: "Numbers") -> Sequence[str]:
    found: list[str] = []
    for coding in _dicts(concept.get("coding")):
        found += _coding(coding, numbers)
        if len(found) > MOST:
            return found[: MOST + 1]
    return found


def _coding(coding: Mapping[str, Any], _: "Numbers") -> Sequence[str]:
    code, system = coding.get("code"), coding.get("system")
    if type(code) is str:
        return _coded(system if type(system) is str else "", code)
    return (f"={system}|",) if type(system) is str else ()


def _identifier(identifier: Mapping[str, Any], numbers: "Numbers") -> Sequence[str]:
    if hidden := numbers(identifier):
        return hidden
    value, system = identifier.get("value"), identifier.get("system")
    if type(value) is not str:
        return (f"={system}|",) if type(system) is str else ()
    kind = identifier.get("type")
    found = _coded(system if type(system) is str else "", value)
    for coding in _dicts(kind.get("coding") if type(kind) is dict else None):
        if type(code := coding.get("code")) is str:
            found.append(f":of-type={_text(coding, 'system')}|{code}|{value}")
            if len(found) > MOST:
                break
    return found


def _reference(reference: Mapping[str, Any], numbers: "Numbers") -> Sequence[str]:
    literal, found = reference.get("reference"), list[str]()
    if type(literal) is str and not literal.startswith("#"):
        found.append(f"={literal.partition('/_history/')[0]}")
    if type(identifier := reference.get("identifier")) is dict:
        tokens = _identifier(identifier, numbers)
        found += [f":identifier{each}" for each in tokens if not each.startswith(":of-type=")]
    return found


def _contact(contact: Mapping[str, Any], _: "Numbers") -> Sequence[str]:
    return (f"={value}",) if type(value := contact.get("value")) is str else ()


_OF_OBJECTS: Mapping[str, Callable[[Mapping[str, Any], "Numbers"], Sequence[str]]] = {
    "CodeableConcept": _concept,
    "Coding": _coding,
    "Identifier": _identifier,
    "Reference": _reference,
    "ContactPoint": _contact,
}


def _addressed(address: str) -> list[str]:
    return [f"={address}", f"={address.partition('|')[0]}"] if "|" in address else [f"={address}"]


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


def _dicts(value: Any) -> Sequence[dict[str, Any]]:
    return [each for each in value if type(each) is dict] if type(value) is list else ()
