"""Two locks of the kernel's, released whatever happens to their holders (flock(2)).

The *owner's* lock is held by the process that started the server: a second owner is refused at once. The *server's*
lock is inherited by every process of the server: after its owner was killed the server still needs a moment to shut
down, and the next owner waits for that instead of stumbling over it.
"""

import fcntl
import os
import time
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from wutong.embedded.folder import DataFolder, open_private
from wutong.embedded.problems import AlreadyRunning, EmbeddedProblem

_SHUTDOWN_SECONDS = 60


@dataclass(frozen=True)
class Ownership:
    """The owner's lock; `killed_owner` is the pid of the owner before if it was killed, else empty."""

    lock: IO[bytes]
    killed_owner: str

    def end(self) -> None:
        """Let another owner begin, who will know that this one ended in peace; may be called twice."""
        if not self.lock.closed:
            _write(self.lock, "")
            self.lock.close()


def own(folder: DataFolder) -> Ownership:
    """Become the one owner; raises AlreadyRunning, naming the process that is."""
    lock = open_private(folder.owner_lock, os.O_RDWR)
    is_ours = _take(lock)
    holder = lock.read(20).decode(errors="replace").strip()
    if not is_ours:
        lock.close()
        raise AlreadyRunning(
            f"Another process (pid {holder or 'unknown'}) is already running on {folder.path}. "
            f"Stop it first (Ctrl-C in its terminal)."
        )
    _write(lock, str(os.getpid()))
    return Ownership(lock, holder)


def for_server(folder: DataFolder) -> IO[bytes]:
    """The lock for the server to inherit, once no process of a former one is left; raises EmbeddedProblem."""
    lock = open_private(folder.server_lock, os.O_RDWR)
    deadline = time.monotonic() + _SHUTDOWN_SECONDS
    while not _take(lock):
        if time.monotonic() > deadline:
            lock.close()
            pid = server_pid(folder.path) or "unknown"
            raise EmbeddedProblem(
                f"The PostgreSQL (pid {pid}) of a former owner still runs on {folder.path}. Wait for it to shut down, "
                f"or ask it to with `kill -INT {pid}`."
            )
        time.sleep(0.05)
    return lock


def server_pid(data_dir: Path) -> int | None:
    """The process id in postmaster.pid, which may be a dead server's; None without one."""
    try:
        return int((data_dir / "postmaster.pid").read_text().partition("\n")[0])
    except (OSError, ValueError):
        return None


def _write(lock: IO[bytes], text: str) -> None:
    lock.seek(0)
    lock.truncate()
    lock.write(text.encode())
    lock.flush()


def _take(lock: IO[bytes]) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
