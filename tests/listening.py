"""A port of 127.0.0.1 on which each connection is carried somewhere by a thread of its own: what the proxies share."""

import contextlib
import socket
import threading
from typing import Self


class Listening:
    """Listens as long as it is entered; `carry` is each proxy's own."""

    def __init__(self) -> None:
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listening.getsockname()[1])
        self._accepting = threading.Thread(target=self._accept, daemon=True)

    def __enter__(self) -> Self:
        self._accepting.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        self._accepting.join()

    def carry(self, client: socket.socket) -> None:
        """What becomes of one connection."""
        raise NotImplementedError

    def _accept(self) -> None:
        with contextlib.suppress(OSError):  # closed
            while True:
                client, _ = self._listening.accept()
                threading.Thread(target=self.carry, args=(client,), daemon=True).start()
