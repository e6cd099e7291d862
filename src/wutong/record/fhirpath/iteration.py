"""Functions that ask something of each item of a collection. Source: HL7 FHIRPath N1, filtering and projection."""

from wutong.record.fhirpath.nodes import Node
from wutong.record.fhirpath.run import Condition, Expression, Run


def where(inner: Expression, criteria: Condition) -> Expression:
    """The items of which the criteria are true."""

    def expression(focus: list[Node], run: Run) -> list[Node]:
        kept: list[Node] = []
        outer = run.index
        for number, each in enumerate(_counted(inner(focus, run), run)):
            run.index = number
            if criteria([each], run):
                kept.append(each)
        run.index = outer
        return kept

    return expression


def _counted(found: list[Node], run: Run) -> list[Node]:
    run.spend(len(found))
    return found


def select(inner: Expression, projection: Expression) -> Expression:
    """What the projection gives of each item."""

    def expression(focus: list[Node], run: Run) -> list[Node]:
        found: list[Node] = []
        outer = run.index
        for number, each in enumerate(_counted(inner(focus, run), run)):
            run.index = number
            found += projection([each], run)
        run.index = outer
        return found

    return expression


def repeat(inner: Expression, projection: Expression) -> Expression:
    """What the projection gives of each item, and of what it gave, until it gives nothing."""

    def expression(focus: list[Node], run: Run) -> list[Node]:
        found: list[Node] = []
        level = inner(focus, run)
        # A projection that finds its own focus again would go on for ever: the evaluation's bound ends it.
        while level:
            level = [every for each in _counted(level, run) for every in projection([each], run)]
            found += level
        return found

    return expression


def any_(inner: Expression, criteria: Condition) -> Condition:
    """Whether the criteria are true of an item."""
    return lambda focus, run: any(criteria([each], run) for each in _counted(inner(focus, run), run))


def all_(inner: Expression, criteria: Condition) -> Condition:
    """Whether the criteria are true of all items."""
    return lambda focus, run: all(criteria([each], run) for each in _counted(inner(focus, run), run))


def iif(inner: Expression, asked: Condition, then: Expression, other: Expression) -> Expression:
    """One or the other, as the condition is true of the whole collection or not."""

    def expression(focus: list[Node], run: Run) -> list[Node]:
        this = inner(focus, run)
        return then(this, run) if asked(this, run) else other(this, run)

    return expression
