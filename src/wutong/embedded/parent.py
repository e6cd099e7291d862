"""Ties a process's life to its parent's (Linux: PR_SET_PDEATHSIG; see prctl(2))."""

import ctypes
import os
import sys

_PR_SET_PDEATHSIG = 1


def die_with_parent(signal_number: int, *, parent: int | None = None) -> None:
    """Ask the kernel for `signal_number` when the parent dies; exit at once if it has died meanwhile.

    Must be called after any change of user: that clears the request. Elsewhere than on Linux it does nothing.
    """
    if not sys.platform.startswith("linux"):
        return
    ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal_number, 0, 0, 0)
    if parent is not None and os.getppid() != parent:
        os._exit(1)
