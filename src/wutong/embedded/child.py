"""PostgreSQL's programs as direct children, by way of the program `parent.py`."""

import contextlib
import os
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from wutong.embedded import parent
from wutong.embedded.account import RunAs
from wutong.embedded.folder import DataFolder, open_private

_STOP_SECONDS = 30
_INHERITED = ("PATH", "LD_LIBRARY_PATH")  # nothing else: our own environment holds keys and passwords


@dataclass(frozen=True)
class Launcher:
    """Runs the programs in `programs` for `folder`; each inherits the server's lock and writes to the log."""

    programs: Path
    folder: DataFolder
    run_as: RunAs
    server_lock: IO[bytes]

    def run(self, program: str, *arguments: str) -> "subprocess.Popen[bytes]":
        """Start `program`; it ends with SIGINT when the thread that called this ends."""
        words = [sys.executable, "-I", "-S", parent.__file__, str(os.getpid()), *self.run_as.arguments]
        environment = {name: os.environ[name] for name in _INHERITED if name in os.environ}
        with open_private(self.folder.log, os.O_WRONLY | os.O_APPEND) as log:
            return subprocess.Popen(
                [*words, str(self.programs / program), *arguments],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=environment | {"LC_ALL": "C.UTF-8"},
                pass_fds=[self.server_lock.fileno()],
            )


def end(process: "subprocess.Popen[bytes]") -> None:
    """Fast shutdown; after a deadline immediate; after another, killed."""
    for ask in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):
        if process.poll() is not None:
            return
        process.send_signal(ask)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(_STOP_SECONDS)


def last_words(folder: DataFolder) -> str:
    """The end of the log, for a sentence about what went wrong."""
    return " ".join(folder.log.read_text(errors="replace").split())[-500:]
