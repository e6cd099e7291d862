"""JSON Patch on trees of `json_text`: decimals keep their digits, and no patch grows a tree without bound.

Source: RFC 6902, RFC 6901 (JSON Pointer); HL7 FHIR R4, http page, "patch".
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from wutong.core.json_text import MAX_DEPTH, Number

MOST_OPERATIONS = 1_000
_MOST_COPIED = 100_000  # values that all copies of one patch may bring; of a text, each begun hundred of characters
_MOST_HELD = 2_000_000  # the same of the tree that is patched, which was taken in whole
_MEMBERS: Mapping[str, tuple[str, ...]] = {
    "add": ("value",),
    "remove": (),
    "replace": ("value",),
    "move": ("from",),
    "copy": ("from",),
    "test": ("value",),
}


class PatchProblem(Exception):
    """The patch cannot be applied: which operation, and a sentence that says how to mend it."""

    def __init__(self, place: str, message: str) -> None:
        super().__init__(message)
        self.place = place
        self.message = message


@dataclass(frozen=True)
class Operation:
    """One operation; the paths are read already."""

    number: int
    op: str
    path: tuple[str, ...]
    source: tuple[str, ...] = ()
    value: Any = None

    def problem(self, message: str) -> PatchProblem:
        """What is wrong with it."""
        return PatchProblem(f"[{self.number}]", message)


def read(tree: Any) -> list[Operation]:
    """The operations of a patch document; raises PatchProblem."""
    if not isinstance(tree, list) or not tree:
        raise PatchProblem("", "A JSON Patch is a list of operations (RFC 6902). Send at least one.")
    if len(tree) > MOST_OPERATIONS:
        raise PatchProblem("", f"A patch may have {MOST_OPERATIONS} operations. Send the whole resource instead (PUT).")
    return [_operation(number, each) for number, each in enumerate(tree)]


def apply(tree: Any, operations: Sequence[Operation]) -> Any:
    """`tree` after all operations, in order; `tree` itself stays as it is. Raises PatchProblem."""
    patched, budget = _copied(tree, [_MOST_HELD]), [_MOST_COPIED]
    for each in operations:
        patched = _APPLY[each.op](patched, each, budget)
    if _is_too_deep(patched):
        raise PatchProblem("", f"The patched resource is nested deeper than {MAX_DEPTH} levels.")
    return patched


def _operation(number: int, given: Any) -> Operation:
    place = f"[{number}]"
    if not isinstance(given, dict) or not isinstance(given.get("op"), str) or given["op"] not in _MEMBERS:
        raise PatchProblem(place, f"An operation needs `op`: {', '.join(_MEMBERS)}.")
    missing = [name for name in _MEMBERS[given["op"]] if name not in given]
    if missing:
        raise PatchProblem(place, f"The operation {given['op']} needs `{missing[0]}`.")
    source = _pointer(given["from"], place) if given["op"] in {"move", "copy"} else ()
    return Operation(number, given["op"], _pointer(given.get("path"), place), source, given.get("value"))


def _pointer(text: Any, place: str) -> tuple[str, ...]:
    if not isinstance(text, str) or (text and not text.startswith("/")):
        raise PatchProblem(place, "A path is a JSON Pointer, such as /name/0/family.")
    if text.count("/") > MAX_DEPTH:
        raise PatchProblem(place, f"A path may have {MAX_DEPTH} parts.")
    parts = text.split("/")[1:]
    if any("~" in part.replace("~0", "").replace("~1", "") for part in parts):
        raise PatchProblem(place, "In a path, ~ is written ~0 and / is written ~1.")
    return tuple(part.replace("~1", "/").replace("~0", "~") for part in parts)


def _add(tree: Any, operation: Operation, budget: list[int]) -> Any:
    return _put(tree, operation, operation.path, _copied(operation.value, budget, operation))


def _remove(tree: Any, operation: Operation, _budget: list[int]) -> Any:
    _take(tree, operation, operation.path)
    return tree


def _replace(tree: Any, operation: Operation, budget: list[int]) -> Any:
    value = _copied(operation.value, budget, operation)
    if not operation.path:
        return value
    holder, name = _holder(tree, operation, operation.path)
    holder[_existing(holder, name, operation)] = value
    return tree


def _move(tree: Any, operation: Operation, _budget: list[int]) -> Any:
    if operation.path[: len(operation.source)] == operation.source:
        if operation.path == operation.source:
            _at(tree, operation, operation.source)
            return tree
        raise operation.problem("A value cannot be moved into itself.")
    return _put(tree, operation, operation.path, _take(tree, operation, operation.source))


def _copy(tree: Any, operation: Operation, budget: list[int]) -> Any:
    value = _copied(_at(tree, operation, operation.source), budget, operation)
    return _put(tree, operation, operation.path, value)


def _test(tree: Any, operation: Operation, _budget: list[int]) -> Any:
    if not _equal(_at(tree, operation, operation.path), operation.value):
        raise operation.problem("The value is another one than the test says. Read the resource again.")
    return tree


_APPLY: Mapping[str, Callable[[Any, Operation, list[int]], Any]] = {
    "add": _add,
    "remove": _remove,
    "replace": _replace,
    "move": _move,
    "copy": _copy,
    "test": _test,
}


def _put(tree: Any, operation: Operation, path: tuple[str, ...], value: Any) -> Any:
    if not path:
        return value
    holder, name = _holder(tree, operation, path)
    if type(holder) is list:
        holder.insert(len(holder) if name == "-" else _index(name, len(holder) + 1, operation), value)
    else:
        holder[name] = value
    return tree


def _take(tree: Any, operation: Operation, path: tuple[str, ...]) -> Any:
    if not path:
        raise operation.problem("The whole resource is not removed by a patch. Use DELETE.")
    holder, name = _holder(tree, operation, path)
    return holder.pop(_existing(holder, name, operation))


def _holder(tree: Any, operation: Operation, path: tuple[str, ...]) -> tuple[Any, str]:
    holder = _at(tree, operation, path[:-1])
    if type(holder) not in {dict, list}:
        raise operation.problem("The path leads into a value that holds nothing.")
    return holder, path[-1]


def _at(tree: Any, operation: Operation, path: tuple[str, ...]) -> Any:
    for name in path:
        if type(tree) not in {dict, list}:
            raise operation.problem("The path leads into a value that holds nothing.")
        tree = tree[_existing(tree, name, operation)]
    return tree


def _existing(holder: Any, name: str, operation: Operation) -> Any:
    if type(holder) is list:
        return _index(name, len(holder), operation)
    if name not in holder:
        raise operation.problem(f"There is no {name[:64]!r} where the path leads.")
    return name


def _index(name: str, length: int, operation: Operation) -> int:
    is_number = name.isascii() and name.isdigit() and len(name) < 8 and (name == "0" or name[0] != "0")
    if not is_number or int(name) >= length:
        raise operation.problem(f"There is no item {name[:64]!r} in the list where the path leads.")
    return int(name)


def _copied(value: Any, budget: list[int], operation: Operation | None = None, depth: int = 0) -> Any:
    budget[0] -= 1 + len(value) // 100 if type(value) is str else 1
    if budget[0] < 0 or depth > MAX_DEPTH:
        place = f"[{operation.number}]" if operation else ""
        raise PatchProblem(place, "The patch copies too much, or too deep. Send the whole resource instead (PUT).")
    if type(value) is dict:
        return {name: _copied(item, budget, operation, depth + 1) for name, item in value.items()}
    if type(value) is list:
        return [_copied(item, budget, operation, depth + 1) for item in value]
    return value


def _is_too_deep(tree: Any) -> bool:
    """No recursion: a tree may be copied into itself again and again."""
    level = [tree]
    for _ in range(MAX_DEPTH + 1):
        level = [item for each in level for item in _items(each)]
        if not level:
            return False
    return True


def _items(value: Any) -> list[Any]:
    if type(value) is dict:
        return list(value.values())
    return list(value) if type(value) is list else []


def _equal(one: Any, other: Any) -> bool:
    """As RFC 6902 says, 4.6: numbers by their value, whatever their digits; true is no number."""
    if type(one) is dict and type(other) is dict:
        return one.keys() == other.keys() and all(_equal(value, other[name]) for name, value in one.items())
    if type(one) is list and type(other) is list:
        return len(one) == len(other) and all(map(_equal, one, other))
    numbers = [_decimal(value) for value in (one, other)]
    if None not in numbers:
        return numbers[0] == numbers[1]
    return type(one) is type(other) and bool(one == other)


def _decimal(value: Any) -> Decimal | None:
    if type(value) is int:
        return Decimal(value)
    if not isinstance(value, Number):
        return None
    try:
        return Decimal(value.text)
    except InvalidOperation:  # an exponent beyond all arithmetic: equal as it is written, or not
        return None
