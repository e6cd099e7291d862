"""A server of its own process, with planted defects, over the suite's own database."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
from conftest import free_port

_BROKEN = Path(__file__).with_name("broken.py")


@contextmanager
def broken(defects: str, **more: str) -> Iterator[str]:
    """Its address."""
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    own = {"WUTONG_PUBLIC_URL": address, "WUTONG_RECORD_URL": f"{address}/fhir", **more}
    words = [sys.executable, str(_BROKEN), defects, "serve", "--port", str(port), "--without-worker"]
    server = subprocess.Popen(words, env=os.environ | own)
    try:
        _wait(server, address)
        yield address
    finally:
        server.terminate()
        server.wait(20)


def _wait(server: "subprocess.Popen[bytes]", address: str) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and server.poll() is None:
        try:
            httpx.get(f"{address}/fhir/metadata", trust_env=False)
            return
        except httpx.HTTPError:
            time.sleep(0.05)
    raise AssertionError("the server did not start")
