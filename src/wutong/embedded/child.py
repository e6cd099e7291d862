"""Becomes PostgreSQL: drops root, ties its life to the parent's, executes the command. Run as a program of its own.

    python -m wutong.embedded.child PARENT_PID UID GID -- postgres -D …

UID and GID "-" keep the present user. A program of its own, because a forked child of a threaded process must not
run Python code.
"""

import os
import signal
import sys

from wutong.embedded.parent import die_with_parent


def main(arguments: list[str]) -> None:
    """Never returns."""
    parent, uid, gid, _, *command = arguments
    if uid != "-":
        os.setgroups([])
        os.setgid(int(gid))
        os.setuid(int(uid))
    os.setpgid(0, 0)  # Ctrl-C at the terminal is the parent's to hear
    os.umask(0o077)
    os.chdir("/")
    die_with_parent(signal.SIGINT, parent=int(parent))
    os.execv(command[0], command)  # noqa: S606 - the command is ours


if __name__ == "__main__":
    main(sys.argv[1:])
