"""Walks the references of a resource, led by the definitions. Source: HL7 FHIR R4, references and bundle pages."""

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from wutong.record.definitions import r4

# The types that name another resource, and the element that does.
_NAMING: Mapping[str, str] = {"Reference": "reference", "Attachment": "url"}


def references(tree: Any) -> Iterator[tuple[dict[str, Any], str, str]]:
    """Each reference of a resource as (object that holds it, name, text), to be rewritten in place.

    `Reference.reference` and `Attachment.url`, also in extensions, contained resources and entries of a Bundle; a
    reference to something contained ("#…") is left out. What does not fit the definitions is passed over.
    """
    if type(tree) is dict and isinstance(kind := tree.get("resourceType"), str) and r4().is_resource(kind):
        yield from _of_type(kind, tree)


def patient_references(resource: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Where and how a resource names the patient that it is about: (FHIRPath place, literal reference).

    By the elements of the Patient compartment; a contained patient ("#…") is left out.
    """
    kind = resource.get("resourceType", "")
    found = []
    for path in r4().patients.get(kind, ()) if isinstance(kind, str) else ():
        for place, holder in _at(resource, path.split("."), kind):
            reference = holder.get("reference") if isinstance(holder, dict) else None
            if isinstance(reference, str) and not reference.startswith("#"):
                found.append((f"{place}.reference", reference))
    return found


def _of_type(kind: str, value: dict[str, Any]) -> Iterator[tuple[dict[str, Any], str, str]]:
    name = _NAMING.get(kind)
    if name and isinstance(text := value.get(name), str) and not text.startswith("#"):
        yield value, name, text
    leading = _leading(kind)
    for key, content in value.items():
        if inner := leading.get(key):
            for item in content if type(content) is list else (content,):
                if type(item) is dict:
                    yield from references(item) if inner == "Resource" else _of_type(inner, item)


@cache
def _leading(kind: str) -> Mapping[str, str]:
    """The elements of a type that hold objects, with their types; beside a primitive, its extensions."""
    elements, primitives = r4().types[kind].elements, r4().primitives
    objects = {name: each.type for name, each in elements.items() if each.type not in primitives}
    return {**objects, **{f"_{name}": "Element" for name, each in elements.items() if each.type in primitives}}


def _at(value: Any, names: list[str], place: str) -> Iterator[tuple[str, Any]]:
    if isinstance(value, list):
        for number, item in enumerate(value):
            yield from _at(item, names, f"{place}[{number}]")
    elif not names:
        yield place, value
    elif isinstance(value, dict) and names[0] in value:
        yield from _at(value[names[0]], names[1:], f"{place}.{names[0]}")
