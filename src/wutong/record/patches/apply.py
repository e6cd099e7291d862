"""What each operation of a FHIRPath Patch does to a resource. Source: HL7 FHIR R4, fhirpatch page."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from wutong.core.json_patch import PatchProblem
from wutong.record.fhirpath import Budget, CannotCompile, CannotEvaluate, Node, TooCostly
from wutong.record.fhirpath import compile as compile_fhirpath
from wutong.record.patches.draft import Draft, Misfit, Place, Value

_MOST_NODES = 500_000  # that all paths of a patch may touch, and their time
_MOST_SECONDS = 0.5
_COLLECTION = re.compile(r"(?:(?P<holder>.+)\.)?(?P<name>[A-Za-z]\w*)", re.DOTALL)


@dataclass(frozen=True)
class Operation:
    """One operation as it was sent; `place`: of itself."""

    place: str
    kind: str
    path: str
    name: str = ""
    value: Value = Value("")  # noqa: RUF009 - frozen itself
    index: int = 0
    source: int = 0
    destination: int = 0

    def problem(self, message: str) -> PatchProblem:
        """What is wrong with it."""
        return PatchProblem(self.place, message)


@dataclass(frozen=True)
class PathPatch:
    """All operations of a patch; `place`: of the Parameters that it was sent as."""

    operations: Sequence[Operation]
    place: str

    def apply(self, resource: dict[str, Any]) -> dict[str, Any]:
        """The resource after all operations, in order; the tree itself is changed. Raises PatchProblem."""
        try:
            draft = Draft(resource)
        except Misfit as wrong:
            raise PatchProblem(self.place, str(wrong)) from wrong
        budget = Budget(_MOST_NODES, seconds=_MOST_SECONDS)
        for each in self.operations:
            try:
                _APPLY[each.kind](_Target(draft, each, budget))
            except Misfit as wrong:
                raise each.problem(str(wrong)) from wrong
        return draft.finished()


@dataclass(frozen=True)
class _Target:
    """An operation that meets a draft."""

    draft: Draft
    operation: Operation
    budget: Budget

    def nodes(self, path: str) -> list[Node]:
        """What a path selects in the draft, each element once."""
        root = self.draft.root
        try:
            asked = compile_fhirpath(path, root["resourceType"], is_foreign=True)
            found = asked.values(root, root, budget=self.budget)
        except TooCostly:
            raise self.operation.problem("The paths take too long. Send the whole resource instead (PUT).") from None
        except (CannotCompile, CannotEvaluate) as wrong:
            raise self.operation.problem(f"The path {path[:200]} cannot be followed: {wrong}") from wrong
        return list({id(self.draft.object_of(each)): each for each in found}.values())

    def one(self, path: str) -> Node:
        """The one element that a path selects."""
        found = self.nodes(path)
        if not found:
            raise self.operation.problem(f"The path {path[:200]} selects nothing. Add what holds it first.")
        return self._single(found, path)

    def _single(self, found: list[Node], path: str) -> Node:
        if len(found) > 1:
            sentence = f"The path {path[:200]} selects {len(found)} elements. Say which one is meant, such as by [0]."
            raise self.operation.problem(sentence)
        return found[0]

    def place(self, node: Node) -> Place:
        """Where an element stands."""
        place = self.draft.place(node)
        if place is None:
            sentence = f"The path {self.operation.path[:200]} selects no element within the resource."
            raise self.operation.problem(sentence)
        return place

    def one_or_none(self) -> Node | None:
        """The one element of the operation's path, or none."""
        found = self.nodes(self.operation.path)
        return self._single(found, self.operation.path) if found else None

    def holder(self, node: Node) -> dict[str, Any]:
        """The object that elements are added to; beside a primitive that is where its extensions stand."""
        if node[0] is not self.draft.root:
            self.place(node)
        found: dict[str, Any] = self.draft.object_of(node)
        return found

    def collection(self) -> tuple[dict[str, Any], str]:
        """A path to a list, which may be empty, as what holds it and its name."""
        split = _COLLECTION.fullmatch(self.operation.path.strip())
        if split is None:
            raise self.operation.problem("The path must end with the name of a list, such as Patient.identifier.")
        holder = split["holder"]
        return self.holder(self.one(holder)) if holder else self.draft.root, split["name"]


def _add(target: _Target) -> None:
    holder = target.holder(target.one(target.operation.path))
    target.draft.add(holder, target.operation.name, target.operation.value)


def _insert(target: _Target) -> None:
    target.draft.insert(*target.collection(), target.operation.index, target.operation.value)


def _delete(target: _Target) -> None:
    """What is not there is deleted already."""
    node = target.one_or_none()
    if node is not None:
        target.draft.delete(target.place(node))


def _replace(target: _Target) -> None:
    node = target.one(target.operation.path)
    target.draft.replace(target.place(node), target.operation.value)


def _move(target: _Target) -> None:
    target.draft.move(*target.collection(), target.operation.source, target.operation.destination)


_APPLY: Mapping[str, Callable[[_Target], None]] = {
    "add": _add,
    "insert": _insert,
    "delete": _delete,
    "replace": _replace,
    "move": _move,
}
