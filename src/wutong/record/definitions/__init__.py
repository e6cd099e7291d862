"""The official FHIR R4 definitions, read and compiled once (see README.md for the vendored package)."""

import gzip
import importlib.resources
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

PACKAGE = "hl7.fhir.r4.core-4.0.1.tgz"
COMPILED = "r4.json.gz"


@dataclass(frozen=True, slots=True)
class Element:
    """One element of a type as JSON names it; `most` 0 means any number; `choice` is the stem of a `[x]`.

    `targets`: the resource types a Reference may point to; `codes`: what a required binding allows, as `code`, or as
    `system|code` for a CodeableConcept; empty where anything goes, or where only their `shape` is known, as a regular
    expression.
    """

    name: str
    least: int
    most: int
    type: str
    choice: str
    targets: frozenset[str]
    codes: frozenset[str]
    shape: str


@dataclass(frozen=True, slots=True)
class Type:
    """A resource, data type or backbone element."""

    elements: Mapping[str, Element]
    required: tuple[str, ...]  # names (of choices: their stems) that must be there
    choices: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Constraint:
    """A rule of the base specification: its key, such as `obs-6`, its FHIRPath expression, and what it says."""

    key: str
    expression: str
    human: str


@dataclass(frozen=True)
class Definitions:
    """All of R4 that the checker needs."""

    types: Mapping[str, Type]
    primitives: Mapping[str, str]
    resources: frozenset[str]
    bases: Mapping[str, str]  # the type that a type is derived from; "" for Element and Resource
    codes: Mapping[str, frozenset[str]]  # value sets of required bindings: `url` as codes, `url|` as `system|code`
    constraints: Mapping[str, Sequence[Constraint]]  # by the path of the type, or of the element, that has them
    patients: Mapping[str, Sequence[str]]  # the elements that name a type's patient, as dotted paths
    narrative_tags: frozenset[str]
    narrative_attributes: frozenset[str]

    def is_resource(self, name: str) -> bool:
        """Whether R4 has a resource type of that name."""
        return name in self.resources

    def resource_types(self) -> list[str]:
        """All resource types, sorted."""
        return sorted(self.resources)


@cache
def r4() -> Definitions:
    """The compiled definitions of FHIR 4.0.1."""
    packed = (importlib.resources.files(__package__) / COMPILED).read_bytes()
    content = json.loads(gzip.decompress(packed))
    codes = {url: frozenset(values) for url, values in content["codes"].items()}
    return Definitions(
        types={name: _type(each["elements"], codes, content["shapes"]) for name, each in content["types"].items()},
        primitives=content["primitives"],
        resources=frozenset(content["resources"]),
        bases=content["bases"],
        codes=codes,
        constraints={path: [Constraint(*row) for row in rows] for path, rows in content["constraints"].items()},
        patients=content["patients"],
        narrative_tags=frozenset(content["narrative"]["tags"]),
        narrative_attributes=frozenset(content["narrative"]["attributes"]),
    )


def _type(rows: list[Any], codes: Mapping[str, frozenset[str]], shapes: Mapping[str, str]) -> Type:
    elements: dict[str, Element] = {}
    choices: dict[str, tuple[str, ...]] = {}
    required: list[str] = []
    for name, least, most, kind, choice, targets, bound in rows:
        allowed, shape = codes.get(bound, frozenset()), shapes.get(bound, "")
        elements[name] = Element(name, least, most, kind, choice, frozenset(targets), allowed, shape)
        if choice:
            choices[choice] = (*choices.get(choice, ()), name)
        if least and (choice or name) not in required:
            required.append(choice or name)
    return Type(elements, tuple(required), choices)
