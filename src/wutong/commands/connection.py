"""A client's connection, bounded: nobody sends an endless head, and nobody keeps the server waiting for the rest.

uvicorn's httptools protocol has no such limits of its own (its `h11_max_incomplete_event_size` is for h11 alone).
"""

import asyncio
from dataclasses import dataclass
from typing import Any, ClassVar

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

_SENTENCE = b"The address and the headers of this request are too long together."
_TOO_LONG = (
    b"HTTP/1.1 431 Request Header Fields Too Large\r\ncontent-type: text/plain; charset=utf-8\r\n"
    b"content-length: %d\r\nconnection: close\r\n\r\n%b"
) % (len(_SENTENCE), _SENTENCE)


@dataclass(frozen=True)
class Limits:
    """How much and how slowly a client may send."""

    head_bytes: int = 32_768  # the address and all headers; also what may stand between two pieces of a body
    head_seconds: float = 15  # from the connection, or from the first byte of a further request
    body_seconds: float = 90  # from the end of the head; the doors answer 408 before, this closes whom they answered


class _HeadTooLong(Exception):
    """Stops the parser; the answer is written already."""


class BoundedConnection(HttpToolsProtocol):
    """uvicorn's, with `limits`. A head that is too long is answered with 431; what is late is closed."""

    limits: ClassVar[Limits] = Limits()

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self._unread = 0  # bytes since the last that meant something
        self._is_in_body = False
        self._is_owed = True  # whether a request has begun and not ended; a fresh connection owes its first
        self._began = 0.0
        self._look: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn's own
        super().connection_made(transport)
        self._begin(is_in_body=False)
        self._look_later(self.limits.head_seconds)

    def connection_lost(self, exc: Exception | None) -> None:
        if self._look:
            self._look.cancel()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if not self._is_owed:
            self._begin(is_in_body=False)
        self._unread += len(data)
        super().data_received(data)
        if self._unread > self.limits.head_bytes:
            self._refuse()
        if self._is_owed and self._look is None:
            self._look_later(self._left())

    def on_message_begin(self) -> None:
        if not self._is_owed:  # behind another in one piece
            self._begin(is_in_body=False)
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        length = len(self.url) + sum(len(name) + len(value) + 4 for name, value in self.headers)
        if length > self.limits.head_bytes:
            self._refuse()
            raise _HeadTooLong
        self._begin(is_in_body=True)
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        self._unread = 0
        super().on_body(body)

    def on_message_complete(self) -> None:
        self._unread = 0
        self._is_owed = self._is_in_body = False
        super().on_message_complete()

    def send_400_response(self, msg: str) -> None:
        if not self.transport.is_closing():
            super().send_400_response(msg)

    def _begin(self, *, is_in_body: bool) -> None:
        self._is_owed, self._is_in_body = True, is_in_body
        self._unread = 0
        self._began = self.loop.time()

    def _refuse(self) -> None:
        if not self.transport.is_closing():
            self.transport.write(_TOO_LONG)
            self.transport.close()

    def _look_later(self, seconds: float) -> None:
        self._look = self.loop.call_later(seconds, self._close_if_late)

    def _left(self) -> float:
        allowed = self.limits.body_seconds if self._is_in_body else self.limits.head_seconds
        return self._began + allowed - self.loop.time()

    def _close_if_late(self) -> None:
        """Looks seldom, and again if there is time left: so that no request pays for a timer of its own."""
        self._look = None
        if not self._is_owed:
            return
        left = self._left()
        if self.flow.read_paused:  # it is we who keep the client waiting
            left = max(left, self.limits.head_seconds)
        if left > 0:
            self._look_later(left)
        elif self._is_in_body:
            self.transport.close()
        else:
            self.shutdown()  # a request before this one may still wait for its answer
