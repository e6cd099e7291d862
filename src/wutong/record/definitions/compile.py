"""Compiles the official package hl7.fhir.r4.core 4.0.1 into `r4.json.gz`, which loads in a few hundredths of a second.

    python -m wutong.record.definitions.compile

Source: the StructureDefinitions, ValueSets, CodeSystems, SearchParameters and the Patient compartment of HL7 FHIR R4.
"""

import gzip
import importlib.resources
import json
import re
import tarfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from wutong.record.definitions import COMPILED, PACKAGE
from wutong.record.definitions.constraints import constraints

_FHIR_TYPE = "http://hl7.org/fhir/StructureDefinition/structuredefinition-fhir-type"
_REGEX = "http://hl7.org/fhir/StructureDefinition/regex"
_CANONICAL = "http://hl7.org/fhir/StructureDefinition/"
_KINDS = ("StructureDefinition-", "ValueSet-", "CodeSystem-", "SearchParameter-", "CompartmentDefinition-patient")
_MOST_CODES = 600
# Required bindings whose codes the package cannot list, for others give them out: the shape that all of them have.
_SHAPES = {
    # BCP 13; and the short names that the elements for formats of FHIR take as well.
    "http://hl7.org/fhir/ValueSet/mimetypes": r"[\w!#$&^.+-]{1,127}/[\w!#$&^.+-]{1,127}(?: ?;.{1,500})?|xml|json|ttl",
    # ISO 4217. The one list that HL7 gives out, an expansion of 2018 among the examples, lacks currencies made since
    # (VES, SLE, ZWG): it would refuse what is right.
    "http://hl7.org/fhir/ValueSet/currencies": "[A-Z]{3}",
}
# Which compartment parameter names the patient that a resource is about, best first.
_ABOUT = ("patient", "subject", "beneficiary", "individual", "actor", "member", "target")
# Named in the compartment, but about several or about anything: their depositor's alone (house 6.1, "Scope").
_ABOUT_MANY = frozenset({"AuditEvent", "Group", "Patient", "Person", "Provenance", "Schedule"})
_TXT_1 = re.compile(r"local-name\(\.\)=\((.*?)\).*?name\(\.\)=\((.*?)\)", re.DOTALL)


def compiled() -> bytes:
    """The compiled definitions, the same bytes every time."""
    package = {resource["url"]: resource for resource in _package() if "url" in resource}
    structures = [
        each
        for each in package.values()
        if each["resourceType"] == "StructureDefinition" and each.get("derivation") != "constraint"
    ]
    codes = _Codes(package)
    content = {
        "primitives": {each["type"]: _regex(each) for each in structures if each["kind"] == "primitive-type"},
        "resources": sorted(e["type"] for e in structures if e["kind"] == "resource" and not e["abstract"]),
        "types": dict(part for each in structures if each["kind"] != "primitive-type" for part in _types(each, codes)),
        "bases": {each["type"]: _base(each) for each in structures},
        "codes": codes.used,
        "constraints": constraints(package),
        "shapes": _SHAPES,
        "patients": _patients(package),
        "narrative": _narrative(package),
    }
    text = json.dumps(content, sort_keys=True, separators=(",", ":"))
    return gzip.compress(text.encode(), 9, mtime=0)


def resources() -> Iterator[dict[str, Any]]:
    """The StructureDefinitions of all resource types, in the order of their names."""
    found = [each for each in _package() if each["resourceType"] == "StructureDefinition"]
    own = [e for e in found if e["kind"] == "resource" and not e["abstract"] and e.get("derivation") != "constraint"]
    yield from sorted(own, key=lambda each: str(each["type"]))


def _package() -> Iterator[dict[str, Any]]:
    folder = importlib.resources.files(__package__)
    with (folder / PACKAGE).open("rb") as stream, tarfile.open(fileobj=stream) as archive:
        for member in archive:
            name = member.name.rpartition("/")[2]
            if name.startswith(_KINDS) and (file := archive.extractfile(member)):
                yield json.load(file)


def _regex(structure: dict[str, Any]) -> str:
    for element in structure["snapshot"]["element"]:
        if element["path"].endswith(".value"):
            for extension in element["type"][0].get("extension", []):
                if extension["url"] == _REGEX:
                    return str(extension["valueString"])
    return ""


def _base(structure: dict[str, Any]) -> str:
    """The type that a type is derived from; of a root: none."""
    return str(structure.get("baseDefinition", "")).removeprefix(_CANONICAL)


def _types(structure: dict[str, Any], codes: "_Codes") -> Iterator[tuple[str, dict[str, Any]]]:
    """The type and its nested types; an element: [json name, min, max (0: many), type, choice, targets, codes]."""
    elements = structure["snapshot"]["element"]
    parents = {element["path"] for element in elements if _is_nested(element, elements)}
    for parent in [structure["type"], *sorted(parents - {structure["type"]})]:
        own = [e for e in elements if e["path"].rpartition(".")[0] == parent]
        is_resource = structure["kind"] == "resource" and parent == structure["type"]
        yield parent, {"elements": [part for each in own for part in _element(each, parents, codes, is_resource)]}


def _is_nested(element: dict[str, Any], elements: list[dict[str, Any]]) -> bool:
    return any(other["path"].startswith(element["path"] + ".") for other in elements)


