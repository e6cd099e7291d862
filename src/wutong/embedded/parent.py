"""Ties a process's life to its parent's (Linux: PR_SET_PDEATHSIG, see prctl(2)).

Run as a program it becomes another one, so tied and, for root, under another account:

    python -I -S parent.py PARENT_PID UID GID postgres -D …      (UID and GID "-": the present user's)

A program of its own, because a forked child of a threaded process must not run Python code; of the standard library
alone, because it starts in 20 ms so and imports nothing from the folder it happens to stand in.
"""

import ctypes
import os
import signal
import sys

_PR_SET_PDEATHSIG = 1


def die_with_parent(signal_number: int, *, parent: int | None = None) -> None:
    """Ask the kernel for `signal_number` when the parent dies; exit at once if it has died meanwhile.

    Must be called after any change of user: that clears the request. The kernel counts the *thread* that made this
    process as the parent. Elsewhere than on Linux it does nothing.
    """
    if not sys.platform.startswith("linux"):
        return
    ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal_number, 0, 0, 0)
    if parent is not None and os.getppid() != parent:
        os._exit(1)


def _become(parent: int, uid: str, gid: str, command: list[str]) -> None:
    """Never returns."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # a parent under nohup or in a script's background ignores it
    if uid != "-":
        os.setgroups([])
        os.setgid(int(gid))
        os.setuid(int(uid))
    os.setpgid(0, 0)  # Ctrl-C at the terminal is the parent's to hear
    os.umask(0o077)
    os.chdir("/")
    die_with_parent(signal.SIGINT, parent=parent)
    os.execv(command[0], command)  # noqa: S606 - the command is ours


def _main(arguments: list[str]) -> None:
    parent, uid, gid, *command = arguments
    try:
        _become(int(parent), uid, gid, command)
    except OSError as refused:
        sys.exit(f"{command[0]} cannot be run as uid {uid}: {refused.strerror}")


if __name__ == "__main__":
    _main(sys.argv[1:])
