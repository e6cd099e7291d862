"""A mail relay of the tests' own: slow, or one that holds a message in its hands until it is let go."""

import asyncio
import email
import threading
import time
from dataclasses import dataclass
from typing import Any, Self

from aiosmtpd.controller import Controller
from conftest import free_port


@dataclass(frozen=True)
class Taken:
    """A message that the relay took: when it had all of it, and when it said so."""

    message_id: str
    begun: float
    answered: float


class Relay:
    """Waits `seconds` before it takes a message and again before it says so; holds the first at `hold_at`.

    `hold_at`: "RCPT" (it knows for whom, not yet what) or "DATA" (it has taken the message and not said so).
    `refuses`: what it says to each address instead of 250.
    """

    def __init__(self, *, hold_at: str = "", seconds: float = 0.0, refuses: str = "") -> None:
        self.taken: list[Taken] = []
        self.reached = threading.Event()
        self._hold_at, self._seconds, self.refuses = hold_at, seconds, refuses
        self._let_go = threading.Event()
        self._controller = Controller(self, hostname="127.0.0.1", port=free_port())

    @property
    def port(self) -> int:
        """Where it listens on 127.0.0.1."""
        return int(self._controller.port)

    def __enter__(self) -> Self:
        self._controller.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.let_go()
        self._controller.stop()

    def let_go(self) -> None:
        """Hold nothing any more."""
        self._let_go.set()

    async def handle_RCPT(self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any) -> str:  # noqa: N802 - aiosmtpd's name
        """For whom."""
        if self.refuses:
            return self.refuses
        envelope.rcpt_tos.append(address)
        await self._wait("RCPT")
        return "250 OK"

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's name
        """What: taken before it is said to be."""
        begun, message = time.monotonic(), email.message_from_bytes(envelope.content)
        self.taken.append(Taken(message["message-id"], begun, begun + self._seconds))
        await self._wait("DATA")
        return "250 kept"

    async def _wait(self, stage: str) -> None:
        await asyncio.sleep(self._seconds)
        if stage == self._hold_at:
            self.reached.set()
            while not self._let_go.is_set():
                await asyncio.sleep(0.01)
