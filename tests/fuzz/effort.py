"""How much is tried: little and always the same in the suite; more, and something else each time, in a drill.

WUTONG_FUZZ_EXAMPLES: how many examples each test of a drill tries.
"""

import os
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.strategies import SearchStrategy

MANY = int(os.environ.get("WUTONG_FUZZ_EXAMPLES", "1000"))


@dataclass(frozen=True)
class Effort:
    """`examples`: how many a test may try; each test knows its own share for the suite."""

    is_drill: bool

    def spend(self, few: int, strategy: SearchStrategy[Any], act: Callable[[Any], None]) -> None:
        """Do `act` with examples of a strategy: `few` in the suite. What fails is made small before it is shown."""
        asked = settings(
            max_examples=MANY if self.is_drill else few,
            derandomize=not self.is_drill,
            database=None,
            deadline=None,
            phases=[Phase.generate, Phase.shrink],
            suppress_health_check=list(HealthCheck),
        )
        asked(given(strategy)(act))()


efforts = pytest.mark.parametrize(
    "effort",
    [
        pytest.param(Effort(is_drill=False), id="few"),
        pytest.param(Effort(is_drill=True), id="many", marks=[pytest.mark.drill, pytest.mark.timeout(3600)]),
    ],
)
