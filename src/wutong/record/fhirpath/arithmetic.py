"""Calculation, and texts put together. Source: HL7 FHIRPath N1, math."""

from collections.abc import Callable, Mapping
from decimal import Decimal, DecimalException, localcontext
from typing import Any

from wutong.core.json_text import Number
from wutong.record.fhirpath.faults import CannotEvaluate
from wutong.record.fhirpath.nodes import NOTHING, Node
from wutong.record.fhirpath.values import number, of, single, text

Count = Decimal | int


def _calculated(calculate: Callable[[Count, Count], Count]) -> Callable[[list[Node], list[Node]], list[Node]]:
    def operator(left: list[Node], right: list[Node]) -> list[Node]:
        if not left or not right:
            return NOTHING
        one, other = single(left), single(right)
        if calculate is _plus and type(one) is str and type(other) is str:
            return of(one + other, "string")
        return _result(calculate, number(one), number(other))

    return operator


def _result(calculate: Callable[[Count, Count], Count], one: Count | None, other: Count | None) -> list[Node]:
    if one is None or other is None:
        raise CannotEvaluate("Only numbers can be calculated with.")
    with localcontext():
        try:
            found: Any = calculate(one, other)
        except (ZeroDivisionError, DecimalException):
            return NOTHING  # as N1 says of a division by zero, and of what no number can hold
    if type(found) is int:
        return of(found, "integer")
    return of(Number(str(found)), "decimal")


def _plus(one: Count, other: Count) -> Count:
    return one + other


def _divided(one: Count, other: Count) -> Count:
    return Decimal(one) / Decimal(other)


def _joined(left: list[Node], right: list[Node]) -> list[Node]:
    return of((text(left) or "") + (text(right) or ""), "string")


ARITHMETIC: Mapping[str, Callable[[list[Node], list[Node]], list[Node]]] = {
    "+": _calculated(_plus),
    "-": _calculated(lambda one, other: one - other),
    "*": _calculated(lambda one, other: one * other),
    "/": _calculated(_divided),
    "div": _calculated(lambda one, other: one // other),
    "mod": _calculated(lambda one, other: one % other),
    "&": _joined,
}
