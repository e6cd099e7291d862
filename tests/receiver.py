"""An SMS gateway in a process of its own, that does as it is told: answers, waits, hangs up, or is killed.

Its folder holds `mood` (what it does next), `asked` (an id a line, of each attempt) and one file `<id>.json` for each
message that it took: the same id again is the same message.
"""

import json
import subprocess
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Self

_TAKES = {"200", "slow", "drop", "hold"}  # moods in which a message is kept; `hold` says so only when it changes


class Receiver:
    """Starts, kills and asks the process."""

    def __init__(self, folder: Path, *, mood: str = "200") -> None:
        self._folder, self._port = folder, 0
        folder.mkdir(exist_ok=True)
        (folder / "asked").touch()
        self.behave(mood)

    def __enter__(self) -> Self:
        words = [sys.executable, __file__, str(self._folder), str(self._port)]
        self._process = subprocess.Popen(words, stdout=subprocess.PIPE, text=True)
        assert self._process.stdout
        self._port = int(self._process.stdout.readline())  # the same again after a kill
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()

    def kill(self) -> None:
        """At once, with whatever it has in hand; a second time does nothing."""
        self._process.kill()
        self._process.wait()
        if self._process.stdout:
            self._process.stdout.close()

    def behave(self, mood: str) -> None:
        """`200`, or another status; `slow`; `drop`: take it and hang up; `hold`: take it and keep the sender waiting."""
        fresh = self._folder / "mood.new"
        fresh.write_text(mood)
        fresh.replace(self._folder / "mood")

    @property
    def url(self) -> str:
        """Its address."""
        return f"http://127.0.0.1:{self._port}/sms"

    @property
    def asked(self) -> list[str]:
        """Ids in the order in which it was asked, again and again."""
        return (self._folder / "asked").read_text().split()

    @property
    def taken(self) -> list[dict[str, Any]]:
        """Messages that it took, each once."""
        return [json.loads(path.read_text()) for path in self._folder.glob("*.json")]

    def wait(self, number: int, *, of: str = "", seconds: float = 60) -> None:
        """Until it was asked so often; `of`: with this id."""
        deadline = time.monotonic() + seconds
        while len([each for each in self.asked if of in {"", each}]) < number:
            assert time.monotonic() < deadline
            time.sleep(0.01)


class _Handler(BaseHTTPRequestHandler):
    folder = Path()

    def do_POST(self) -> None:
        told = json.loads(self.rfile.read(int(self.headers["content-length"])))
        mood = self._mood()
        if mood in _TAKES:
            self._keep(told)
        with (self.folder / "asked").open("a") as stream:
            stream.write(f"{told['id']}\n")
        while mood in {"hold", "wait"}:  # `wait` takes nothing
            time.sleep(0.01)
            mood = self._mood()
        if mood == "slow":
            time.sleep(0.5)
        if mood == "drop":
            self.connection.close()
            return
        self.send_response(int(mood) if mood.isdigit() else 200)
        self.send_header("content-length", "0")
        self.end_headers()

    def _mood(self) -> str:
        return (self.folder / "mood").read_text()

    def _keep(self, told: dict[str, Any]) -> None:
        file = self.folder / f"{told['id']}.json"
        if not file.exists():
            file.write_text(json.dumps(told))

    def log_message(self, *_: Any) -> None:
        pass


def main() -> None:
    """Listen, and say where."""
    _Handler.folder = Path(sys.argv[1])
    server = ThreadingHTTPServer(("127.0.0.1", int(sys.argv[2])), _Handler)
    print(server.server_port, flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
