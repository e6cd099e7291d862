"""The whole platform in a process of its own, over the tests' own database."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import httpx
from conftest import free_port

_PATIENCE_SECONDS = 60


@contextmanager
def served(*program: str) -> Iterator[str]:
    """Its address, for as long as it is needed; `program`: what python runs in place of `-m wutong`."""
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    here = {"WUTONG_PUBLIC_URL": address, "WUTONG_RECORD_URL": f"{address}/fhir"}
    paths = {"PYTHONPATH": os.pathsep.join(each for each in sys.path if each)}
    command = [sys.executable, *program, "serve", "--port", str(port), "--without-worker"]
    server = subprocess.Popen(command, env={**os.environ, **here, **paths})
    try:
        _wait(address, server)
        yield address
    finally:
        server.terminate()
        server.wait(20)


def _wait(address: str, server: "subprocess.Popen[bytes]") -> None:
    until = time.monotonic() + _PATIENCE_SECONDS
    while time.monotonic() < until and server.poll() is None:
        try:
            httpx.get(f"{address}/fhir/metadata", trust_env=False)
            return
        except httpx.TransportError:
            time.sleep(0.05)
    raise AssertionError("the server did not start")
