"""Plain paths such as `(Observation.value as Quantity)`, found along the definitions when they are compiled.

Where each step leads to one known type, nothing is left to look up when the path is asked: some lookups in objects.
Nearly all search parameters are such paths. What is no plain path is left to the compiler.
"""

from collections.abc import Callable, Sequence
from typing import Any

from wutong.record.definitions import r4
from wutong.record.fhirpath.nodes import NOTHING, WAYS, Node, Way, is_kind, node_of, put
from wutong.record.fhirpath.parser import Ast, Call, Member, TypeTest, type_name
from wutong.record.fhirpath.resolving import leads_to

# What a path finds from a JSON value; the second is the resource around it, for references to what is contained.
Path = Callable[[Any, Any], list[Node]]
# What says itself of which type it is: a path does not lead on from there.
_OWN_TYPE = frozenset({"Resource", "DomainResource"})


def path(tree: Ast, kind: str) -> Path | None:
    """The path from a node of type `kind` that stands without anything beside it; None where it is no plain one."""
    if kind not in r4().types or kind in _OWN_TYPE:
        return None
    match tree:
        case Member(None, name) if name == kind:
            return lambda value, _: [node_of(value, kind)]
        case Call(target, "where", (TypeTest("is", Call(None, "resolve", ()), wanted),)) if target:
            found = path(target, kind)
            return found and _leading_to(found, wanted)
    ways = _ways(tree, kind)
    return None if ways is None else _walk(*ways)


def _leading_to(found: Path, wanted: str) -> Path:
    def walk(value: Any, whole: Any) -> list[Node]:
        return [each for each in found(value, whole) if leads_to(each, whole, wanted)]

    return walk


# The keys that lead to the objects that have the last element, and how that may stand there.
_Ways = tuple[tuple[str, ...], Sequence[Way]]


def _ways(tree: Ast, kind: str) -> _Ways | None:
    match tree:
        case Member(None, name):
            return None if name[:1].isupper() else ((), WAYS[kind].get(name, ()))
        case Member(Member(None, root), name) if root == kind:
            return (), WAYS[kind].get(name, ())
        case Member(target, name) if target:
            return _below(_ways(target, kind), name)
        case TypeTest("as", operand, wanted):
            return _of_kind(_ways(operand, kind), wanted)
        case Call(target, "as" | "ofType", (wanted,)) if target:
            return _of_kind(_ways(target, kind), type_name(wanted))
    return None


def _below(ways: _Ways | None, name: str) -> _Ways | None:
    """One step on, where the step before leads to objects of one type."""
    match ways:
        case (keys, [(key, "", kind, _)]) if kind not in _OWN_TYPE:
            return (*keys, key), WAYS[kind].get(name, ())
    return None


def _of_kind(ways: _Ways | None, wanted: str) -> _Ways | None:
    if ways is None or any(kind in _OWN_TYPE for _, _, kind, _ in ways[1]):
        return None
    return ways[0], tuple(way for way in ways[1] if is_kind(way[2], wanted))


def _walk(keys: tuple[str, ...], ways: Sequence[Way]) -> Path:
    last = _last(ways)
    if not keys:
        return last

    def walk(value: Any, whole: Any) -> list[Node]:
        level = [value]
        for key in keys:
            level = [inner for each in level if type(each) is dict for inner in _listed(each.get(key))]
        return [node for each in level for node in last(each, whole)]

    return walk


def _listed(content: Any) -> Sequence[Any]:
    return content if type(content) is list else () if content is None else (content,)


def _last(ways: Sequence[Way]) -> Path:
    """The last step: of an element of one type that is no primitive, written out."""
    match ways:
        case [(key, "", kind, _)] if kind not in _OWN_TYPE:
            return _of_objects(key, kind)

    def several(value: Any, _: Any) -> list[Node]:
        if type(value) is not dict:
            return NOTHING
        found: list[Node] = []
        for way in ways:
            if way[0] in value or way[1] in value:
                put(found, value, way)
        return found

    return several


def _of_objects(key: str, kind: str) -> Path:
    def objects(value: Any, _: Any) -> list[Node]:
        content = value.get(key) if type(value) is dict else None
        if content is None:
            return NOTHING
        return [(each, kind, None) for each in content] if type(content) is list else [(content, kind, None)]

    return objects
