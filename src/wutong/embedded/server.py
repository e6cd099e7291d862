"""Starts PostgreSQL as a direct child, on a Unix socket alone, with one owner at a time.

The traps behind each step are listed in docs/decisions/0001: a dead server's postmaster.pid still says "ready", a
killed parent must not leave a server behind, a second owner must be refused at once.
"""

import contextlib
import fcntl
import os
import secrets
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

import psycopg

from wutong.embedded import account, binaries
from wutong.embedded.account import RunAs
from wutong.embedded.problems import EmbeddedProblem

SUPERUSER = "wutong_admin"
_LONGEST_SOCKET_PATH = 90  # sockaddr_un takes 107 bytes, with "/.s.PGSQL.5432" and its lock file
_START_SECONDS = 60
_STOP_SECONDS = 30
_OPTIONS: Mapping[str, str] = {
    "listen_addresses": "",
    "max_connections": "100",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "jit": "off",
    "password_encryption": "scram-sha-256",
    "log_min_messages": "warning",
}


@dataclass
class Running:
    """A running server, owned by this process."""

    process: subprocess.Popen[bytes]
    socket_dir: Path
    password: str
    log: Path
    _lock: IO[str] = field(repr=False)

    @property
    def pid(self) -> int:
        """The postmaster's process id."""
        return self.process.pid

    def dsn(self, *, user: str = SUPERUSER, password: str | None = None, dbname: str = "postgres") -> str:
        """A connection string (the superuser's, unless another is named)."""
        secret = self.password if password is None else password
        return f"host={self.socket_dir} dbname={dbname} user={user} password={secret}"

    def poll(self) -> int | None:
        """The server's exit code once it has ended, else None."""
        return self.process.poll()

    def stop(self) -> None:
        """Fast shutdown; after a deadline, immediate."""
        for ask in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):
            if self.process.poll() is not None:
                break
            self.process.send_signal(ask)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(_STOP_SECONDS)
        self._lock.close()


def start(data_dir: Path, *, options: Mapping[str, str] | None = None) -> Running:
    """Start the server whose files are in `data_dir` (made on first use); raises EmbeddedProblem."""
    data_dir = data_dir.absolute()
    run_as = account.choose()
    _make_parent(data_dir, run_as)
    lock = _own(data_dir)
    try:
        programs = account.reachable_binaries(binaries.find(), data_dir, run_as)
        password = _superuser_password(data_dir)
        _initialise(programs, data_dir, run_as, password)
        return _launch(programs, data_dir, run_as, password, {**_OPTIONS, **(options or {})}, lock)
    except BaseException:
        lock.close()
        raise


def _make_parent(data_dir: Path, run_as: RunAs) -> None:
    parent = data_dir.parent
    try:
        parent.mkdir(parents=True, exist_ok=True, mode=0o711)
    except OSError as refused:
        raise EmbeddedProblem(
            f"The folder {parent} cannot be made: {refused.strerror}. Name another with --data."
        ) from refused
    if not run_as.can_reach(parent, os.X_OK):
        raise EmbeddedProblem(
            f"PostgreSQL must not run as root, and the account it runs as cannot reach {parent}. Name a folder that "
            f"everybody may enter, such as --data /var/lib/wutong/demo, or start as an ordinary user."
        )


def _own(data_dir: Path) -> IO[str]:
    """The lock that makes this process the one owner; released by the kernel whatever happens to the process."""
    lock = data_dir.with_name(data_dir.name + ".lock").open("a+")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        lock.seek(0)
        holder = lock.read().strip() or "unknown"
        lock.close()
        raise EmbeddedProblem(
            f"Another process (pid {holder}) is already running on {data_dir}. Stop it first, or name another --data."
        ) from None
    lock.seek(0)
    lock.truncate()
    lock.write(str(os.getpid()))
    lock.flush()
    return lock


def _superuser_password(data_dir: Path) -> str:
    file = data_dir.with_name(data_dir.name + ".superuser")
    if not file.exists():
        fresh = file.with_name(file.name + ".new")
        handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "w") as stream:
            stream.write(secrets.token_urlsafe(24))
        fresh.rename(file)
    return file.read_text()


def _initialise(programs: Path, data_dir: Path, run_as: RunAs, password: str) -> None:
    """initdb into a folder beside it, then one rename: a crash leaves nothing half made."""
    if (data_dir / "PG_VERSION").exists():
        return
    with _scratch(data_dir, run_as) as scratch:
        secret = scratch / "password"
        secret.write_text(password)
        run_as.own(secret)
        fresh = scratch / "data"
        command = [
            str(programs / "initdb"), "-D", str(fresh), "-U", SUPERUSER, "--pwfile", str(secret),
            "--auth=scram-sha-256", "--encoding=UTF8", "--locale=C.UTF-8", "--data-checksums", "--no-instructions",
        ]  # fmt: skip
        made = subprocess.run(_as_child(run_as, command), capture_output=True, text=True, check=False)
        if made.returncode != 0:
            raise EmbeddedProblem(f"PostgreSQL could not make its files: {made.stderr.strip()[-500:]}")
        fresh.rename(data_dir)


@contextlib.contextmanager
def _scratch(data_dir: Path, run_as: RunAs) -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix=data_dir.name + "-", dir=data_dir.parent) as name:
        run_as.own(Path(name))
        yield Path(name)


def _launch(
    programs: Path, data_dir: Path, run_as: RunAs, password: str, options: Mapping[str, str], lock: IO[str]
) -> Running:
    socket_dir = _socket_dir(data_dir, run_as)
    log = data_dir.with_name(data_dir.name + ".log")
    command = [str(programs / "postgres"), "-D", str(data_dir), "-k", str(socket_dir)]
    command += [part for name, value in options.items() for part in ("-c", f"{name}={value}")]
    with log.open("ab") as out:
        process = subprocess.Popen(_as_child(run_as, command), stdin=subprocess.DEVNULL, stdout=out, stderr=out)
    running = Running(process, socket_dir, password, log, lock)
    try:
        _wait_until_ready(running)
    except BaseException:
        process.kill()
        process.wait()
        raise
    return running


def _as_child(run_as: RunAs, command: list[str]) -> list[str]:
    return [sys.executable, "-m", "wutong.embedded.child", str(os.getpid()), *run_as.arguments, "--", *command]


def _socket_dir(data_dir: Path, run_as: RunAs) -> Path:
    if len(os.fsencode(data_dir)) <= _LONGEST_SOCKET_PATH:
        return data_dir
    private = Path(tempfile.mkdtemp(prefix="wutong-"))
    run_as.own(private)
    return private


def _wait_until_ready(running: Running) -> None:
    """Ready is when it answers: postmaster.pid may be a dead server's."""
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline:
        if running.poll() is not None:
            tail = running.log.read_text(errors="replace").strip()[-500:]
            raise EmbeddedProblem(f"PostgreSQL did not start. Its last words: {tail}")
        try:
            psycopg.connect(running.dsn(), connect_timeout=5).close()
            return
        except psycopg.OperationalError:
            time.sleep(0.02)
    raise EmbeddedProblem(f"PostgreSQL did not answer within {_START_SECONDS} seconds; see {running.log}.")
