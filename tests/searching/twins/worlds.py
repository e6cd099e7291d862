"""Two databases alike but for what the callers may not see, and servers over each, which take one another's place."""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from json import loads
from pathlib import Path

import httpx
from conftest import copy_of_template, free_port, settings_of

from searching.twins.filling import World

_ADDRESS = "http://127.0.0.1:8000"  # where all of them say that they are
_SERVE = ("-m", "wutong"), ("-m", "searching.twins.leaking")
NAMES = "twin_one", "twin_other"


@dataclass(frozen=True)
class Twins:
    """Who is who in both, with the ids of what either has alone; the servers of the two, and those that can leak."""

    world: World
    honest: tuple[httpx.Client, httpx.Client]
    leaking: tuple[httpx.Client, httpx.Client]


@contextmanager
def twins() -> Iterator[Twins]:
    """Both, filled and served."""
    with tempfile.TemporaryDirectory(prefix="wutong-twins-") as folder, ExitStack() as until:
        world = _filled(Path(folder) / "both")
        servers = [until.enter_context(_server(name, how)) for how in _SERVE for name in NAMES]
        for each in servers:
            _await(each)
        one, other, leaking_one, leaking_other = servers
        yield Twins(world, (one, other), (leaking_one, leaking_other))


def _filled(file: Path) -> World:
    copy_of_template("twin_both")
    _finish([_fill("twin_both", file)])
    world = World.of(loads(file.read_text()))
    for name in NAMES:
        copy_of_template(name, template="twin_both")
    _finish([_fill(name, file, str(twin)) for twin, name in enumerate(NAMES)])
    for twin in range(2):
        for kind, ids in loads(file.with_suffix(f".{twin}").read_text()).items():
            world.ids.setdefault(kind, []).extend(ids)
    return world


def _fill(database: str, file: Path, *twin: str) -> "subprocess.Popen[bytes]":
    command = [sys.executable, "-m", "searching.twins.fill", str(file), *twin]
    return subprocess.Popen(command, env=_environment(database))


def _finish(every: Sequence["subprocess.Popen[bytes]"]) -> None:
    assert [each.wait() for each in every] == [0] * len(every)


def _environment(database: str) -> dict[str, str]:
    paths = os.pathsep.join(each for each in sys.path if each)
    here = {"WUTONG_PUBLIC_URL": _ADDRESS, "WUTONG_RECORD_URL": f"{_ADDRESS}/fhir", "PYTHONPATH": paths}
    return settings_of(database) | here


@contextmanager
def _server(database: str, how: Sequence[str]) -> Iterator[httpx.Client]:
    port = str(free_port())
    command = [sys.executable, *how, "serve", "--port", port, "--plane", "record"]
    running = subprocess.Popen(command, env=_environment(database))
    with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=60, trust_env=False) as http:
        try:
            yield http
        finally:
            running.kill()
            running.wait()


def _await(http: httpx.Client) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            http.get("/fhir/metadata")
            return
        except httpx.TransportError:
            time.sleep(0.05)
    raise AssertionError("the server did not start")
