"""What a client may send, and how slowly: seen from a raw socket."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

import pytest
import uvicorn
from conftest import free_port
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from wutong.commands.connection import BoundedConnection, Limits

_GET = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"
_POST = b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n"


class _Hasty(BoundedConnection):
    limits = Limits(head_seconds=0.3, body_seconds=0.8)


async def _length(scope: Scope, receive: Receive, send: Send) -> None:
    """Answers with the length of the body."""
    body = await Request(scope, receive).body()
    await Response(str(len(body)))(scope, receive, send)


@pytest.fixture(scope="module")
def hasty() -> Iterator[int]:
    """The port of a server that has no patience."""
    port = free_port()
    running = uvicorn.Server(
        uvicorn.Config(_length, port=port, http=_Hasty, ws="none", lifespan="off", log_level="error")
    )
    thread = threading.Thread(target=running.run, daemon=True)
    thread.start()
    while not running.started:
        thread.join(0.01)
    yield port
    running.should_exit = True
    thread.join(10)


@contextmanager
def _connected(port: int) -> Iterator[socket.socket]:
    with socket.create_connection(("127.0.0.1", port), timeout=10) as client:
        yield client


def _send(client: socket.socket, data: bytes) -> bool:
    """Whether the other side still took it."""
    try:
        client.sendall(data)
    except OSError:
        return False
    return True


def _all_of(client: socket.socket) -> bytes:
    """What the server says until it closes."""
    heard = b""
    try:
        while piece := client.recv(65_536):
            heard += piece
    except ConnectionResetError:  # it closed while we were still talking
        pass
    return heard


@pytest.mark.parametrize(
    "start",
    [b"GET / HTTP/1.1\r\nx: ", b"GET /?", b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n1;"],
    ids=["header", "address", "chunk-extension"],
)
def test_an_endless_head_is_refused_and_closed(server: str, start: bytes) -> None:
    with _connected(urlsplit(server).port or 0) as client:
        _send(client, start + b"a" * 1_000_000)
        assert _all_of(client).startswith(b"HTTP/1.1 431 ")


def test_many_small_headers_and_trailers_are_too_long_together(server: str) -> None:
    small = b"x: 1\r\n" * 100_000
    for start in (b"GET / HTTP/1.1\r\n", b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n"):
        with _connected(urlsplit(server).port or 0) as client:
            _send(client, start + small)
            assert _all_of(client).startswith(b"HTTP/1.1 431 ")


@pytest.mark.parametrize(("length", "status"), [(32_000, b"200"), (33_000, b"431")])
def test_a_whole_head_is_measured_too(hasty: int, length: int, status: bytes) -> None:
    with _connected(hasty) as client:
        client.sendall(b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nx: " + b"a" * length + b"\r\n\r\n")
        assert _all_of(client).startswith(b"HTTP/1.1 " + status)


def test_a_silent_connection_is_closed(hasty: int) -> None:
    with _connected(hasty) as client:
        assert _all_of(client) == b""


@pytest.mark.parametrize("before", [b"", _GET], ids=["first", "further"])
def test_a_head_that_trickles_is_closed(hasty: int, before: bytes) -> None:
    began = time.monotonic()
    with _connected(hasty) as client:
        client.sendall(before + b"GET / HTTP/1.1\r\nx: ")
        while _send(client, b"a") and time.monotonic() < began + 5:
            time.sleep(0.05)
        heard = _all_of(client)
    assert time.monotonic() < began + 2
    assert heard.count(b"HTTP/1.1 200") == bool(before)


def test_empty_lines_between_requests_do_not_keep_a_connection(hasty: int) -> None:
    with _connected(hasty) as client:
        client.sendall(_GET)
        assert client.recv(65_536).startswith(b"HTTP/1.1 200")
        client.sendall(b"\r\n")
        began = time.monotonic()
        assert _all_of(client) == b""
        assert time.monotonic() < began + 2


def test_a_body_that_trickles_is_closed_unanswered(hasty: int) -> None:
    began = time.monotonic()
    with _connected(hasty) as client:
        client.sendall(_POST % 1000)
        while _send(client, b"a") and time.monotonic() < began + 5:
            time.sleep(0.05)
        assert _all_of(client) == b""
    assert time.monotonic() < began + 2


def test_a_body_has_more_time_than_a_head(hasty: int) -> None:
    with _connected(hasty) as client:
        client.sendall(_POST % 500)
        for _ in range(10):
            time.sleep(0.05)
            client.sendall(b"a" * 50)
        assert client.recv(65_536).endswith(b"\r\n\r\n500")


def test_requests_on_one_connection_and_behind_each_other_are_answered(hasty: int) -> None:
    with _connected(hasty) as client:
        for _ in range(3):
            client.sendall(_GET + _POST % 3 + b"abc")
            heard = b""
            while heard.count(b"HTTP/1.1 200") < 2 or not heard.endswith(b"\r\n\r\n3"):
                heard += client.recv(65_536)
            time.sleep(0.4)  # idle between requests is the keep-alive's affair
