"""Walks the addresses of a resource that are no references: elements of the types uri and url, led by the definitions.

Source: HL7 FHIR R4, http page ("transaction": what else is replaced where another entry's fullUrl stands).
"""

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from wutong.record.definitions import r4

# Not `uuid` and `oid`, which could not hold what stands for an entry once it is stored.
_ADDRESSES = frozenset({"uri", "url"})
Named = tuple[Any, Any, str]


def addresses(tree: Any) -> Iterator[Named]:
    """Each as (what holds it, name or number, text), to be rewritten in place; a Bundle's entries are left as they are.

    No recursion, so that no depth can break it. What does not fit the definitions is passed over.
    """
    waiting = [(tree, "Resource")]
    while waiting:
        value, kind = waiting.pop()
        if kind == "Resource":
            kind = value.get("resourceType", "")
        for key, inner in _leading(kind).items():
            content = value.get(key)
            listed = content if type(content) is list else [content]
            if inner in _ADDRESSES:
                holder = content if type(content) is list else value
                places = range(len(listed)) if holder is content else [key]
                yield from ((holder, place, text) for place, text in zip(places, listed, strict=True) if _is_text(text))
            else:
                waiting.extend((item, inner) for item in listed if type(item) is dict)


def _is_text(value: Any) -> bool:
    return type(value) is str


@cache
def _leading(kind: str) -> Mapping[str, str]:
    """The elements of a type that hold addresses or objects, with their types; beside a primitive, its extensions."""
    if kind not in r4().types:
        return {}
    elements, primitives = r4().types[kind].elements, r4().primitives
    kept = {n: e.type for n, e in elements.items() if e.type in _ADDRESSES or e.type not in primitives}
    if kind == "Bundle":  # one document, kept as it was sent
        kept.pop("entry")
    return {**kept, **{f"_{name}": "Element" for name, each in elements.items() if each.type in primitives}}
