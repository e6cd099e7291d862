"""A proxy between the record plane and PostgreSQL that breaks the connection at the k-th statement, or has it refused.

It reads the frontend's messages (PostgreSQL, "Message Formats"): each Execute or simple Query is a statement.
"""

import contextlib
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path

from listening import Listening

_EXECUTE, _QUERY = b"E", b"Q"
_SYNC = b"S\x00\x00\x00\x04"
_READY = b"Z\x00\x00\x00\x05"
_NO_PORTAL = b"E\x00\x00\x00\x0enever\x00\x00\x00\x00\x00"  # what nobody has bound cannot be executed
_NO_NUMBER = b"Q\x00\x00\x00\x0fselect 1/0\x00"
_PIECE = 65_536


class When(StrEnum):
    """On which side of a statement the connection breaks; or that PostgreSQL answers it with an error."""

    BEFORE = "before it arrives"
    AFTER = "after it was carried out"
    REFUSED = "refused"


class Severed(Listening):
    """Listens on a port of 127.0.0.1 and carries to PostgreSQL's socket, until a break is asked for."""

    def __init__(self, upstream: Path) -> None:
        self._upstream = str(upstream)
        self._lock = threading.Lock()
        self._left, self._when = 0, When.BEFORE
        self.seen = 0
        self.has_broken = False
        super().__init__()

    @contextmanager
    def breaking(self, statement: int, when: When) -> Iterator[None]:
        """Inside, the connection that sends this statement (from 1; 0: none) breaks there; counts them in `seen`."""
        with self._lock:
            self._left, self._when, self.seen, self.has_broken = statement, when, 0, False
        try:
            yield
        finally:
            with self._lock:
                self._left = 0

    def carry(self, client: socket.socket) -> None:
        """To PostgreSQL and back, until the break."""
        with client, socket.socket(socket.AF_UNIX) as server, contextlib.suppress(OSError):
            server.connect(self._upstream)
            answers = _Answers(server, client)
            for message in _messages(client):
                is_here = self._breaks_at(message)
                if is_here and self._when is When.AFTER:
                    answers.withhold(message)
                if is_here and self._when is not When.REFUSED:
                    break
                server.sendall(_refused(message) if is_here else message)
            for each in (client, server):
                each.shutdown(socket.SHUT_RDWR)

    def _breaks_at(self, message: bytes) -> bool:
        if message[:1] not in {_EXECUTE, _QUERY}:
            return False
        with self._lock:
            self.seen += 1
            self._left -= 1
            self.has_broken = self.has_broken or self._left == 0
            return self._left == 0


class _Answers:
    """What the server says, carried to the client until it is withheld."""

    def __init__(self, server: socket.socket, client: socket.socket) -> None:
        self._server, self._client = server, client
        self._is_withheld, self._ready = False, threading.Event()
        threading.Thread(target=self._carry, daemon=True).start()

    def withhold(self, last: bytes) -> None:
        """Send the last message, and wait until it was carried out; the client hears nothing of it."""
        self._is_withheld = True
        self._server.sendall(last + (_SYNC if last[:1] == _EXECUTE else b""))
        self._ready.wait(10)

    def _carry(self) -> None:
        with contextlib.suppress(OSError):
            while piece := self._server.recv(_PIECE):
                if not self._is_withheld:
                    self._client.sendall(piece)
                elif piece[-6:-1] == _READY:
                    self._ready.set()
            self._client.shutdown(socket.SHUT_RDWR)


def _refused(message: bytes) -> bytes:
    return _NO_PORTAL if message[:1] == _EXECUTE else _NO_NUMBER


def _messages(client: socket.socket) -> Iterator[bytes]:
    """The frontend's messages, whole; the first has no type."""
    waiting, head = b"", 0
    while piece := client.recv(_PIECE):
        waiting += piece
        while len(waiting) >= head + 4:
            length = head + int.from_bytes(waiting[head : head + 4])
            if len(waiting) < length:
                break
            yield waiting[:length]
            waiting, head = waiting[length:], 1
