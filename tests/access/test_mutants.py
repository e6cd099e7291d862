"""T-04: a decision with one rule dropped or turned is caught by the small world, wherever that makes a difference."""

from collections.abc import Sequence
from functools import cache
from random import Random
from types import ModuleType

import pytest

from access.mutants import mutants
from access.oracle import answer
from access.reasons import Answer
from access.situations import Situation
from access.small_world import WORLDS, decided, some_of

_OF_EACH = 4_000

# What makes no difference to any decision, and why.
EQUIVALENT = {
    "keeps_from_parents: no `today` (1) in `_reaches(AGE_OF_DISCRETION, birth) or today`": (
        "without a day of birth nobody is under age; said for the types"
    ),
    **dict.fromkeys(
        (
            f"may_not_find: no `{each} in `_provider_closed(caller) or sign_in_too_weak(caller, strength.ONE_TIME_CODE) "
            "or _registration_over(caller, today)`"
            for each in ("_provider_closed(caller)` (0)", "sign_in_too_weak(caller, strength.ONE_TIME_CODE)` (1)")
        ),
        "`decide` asked it before; may_not_find says it to the people plane (tests/control/workspace)",
    ),
    "_treatment: no `facts.person is None` (1) in `grant is None or facts.person is None`": (
        "no emergency is open at nobody; said for the types"
    ),
    "open_emergency: no `caller is None` (0) in `caller is None or person is None or grant is None`": (
        "`decide` refused nobody before; said for the types"
    ),
    "_not_entitled: no `facts.person is None` (0) in `facts.person is None or not facts.person.is_active`": (
        "`_care` refused it before; said for the types"
    ),
    **dict.fromkeys(
        (
            "capacity_of: `Capacity.INCAPABLE` for `Capacity.INCAPABLE if is_incapable else None`",
            "who_decides: `rank` for `rank & there`",
        ),
        "whether the person's own word counts, and who else might: asked on the people plane (tests/core/test_representation.py)",
    ),
    **dict.fromkeys(
        (
            "care: _in_force: no `if kind.since <= today` in `sorted(KINDS, key=lambda kind: kind.since)`",
            "care: _in_force: `kind.since < today` for `kind.since <= today`",
        ),
        "no kind of evidence has a second line yet (tests/core/test_care.py gives one)",
    ),
    **dict.fromkeys(
        (
            f"no `Reason.{each}` in `{{Reason.CATEGORY_RESTRICTED, Reason.CATEGORY_CLOSED, Reason.CATEGORY_WITHHELD}}`"
            for each in ("CATEGORY_CLOSED", "CATEGORY_WITHHELD")
        ),
        "where an emergency is open, `_not_in_emergency` gives the same reason",
    ),
}


@pytest.mark.timeout(300)  # a minute of processor time, which a busy machine takes long to give
def test_every_dropped_rule_is_caught() -> None:
    tried = [(name, is_caught(mutant)) for name, mutant in mutants()]
    assert len(tried) > 150
    assert {name for name, caught in tried if not caught} == set(EQUIVALENT)


def is_caught(mutant: ModuleType) -> bool:
    return any(_differs(situation, said, mutant) for situation, said in a_covering_part())


def _differs(situation: Situation, said: Answer, mutant: ModuleType) -> bool:
    try:
        return decided(situation, mutant) != said
    except Exception:  # it breaks: a difference too
        return True


@cache
def a_covering_part() -> Sequence[tuple[Situation, Answer]]:
    """Some thousands of each part of the small world: the same whatever others there are, and mixed, so that few are tried."""
    some = [each for world in WORLDS.values() for each in some_of(world, _OF_EACH, Random(5))]
    Random(5).shuffle(some)
    return [(each, answer(each)) for each in some]
