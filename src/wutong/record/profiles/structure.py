"""Compiles the definition of each type into one function that checks an object of that type.

Elements, cardinality, JSON types, formats, choices, required codes; `_name` beside a primitive. Source: HL7 FHIR R4,
json page. A type is compiled when it is first met, and kept.
"""

from collections.abc import Mapping
from difflib import get_close_matches
from typing import Any

from wutong.record.definitions import Element, Type, r4
from wutong.record.profiles import containment, invariants
from wutong.record.profiles.invariants import Asking
from wutong.record.profiles.issues import Place, Run, named, shown
from wutong.record.profiles.primitives import Right, is_right
from wutong.record.profiles.rules import RULES, Rule, concept_rule, target_rule
from wutong.record.profiles.shadows import shadow
from wutong.record.profiles.values import Check, Member, code, primitive, shaped

_compiled: dict[str, Check] = {}


def check_resource(value: Any, place: Place, run: Run) -> None:
    """A resource that stands inside another: in `contained`, in an entry of a Bundle, in Parameters."""
    if kind := resource_type_of(value, place, run):
        outer = run.contained, run.resource, run.root
        check_root(kind, value, place, run)
        run.contained, run.resource, run.root = outer


def check_root(kind: str, value: dict[str, Any], place: Place, run: Run) -> None:
    """A resource that nothing contains."""
    run.contained, run.resource, run.root = containment.contained_in(value), value, value
    checker(kind)(value, place, run)
    containment.is_used(value, place, run)


def resource_type_of(value: Any, place: Place, run: Run) -> str | None:
    """The type of a resource, or None after saying what is wrong."""
    if type(value) is not dict:
        run.say("structure", place, f"A resource must be a JSON object, not {named(value)}.")
        return None
    kind = value.get("resourceType")
    if type(kind) is str and r4().is_resource(kind):
        return kind
    where: Place = (place, "resourceType") if place else "resourceType"
    if kind is None:
        run.say("required", where, "resourceType is required and missing: it says what resource this is.")
    else:
        run.say("value", where, f"FHIR R4 has no resource type {shown(kind)}.{_close(kind, r4().resources)}")
    return None


def checker(kind: str) -> Check:
    """The check of one type: resource, data type or backbone element."""
    return _compiled.get(kind) or _compile(kind)


def _compile(kind: str) -> Check:
    definition = r4().types[kind]
    members: dict[str, Member] = {}
    check = _object(kind, definition, members)
    if r4().is_resource(kind):
        members["resourceType"] = _accept
    for name, element in definition.elements.items():
        members[name] = _member(element, invariants.of_element(f"{kind}.{element.choice or name}", element.type))
        if element.type in r4().primitives:
            members[f"_{name}"] = shadow(element, _element)
    # Kept only when complete, for uploads are checked in several threads: two may compile the same, none meets a half.
    # No member looks for the check of its type before it is used, so that a type may hold itself.
    _compiled[kind] = check
    return check


def _element(value: Any, place: Place, run: Run) -> None:
    """What stands in `_name` beside a primitive: its id and extensions."""
    checker("Element")(value, place, run)


def _accept(_content: Any, _whole: dict[str, Any], _place: Place, _run: Run) -> None:
    """`resourceType` has been read already."""


def _object(kind: str, definition: Type, members: dict[str, Member]) -> Check:
    choices = _choices(definition)
    # What is required as one name; a required choice is looked for among the choices given.
    required = [(name, f"_{name}") for name in definition.required if name not in definition.choices]
    required_choices = [name for name in definition.required if name in definition.choices]
    rules = (*RULES.get(kind, ()), *invariants.of_type(kind))
    may_be_bare = r4().is_resource(kind) or kind == "Element"

    def check(value: Any, place: Place, run: Run) -> None:
        if type(value) is not dict or not value:
            return _no_object(kind, value, place, run)
        for name, content in value.items():
            member = members.get(name)
            if member is None:
                _unknown(name, members, place, run)
            else:
                member(content, value, place, run)
        for name, beside in required:
            if name not in value and beside not in value:
                run.say("required", (place, name), f"{name} is required and missing. Add it.")
        if choices:
            _check_choices(choices, required_choices, value, place, run)
        if len(value) == 1 and "id" in value and not may_be_bare:
            run.say("invariant", place, "ele-1: An id alone says nothing. Add what it belongs to, or leave it out.")
        for rule in rules:
            rule(value, place, run)
        return None

    return check


def _no_object(kind: str, value: Any, place: Place, run: Run) -> None:
    if value == {}:
        run.say("structure", place, "An object must not be empty. Leave it out.")
    else:
        run.say("structure", place, f"{kind} must be a JSON object, not {named(value)}.")


def _unknown(name: str, members: Mapping[str, Member], place: Place, run: Run) -> None:
    hint = _close(name, members) or " Correct its spelling, or leave it out."
    run.say("structure", (place, name), f"There is no element {shown(name)} here.{hint}")


