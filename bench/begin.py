"""`python bench/begin.py`: how long a server takes from its start to its first answer, and what memory it holds idle.

`wutong serve` for both planes, and for the record plane alone, over a demo's database. Asserts nothing.
"""

import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

import httpx
from load import PORT, fresh_demo

TIMES = 5
_OTHER = PORT + 3
_ADDRESSES = {"both planes": "/fhir/metadata", "record": "/fhir/metadata", "control": "/sign-in/"}


def main() -> None:
    """Start a fresh demo for its database, then servers beside it."""
    with fresh_demo() as (folder, _):
        settings = (folder / "demo" / "settings.env").read_text().splitlines()
        environment = {**os.environ, **dict(line.split("=", 1) for line in settings)}
        for plane, address in _ADDRESSES.items():
            seconds, megabytes = zip(*(_once(plane, address, environment) for _ in range(TIMES)), strict=True)
            print(
                f"{plane}: {statistics.median(seconds):.2f} s to the first answer, "
                f"{statistics.median(megabytes):.0f} MB idle after it"
            )


def _once(plane: str, address: str, environment: dict[str, str]) -> tuple[float, float]:
    words = [sys.executable, "-m", "wutong", "serve", "--port", str(_OTHER), "--without-worker"]
    words += [] if plane == "both planes" else ["--plane", plane]
    began = time.monotonic()
    server = subprocess.Popen(words, env=environment, stderr=subprocess.DEVNULL)
    try:
        seconds = _first_answer(f"http://127.0.0.1:{_OTHER}{address}", began)
        return seconds, _resident(server.pid)
    finally:
        server.terminate()
        server.wait()


def _first_answer(address: str, began: float) -> float:
    while time.monotonic() < began + 60:
        try:
            httpx.get(address, trust_env=False, timeout=30).raise_for_status()
            return time.monotonic() - began
        except httpx.ConnectError:
            time.sleep(0.02)
    raise SystemExit("the server did not start")


def _resident(pid: int) -> float:
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.partition("VmRSS:")[2].split()[0]) / 1000


if __name__ == "__main__":
    main()
