"""The constraints of the base specification, as the package states them: by the path of the element that has them.

Source: ElementDefinition.constraint of the StructureDefinitions of HL7 FHIR R4.
"""

from collections.abc import Iterable, Mapping
from typing import Any

# Of every element, resource or narrative: the checker has them as fast code, written by hand.
_GENERIC = frozenset({"ele-1", "ext-1", "ref-1", "txt-1", "txt-2", "dom-2", "dom-3", "dom-4", "dom-5"})
_PROFILE = "http://hl7.org/fhir/StructureDefinition/"


def constraints(package: Mapping[str, Mapping[str, Any]]) -> dict[str, list[list[str]]]:
    """Each path with its constraints of severity error: [key, expression, what it says to people].

    The path of a type has those that each of its values must keep; the path of an element, those of that place alone.
    """
    found: dict[str, list[list[str]]] = {}
    for structure in package.values():
        if structure["resourceType"] == "StructureDefinition" and structure.get("derivation") != "constraint":
            for element in structure["snapshot"]["element"]:
                path = element["path"].removesuffix("[x]")
                if rows := [*_rows(element), *_of_profiles(element, package)]:
                    found[path] = rows
    return found


def _rows(element: Mapping[str, Any]) -> list[list[str]]:
    return [
        [each["key"], each["expression"], each["human"]]
        for each in element.get("constraint", ())
        if each["severity"] == "error" and each["key"] not in _GENERIC
    ]


def _of_profiles(element: Mapping[str, Any], package: Mapping[str, Mapping[str, Any]]) -> Iterable[list[str]]:
    """What a profile of the data type adds: a SimpleQuantity has no comparator."""
    for kind in element.get("type", ()):
        for url in kind.get("profile", ()):
            root = package[url]["snapshot"]["element"][0] if url in package else {}
            base = package[_PROFILE + kind["code"]]["snapshot"]["element"][0]
            own = {row[0] for row in _rows(base)}
            yield from (row for row in _rows(root) if row[0] not in own)
