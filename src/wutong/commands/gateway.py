"""The demo's SMS gateway: a real HTTP server on this machine that keeps every SMS as a file, by number."""

import json
import re
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any
from uuid import UUID

from wutong.commands.folder import write_private
from wutong.core import clock

_NUMBER = re.compile(r"\+\d{8,15}", re.ASCII)
_LONGEST = 10_000  # octets


class _Gateway(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        super().__init__(("127.0.0.1", 0), _Handler)


class _Handler(BaseHTTPRequestHandler):
    server: _Gateway
    timeout = 20

    def do_POST(self) -> None:
        """Keep the SMS before saying so; the same id again is the same SMS."""
        try:
            told = json.loads(self.rfile.read(min(int(self.headers["content-length"] or 0), _LONGEST)))
            keep(self.server.folder, told)
        except (ValueError, KeyError, TypeError):
            self._answer(400)
        else:
            self._answer(202)

    def _answer(self, status: int) -> None:
        self.send_response(status)
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        """Nothing: the demo's terminal is for its user."""


def keep(folder: Path, told: dict[str, str]) -> None:
    """One file an SMS, in its number's folder; raises ValueError, KeyError or TypeError where it is none."""
    if not _NUMBER.fullmatch(told["to"]):
        raise ValueError("no number")
    file = folder / told["to"] / f"{UUID(str(told['id']))}.json"
    if file.exists():
        return
    file.parent.mkdir(parents=True, exist_ok=True)
    write_private(file, json.dumps({"at": clock.now().isoformat(), "to": told["to"], "text": str(told["text"])}))


def start_gateway(folder: Path) -> tuple[Any, str]:
    """Start it on a free port of 127.0.0.1; the server (has `shutdown()`) and its address."""
    folder.mkdir(parents=True, exist_ok=True)
    running = _Gateway(folder)
    Thread(target=running.serve_forever, daemon=True).start()
    return running, f"http://127.0.0.1:{running.server_port}/sms"
