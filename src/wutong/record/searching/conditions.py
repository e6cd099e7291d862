"""One search parameter with its modifier and value as a condition, by the parameter's type.

What is offered stands in `MODIFIERS`; what FHIR has beyond it (`LATER`) is refused by name. Source: HL7 FHIR R4, search
page.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from wutong.core import ids
from wutong.record.definitions import r4
from wutong.record.definitions.search_parameters import Component, Parameter
from wutong.record.searching import writing
from wutong.record.searching.query import (
    AmountIs,
    AnyOf,
    Condition,
    DateIs,
    Held,
    Like,
    Name,
    Not,
    Present,
    SpanIs,
    Unit,
)
from wutong.record.searching.texts import folded
from wutong.record.searching.writing import Unreadable, liked, plain, several, split, without_value

MODIFIERS: Mapping[str, tuple[str, ...]] = {
    "string": ("exact", "contains", "missing"),
    "token": ("not", "of-type", "missing"),
    "reference": ("identifier", "missing"),  # and the name of a resource type
    "uri": ("missing",),
    "date": ("missing",),
    "number": ("missing",),
    "quantity": ("missing",),
    "composite": ("missing",),
}
LATER = frozenset({"text", "above", "below", "in", "not-in", "iterate"})


@dataclass(frozen=True)
class Surroundings:
    """What the reading of values needs from outside.

    `base`: this server's address, which a reference may begin with. `numbers`: what the tokens of an identity number
    have in the place of `system` (None: any; empty: none) and value; `number_of_type`: the same for its type's code and
    value, None where it is no identity document's.
    """

    base: str
    numbers: Callable[[str | None, str], list[str]]
    number_of_type: Callable[[str, str], str | None]


def condition(parameter: Parameter, modifier: str, text: str, around: Surroundings) -> Condition:
    """The condition that `parameter:modifier=text` is; raises Unreadable."""
    allowed = modifier in modifiers(parameter) or (parameter.type == "reference" and r4().is_resource(modifier))
    if modifier and not allowed:
        raise _unknown(parameter, modifier)
    if modifier == "missing":
        return _missing(parameter.name, text)
    found = [_one(parameter, modifier, each, around) for each in several(text, parameter.name)]
    merged = _merged(found)
    return Not(merged) if modifier == "not" else merged


def modifiers(parameter: Parameter) -> tuple[str, ...]:
    """Those that a parameter can have; of a reference also the name of a resource type."""
    return tuple(each for each in MODIFIERS[parameter.type] if each != "of-type" or _has_identifiers(parameter))


def _has_identifiers(parameter: Parameter) -> bool:
    return "dentifier" in parameter.expression


def missing(text: str, present: Condition, name: str) -> Condition:
    """The condition that `:missing=text` is, where `present` says that there is something; raises Unreadable."""
    if text not in {"true", "false"}:
        raise Unreadable("value", f"{name}:missing is true or false.", name=name)
    return Not(present) if text == "true" else present


def _missing(name: str, text: str) -> Condition:
    return missing(text, Present(name), name)


def _unknown(parameter: Parameter, modifier: str) -> Unreadable:
    offered = ", ".join(f":{each}" for each in modifiers(parameter))
    later = "not offered yet" if modifier in LATER else f"no modifier of a {parameter.type} parameter"
    sentence = f":{modifier[:32]} is {later}. {parameter.name} can have {offered}."
    return Unreadable("not-supported", sentence, name=parameter.name)


def _merged(found: list[Condition]) -> Condition:
    """Several values of one kind are one look at the entries."""
    if len(found) == 1:
        return found[0]
    held = [each for each in found if isinstance(each, Held)]
    if len(held) == len(found):
        entries = tuple(entry for each in held for entry in each.entries)
        return Held(held[0].column, entries, tuple(entry for each in held for entry in each.hidden))
    like = [each for each in found if isinstance(each, Like)]
    if len(like) == len(found):
        return Like(like[0].column, tuple(pattern for each in like for pattern in each.patterns))
    return AnyOf(tuple(found))


def _one(parameter: Parameter, modifier: str, text: str, around: Surroundings) -> Condition:
    if not text.strip("| "):
        raise without_value(parameter.name)
    match parameter.type:
        case "composite":
            return _composite(parameter, text, around)
        case "string":
            return _string(parameter.name, modifier, text)
        case "date" | "number" | "quantity":
            return _range(parameter.type, Name(parameter.name), text)
        case "token":
            return _of_type(parameter, text, around) if modifier == "of-type" else _token(parameter, text, around)
        case "reference" if modifier == "identifier":
            return _coded(f"{parameter.name}:identifier", text, around)
        case "reference":
            return Held(
                "tokens", tuple(f"{parameter.name}={each}" for each in _pointers(parameter, modifier, text, around))
            )
    return Held("tokens", (f"{parameter.name}={plain(text)}",))


def _token(parameter: Parameter, text: str, around: Surroundings) -> Condition:
    if _has_identifiers(parameter):
        return _coded(parameter.name, text, around)
    return _tokens(parameter.name, _bare(text, parameter.system))


def _bare(text: str, system: str) -> str:
    """A code by the system that it implies: as it was indexed, without one."""
    named, bar, _ = _system_and_code(text)
    return f"|{text.partition('|')[2]}" if bar and system and named == system else text


def _tokens(name: str, text: str) -> Held | Like:
    system, bar, code = _system_and_code(text)
    if bar and not code:
        return Like("tokens", (f"{liked(name)}={liked(system)}|%",))
    return Held("tokens", (f"{name}={system}{bar}{code}",))


def _coded(name: str, text: str, around: Surroundings) -> Condition:
    """A token that may be an identity number, whose entry does not hold what it reads."""
    plainly = _tokens(name, text)
    system, bar, code = _system_and_code(text)
    if isinstance(plainly, Like):
        return plainly
    hidden = around.numbers(system if bar else None, code)
    return Held("tokens", plainly.entries, tuple(f"{name}{each}" for each in hidden))


def _system_and_code(text: str) -> tuple[str, str, str]:
    parts = [plain(each) for each in split(text, "|")]
    return (parts[0], "|", "|".join(parts[1:])) if len(parts) > 1 else ("", "", parts[0])


def _of_type(parameter: Parameter, text: str, around: Surroundings) -> Condition:
    parts = [plain(each) for each in split(text, "|")]
    if len(parts) != 3 or not all(parts[1:]):
        sentence = f"Write {parameter.name}:of-type as system|code|value: the type's system and code, then the value."
        raise Unreadable("value", sentence, name=parameter.name)
    if hidden := around.number_of_type(parts[1], parts[2]):
        return Held("tokens", (), (f"{parameter.name}{hidden}",))
    return Held("tokens", (f"{parameter.name}:of-type={'|'.join(parts)}",))


def _string(name: str, modifier: str, text: str) -> Condition:
    if modifier == "exact":
        return Held("strings", (f"{name}:exact={plain(text)}",))
    anywhere = "%" if modifier == "contains" else ""
    return Like("strings", (f"{liked(name)}={anywhere}{liked(_wanted(name, text))}%",))


def _wanted(name: str, text: str) -> str:
    """What a text begins with or contains, as it was indexed: never nothing, which every text begins with."""
    if wanted := folded(plain(text)):
        return wanted
    raise Unreadable("value", f"Write what {name} begins with: a text without letters finds everything.", name=name)


def _pointers(parameter: Parameter, modifier: str, text: str, around: Surroundings) -> list[str]:
    """What a reference reads: as `Type/id` of this server, by any other address as it stands."""
    reference = plain(text).removeprefix(f"{around.base}/").partition("/_history/")[0]
    if "/" in reference or ":" in reference:
        if modifier and not reference.startswith(f"{modifier}/"):
            raise Unreadable(
                "value", f"{parameter.name}:{modifier} names an id, or {modifier}/id.", name=parameter.name
            )
        return [reference]
    targets = [modifier] if modifier else parameter.targets or r4().resource_types()
    return [f"{each}/{reference}" for each in targets] if ids.read(reference) else [reference]


def _range(kind: str, name: Name, text: str) -> Condition:
    return DateIs(name, *writing.date(text, name.text)) if kind == "date" else _amount(kind, name, text)


def _amount(kind: str, name: Name, text: str) -> AmountIs:
    prefix, written = writing.prefixed(text)
    parts = split(written, "|") if kind == "quantity" else [written]
    counted = writing.number(plain(parts[0]), prefix, name.text)
    return AmountIs(name, prefix, Decimal(counted.exact), counted.low, counted.high, _unit(parts[1:], name.text))


def _unit(parts: list[str], name: str) -> Unit:
    match [plain(each) for each in parts]:
        case [] | ["", ""]:
            return Unit()
        case ["", code]:
            return Unit(code=code)
        case [system, code]:
            return Unit(exact=f"{system}|{code}" if code else system)
    raise Unreadable("value", "Write quantities as 5.4, 5.4|system|code or 5.4||code.", name=name)


def _composite(parameter: Parameter, text: str, around: Surroundings) -> Condition:
    parts = split(text, "$")
    if len(parts) != len(parameter.components):
        sentence = f"{parameter.name} has {len(parameter.components)} parts: write them with $ between."
        raise Unreadable("value", sentence, name=parameter.name)
    *heads, last = parameter.components[:-1] if parameter.is_span else parameter.components
    keys = [_key(each, part, around) for each, part in zip(heads, parts, strict=False)]
    if parameter.is_span:
        return _span(parameter, keys, parts[-2:])
    if last.type in {"date", "number", "quantity"}:
        is_pattern = any(each.is_pattern for each in keys)
        return _range(last.type, Name(_joined(parameter.name, keys, is_pattern), is_pattern), parts[-1])
    if last.type == "string":
        name = _joined(parameter.name, keys, is_pattern=True)
        return Like("strings", (f"{name}={liked(_wanted(parameter.name, parts[-1]))}%",))
    whole = [*keys, _key(last, parts[-1], around)]
    if any(each.is_pattern for each in whole):
        return Like("tokens", (_joined(parameter.name, whole, is_pattern=True),))
    return Held("tokens", (_joined(parameter.name, whole, is_pattern=False),))


def _span(parameter: Parameter, keys: list[Name], ends: list[str]) -> SpanIs:
    is_pattern = any(each.is_pattern for each in keys)
    name = Name(_joined(parameter.name, keys, is_pattern), is_pattern)
    return SpanIs(*(_amount("number", name, each) for each in ends))


def _joined(name: str, keys: list[Name], is_pattern: bool) -> str:
    """The name with its parts: as a pattern, each part that is none fits itself alone."""
    if not is_pattern:
        return "$".join([name, *(each.text for each in keys)])
    return "$".join([liked(name), *(each.text if each.is_pattern else liked(each.text) for each in keys)])


def _key(component: Component, text: str, around: Surroundings) -> Name:
    """A part of a composite as it was indexed: with its system, so without one it is a pattern."""
    if component.type == "reference":
        return Name(plain(text).removeprefix(f"{around.base}/").partition("/_history/")[0])
    system, bar, code = _system_and_code(_bare(text, component.system))
    if not bar:
        return Name(f"%|{liked(code)}", is_pattern=True)
    return Name(f"{liked(system)}|%", is_pattern=True) if not code else Name(f"{system}|{code}")
