"""How somebody types a value into a search, by HL7 FHIR R4's search page: the tables of what each data type means.

Written by hand beside `naive.py`, and shares no code with what reads or answers searches.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

Json = dict[str, Any]
# A modifier ("" for none) and the text.
Typed = tuple[str, str]
_ESCAPED = re.compile(r"([\\,$|])")
_LONG, _LONGEST = 100, 1000  # characters that somebody types of a text
_NAME = ("text", "family", "given", "prefix", "suffix")
_ADDRESS = ("text", "line", "city", "district", "state", "postalCode", "country")


def typed(sort: str, kind: str, value: Any, system: str = "") -> list[Typed]:
    """What finds a value of FHIR type `kind` by a parameter of type `sort`; `system`: which a code implies."""
    return list(_SORTS[sort](kind, value, system))


def escaped(text: str) -> str:
    """A text in which nothing separates values."""
    return _ESCAPED.sub(r"\\\1", text)


def _token(kind: str, value: Any, system: str) -> Iterator[Typed]:
    match kind:
        case "boolean":
            yield "", "true" if value else "false"
        case "Coding" | "CodeableConcept":
            codings = value.get("coding", []) if kind == "CodeableConcept" else [value]
            for coding in codings:
                yield from _parts(coding.get("system", ""), coding.get("code", ""))
        case "Identifier":
            yield from _parts(value.get("system", ""), value.get("value", ""))
            for coding in value.get("type", {}).get("coding", []):
                if "value" in value and "code" in coding:
                    yield ":of-type", "|".join(map(escaped, (coding.get("system", ""), coding["code"], value["value"])))
        case "ContactPoint":
            yield from [("", escaped(value["value"]))] if "value" in value else []
        case "Reference":
            yield from _reference(kind, value, "")
        case _ if isinstance(value, str):
            yield "", escaped(value)
            if system:
                yield "", f"{escaped(system)}|{escaped(value)}"


def _parts(system: str, code: str) -> Iterator[Typed]:
    if code:
        yield "", escaped(code)
        yield "", f"{escaped(system)}|{escaped(code)}"
    if system:
        yield "", f"{escaped(system)}|"


def _string(kind: str, value: Any, _system: str) -> Iterator[Typed]:
    for text in _texts(kind, value):
        yield "", escaped(text[:_LONG].upper())
        yield ":contains", escaped(text.strip()[1:_LONG].strip() or text[:_LONG])
        if len(text) < _LONGEST:
            yield ":exact", escaped(text)


def _texts(kind: str, value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif kind in {"HumanName", "Address"}:
        for name in _NAME if kind == "HumanName" else _ADDRESS:
            found = value.get(name, [])
            yield from (each for each in ([found] if isinstance(found, str) else found) if each)


def _date(kind: str, value: Any, _system: str) -> Iterator[Typed]:
    match kind:
        case "Period":
            yield from _between(value.get("start"), value.get("end"))
        case "Timing":
            bounds = value.get("repeat", {}).get("boundsPeriod", {})
            for each in value.get("event", []):
                yield from _between(each, each)
            yield from _between(bounds.get("start"), bounds.get("end"))
        case "date" | "dateTime" | "instant":
            yield "", value
            yield "", f"ge{value}"


def _between(start: str | None, end: str | None) -> Iterator[Typed]:
    if start:
        yield "", f"ge{start}"
    if end:
        yield "", f"le{end}"


def _number(_kind: str, value: Any, _system: str) -> Iterator[Typed]:
    yield "", _written(value)


def _quantity(kind: str, value: Any, _system: str) -> Iterator[Typed]:
    match kind:
        case "Range":
            for end, prefix in (("low", "ge"), ("high", "le")):
                yield from (("", f"{prefix}{text}") for _, text in _measured(value.get(end, {})))
        case "Money":
            if "value" in value:
                yield "", _written(value["value"])
                yield "", f"{_written(value['value'])}|urn:iso:std:iso:4217|{value.get('currency', '')}"
        case "SampledData":
            return
        case _:
            prefix = {"<": "lt", "<=": "le", ">": "gt", ">=": "ge"}.get(value.get("comparator", ""), "")
            yield from (("", f"{prefix}{text}") for _, text in _measured(value))


def _measured(quantity: Json) -> Iterator[Typed]:
    if "value" not in quantity:
        return
    number = _written(quantity["value"])
    yield "", number
    if "code" in quantity:
        yield "", f"{number}|{escaped(quantity.get('system', ''))}|{escaped(quantity['code'])}"
        yield "", f"{number}||{escaped(quantity['code'])}"
    if "unit" in quantity:
        yield "", f"{number}||{escaped(quantity['unit'])}"


def _reference(kind: str, value: Any, _system: str) -> Iterator[Typed]:
    if isinstance(value, str):
        yield from _uri(kind, value, "")
    elif kind == "Reference":
        literal = value.get("reference", "#")
        if not literal.startswith("#"):
            yield "", escaped(literal)
        identifier = value.get("identifier", {})
        if "value" in identifier:
            yield ":identifier", f"{escaped(identifier.get('system', ''))}|{escaped(identifier['value'])}"


def _uri(kind: str, value: Any, _system: str) -> Iterator[Typed]:
    yield "", escaped(value)
    if kind == "canonical" and "|" in value:
        yield "", escaped(value.partition("|")[0])


def _written(number: Any) -> str:
    """The digits, as they were sent."""
    return str(getattr(number, "text", number))


_SORTS: Mapping[str, Callable[[str, Any, str], Iterable[Typed]]] = {
    "token": _token,
    "string": _string,
    "date": _date,
    "number": _number,
    "quantity": _quantity,
    "reference": _reference,
    "uri": _uri,
}
