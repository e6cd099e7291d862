"""How tests run the prover: as an operator does, in a process and with a database of its own."""

import os
import re
import subprocess
import sys

CASES = int(os.environ.get("WUTONG_CASES", "6000"))
SEED = os.environ.get("WUTONG_SEED", "20261130")
LONGEST = 600 + CASES  # seconds; a busy machine asks one case in each
_FIGURES = re.compile(r"leaks: none \(([\d,]+) cases, ([\d,]+) requests asked twice, ([\d,]+) hidden rows; (.*)\)")


def environment(**more: str) -> dict[str, str]:
    """Without a database: the prover makes its own, and refuses where another is named."""
    plain = {name: value for name, value in os.environ.items() if not name.startswith("WUTONG_")}
    return plain | {"PYTHONPATH": os.pathsep.join(each for each in sys.path if each)} | more


def proved(*arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
    """What the command said, and how it ended."""
    command = [sys.executable, "-m", "wutong", "prove-no-leaks", *arguments]
    return subprocess.run(command, env=environment(**more), capture_output=True, text=True, check=False)


def prove_half(half: int) -> None:
    """No difference in one half of the cases, and what was compared is worth comparing."""
    cases = CASES // 2
    done = proved("--seed", SEED, "--from", str(half * cases), "--cases", str(cases))
    assert done.returncode == 0, done.stdout[-8000:] + done.stderr[-2000:]
    figures = _FIGURES.search(done.stdout)
    assert figures, done.stdout
    assert int(figures[1].replace(",", "")) == cases
    assert int(figures[3].replace(",", "")) > cases // 20  # else the worlds would hardly differ
    answered = re.search(r"200: ([\d,]+)", figures[4])
    assert answered
    assert int(answered[1].replace(",", "")) > cases // 3  # what is refused alike would prove little
    print(done.stdout)
