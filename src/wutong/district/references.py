"""References between the resources of one bundle: following them, renaming them, dropping those that lead nowhere."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from wutong.district.records import Resource


@dataclass(frozen=True)
class Target:
    """What a reference shall lead to; `display` None takes away a display that would no longer be true."""

    url: str
    display: str | None = None
    keeps_display: bool = False


def targets(tree: Any) -> Iterator[str]:
    """The urn of every reference in `tree`."""
    if isinstance(tree, dict):
        if _is_reference(tree):
            yield tree["reference"]
        for value in tree.values():
            yield from targets(value)
    elif isinstance(tree, list):
        for value in tree:
            yield from targets(value)


def redirected(tree: Any, find: Callable[[str], Target | None]) -> Any:
    """A copy of `tree` whose references lead where `find` says.

    A reference that leads nowhere is left out, and so is what has become empty by that: FHIR allows no empty element.
    """
    if isinstance(tree, list):
        return [each for each in (redirected(value, find) for value in tree) if each not in (None, {}, [])]
    if not isinstance(tree, dict):
        return tree
    if _is_reference(tree):
        return _reference(tree, find(tree["reference"]))
    changed = {name: redirected(value, find) for name, value in tree.items()}
    return {name: value for name, value in changed.items() if value not in (None, {}, [])}


def encounter_of(resource: Resource) -> str | None:
    """The encounter that a resource says it belongs to."""
    if resource["resourceType"] == "MedicationAdministration":
        return _first(resource, "context")
    if resource["resourceType"] == "DocumentReference":
        return _first(resource.get("context", {}), "encounter")
    if resource["resourceType"] == "Claim":
        return next((found for item in resource.get("item", []) if (found := _first(item, "encounter"))), None)
    return _first(resource, "encounter")


def _first(holder: Resource, name: str) -> str | None:
    return next(targets(holder.get(name)), None)


def _is_reference(tree: Resource) -> bool:
    return isinstance(tree.get("reference"), str) and tree["reference"].startswith("urn:uuid:")


def _reference(old: Resource, target: Target | None) -> Resource | None:
    if target is None:
        return None
    display = old.get("display") if target.keeps_display else target.display if "display" in old else None
    return {"reference": target.url} | ({"display": display} if display else {})
