"""A resource while a patch works on it: where each element stands, and what may stand there.

Each primitive of a draft has an object beside it under `_name`, empty where it has no extensions: by these objects what
a path selects is found again. Source: HL7 FHIR R4, json page.
"""

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from wutong.core.json_text import MAX_DEPTH
from wutong.record.definitions import r4
from wutong.record.fhirpath import Node
from wutong.record.fhirpath.nodes import KEYS, WAYS, Way, node_of

_MOST_VALUES = 100_000  # each has an object beside it for a while


class Misfit(Exception):
    """What an operation wants does not go there; a sentence that says why."""


@dataclass(frozen=True)
class Value:
    """What is to be put in: its FHIR type, JSON content, and what stands beside a primitive; or `parts` by name."""

    kind: str
    content: Any = None
    beside: Any = None
    parts: tuple[tuple[str, "Value"], ...] = ()


@dataclass(frozen=True)
class Place:
    """An element: the object that holds it, its name there, and its number in a list."""

    holder: dict[str, Any]
    name: str
    index: int | None = None


class Draft:
    """The resource; it is changed in place."""

    def __init__(self, resource: dict[str, Any]) -> None:
        self.root = resource
        # By identity: an object, what holds it and under which key. The object is kept, so that no other has its id.
        self._held: dict[int, tuple[dict[str, Any], dict[str, Any], str]] = {}
        self._mark(resource)

    def object_of(self, node: Node) -> Any:
        """The object that an element is, or that stands beside it."""
        return node[0] if type(node[0]) is dict else node[2]

    def place(self, node: Node) -> Place | None:
        """Where an element stands; None for what is none of the resource's."""
        found = self.object_of(node)
        if type(found) is not dict or id(found) not in self._held:
            return None
        _, holder, key = self._held[id(found)]
        return Place(holder, key.removeprefix("_"), _index(holder[key], found))

    def add(self, holder: dict[str, Any], name: str, value: Value) -> None:
        """Append to a list, or set what is not there; raises Misfit."""
        self._put(holder, self._kind(holder), name, value, self._depth(holder))

    def insert(self, holder: dict[str, Any], name: str, index: int, value: Value) -> None:
        """Put an element into a list; raises Misfit."""
        way = self._list(holder, name)
        if index > (length := _length(holder, way)):
            raise Misfit(f"The list {name} has {length} elements: an index of 0 to {length} can be inserted at.")
        self._insert(holder, way, index, self._made(way, value, self._depth(holder)))

    def move(self, holder: dict[str, Any], name: str, source: int, destination: int) -> None:
        """Move an element within its list; raises Misfit."""
        way = self._list(holder, name)
        if max(source, destination) >= (length := _length(holder, way)):
            raise Misfit(f"The list {name} has {length} elements: source and destination must be below {length}.")
        for key in way[:2]:
            if key in holder:
                holder[key].insert(destination, holder[key].pop(source))

    def replace(self, place: Place, value: Value) -> None:
        """Put something else where an element stands; of a choice it may be of another type. Raises Misfit."""
        kind, holder = self._kind(place.holder), place.holder
        old = KEYS[kind][place.name]
        new = _way(kind, old[3], value) if len(WAYS[kind].get(old[3], ())) > 1 else old
        content, beside = self._made(new, value, self._depth(holder))
        if place.index is None:
            _remove(holder, old)
            self._set(holder, new, content, beside)
        else:
            _pop(holder, old, place.index)
            self._insert(holder, new, place.index, (content, beside))

    def delete(self, place: Place) -> None:
        """Take an element away, and what holds it where that holds nothing else."""
        way = KEYS[self._kind(place.holder)][place.name]
        if place.index is None:
            _remove(place.holder, way)
        else:
            _pop(place.holder, way, place.index)
        self._delete_empty(place.holder)

    def finished(self) -> dict[str, Any]:
        """The resource without what was put beside its primitives."""
        _clear(self.root)
        return self.root

    def _delete_empty(self, found: dict[str, Any]) -> None:
        if found is self.root or found.keys() - {"resourceType"}:
            return
        _, holder, key = self._held[id(found)]
        index, name = _index(holder[key], found), key.removeprefix("_")
        if key.startswith("_") and _at(holder.get(name), index) is not None:
            return  # a primitive with its value
        self.delete(Place(holder, name, index))

    # What may stand where

    def _kind(self, found: dict[str, Any]) -> str:
        if found is self.root:
            return str(found["resourceType"])
        _, holder, key = self._held[id(found)]
        return "Element" if key.startswith("_") else node_of(found, KEYS[self._kind(holder)][key][2])[1]

    def _depth(self, found: dict[str, Any]) -> int:
        depth = 0
        while found is not self.root:
            depth, found = depth + 1, self._held[id(found)][1]
        return depth

    def _list(self, holder: dict[str, Any], name: str) -> Way:
        kind = self._kind(holder)
        ways = WAYS[kind].get(name, ())
        if len(ways) != 1 or not _repeats(kind, ways[0]):
            raise Misfit(f"{kind} has no list {name[:64]!r}.")
        return ways[0]

    # Putting in

    def _put(self, holder: dict[str, Any], kind: str, name: str, value: Value, depth: int) -> None:
        way = _way(kind, name, value)
        content = self._made(way, value, depth)
        if _repeats(kind, way):
            self._insert(holder, way, _length(holder, way), content)
            return
        if any(key in holder for each in WAYS[kind][way[3]] for key in each[:2]):
            raise Misfit(f"{kind}.{way[3]} is there already, and does not repeat. Replace it.")
        self._set(holder, way, *content)

    def _made(self, way: Way, value: Value, depth: int) -> tuple[Any, Any]:
        """The content and what stands beside it, as JSON."""
        if depth > MAX_DEPTH:
            raise Misfit(f"That is nested deeper than {MAX_DEPTH} levels.")
        if value.kind:
            return _copied(value.content), _copied(value.beside)
        if way[1] or not value.parts:
            raise Misfit(f"{way[0]} needs a value, such as valueString.")
        made: dict[str, Any] = {}
        for name, part in value.parts:
            self._put(made, way[2], name, part, depth + 1)
        return made, None

    def _set(self, holder: dict[str, Any], way: Way, content: Any, beside: Any) -> None:
        given = {way[0]: content, way[1]: beside}
        holder.update({key: each for key, each in given.items() if each is not None})
        self._mark_element(holder, way[0])

    def _insert(self, holder: dict[str, Any], way: Way, index: int, content: tuple[Any, Any]) -> None:
        key, beside_key, *_ = way
        holder.setdefault(key, [None] * _length(holder, way))
        holder[key].insert(index, content[0])
        if beside_key:
            holder.setdefault(beside_key, []).insert(index, {} if content[1] is None else content[1])
        added = holder[beside_key or key][index]  # the others are held; a text where an object belongs is refused later
        if type(added) is dict:
            self._hold(added, holder, beside_key or key)

    # Where things stand

    def _mark(self, found: dict[str, Any]) -> None:
        for name in {key.removeprefix("_"): None for key in found if key != "resourceType"}:
            self._mark_element(found, name)

    def _mark_element(self, holder: dict[str, Any], name: str) -> None:
        beside_key = sys.intern(f"_{name}")
        content, beside = holder.get(name), holder.get(beside_key)
        if any(type(each) is dict for each in _each(content)):
            for each in _each(content):
                self._hold(each, holder, name)
            return
        if type(content) is list or type(beside) is list:
            length = max(len(_each(content)), len(_each(beside)))
            if type(content) is list:
                content += [None] * (length - len(content))
            holder[beside_key] = [_at(beside, number) or {} for number in range(length)]
        else:
            holder[beside_key] = beside or {}
        for each in _each(holder[beside_key]):
            self._hold(each, holder, beside_key)

    def _hold(self, found: dict[str, Any], holder: dict[str, Any], key: str) -> None:
        is_new = id(found) not in self._held
        if len(self._held) > _MOST_VALUES:
            raise Misfit(f"The resource has over {_MOST_VALUES} values. Send a JSON Patch, or the whole of it (PUT).")
        self._held[id(found)] = found, holder, key
        if is_new:
            self._mark(found)


