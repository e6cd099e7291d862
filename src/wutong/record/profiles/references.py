"""Walks the references of a resource, led by the definitions. Source: HL7 FHIR R4, references and bundle pages."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from typing import Any

from wutong.record.definitions import r4
from wutong.record.profiles.issues import Place, written

Named = tuple[dict[str, Any], str, str]
# The types that name another resource, and the element that does.
_NAMING: Mapping[str, str] = {"Reference": "reference", "Attachment": "url"}


def references(tree: Any) -> Iterator[Named]:
    """Each reference of a resource as (object that holds it, name, text), to be rewritten in place.

    `Reference.reference` and `Attachment.url`, also in extensions and contained resources; a reference to something
    contained ("#…") is left out, and so are the entries of a Bundle: they refer to each other, and are kept as one
    document, perhaps a signed one. What does not fit the definitions is passed over.
    """
    found: list[Named] = []
    _of_resource(tree, found)
    return iter(found)


def patient_references(resource: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Where and how a resource names the patient that it is about: (FHIRPath place, literal reference).

    By the one element of its type that says so, often a list or within one (`r4().patients`); a contained patient
    ("#…") is left out.
    """
    kind = resource.get("resourceType", "")
    found = []
    for first, *names in _patient_paths(kind) if isinstance(kind, str) else ():
        if first in resource:
            for place, holder in _at(resource[first], names, f"{kind}.{first}"):
                reference = holder.get("reference") if isinstance(holder, dict) else None
                if isinstance(reference, str) and not reference.startswith("#"):
                    found.append((f"{place}.reference", reference))
    return found


def place_of(resource: Any, holder: dict[str, Any], name: str, place: str) -> str:
    """The FHIRPath place of `holder.name` within a resource at `place`; looked for where there is a fault."""
    return places_of(resource, [(holder, name)], place)[0]


def places_of(resource: Any, named: Sequence[tuple[dict[str, Any], str]], place: str) -> list[str]:
    """The same of several, in one walk: a place each, however many they are.

    No recursion, so that no depth can break it.
    """
    wanted, found = {id(holder) for holder, _ in named}, dict[int, Place]()
    waiting: list[tuple[Any, Place]] = [(resource, place)]
    while waiting and len(found) < len(wanted):
        value, here = waiting.pop()
        if type(value) is dict:
            if id(value) in wanted:
                found[id(value)] = here
            waiting.extend((inner, (here, key)) for key, inner in value.items())
        elif type(value) is list:
            waiting.extend((inner, (here, number)) for number, inner in enumerate(value))
    return [written((found[id(holder)], name)) if id(holder) in found else place for holder, name in named]


def _of_resource(tree: Any, found: list[Named]) -> None:
    if type(tree) is dict and isinstance(kind := tree.get("resourceType"), str) and r4().is_resource(kind):
        _of_type(kind, tree, found)


def _of_type(kind: str, value: dict[str, Any], found: list[Named]) -> None:
    """No generator: one for each object of a resource would cost more than all the rest."""
    name = _NAMING.get(kind)
    if name and isinstance(text := value.get(name), str) and not text.startswith("#"):
        found.append((value, name, text))
    leading = _leading(kind)
    if leading.keys().isdisjoint(value):
        return
    for key, content in value.items():
        if inner := leading.get(key):
            for item in content if type(content) is list else (content,):
                if type(item) is not dict:
                    continue
                if inner == "Resource":
                    _of_resource(item, found)
                else:
                    _of_type(inner, item, found)


@cache
def _leading(kind: str) -> Mapping[str, str]:
    """The elements of a type that hold objects, with their types; beside a primitive, its extensions."""
    elements, primitives = r4().types[kind].elements, r4().primitives
    objects = {name: each.type for name, each in elements.items() if each.type not in primitives}
    if kind == "Bundle.entry":
        del objects["resource"]
    return {**objects, **{f"_{name}": "Element" for name, each in elements.items() if each.type in primitives}}


@cache
def _patient_paths(kind: str) -> Sequence[Sequence[str]]:
    return [path.split(".") for path in r4().patients.get(kind, ())]


def _at(value: Any, names: Sequence[str], place: str) -> Iterable[tuple[str, Any]]:
    if not isinstance(value, list):
        return _below(value, names, place) if names else ((place, value),)
    return (found for number, item in enumerate(value) for found in _at(item, names, f"{place}[{number}]"))


def _below(value: Any, names: Sequence[str], place: str) -> Iterable[tuple[str, Any]]:
    name = names[0]
    return _at(value[name], names[1:], f"{place}.{name}") if isinstance(value, dict) and name in value else ()
