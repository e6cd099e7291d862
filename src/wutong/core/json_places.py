"""Where in a JSON text a fault stands, as a FHIRPath place: looked for where there is one, in a reading of its own."""

import json
from collections.abc import Iterator
from typing import Any

# The place around a value, and the value's name or number in it; written out at the end alone.
_Place = str | tuple["_Place", str | int]


class Literal(str):
    """A number, or what stands where one should."""

    __slots__ = ()


class Second(str):
    """A name that stood before in its object."""

    __slots__ = ()


class _Pairs(list[tuple[str, Any]]):
    """An object with all its names, also with those that stand twice."""


_DECODER = json.JSONDecoder(
    object_pairs_hook=_Pairs, parse_float=Literal, parse_int=Literal, parse_constant=Literal
)  # fmt: skip


def place_of(text: str, what: str, kind: type[str]) -> str:
    """The place of a name or text, or of a `Second` or `Literal`, that reads `what`; empty where none does."""
    try:
        tree = _DECODER.decode(text)
    except json.JSONDecodeError:  # a fault of another kind follows
        return ""
    waiting: list[tuple[Any, _Place]] = [(tree, _root(tree))]
    while waiting:
        value, here = waiting.pop()
        inside = list(_inside(value))
        for name, inner in inside:
            if any(isinstance(each, kind) and each == what for each in (name, inner)):
                return _written((here, name))
        waiting.extend((inner, (here, name)) for name, inner in reversed(inside) if not isinstance(inner, str))
    return ""


def _inside(value: Any) -> Iterator[tuple[str | int, Any]]:
    if type(value) is not _Pairs:
        yield from enumerate(value) if type(value) is list else ()
        return
    seen: set[str] = set()
    for name, inner in value:
        yield (Second(name) if name in seen else name), inner
        seen.add(name)


def _root(tree: Any) -> str:
    """The resource's type, with which a FHIRPath place begins."""
    kind = dict(tree).get("resourceType") if type(tree) is _Pairs else None
    return kind[:64] if isinstance(kind, str) and kind.isascii() and kind.isalpha() else ""


def _written(place: _Place) -> str:
    steps: list[str] = []
    while not isinstance(place, str):
        place, step = place
        steps.append(f"[{step}]" if isinstance(step, int) else f".{step[:64] or '``'}")  # as FHIRPath delimits names
    return (place + "".join(reversed(steps))).lstrip(".")
