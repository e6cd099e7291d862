"""The whole platform in this process: asked as ASGI asks it, with all that stands between a request and its rows.

Not through a socket, which would be most of the time; on one it listens for its own pages alone, which read records
over HTTP.
"""

import asyncio
import contextlib
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote, urlsplit

import uvicorn
from starlette.types import ASGIApp

from wutong.asgi import create_app
from wutong.core import env

Headers = list[tuple[bytes, bytes]]


@dataclass(frozen=True)
class Told:
    """One answer, as it goes to the caller."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes

    def header(self, name: str) -> str:
        """Its value; empty where there is none."""
        return next((value for each, value in self.headers if each == name), "")


class _Server(uvicorn.Server):
    """uvicorn's; signals are the command's."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


class Platform:
    """Running, until `stop`; its event loop has a thread of its own, so that whoever asks can simply wait."""

    def __init__(self) -> None:
        public = urlsplit(env.read(env.PUBLIC_URL, env.safe_url))
        self.app: ASGIApp = create_app()
        self._host = public.netloc.encode()
        config = uvicorn.Config(
            self.app,
            host=public.hostname or "",
            port=public.port or 0,
            log_level="warning",
            access_log=False,
            ws="none",
        )
        self._server = _Server(config)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_until_complete, args=[self._server.serve()], daemon=True)
        self._thread.start()
        while not self._server.started:
            self._thread.join(0.005)
            if not self._thread.is_alive():
                raise RuntimeError("the platform did not start")  # its reason is printed already

    def ask(self, method: str, path: str, *, headers: dict[str, str] | None = None, body: bytes = b"") -> Told:
        """Its answer to one request."""
        sent = [(b"host", self._host), *((k.encode(), v.encode()) for k, v in (headers or {}).items())]
        sent += [(b"content-length", str(len(body)).encode())] if body or method in {"POST", "PUT", "PATCH"} else []
        return asyncio.run_coroutine_threadsafe(_asked(self.app, method, path, sent, body), self._loop).result()

    def stop(self) -> None:
        """End it, and let go of the database."""
        self._server.should_exit = True
        self._thread.join()
        self._loop.close()
        from django.db import connections

        for each in connections.all(initialized_only=True):
            each.close()
            each.close_pool()  # type: ignore[attr-defined]  # PostgreSQL's has it


@contextlib.contextmanager
def platform() -> Iterator[Platform]:
    """Running inside the block."""
    made = Platform()
    try:
        yield made
    finally:
        made.stop()


async def _asked(app: ASGIApp, method: str, path: str, headers: Headers, body: bytes) -> Told:
    raw, _, query = path.partition("?")
    scope: dict[str, Any] = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": unquote(raw),
        "raw_path": raw.encode(),
        "query_string": query.encode(),
        "root_path": "",
        "headers": headers,
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 80),
        "state": {},
    }
    waiting, told = [{"type": "http.request", "body": body, "more_body": False}], list[Any]()
    still_there = asyncio.Event()

    async def receive() -> Any:
        if waiting:
            return waiting.pop()
        await still_there.wait()  # nobody hangs up
        return {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        told.append(message)

    await app(scope, receive, send)
    return _told(told)


def _told(messages: list[Any]) -> Told:
    begin = next(each for each in messages if each["type"] == "http.response.start")
    headers = tuple((k.decode("latin-1").lower(), v.decode("latin-1")) for k, v in begin.get("headers", ()))
    parts = [each.get("body", b"") for each in messages if each["type"] == "http.response.body"]
    return Told(begin["status"], headers, b"".join(parts))


Asker = Callable[..., Told]