def _way(kind: str, name: str, value: Value) -> Way:
    """The JSON name that a value of its type has as the element `name`; of a choice, `valueQuantity` is one too."""
    ways = WAYS[kind].get(name, ())
    if not ways and name in KEYS[kind] and not name.startswith("_"):
        return KEYS[kind][name]
    if not ways:
        raise Misfit(f"{kind} has no element {name[:64]!r}.")
    if len(ways) == 1:
        return ways[0]
    for way in ways:
        if way[2] == value.kind:
            return way
    allowed = ", ".join(way[2] for way in ways)
    raise Misfit(f"{kind}.{name} can be {allowed}, and not {value.kind or 'parts'}.")


def _copied(content: Any) -> Any:
    """A patch may be applied again, where its resource changed meanwhile; it stays as it was sent."""
    if type(content) is dict:
        return {name: _copied(each) for name, each in content.items()}
    return [_copied(each) for each in content] if type(content) is list else content


def _repeats(kind: str, way: Way) -> bool:
    return r4().types[kind].elements[way[0]].most != 1


def _length(holder: dict[str, Any], way: Way) -> int:
    return max(len(holder.get(key) or []) for key in way[:2])


def _each(content: Any) -> list[Any]:
    if content is None:
        return []
    return content if type(content) is list else [content]


def _at(content: Any, index: int | None) -> Any:
    if index is None or type(content) is not list:
        return content
    return content[index] if index < len(content) else None


def _index(content: Any, found: dict[str, Any]) -> int | None:
    return next(n for n, each in enumerate(content) if each is found) if type(content) is list else None


def _remove(holder: dict[str, Any], way: Way) -> None:
    for key in way[:2]:
        holder.pop(key, None)


def _pop(holder: dict[str, Any], way: Way, index: int) -> None:
    for key in way[:2]:
        if key in holder and index < len(holder[key]):
            del holder[key][index]
            if not holder[key]:
                del holder[key]


def _clear(found: dict[str, Any]) -> None:
    """Take out what holds nothing; a list beside a list has null there, and is itself left out where it has no more."""
    for key, content in list(found.items()):
        for each in _objects(content):
            _clear(each)
        if not key.startswith("_"):
            if type(content) is list and all(each is None for each in content):
                del found[key]
        elif type(content) is list and any(content):
            found[key] = [each or None for each in content]
        elif type(content) is list or not content:
            del found[key]


def _objects(content: Any) -> Iterator[dict[str, Any]]:
    return (each for each in _each(content) if type(each) is dict)
