"""The constraints of the base specification, compiled for each type from the definitions. Source: HL7 FHIR R4.

A constraint is asked only where an element is present without which it could not be broken. Those of every element or
resource (ele-1, ext-1, ref-1, dom-2 to dom-5, txt-1, txt-2) are fast code beside the structure that they are about.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from wutong.record.definitions import Constraint, Type, r4
from wutong.record.fhirpath import CannotEvaluate, Compiled, TooCostly
from wutong.record.fhirpath import compile as compiled
from wutong.record.profiles.issues import Full, Place, Run
from wutong.record.profiles.rules import Rule

# Constraints that do not say what they mean, by path and key: what is asked instead, and why.
AMENDED: Mapping[tuple[str, str], tuple[str, str]] = {
    ("Bundle.entry", "bdl-8"): (
        "fullUrl.empty() or fullUrl.contains('/_history/').not()",
        "an entry need not have a fullUrl; as it stands, contains() of nothing is nothing, and nothing is no yes",
    ),
    ("RiskAssessment.prediction", "ras-2"): (
        "probability.empty() or (probability is decimal implies (probability as decimal) <= 100)",
        "a prediction need not have a probability; as it stands, nothing is asked whether it is a decimal",
    ),
}

# The constraints to ask where a JSON key is present, by that key; under "" those that are always asked.
_Triggers = dict[str, list["_Asked"]]


class _Asked:
    """One constraint, ready to be asked."""

    __slots__ = ("condition", "human", "key")

    def __init__(self, constraint: Constraint, path: str, kind: str) -> None:
        self.key = constraint.key
        self.human = constraint.human.strip().rstrip(".")
        amended, _ = AMENDED.get((path, constraint.key), (constraint.expression, ""))
        self.condition = compiled(amended, kind)


def of_type(kind: str) -> Sequence[Rule]:
    """The rule that asks all constraints of a type, if it has any."""
    triggers = _triggers(kind, r4().types[kind])
    return (_rule(triggers),) if triggers else ()


def _triggers(kind: str, definition: Type) -> _Triggers:
    found: _Triggers = {}
    for each in _asked(kind, kind):
        for key in _keys(each.condition, definition):
            found.setdefault(key, []).append(each)
    return found


def _asked(path: str, kind: str) -> list[_Asked]:
    return [_Asked(each, path, kind) for each in r4().constraints.get(path, ())]


def _keys(condition: Compiled, definition: Type) -> Sequence[str]:
    """The JSON keys of one element that the constraint cannot be broken without: one that is no choice, if there is."""
    plain = [name for name in condition.needs if name in definition.elements]
    if plain:
        return (plain[0], f"_{plain[0]}")
    for name in condition.needs:
        if names := definition.choices.get(name):
            return [key for each in names for key in (each, f"_{each}")]
    return ("",)


def _rule(triggers: _Triggers) -> Rule:
    always = triggers.pop("", [])
    keys = frozenset(triggers)

    def rule(value: dict[str, Any], place: Place, run: Run) -> None:
        for each in always:
            _ask(each, value, None, place, run)
        if not keys.isdisjoint(value):
            for each in dict.fromkeys(each for key in value for each in triggers.get(key, ())):
                _ask(each, value, None, place, run)

    return rule


def of_element(path: str, kind: str) -> "Asking | None":
    """What asks the constraints of one element of type `kind` beyond those of its type, if it has any."""
    asked = [] if path == kind else _asked(path, kind)
    return Asking(asked) if asked else None


class Asking:
    """The constraints of one element, asked of each of its values."""

    def __init__(self, asked: list[_Asked]) -> None:
        self._asked = asked

    def __call__(self, value: Any, beside: Any, place: Place, run: Run) -> None:
        for each in self._asked:
            _ask(each, value, beside, place, run)


def _ask(asked: _Asked, value: Any, beside: Any, place: Place, run: Run) -> None:
    key, human = asked.key, asked.human
    try:
        if not asked.condition.holds(value, run.resource, root=run.root, beside=beside, budget=run.budget):
            run.say("invariant", place, f"{key}: {human}. Correct what is given here, or add what is missing.")
    except TooCostly as wrong:
        run.say("too-costly", place, f"{key} cannot be asked. {wrong}")
        raise Full from wrong
    except CannotEvaluate as wrong:
        if not run.found:  # else the structure is wrong, and that has been said
            run.say("invariant", place, f"{key}: {human}. It cannot be asked here: {wrong}")
