"""The embedded PostgreSQL: one owner, no survivor of a killed parent, recovery, root and ordinary user, long paths."""

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from wutong.core.answers import Problem
from wutong.embedded import EmbeddedProblem, start


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder that every account may enter, as `make demo` would choose one."""
    with tempfile.TemporaryDirectory(prefix="wutong-embedded-") as name:
        Path(name).chmod(0o755)
        yield Path(name)


_PARENT = """
import sys, time
from pathlib import Path
from wutong.embedded import start
running = start(Path(sys.argv[1]))
print(running.pid, flush=True)
time.sleep(600)
"""


def _parent(folder: Path) -> "tuple[subprocess.Popen[str], int]":
    parent = subprocess.Popen([sys.executable, "-c", _PARENT, str(folder / "pg")], stdout=subprocess.PIPE, text=True)
    assert parent.stdout
    return parent, int(parent.stdout.readline())


def _is_gone(pid: int, seconds: float = 15) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        except FileNotFoundError:
            return True
        if state == "Z":
            return True
        time.sleep(0.05)
    return False


def test_it_keeps_what_was_written_and_starts_again(folder: Path) -> None:
    running = start(folder / "pg")
    with psycopg.connect(running.dsn(), autocommit=True) as connection:
        connection.execute("create table kept as select 42 as answer")
    running.stop()
    again = start(folder / "pg")
    with psycopg.connect(again.dsn()) as connection:
        assert connection.execute("select answer from kept").fetchone() == (42,)
        listening = connection.execute("show listen_addresses").fetchone()
        checksums = connection.execute("show data_checksums").fetchone()
    again.stop()
    assert (listening, checksums) == (("",), ("on",))


def test_a_second_owner_is_refused_at_once_with_a_sentence(folder: Path) -> None:
    running = start(folder / "pg")
    with pytest.raises(EmbeddedProblem, match=f"pid {os.getpid()}"):
        start(folder / "pg")
    running.stop()


def test_a_wrong_password_is_refused(folder: Path) -> None:
    running = start(folder / "pg")
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(running.dsn(password="wrong"))
    running.stop()


def test_a_killed_parent_leaves_no_server_and_nothing_locked(folder: Path) -> None:
    parent, server = _parent(folder)
    parent.kill()
    parent.wait()
    if parent.stdout:
        parent.stdout.close()
    assert _is_gone(server)
    start(folder / "pg").stop()


def test_a_killed_server_is_noticed_and_the_next_start_recovers(folder: Path) -> None:
    running = start(folder / "pg")
    with psycopg.connect(running.dsn(), autocommit=True) as connection:
        connection.execute("create table kept as select 1 as answer")
    os.kill(running.pid, signal.SIGKILL)
    assert running.process.wait(10) != 0
    assert running.poll() is not None
    running.stop()
    again = start(folder / "pg")  # its postmaster.pid still says "ready"
    with psycopg.connect(again.dsn()) as connection:
        assert connection.execute("select answer from kept").fetchone() == (1,)
    again.stop()


def test_a_path_too_long_for_a_socket_still_starts(folder: Path) -> None:
    deep = folder / ("a-rather-long-name-" * 6)
    running = start(deep / "pg")
    assert running.socket_dir != deep / "pg"
    psycopg.connect(running.dsn()).close()
    running.stop()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")
def test_root_runs_the_server_as_an_unprivileged_account(folder: Path) -> None:
    running = start(folder / "pg")
    assert Path(f"/proc/{running.pid}").stat().st_uid != 0
    running.stop()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")
def test_root_is_told_where_the_account_cannot_reach(folder: Path) -> None:
    closed = folder / "closed"
    closed.mkdir(mode=0o700)
    with pytest.raises(EmbeddedProblem, match="cannot reach"):
        start(closed / "inside" / "pg")
    assert closed.stat().st_mode & 0o777 == 0o700


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")
def test_binaries_that_the_account_cannot_reach_are_copied(folder: Path) -> None:
    import shutil

    from wutong.embedded import account, binaries

    found = binaries.find()
    hidden = folder / "hidden"
    hidden.mkdir(mode=0o700)
    package = found.parents[1]
    shutil.copytree(package, hidden / package.name, symlinks=True)
    if (libraries := package.with_name(package.name + ".libs")).is_dir():
        shutil.copytree(libraries, hidden / libraries.name, symlinks=True)
    os.environ["WUTONG_POSTGRES_BIN"] = str(hidden / package.name / found.parent.name / "bin")
    try:
        running = start(folder / "pg")
        psycopg.connect(running.dsn()).close()
        running.stop()
        assert account.choose().uid != 0
    finally:
        del os.environ["WUTONG_POSTGRES_BIN"]


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")
def test_an_ordinary_user_runs_it_as_themselves(folder: Path) -> None:
    code = (
        "import os, sys; os.setgid(65534); os.setuid(65534); from pathlib import Path; from wutong.embedded import start;"
        "running = start(Path(sys.argv[1])); print(os.stat(f'/proc/{running.pid}').st_uid); running.stop()"
    )
    home = folder / "home"
    home.mkdir()
    os.chown(home, 65534, 65534)
    # The interpreter may live where only root can go: everything is imported before the change of user.
    words = [sys.executable, "-c", "import wutong.embedded, encodings, psycopg;" + code, str(home / "pg")]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    if "Permission denied" in done.stderr:
        pytest.skip("this interpreter lives where an ordinary user cannot reach it")
    assert done.stdout.strip() == "65534", done.stderr


def test_no_binaries_are_a_sentence(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    monkeypatch.setenv("WUTONG_POSTGRES_BIN", str(folder / "nowhere"))
    with pytest.raises(Problem, match="Install the extra"):
        start(folder / "pg")
