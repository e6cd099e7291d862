"""A proxy between a client and a server that cuts connections, at random by a seed: what a bad network does.

Each connection carries one request. What was done with each is counted in `done`.
"""

import contextlib
import socket
import threading
from collections import Counter
from collections.abc import Iterator
from enum import StrEnum
from random import Random

from listening import Listening

_PIECE = 65_536


class Fault(StrEnum):
    """Where a connection is cut."""

    NONE = "none"
    BEFORE = "before the request"
    WITHIN = "within the request"
    AFTER = "before the answer"
    MIDWAY = "within the answer"


class FaultProxy(Listening):
    """Listens on a port of its own and carries to `upstream`; every second connection is cut somewhere."""

    def __init__(self, upstream: int, seed: int) -> None:
        self.done: Counter[Fault] = Counter()
        self._upstream, self._dice = upstream, Random(seed)
        self._lock = threading.Lock()
        super().__init__()

    def _next(self) -> Fault:
        faults = [each for each in Fault if each is not Fault.NONE]
        with self._lock:
            fault = self._dice.choice([*faults, *[Fault.NONE] * len(faults)])
            self.done[fault] += 1
        return fault

    def carry(self, client: socket.socket) -> None:
        """To the server and back, as far as the dice let it."""
        fault = self._next()
        with client, contextlib.suppress(OSError):  # the server may be away, the client may have gone
            server = socket.create_connection(("127.0.0.1", self._upstream))
            with server, _cut(client), _cut(server):
                self._between(client, server, fault)

    def _between(self, client: socket.socket, server: socket.socket, fault: Fault) -> None:
        first = client.recv(_PIECE)
        if fault is Fault.BEFORE:
            return
        if fault is Fault.WITHIN:
            server.sendall(first[: len(first) // 2])
            return
        server.sendall(first)
        threading.Thread(target=_pump, args=(client, server), daemon=True).start()
        answer = server.recv(_PIECE)
        if fault is Fault.MIDWAY:
            client.sendall(answer[: len(answer) // 2])
        if fault is not Fault.NONE:
            return
        client.sendall(answer)
        _pump(server, client)


@contextlib.contextmanager
def _cut(connection: socket.socket) -> Iterator[None]:
    """At its end nobody sends or waits any more; closing alone would not tell a thread that listens."""
    try:
        yield
    finally:
        with contextlib.suppress(OSError):
            connection.shutdown(socket.SHUT_RDWR)


def _pump(source: socket.socket, sink: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while piece := source.recv(_PIECE):
            sink.sendall(piece)