def _close(name: Any, known: Mapping[str, Any] | frozenset[str]) -> str:
    close = get_close_matches(name[:64], known, 1, 0.7) if isinstance(name, str) else []
    return f" Is {close[0]} meant?" if close else ""


def _choices(definition: Type) -> dict[str, tuple[str, str]]:
    """Each name of a choice, and its `_name`: (stem, name)."""
    found = {name: (stem, name) for stem, names in definition.choices.items() for name in names}
    return {**found, **{f"_{name}": choice for name, choice in found.items()}}


def _check_choices(
    choices: Mapping[str, tuple[str, str]], required: list[str], value: dict[str, Any], place: Place, run: Run
) -> None:
    given: dict[str, str] = {}
    for key in value:
        if choice := choices.get(key):
            stem, name = choice
            if given.setdefault(stem, name) != name:
                run.say("structure", (place, name), f"Only one of {given[stem]} and {name} may be given. Keep one.")
    for stem in required:
        if stem not in given:
            run.say("required", (place, stem), f"{stem}[x] is required and missing. Add it as one of its types.")


def _member(element: Element, asking: Asking | None) -> Member:
    check = _value(element)
    if asking:
        return _asked(element, _plain_member(element, check), asking)
    return _plain_member(element, check)


def _asked(element: Element, member: Member, asking: Asking) -> Member:
    """A member with constraints of its own, asked of each of its values after their check."""
    name, beside_name = element.name, f"_{element.name}"

    def asked(content: Any, whole: dict[str, Any], place: Place, run: Run) -> None:
        member(content, whole, place, run)
        if type(content) is list:
            for number, item in enumerate(content):
                asking(item, None, ((place, name), number), run)
        else:
            asking(content, whole.get(beside_name), (place, name), run)

    return asked


def _plain_member(element: Element, check: Check) -> Member:
    if element.most != 1:
        return _list(element, check)
    single = _single(element.name, check)
    right = _right(element)
    if right is None:
        return single

    def quick(content: Any, whole: dict[str, Any], place: Place, run: Run) -> None:
        if not right(content):
            single(content, whole, place, run)

    return quick


def _right(element: Element) -> Right | None:
    """The test that a single primitive value nearly always passes, so that nothing is made to say where it stands."""
    codes = element.codes
    if element.type not in r4().primitives or element.shape:
        return None
    return (lambda value: type(value) is str and value in codes) if codes else is_right(element.type)


def _single(name: str, check: Check) -> Member:
    def single(content: Any, _whole: dict[str, Any], place: Place, run: Run) -> None:
        if type(content) is list:
            return run.say("structure", (place, name), "One value is expected here, not a list. Take it out of [ ].")
        return check(content, (place, name), run)

    return single


def _list(element: Element, check: Check) -> Member:
    name, most, beside = element.name, element.most, f"_{element.name}"

    def several(content: Any, whole: dict[str, Any], place: Place, run: Run) -> None:
        here = (place, name)
        if type(content) is not list:
            return run.say("structure", here, f"A list is expected here, not {named(content)}. Put it between [ and ].")
        if not content:
            return run.say("structure", here, "A list must not be empty. Leave it out.")
        if most and len(content) > most:
            run.say("structure", here, f"At most {most} are allowed here, not {len(content)}.")
        for number, item in enumerate(content):
            if item is not None or not _has(whole.get(beside), number):
                check(item, (here, number), run)
        return None

    return several


def _has(beside: Any, number: int) -> bool:
    """Whether the list beside this one has something at that number."""
    return type(beside) is list and number < len(beside) and beside[number] is not None


def _value(element: Element) -> Check:
    kind = element.type
    if kind == "Resource":
        return _contained if element.name == "contained" else check_resource
    if kind not in r4().primitives:
        return _complex(element)
    if element.codes:
        return code(element.codes)
    if element.shape:
        return shaped(element.shape)
    return primitive(kind)


def _complex(element: Element) -> Check:
    """An object of another type, found when it is first needed: a type may hold itself."""
    kind = element.type
    rules: list[Rule] = []
    if kind == "Reference" and element.targets:
        rules.append(target_rule(element.targets))
    if kind == "CodeableConcept" and element.codes:
        rules.append(concept_rule(element.codes))

    def inner(value: Any, place: Place, run: Run) -> None:
        (_compiled.get(kind) or _compile(kind))(value, place, run)
        if type(value) is dict:
            for rule in rules:
                rule(value, place, run)

    return inner


def _contained(value: Any, place: Place, run: Run) -> None:
    """What is contained is checked like any resource, but that references go to what stands beside it."""
    kind = resource_type_of(value, place, run)
    if kind is None:
        return
    outer, run.resource = run.resource, value
    checker(kind)(value, place, run)
    run.resource = outer
    containment.inside(value, place, run)
