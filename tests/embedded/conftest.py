"""A folder that every account may enter, and processes that own a server and can be killed."""

import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from wutong.embedded import Running, start

OWNER = """
import sys, time
from pathlib import Path
from wutong.embedded import start
print(start(Path(sys.argv[1])).pid, flush=True)
time.sleep(600)
"""


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder that every account may enter, as `make demo` would choose one."""
    with tempfile.TemporaryDirectory(prefix="wutong-embedded-") as name:
        Path(name).chmod(0o755)
        yield Path(name)


@pytest.fixture
def new_pg(folder: Path) -> Path:
    """A data directory that does not exist yet."""
    return folder / "pg"


@pytest.fixture(scope="session")
def _made() -> Iterator[Path]:
    """Made once, because initdb takes a second and most tests are about what comes after it."""
    with tempfile.TemporaryDirectory(prefix="wutong-embedded-") as name:
        Path(name).chmod(0o755)
        start(Path(name) / "pg").stop()
        yield Path(name)


@pytest.fixture
def pg(folder: Path, _made: Path) -> Path:
    """A data directory that was started and stopped before."""
    for name in ("pg", "pg.superuser"):
        subprocess.run(["cp", "-a", str(_made / name), str(folder)], check=True)
    return folder / "pg"


@contextmanager
def running_at(data_dir: Path, **how: object) -> Iterator[Running]:
    """A server for the length of a block."""
    running = start(data_dir, **how)  # type: ignore[arg-type]
    try:
        yield running
    finally:
        running.stop()


@dataclass
class Owner:
    """Another process that started a server."""

    process: "subprocess.Popen[str]"
    server: int

    def kill(self, signal_number: int) -> None:
        """End the owner; its server is another matter."""
        self.process.send_signal(signal_number)
        self.process.wait(20)


@pytest.fixture
def owner_of() -> Iterator[Callable[..., Owner]]:
    """Starts a process that starts a server; ended after the test."""
    with ExitStack() as ends:

        def begin(data_dir: Path, **how: object) -> Owner:
            words = [sys.executable, "-c", OWNER, str(data_dir)]
            process = ends.enter_context(subprocess.Popen(words, stdout=subprocess.PIPE, text=True, **how))  # type: ignore[call-overload]
            ends.callback(process.kill)
            assert process.stdout
            return Owner(process, int(process.stdout.readline()))

        yield begin


def is_alive(pid: int) -> bool:
    """Whether the process runs (a dead one that nobody has asked after yet does not)."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def becomes_true(happens: Callable[[], bool], seconds: float = 15) -> bool:
    """Wait for it."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if happens():
            return True
        time.sleep(0.02)
    return False


def names_in(folder: Path) -> set[str]:
    """What stands in a folder."""
    return {path.name for path in folder.iterdir()}
