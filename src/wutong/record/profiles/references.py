"""Walks the references of a resource."""

from collections.abc import Iterator
from typing import Any

from wutong.record.definitions import r4


def references(tree: Any) -> Iterator[tuple[dict[str, Any], str, str]]:
    """Each reference as (object that holds it, name, text): `Reference.reference` and `Attachment.url`.

    Contained resources are walked too; a reference to one of them ("#…") is left out.
    """
    if isinstance(tree, dict):
        for name, value in list(tree.items()):
            if isinstance(value, str):
                if name in {"reference", "url"} and not value.startswith("#"):
                    yield tree, name, value
            else:
                yield from references(value)
    elif isinstance(tree, list):
        for item in tree:
            yield from references(item)


def patient_references(resource: dict[str, Any]) -> list[tuple[str, str]]:
    """Where and how a resource names the patient that it is about: (place, literal reference)."""
    kind = resource.get("resourceType", "")
    found = []
    for path in r4().patients.get(kind, ()):
        for holder in _at(resource, path.split(".")):
            reference = holder.get("reference") if isinstance(holder, dict) else None
            if isinstance(reference, str) and not reference.startswith("#"):
                found.append((f"{kind}.{path}", reference))
    return found


def _at(value: Any, names: list[str]) -> Iterator[Any]:
    if isinstance(value, list):
        for item in value:
            yield from _at(item, names)
    elif not names:
        yield value
    elif isinstance(value, dict) and names[0] in value:
        yield from _at(value[names[0]], names[1:])
