"""What is in the repository is the project's own: no link, which leads to another place on each machine."""

import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
_LINK = "120000"  # git's mode of a symbolic link


def test_no_link_is_in_the_repository() -> None:
    if not (ROOT / ".git").exists():
        pytest.skip("this copy has no repository")
    listed = subprocess.run(["git", "ls-files", "--stage"], cwd=ROOT, capture_output=True, text=True, check=True)
    assert [line for line in listed.stdout.splitlines() if line.startswith(_LINK)] == []
