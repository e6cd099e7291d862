"""An SMS gateway of the tests' own, that answers as it is told."""

import json
import threading
from base64 import b64encode
from collections.abc import Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self


class Gateway:
    """Answers with the `statuses` in turn, the last one again and again; `asked` holds what was asked of it."""

    def __init__(self, *statuses: int) -> None:
        self.asked: list[dict[str, Any]] = []
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self.asked, statuses))

    @property
    def url(self) -> str:
        """Its address, with a password, which nobody is to tell."""
        return f"http://wutong:gateway-password@127.0.0.1:{self._server.server_port}/sms/"

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()


def _handler(asked: list[dict[str, Any]], statuses: Sequence[int]) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            assert (self.path, self.headers["content-type"]) == ("/sms/", "application/json")
            assert self.headers["authorization"] == f"Basic {b64encode(b'wutong:gateway-password').decode()}"
            asked.append(json.loads(self.rfile.read(int(self.headers["content-length"]))))
            self.send_response(statuses[min(len(asked), len(statuses)) - 1])
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            pass

    return Handler
