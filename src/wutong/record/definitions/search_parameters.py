"""The official search parameters of FHIR R4, type by type, and what a summary keeps; read once a process."""

import gzip
import importlib.resources
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

COMPILED = "search.json.gz"
_ONLY = re.compile(r"\.where\(resolve\(\) is ([A-Za-z]+)\)\)*$")


@dataclass(frozen=True, slots=True)
class Component:
    """One part of a composite parameter: its type, where it stands below the composite's own node, and its `system`."""

    type: str
    expression: str
    system: str


@dataclass(frozen=True, slots=True)
class Parameter:
    """A search parameter of one resource type.

    `targets`: the types that a reference may point to; `system`: the one that its codes imply where they are bare, so
    that nothing in a resource says it ("" where there is none, or not one alone).
    """

    name: str
    type: str
    expression: str
    targets: tuple[str, ...]
    components: tuple[Component, ...]
    url: str
    system: str = ""

    @property
    def is_span(self) -> bool:
        """Whether it is a composite whose last two parts are from where to where something reaches."""
        return [each.type for each in self.components[-2:]] == ["number", "number"]


@cache
def parameters(resource_type: str) -> Mapping[str, Parameter]:
    """The parameters of a type by name; empty for what is no resource type."""
    return {name: _parameter(name, *row) for name, row in _content()["parameters"].get(resource_type, {}).items()}


def _parameter(
    name: str, kind: str, expression: str, targets: Any, components: Any, url: str, system: str
) -> Parameter:
    parts = tuple(Component(*each) for each in components)
    return Parameter(name, kind, expression, _left(expression, tuple(targets)), parts, url, system)


def _left(expression: str, targets: tuple[str, ...]) -> tuple[str, ...]:
    """Of the types that a reference may point to, those that its expression lets through."""
    kept = [_ONLY.search(each.strip()) for each in expression.split(" | ")]
    names = {found[1] for found in kept if found}
    return tuple(each for each in targets if each in names) if all(kept) else targets


@cache
def _content() -> Mapping[str, Any]:
    packed = (importlib.resources.files(__package__) / COMPILED).read_bytes()
    content: Mapping[str, Any] = json.loads(gzip.decompress(packed))
    return content