def _element(element: dict[str, Any], parents: set[str], codes: "_Codes", is_resource: bool) -> Iterator[list[Any]]:
    name = element["path"].rpartition(".")[2]
    most = 0 if element["max"] == "*" else int(element["max"])
    if "contentReference" in element:
        yield [name, element["min"], most, element["contentReference"].removeprefix("#"), "", [], ""]
        return
    if element["path"] in parents:
        yield [name, element["min"], most, element["path"], "", [], ""]
        return
    for kind in element.get("type", []):
        type_name = _type_name(kind)
        is_choice = name.endswith("[x]")
        stem = name.removesuffix("[x]")
        full = stem + type_name[0].upper() + type_name[1:] if is_choice else name
        targets = sorted(target.removeprefix(_CANONICAL) for target in kind.get("targetProfile", []))
        bound = codes.bound(element, type_name) if type_name in {"code", "CodeableConcept"} else ""
        if name == "id" and is_resource:
            type_name = "id"  # the definitions say string, the page of Resource says id (a known slip of 4.0.1)
        yield [full, element["min"], most, type_name, stem if is_choice else "", targets, bound]


def _type_name(kind: dict[str, Any]) -> str:
    for extension in kind.get("extension", []):
        if extension["url"] == _FHIR_TYPE:
            return str(extension["valueUrl"])
    return str(kind["code"]).removeprefix("http://hl7.org/fhirpath/System.").replace("String", "string")


class _Codes:
    """Required bindings that can be enumerated from the package itself."""

    def __init__(self, package: dict[str, dict[str, Any]]) -> None:
        self._package = package
        self.used: dict[str, list[str]] = {}

    def bound(self, element: dict[str, Any], type_name: str) -> str:
        """The key of the codes allowed: plain for a `code`, as `system|code` for a CodeableConcept."""
        binding = element.get("binding", {})
        if binding.get("strength") != "required" or "valueSet" not in binding:
            return ""
        url = str(binding["valueSet"]).partition("|")[0]
        key = url if type_name == "code" else f"{url}|"
        if key in _SHAPES:
            return key
        if key not in self.used:
            found = self._of_value_set(url)
            if found is None or len(found) > _MOST_CODES:
                return ""
            self.used[key] = sorted({code if type_name == "code" else f"{system}|{code}" for system, code in found})
        return key

    def _of_value_set(self, url: str) -> set[tuple[str, str]] | None:
        compose = self._package.get(url, {}).get("compose", {})
        if not compose or "exclude" in compose:
            return None
        return _union(self._of_include(include) for include in compose["include"])

    def _of_include(self, include: dict[str, Any]) -> set[tuple[str, str]] | None:
        if "filter" in include:
            return None
        if "valueSet" in include:
            return _union(self._of_value_set(url.partition("|")[0]) for url in include["valueSet"])
        system = include["system"]
        if "concept" in include:
            return {(system, concept["code"]) for concept in include["concept"]}
        definition = self._package.get(system, {})
        if definition.get("content") != "complete" or "concept" not in definition:
            return None
        return {(system, code) for code in _flat(definition["concept"])}


def _union(sets: Iterable[set[tuple[str, str]] | None]) -> set[tuple[str, str]] | None:
    found: set[tuple[str, str]] = set()
    for each in sets:
        if each is None:
            return None
        found |= each
    return found


def _flat(concepts: Iterable[dict[str, Any]]) -> Iterator[str]:
    for concept in concepts:
        yield concept["code"]
        yield from _flat(concept.get("concept", []))


def _narrative(package: dict[str, dict[str, Any]]) -> dict[str, list[str]]:
    """The tags and attributes that the narrative's own rule (txt-1) allows."""
    structure = package["http://hl7.org/fhir/StructureDefinition/Narrative"]
    rules = [rule for each in structure["snapshot"]["element"] for rule in each.get("constraint", [])]
    found = _TXT_1.search(next(rule["xpath"] for rule in rules if rule["key"] == "txt-1"))
    if found is None:
        raise RuntimeError("the narrative's rule txt-1 does not read as expected")
    tags, attributes = (sorted(re.findall(r"'([^']+)'", group)) for group in found.groups())
    return {"tags": tags, "attributes": attributes}


def _patients(package: dict[str, dict[str, Any]]) -> dict[str, list[str]]:
    """The elements that name the patient of each type of the Patient compartment, as dotted paths."""
    compartment = package["http://hl7.org/fhir/CompartmentDefinition/patient"]
    expressions: dict[tuple[str, str], str] = {
        (base, each.get("code", "")): each.get("expression", "")
        for each in package.values()
        if each["resourceType"] == "SearchParameter"
        for base in each.get("base", [])
    }
    # The compartment leaves out some types that name a patient all the same: Task, Device, GuidanceResponse, Contract.
    found = {kind: _paths(kind, text) for (kind, code), text in expressions.items() if code == "patient"}
    for entry in compartment["resource"]:
        names = [name for name in _ABOUT if name in entry.get("param", [])] or entry.get("param", [])
        if names:
            found[entry["code"]] = _paths(entry["code"], expressions.get((entry["code"], names[0]), ""))
    return {kind: paths for kind, paths in sorted(found.items()) if paths and kind not in _ABOUT_MANY}


def _paths(kind: str, expression: str) -> list[str]:
    return sorted(set(re.findall(rf"\b{kind}\.([A-Za-z]+(?:\.(?!where|as|resolve)[A-Za-z]+)*)", expression)))


def main() -> None:
    """Write the compiled file beside this module."""
    target = Path(__file__).with_name(COMPILED)
    target.write_bytes(compiled())
    print(f"{target.name}: {target.stat().st_size} bytes")  # noqa: T201 - a command


if __name__ == "__main__":
    main()
