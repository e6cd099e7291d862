"""Nodes of a resource as FHIRPath walks over them: a JSON value with its FHIR type. Source: HL7 FHIR R4, fhirpath page.

Which JSON keys an element has, and of what type, is read from the definitions once for each type.
"""

from collections.abc import Iterator
from functools import cache
from typing import Any

from wutong.record.definitions import r4

# The JSON value (None where a primitive has extensions only), its FHIR type, and for a primitive what stands beside it
# in `_name`. A plain tuple, for nothing is made more often.
Node = tuple[Any, str, Any]
# An element as JSON may hold it: its key, the key of what stands beside it ("" if it is no primitive), its type, and
# the name that FHIRPath has for it.
Way = tuple[str, str, str, str]

NOTHING: list[Node] = []
_SYSTEM = {
    "Boolean": "boolean", "String": "string", "Integer": "integer", "Decimal": "decimal",
    "Date": "date", "DateTime": "dateTime", "Time": "time",
}  # fmt: skip
_MANY = 4  # names of a choice: from here on it is quicker to go through what the object has


class _Ways(dict[str, dict[str, tuple[Way, ...]]]):
    """For each type: the ways of each element, under the name that FHIRPath uses."""

    def __missing__(self, kind: str) -> dict[str, tuple[Way, ...]]:
        found: dict[str, tuple[Way, ...]] = {}
        definition = r4().types.get(kind)
        for key, element in definition.elements.items() if definition else ():
            name = element.choice or key
            beside = f"_{key}" if element.type in r4().primitives else ""
            found[name] = (*found.get(name, ()), (key, beside, element.type, name))
        self[kind] = found
        return found


class _Keys(dict[str, dict[str, Way]]):
    """For each type: the way that a JSON key is, also by the key of what stands beside it."""

    def __missing__(self, kind: str) -> dict[str, Way]:
        found = {key: way for ways in WAYS[kind].values() for way in ways for key in way[:2] if key}
        self[kind] = found
        return found


WAYS = _Ways()
KEYS = _Keys()


def node_of(value: Any, kind: str, beside: Any = None) -> Node:
    """The node of a value; a resource says itself of which type it is, if R4 has that type."""
    if type(value) is dict and kind in {"Resource", "DomainResource"}:
        named = value.get("resourceType")
        # No other name may become a type: whatever is known of a type is kept.
        if type(named) is str and r4().is_resource(named):
            return (value, named, None)
    return (value, kind, beside)


def step(nodes: list[Node], name: str) -> list[Node]:
    """The elements called `name` of all nodes."""
    found: list[Node] = []
    for value, kind, beside in nodes:
        if type(value) is not dict:
            value, kind = beside, "Element"
            if type(value) is not dict:
                continue
        ways = WAYS[kind].get(name, ())
        if len(ways) < _MANY:
            for way in ways:
                put(found, value, way)
        else:
            _choose(found, value, KEYS[kind], name)
    return found


def _choose(found: list[Node], value: dict[str, Any], keys: dict[str, Way], name: str) -> None:
    """The elements of a choice of many types; there is hardly ever more than one."""
    for key in value:
        way = keys.get(key)
        if way is not None and way[3] == name and not (key == way[1] and way[0] in value):
            put(found, value, way)


def put(found: list[Node], value: dict[str, Any], way: Way) -> None:
    """Add what an object has in one way."""
    key, beside_key, kind, _ = way
    content = value.get(key)
    if beside_key:
        beside = value.get(beside_key)
        if content is None and beside is None:
            return
        if type(content) is list or type(beside) is list:
            found.extend(_primitives(content, beside, kind))
        else:
            found.append((content, kind, beside))
    elif type(content) is list:
        found.extend([node_of(each, kind) for each in content])
    elif content is not None:
        found.append(node_of(content, kind))


def _primitives(content: Any, beside: Any, kind: str) -> Iterator[Node]:
    values = content if type(content) is list else []
    others = beside if type(beside) is list else []
    for number in range(max(len(values), len(others))):
        value = values[number] if number < len(values) else None
        other = others[number] if number < len(others) else None
        if value is not None or other is not None:
            yield value, kind, other


def has(nodes: list[Node], name: str) -> bool:
    """Whether there is anything that `step` would find, without making it."""
    for value, kind, beside in nodes:
        if type(value) is dict:
            ways = WAYS[kind].get(name, ())
            if len(ways) >= _MANY:
                keys = KEYS[kind]
                if any((way := keys.get(key)) is not None and way[3] == name for key in value):
                    return True
                continue
            for way in ways:
                if way[0] in value or way[1] in value:
                    return True
        elif type(beside) is dict and name in beside:
            return True
    return False


def children(nodes: list[Node]) -> list[Node]:
    """All elements of all nodes."""
    found: list[Node] = []
    for value, kind, beside in nodes:
        if type(value) is not dict:
            value, kind = beside, "Element"
            if type(value) is not dict:
                continue
        keys = KEYS[kind]
        for key in value:
            way = keys.get(key)
            if way is not None and not (key == way[1] and way[0] in value):
                put(found, value, way)
    return found


@cache
def is_kind(kind: str, wanted: str) -> bool:
    """Whether a type is `wanted`, or one that is derived from it."""
    wanted = _SYSTEM.get(wanted, wanted)
    while kind:
        if kind == wanted:
            return True
        kind = r4().bases.get(kind, "BackboneElement" if "." in kind else "")
    return False


def is_type(name: str) -> bool:
    """Whether R4 (or FHIRPath itself) has a type of that name."""
    return name in r4().types or name in r4().primitives or name in _SYSTEM
