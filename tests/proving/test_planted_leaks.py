"""Canaries: a platform that lets out one thing (`leaking`) turns the prover red."""

import json
import subprocess
import sys

import pytest

from proving.proof import environment

LEAKS = (
    *("total", "order", "page end", "version", "time", "masked number", "status", "count on a page"),
    *("closed parts", "closed earlier versions"),
)


@pytest.fixture(scope="module")
def found() -> dict[str, dict[str, object]]:
    """Of each leak, what the prover said of a platform that has it; by the same questions."""
    command = [sys.executable, "-m", "proving.leaking"]
    done = subprocess.run(command, env=environment(), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-4000:]
    return {each["leak"]: each for each in map(json.loads, done.stdout.splitlines())}


@pytest.mark.timeout(1200)
@pytest.mark.parametrize("leak", LEAKS)
def test_a_planted_leak_turns_it_red(found: dict[str, dict[str, object]], leak: str) -> None:
    assert found[leak]["told"], leak


@pytest.mark.timeout(1200)
def test_the_same_questions_find_nothing_where_nothing_is_planted(found: dict[str, dict[str, object]]) -> None:
    assert not found[""]["told"]
