"""Logic of three values, and comparisons. Source: HL7 FHIRPath N1, boolean logic, equality, comparison, collections."""

from collections.abc import Callable, Mapping

from wutong.record.fhirpath.nodes import Node
from wutong.record.fhirpath.run import Condition, Expression, Run
from wutong.record.fhirpath.values import key, order, same


def _and(left: Condition, right: Condition) -> Condition:
    def asked(focus: list[Node], run: Run) -> bool | None:
        one = left(focus, run)
        if one is False:
            return False
        other = right(focus, run)
        return other if one or other is False else None

    return asked


def _or(left: Condition, right: Condition) -> Condition:
    def asked(focus: list[Node], run: Run) -> bool | None:
        one = left(focus, run)
        if one:
            return True
        other = right(focus, run)
        return other if one is False or other else None

    return asked


def _xor(left: Condition, right: Condition) -> Condition:
    def asked(focus: list[Node], run: Run) -> bool | None:
        one, other = left(focus, run), right(focus, run)
        return None if one is None or other is None else one != other

    return asked


def _implies(left: Condition, right: Condition) -> Condition:
    def asked(focus: list[Node], run: Run) -> bool | None:
        one = left(focus, run)
        if one is False:
            return True
        other = right(focus, run)
        return other if one or other else None

    return asked


def _equality(*, is_wanted: bool) -> Callable[[Expression, Expression], Condition]:
    def operator(left: Expression, right: Expression) -> Condition:
        def asked(focus: list[Node], run: Run) -> bool | None:
            one, other = left(focus, run), right(focus, run)
            found = same(one, other)
            if found is None:
                run.is_undecided = run.is_undecided or bool(one and other)
                return None
            return found is is_wanted

        return asked

    return operator


def _equivalence(*, is_wanted: bool) -> Callable[[Expression, Expression], Condition]:
    def operator(left: Expression, right: Expression) -> Condition:
        return lambda focus, run: (_alike(left(focus, run)) == _alike(right(focus, run))) is is_wanted

    return operator


def _alike(nodes: list[Node]) -> list[str]:
    """In any order, and texts whatever their case and spaces."""
    return sorted(
        " ".join(value.casefold().split()) if type(value := each[0]) is str else repr(key(each)) for each in nodes
    )


def _comparison(tells: Callable[[int], bool]) -> Callable[[Expression, Expression], Condition]:
    def operator(left: Expression, right: Expression) -> Condition:
        def asked(focus: list[Node], run: Run) -> bool | None:
            one, other = left(focus, run), right(focus, run)
            found = order(one, other)
            if found is None:
                run.is_undecided = run.is_undecided or bool(one and other)
                return None
            return tells(found)

        return asked

    return operator


def _in(left: Expression, right: Expression) -> Condition:
    def asked(focus: list[Node], run: Run) -> bool | None:
        one, others = left(focus, run), right(focus, run)
        if not one:
            return None
        run.spend(len(others))
        wanted = run.key(one[0])
        return len(one) == 1 and any(run.key(each) == wanted for each in others)

    return asked


LOGIC: Mapping[str, Callable[[Condition, Condition], Condition]] = {
    "and": _and,
    "or": _or,
    "xor": _xor,
    "implies": _implies,
}
COMPARISONS: Mapping[str, Callable[[Expression, Expression], Condition]] = {
    "=": _equality(is_wanted=True),
    "!=": _equality(is_wanted=False),
    "~": _equivalence(is_wanted=True),
    "!~": _equivalence(is_wanted=False),
    "<": _comparison(lambda found: found < 0),
    ">": _comparison(lambda found: found > 0),
    "<=": _comparison(lambda found: found <= 0),
    ">=": _comparison(lambda found: found >= 0),
    "in": _in,
    "contains": lambda left, right: _in(right, left),
}
