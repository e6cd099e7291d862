"""`make bench`: how long the demo takes to load and to start again, and what a read costs with everything on.

Prints figures of this machine; asserts nothing. Compare figures of one run only.
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

PORT = int(os.environ.get("WUTONG_BENCH_PORT", "8765"))
BASE = f"http://127.0.0.1:{PORT}"
READS = 400


def main() -> None:
    """Start a fresh demo, start it again, read."""
    with tempfile.TemporaryDirectory(prefix="wutong-bench-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        demo, seconds = start(folder)
        print(f"first start, with the district: {seconds:.1f} s")
        stop(demo)
        demo, seconds = start(folder)
        print(f"second start: {seconds:.1f} s")
        try:
            _reads(folder)
        finally:
            stop(demo)


@contextmanager
def fresh_demo() -> "Iterator[tuple[Path, subprocess.Popen[str]]]":
    """A folder of its own, and a fresh demo that runs in it."""
    with tempfile.TemporaryDirectory(prefix="wutong-bench-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        demo, _ = start(folder)
        try:
            yield folder, demo
        finally:
            stop(demo)


def start(folder: Path) -> "tuple[subprocess.Popen[str], float]":
    """A demo in that folder, and the seconds until it was ready."""
    began = time.monotonic()
    words = [sys.executable, "-m", "wutong", "demo", "--port", str(PORT), "--data", str(folder / "demo")]
    demo = subprocess.Popen(words, stdout=subprocess.PIPE, text=True)
    assert demo.stdout
    for line in demo.stdout:
        if line.lstrip("\r").startswith("loaded"):
            print(line.strip())
        if line.startswith("ready"):
            return demo, time.monotonic() - began
    raise SystemExit("the demo did not start")


def stop(demo: "subprocess.Popen[str]") -> None:
    """End it."""
    demo.terminate()
    demo.wait(30)


def _reads(folder: Path) -> None:
    words = [sys.executable, "-m", "wutong", "client", "create", "--data", str(folder / "demo"), "--provider", "HA"]
    made = json.loads(
        subprocess.run([*words, "--name", "bench", "--json"], capture_output=True, text=True, check=True).stdout
    )
    form = {"grant_type": "client_credentials", "client_id": made["client_id"], "client_secret": made["client_secret"]}
    with httpx.Client(base_url=BASE, trust_env=False) as client:
        token = client.post("/oauth/token", data=form).json()["access_token"]
        client.headers["authorization"] = f"Bearer {token}"
        found = client.get("/fhir/Condition?_count=100").json()["entry"]
        names = [f"/fhir/Condition/{entry['resource']['id']}" for entry in found]
        times = [_timed(client, names[number % len(names)]) for number in range(READS)]
    milliseconds = [each * 1000 for each in times]
    p99 = sorted(milliseconds)[int(READS * 0.99)]
    median = statistics.median(milliseconds)
    print(f"read by id, one client, ticket committed first: median {median:.1f} ms, p99 {p99:.1f} ms")
    print(f"processors: {os.cpu_count()}")


def _timed(client: httpx.Client, address: str) -> float:
    began = time.perf_counter()
    answer = client.get(address)
    assert answer.status_code == 200, answer.text
    return time.perf_counter() - began


if __name__ == "__main__":
    main()
