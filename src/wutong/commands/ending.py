"""How a command that runs for long ends: whatever the way, it says one sentence on stderr.

Only SIGKILL and a power cut leave no time for it; then the next start says so (`Running.killed_owner`).
"""

import contextlib
import os
import signal
import sys
from types import FrameType

STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_MEANINGS = {
    signal.SIGINT: "interrupted (Ctrl-C, SIGINT)",
    signal.SIGTERM: "told to stop (SIGTERM)",
    signal.SIGHUP: "the terminal is gone (SIGHUP)",
}


class Stopped(KeyboardInterrupt):
    """A signal asked for the end, and was answered with a sentence already.

    A KeyboardInterrupt, whichever the signal: psycopg then cancels the statement that it waits for, and the connection
    can still say in the trail that something was broken off.
    """

    def __init__(self, number: signal.Signals) -> None:
        super().__init__(number)
        self.exit_code = 130 if number is signal.SIGINT else 0


def say(sentence: str) -> None:
    """A sentence on stderr; nobody may be there to read it."""
    with contextlib.suppress(OSError, ValueError):
        print(f"wutong: {sentence}", file=sys.stderr, flush=True)


def announce(text: str, end: str = "\n") -> None:
    """A text on stdout; a server goes on when its reader has seen enough."""
    try:
        print(text, end=end, flush=True)
    except BrokenPipeError:
        forget_stdout()


def forget_stdout() -> None:
    """Whatever is still printed goes nowhere."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def heard() -> list[signal.Signals]:
    """The signals that ask for the end; not those that our starter told us to ignore (nohup, a script's `&`)."""
    return [each for each in STOP_SIGNALS if signal.getsignal(each) is not signal.SIG_IGN]


def heed_signals() -> None:
    """From now on the first of them raises Stopped where the program stands."""
    for each in heard():
        signal.signal(each, _stop)


def answer(number: signal.Signals) -> None:
    """Say what was heard."""
    say(f"{_MEANINGS[number]}; stopping.")


def _stop(number: int, _frame: FrameType | None) -> None:
    for each in (signal.SIGTERM, signal.SIGHUP):  # a second Ctrl-C is impatience; a second of these is repetition
        signal.signal(each, signal.SIG_IGN)
    answer(signal.Signals(number))
    raise Stopped(signal.Signals(number))
