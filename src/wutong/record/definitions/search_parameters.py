"""The official search parameters of FHIR R4, type by type, and what a summary keeps; read once a process."""

import gzip
import importlib.resources
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

COMPILED = "search.json.gz"


@dataclass(frozen=True, slots=True)
class Component:
    """One part of a composite parameter: its type, and where it stands below the composite's own node."""

    type: str
    expression: str


@dataclass(frozen=True, slots=True)
class Parameter:
    """A search parameter of one resource type; `targets`: the types that a reference may point to."""

    name: str
    type: str
    expression: str
    targets: tuple[str, ...]
    components: tuple[Component, ...]
    url: str


@cache
def parameters(resource_type: str) -> Mapping[str, Parameter]:
    """The parameters of a type by name; empty for what is no resource type."""
    return {name: _parameter(name, *row) for name, row in _content()["parameters"].get(resource_type, {}).items()}


def _parameter(name: str, kind: str, expression: str, targets: Any, components: Any, url: str) -> Parameter:
    parts = tuple(Component(*each) for each in components)
    return Parameter(name, kind, expression, tuple(targets), parts, url)


@cache
def _content() -> Mapping[str, Any]:
    packed = (importlib.resources.files(__package__) / COMPILED).read_bytes()
    content: Mapping[str, Any] = json.loads(gzip.decompress(packed))
    return content
