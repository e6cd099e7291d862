"""Values of nodes: as numbers, equal, in order. Source: HL7 FHIRPath N1, equality and comparison."""

from collections.abc import Hashable
from decimal import Decimal, InvalidOperation
from typing import Any

from wutong.core.json_text import Number
from wutong.record.fhirpath.faults import CannotEvaluate
from wutong.record.fhirpath.moments import compared, moment
from wutong.record.fhirpath.nodes import Node, is_kind

TRUE: list[Node] = [(True, "boolean", None)]
FALSE: list[Node] = [(False, "boolean", None)]
_DATED = frozenset({"date", "dateTime", "instant", "time"})


def number(value: Any) -> Decimal | int | None:
    """A JSON number to calculate with; None if it is none."""
    if type(value) is int or type(value) is Decimal:
        return value
    if type(value) is Number:
        try:
            return Decimal(value.text)
        except InvalidOperation:
            return None
    return None


def of(value: object, kind: str) -> list[Node]:
    """A collection of one value."""
    return [(value, kind, None)]


def truth(nodes: list[Node]) -> bool | None:
    """A collection as a condition; one value that is no boolean is true, for it is there.

    None if it is empty, or a boolean of which only extensions are known.
    """
    if not nodes:
        return None
    if len(nodes) > 1:
        raise CannotEvaluate("Several values stand where one condition is expected.")
    value, kind, _ = nodes[0]
    if type(value) is bool:
        return value
    return None if value is None and kind == "boolean" else True


def single(nodes: list[Node]) -> Any:
    """The one value of a collection; None if it is empty."""
    if len(nodes) > 1:
        raise CannotEvaluate("Several values stand where one is expected.")
    return nodes[0][0] if nodes else None


def text(nodes: list[Node]) -> str | None:
    """The one text of a collection; None if it is empty or no text."""
    value = single(nodes)
    return value if type(value) is str else None


def whole(nodes: list[Node]) -> int | None:
    """The one whole number of a collection; None if it is empty or none."""
    value = single(nodes)
    return value if type(value) is int else None


def key(node: Node) -> Hashable:
    """What is the same for two nodes that are equal; dates of different precision are not."""
    return _frozen(node[0])


def _frozen(value: Any) -> Hashable:
    if type(value) is dict:
        # Flat, and no set: of hundreds of thousands of codes the sets would be most of what is in memory.
        return (dict, *(part for name in sorted(value) for part in (name, _frozen(value[name]))))
    if type(value) is list:
        return tuple(map(_frozen, value))
    if type(value) is bool:
        return (value,)
    counted = number(value)
    return value if counted is None else ("number", counted)


def same(left: list[Node], right: list[Node]) -> bool | None:
    """`=`: the same values in the same order; None if either is empty, or dates do not tell."""
    if not left or not right:
        return None
    if len(left) != len(right):
        return False
    found: bool | None = True
    for one, other in zip(left, right, strict=True):
        alike = _equal(one, other)
        if alike is False:
            return False
        found = found if alike else None
    return found


def _equal(one: Node, other: Node) -> bool | None:
    value, kind, _ = one
    against, other_kind, _ = other
    if type(value) is str and type(against) is str:
        if kind in _DATED and other_kind in _DATED and value != against:
            return _same_moment(value, against)
        return value == against
    return _frozen(_measure(value, kind)) == _frozen(_measure(against, other_kind))


def _same_moment(one: str, other: str) -> bool | None:
    left, right = moment(one), moment(other)
    if left is None or right is None:
        return False
    order = compared(left, right)
    return None if order is None else order == 0


def _measure(value: Any, kind: str) -> Any:
    """A quantity as its number and unit, so that a literal equals a FHIR Quantity."""
    if type(value) is dict and is_kind(kind, "Quantity"):
        return [value.get("value"), value.get("code") or value.get("unit")]
    return value


def order(left: list[Node], right: list[Node]) -> int | None:
    """-1, 0 or 1 as `left` is before, at or after `right`; None if they do not tell."""
    if len(left) > 1 or len(right) > 1:
        raise CannotEvaluate("Several values cannot be put in order.")
    if not left or not right:
        return None
    return _ordered(left[0], right[0])


def _ordered(one: Node, other: Node) -> int | None:
    value, kind, _ = one
    against, other_kind, _ = other
    if value is None or against is None:
        return None
    if type(value) is str and type(against) is str:
        if (kind in _DATED or other_kind in _DATED) and not _are_alike(value, against):
            left, right = moment(value), moment(against)
            return compared(left, right) if left and right else None
        return (value > against) - (value < against)
    if type(value) is dict and type(against) is dict:
        return _quantities(value, against)
    first, second = number(value), number(against)
    if first is None or second is None:
        raise CannotEvaluate(f"{kind} and {other_kind} cannot be compared.")
    return (first > second) - (first < second)


def _are_alike(one: str, other: str) -> bool:
    """Whether two times are written with the same precision, fraction and zone, so that their texts are in order."""
    return len(one) == len(other) and one[19:] == other[19:] and one[16:17] in {"", ":"} and one[16:17] == other[16:17]


def _quantities(one: dict[str, Any], other: dict[str, Any]) -> int | None:
    """Of the same unit; others are not converted."""
    first, second = number(one.get("value")), number(other.get("value"))
    units = [each.get("code") or each.get("unit") for each in (one, other)]
    if first is None or second is None or units[0] != units[1]:
        return None
    return (first > second) - (first < second)
