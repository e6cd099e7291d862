"""A load generator: callers who each send their next request when the last answer has been read whole.

Raw connections and no HTTP library, so that the generator takes little of the processors that it shares.
"""

import asyncio
import itertools
import json
import sys
import time
from collections.abc import Iterator, Sequence


class _Caller(asyncio.Protocol):
    def __init__(self, requests: Iterator[bytes], until: float, times: list[float]) -> None:
        self._requests, self._until, self._times = requests, until, times
        self._answer, self._missing = b"", -1
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._send()

    def _send(self) -> None:
        self._began = time.perf_counter()
        if self._began > self._until:
            self._transport.close()
            return
        self._transport.write(next(self._requests))

    def data_received(self, data: bytes) -> None:
        self._answer += data
        if self._missing < 0:
            head, found, rest = self._answer.partition(b"\r\n\r\n")
            if not found:
                return
            if not head.startswith(b"HTTP/1.1 200"):
                self.done.set_exception(RuntimeError(self._answer.decode()[:2000]))
                self._transport.close()
                return
            self._missing = int(head.lower().partition(b"content-length:")[2].partition(b"\r\n")[0]) - len(rest)
        else:
            self._missing -= len(data)
        if self._missing == 0:
            self._times.append(time.perf_counter() - self._began)
            self._answer, self._missing = b"", -1
            self._send()

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.done.done():
            self.done.set_exception(exc) if exc else self.done.set_result(None)


async def _load(port: int, paths: Sequence[str], token: str, callers: int, seconds: float) -> list[float]:
    head = f" HTTP/1.1\r\nhost: 127.0.0.1:{port}\r\nauthorization: Bearer {token}\r\n\r\n"
    requests = itertools.cycle([f"GET {path}{head}".encode() for path in paths])
    loop, times = asyncio.get_running_loop(), list[float]()
    until = time.perf_counter() + seconds
    made = [
        await loop.create_connection(lambda: _Caller(requests, until, times), "127.0.0.1", port) for _ in range(callers)
    ]
    await asyncio.gather(*(protocol.done for _, protocol in made))
    return times


def main() -> None:
    """Read a question as JSON from standard input; print the seconds of each answer as JSON."""
    asked = json.load(sys.stdin)
    print(json.dumps(asyncio.run(_load(**asked))))


if __name__ == "__main__":
    main()
