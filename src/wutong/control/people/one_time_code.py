"""Time-based one-time codes (RFC 6238: HMAC-SHA-1, 6 digits, 30 seconds), each of which works once.

The state is in the database row of the token: a code replayed in another worker or after a restart is refused too.
"""

import base64
import hashlib
import hmac
import secrets
import struct
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

STEP_SECONDS = 30
DIGITS = 6
WINDOW = 1  # a code of the step before and after is taken, for clocks that differ
MOST_WRONG = 5
CLOSED_FOR = timedelta(minutes=15)


class Verdict(StrEnum):
    """What a code was; anything but RIGHT is the reason in the trail."""

    RIGHT = "right"
    WRONG = "wrong-code"
    USED = "used-code"
    TOO_MANY = "too-many-wrong-codes"
    OVER = "code-over"  # of a code that is sent: its time is over, or none was asked for


@dataclass(frozen=True)
class State:
    """What is remembered of a token between codes."""

    last_step: int
    wrong_codes: int
    last_wrong_at: datetime | None


def new_seed() -> str:
    """A fresh 160-bit seed in base32, as authenticator apps take it."""
    return base64.b32encode(secrets.token_bytes(20)).decode()


def code_at(seed: str, step: int) -> str:
    """The code of one time step."""
    digest = hmac.new(base64.b32decode(seed), struct.pack(">Q", step), hashlib.sha1).digest()
    offset = digest[-1] & 0x0F
    number = struct.unpack(">I", digest[offset : offset + 4])[0] & 0x7FFFFFFF
    return str(number % 10**DIGITS).zfill(DIGITS)


def step_at(instant: datetime) -> int:
    """The number of the time step that `instant` falls in."""
    return int(instant.timestamp()) // STEP_SECONDS


def judge(seed: str, code: str, state: State, *, now: datetime) -> tuple[Verdict, State]:
    """What `code` is, and what to remember. After five wrong ones even the right one is refused for a while."""
    if state.wrong_codes >= MOST_WRONG and state.last_wrong_at and now < state.last_wrong_at + CLOSED_FOR:
        return Verdict.TOO_MANY, state
    matched = _matching_step(seed, code, step_at(now))
    if matched is None or matched <= state.last_step:
        wrong = 1 if _is_over(state, now) else state.wrong_codes + 1
        return Verdict.WRONG if matched is None else Verdict.USED, State(state.last_step, wrong, now)
    return Verdict.RIGHT, State(matched, 0, None)


def typed(text: str, *, digits: int = DIGITS) -> str | None:
    """A code as somebody typed it, without spaces; None where it has not so many digits."""
    code = "".join(text.split())
    return code if code.isascii() and code.isdigit() and len(code) == digits else None


def _matching_step(seed: str, code: str, present: int) -> int | None:
    steps = range(present - WINDOW, present + WINDOW + 1)
    matching = [step for step in steps if hmac.compare_digest(code_at(seed, step).encode(), code.encode())]
    return max(matching, default=None)


def _is_over(state: State, now: datetime) -> bool:
    return state.last_wrong_at is not None and now >= state.last_wrong_at + CLOSED_FOR
