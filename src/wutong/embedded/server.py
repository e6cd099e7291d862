"""Starts PostgreSQL as a direct child, on a Unix socket alone, with one owner at a time.

The traps behind each step are listed in docs/decisions/0001.
"""

import contextlib
import subprocess
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import psycopg

from wutong.embedded import account, address, binaries, cluster, locks
from wutong.embedded.address import SUPERUSER, Address
from wutong.embedded.child import Launcher, end, last_words
from wutong.embedded.folder import DataFolder, make_parent
from wutong.embedded.locks import Ownership
from wutong.embedded.problems import EmbeddedProblem

_START_SECONDS = 60
_OPTIONS: Mapping[str, str] = {
    "listen_addresses": "",
    "port": str(address.PORT),
    "max_connections": "100",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "jit": "off",
    "fsync": "on",
    "full_page_writes": "on",
    "synchronous_commit": "on",
    "password_encryption": "scram-sha-256",
    "log_min_messages": "warning",
}


@dataclass
class Running:
    """A running server, owned by this process."""

    process: "subprocess.Popen[bytes]"
    address: Address
    folder: DataFolder
    _ownership: Ownership = field(repr=False)

    @property
    def pid(self) -> int:
        """The postmaster's process id."""
        return self.process.pid

    @property
    def killed_owner(self) -> str:
        """The pid of the owner before, if it was killed and could not stop its server; else empty."""
        return self._ownership.killed_owner

    @property
    def socket_dir(self) -> Path:
        """The folder of its socket, for `host=`."""
        return self.address.socket_dir

    def dsn(self, *, user: str = SUPERUSER, password: str | None = None, dbname: str = "postgres") -> str:
        """A connection string (the superuser's, unless another is named)."""
        return self.address.dsn(user=user, password=password, dbname=dbname)

    def poll(self) -> int | None:
        """The server's exit code once it has ended, else None."""
        return self.process.poll()

    def wait(self, seconds: float | None = None) -> int:
        """Wait for the server to end; its exit code. Raises TimeoutExpired."""
        return self.process.wait(seconds)

    def stop(self) -> None:
        """End the server (transactions under way are rolled back) and let another owner begin; may be called twice."""
        if self._ownership.lock.closed:
            return
        end(self.process)
        address.withdraw(self.folder, self.address)
        self._ownership.end()


def start(data_dir: Path, *, options: Mapping[str, str] | None = None, programs: Path | None = None) -> Running:
    """Start the server whose files are in `data_dir` (made on first use); raises EmbeddedProblem.

    `options` are PostgreSQL's settings, `programs` the directory of its binaries where another than the found one is
    meant. The server lives no longer than the calling *thread* (Linux): call it from one that lasts.
    """
    folder = DataFolder(data_dir.absolute())
    try:
        return _start(folder, {**_OPTIONS, **(options or {})}, programs)
    except OSError as refused:
        where = refused.filename2 or refused.filename or folder.path
        raise EmbeddedProblem(
            f"The embedded database cannot be kept in {folder.path} ({where}: {refused.strerror}). "
            f"Mend that, or name a folder of your own with --data."
        ) from refused


def _start(folder: DataFolder, options: Mapping[str, str], programs: Path | None) -> Running:
    run_as = account.choose(folder.path)
    make_parent(folder.path.parent, run_as)
    with contextlib.ExitStack() as held:
        ownership = locks.own(folder)
        held.callback(ownership.end)
        server_lock = held.enter_context(locks.for_server(folder))
        found = binaries.find(programs, major=folder.major())
        usable = account.reachable_binaries(found, folder.path.parent, run_as)
        launcher = Launcher(usable, folder, run_as, server_lock)
        password = cluster.superuser_password(folder)
        cluster.initialise(launcher, password)
        cluster.forget_dead_server(folder)
        running = _launch(launcher, password, options, ownership)
        held.pop_all()
        server_lock.close()  # from here on the server's own processes hold it
    return running


def _launch(launcher: Launcher, password: str, options: Mapping[str, str], ownership: Ownership) -> Running:
    folder = launcher.folder
    there = Address(address.make_socket_dir(folder.path, launcher.run_as), password)
    address.publish(folder, there)
    settings = [part for name, value in options.items() for part in ("-c", f"{name}={value}")]
    process = launcher.run("postgres", "-D", str(folder.path), "-k", str(there.socket_dir), *settings)
    running = Running(process, there, folder, ownership)
    try:
        _wait_until_ready(running)
    except BaseException:
        running.stop()
        raise
    return running


def _wait_until_ready(running: Running) -> None:
    """Ready is when it answers: postmaster.pid may be a dead server's. Recovery may take as long as it takes."""
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline:
        if running.poll() is not None:
            raise EmbeddedProblem(f"PostgreSQL did not start. Its last words: {last_words(running.folder)}")
        try:
            psycopg.connect(running.dsn(), connect_timeout=5).close()
            return
        except psycopg.OperationalError as refused:
            said = str(refused)
        if "password authentication failed" in said:
            raise EmbeddedProblem(
                f"PostgreSQL refuses the password in {running.folder.superuser}: it is not the one these data were "
                f"made with. Put the right file back, or name another --data to begin afresh."
            )
        if "the database system is" in said:  # starting up, in recovery
            deadline = time.monotonic() + _START_SECONDS
        time.sleep(0.02)
    raise EmbeddedProblem(f"PostgreSQL did not answer within {_START_SECONDS} seconds; see {running.folder.log}.")
