"""Which code system a bare `code` implies: that of the value set which its element is bound to.

Source: ElementDefinition.binding and the ValueSets of HL7 FHIR R4; its search page, token ("code: implicit").
"""

from collections.abc import Iterator, Mapping
from typing import Any


def implied_systems(package: Mapping[str, Mapping[str, Any]]) -> dict[str, str]:
    """The system of each element of type `code` by its path, where its value set has one system alone."""
    found: dict[str, str] = {}
    for structure in package.values():
        if structure["resourceType"] == "StructureDefinition" and structure.get("derivation") != "constraint":
            for element in structure["snapshot"]["element"]:
                systems = set(_systems(element.get("binding", {}).get("valueSet", ""), package))
                if len(systems) == 1 and [each["code"] for each in element.get("type", ())] == ["code"]:
                    found[element["path"]] = systems.pop()
    return found


def _systems(url: str, package: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    for include in package.get(url.partition("|")[0], {}).get("compose", {}).get("include", ()):
        if "system" in include:
            yield include["system"]
        for other in include.get("valueSet", ()):
            yield from _systems(other, package)
