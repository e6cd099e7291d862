"""A server of its own process, whose every answer is judged: no fault of ours, no long wait, no great hunger.

A request is answered within a second. What is large may take more, as an honest upload or answer of its size does: for
each value of JSON and each tag that was sent the 50 µs that 700 resources a second come to, and a second for each 10 MiB
that go over the wire. The time that a busy machine lets us wait does not count.
"""

import contextlib
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import psycopg
from conftest import free_port

MOST_SECONDS, MOST_BYTES = 1.0, 200 * 1024 * 1024
_MIB = 1024 * 1024
_SECONDS_A_VALUE, _SECONDS_A_BYTE = 50e-6, 0.1 / _MIB
_VALUES_A_CONDITION = 300  # a search of its own, made twice (docs/decisions/0018)
_AGAIN = 3  # how often a slow answer is asked for again: the machine may have been busy with something else


class Fault(AssertionError):
    """An answer that must not be."""


@dataclass
class Watched:
    """A server, and how it answers."""

    http: httpx.Client
    pid: int
    postgres: int
    slowest: float = 0.0
    hungriest: int = 0
    counts: dict[int, int] = field(default_factory=dict)

    def ask(self, method: str, path: str, *, token: str = "", about: int = 0, **more: Any) -> httpx.Response:
        """One request to the record plane; raises Fault where its answer is none that may be.

        `about`: how many bytes, stored already, it works on, as if they were sent.
        """
        headers = httpx.Headers(more.pop("headers", {}))
        if token:
            headers.setdefault("authorization", f"Bearer {token}")
        request = self.http.build_request(method, f"/fhir/{path}" if path else "/fhir", headers=headers, **more)
        return self.send(request, about=about)

    def send(self, request: httpx.Request, *, about: int = 0) -> httpx.Response:
        """The same of a request that is made already."""
        request.read()
        answer, seconds, grown = self._measured(request)
        allowed = _allowed(request.content, answer) + about * _SECONDS_A_BYTE
        for _ in range(_AGAIN):
            if seconds <= allowed:
                break
            answer, seconds, _ = self._measured(request)
        self.slowest, self.hungriest = max(self.slowest, seconds), max(self.hungriest, grown)
        self.counts[answer.status_code] = self.counts.get(answer.status_code, 0) + 1
        refuse(request, answer)
        if grown > MOST_BYTES:
            raise Fault(f"{grown / _MIB:.0f} MiB for {told(request)}")
        if seconds > allowed:
            raise Fault(f"{seconds:.1f} s for {told(request)}")
        return answer

    def _measured(self, request: httpx.Request) -> tuple[httpx.Response, float, int]:
        before, (ran, waited) = _forget_peak(self.pid), self._scheduled()
        begun = time.perf_counter()
        try:
            answer = self.http.send(request)
        except httpx.TransportError as broken:
            raise Fault(f"no answer ({broken}) to {told(request)}") from broken
        lasted, after = time.perf_counter() - begun, self._scheduled()
        # What it took is what it would have taken on a machine that has nothing else to do.
        seconds = max(lasted - (after[1] - waited), after[0] - ran)
        return answer, seconds, _memory(self.pid, "VmHWM") - before

    @contextmanager
    def growing(self) -> Iterator[Callable[[], int]]:
        """How many bytes the server's memory grows by at most, while several ask at once."""
        before = _forget_peak(self.pid)
        yield lambda: _memory(self.pid, "VmHWM") - before

    def _scheduled(self) -> tuple[float, float]:
        """How long the server and its database have run, and how long they and we have waited for a processor."""
        children = Path(f"/proc/{self.postgres}/task/{self.postgres}/children").read_text().split()
        told = [_schedule(pid) for pid in (self.pid, *map(int, children))]
        return sum(ran for ran, _ in told), sum(waited for _, waited in told) + _schedule(os.getpid())[1]


def _allowed(sent: bytes, answer: httpx.Response) -> float:
    values = sum(map(sent.count, (b",", b"{", b"[", b"<")))
    values += sent.count(b"?identifier=") * _VALUES_A_CONDITION
    return MOST_SECONDS + values * _SECONDS_A_VALUE + (len(sent) + len(answer.content)) * _SECONDS_A_BYTE


def refuse(request: httpx.Request, answer: httpx.Response) -> None:
    """Raise Fault where the answer is a fault of ours, or a problem that is not told as FHIR tells it."""
    if answer.status_code >= 500:
        raise Fault(f"{answer.status_code} for {told(request)}: {answer.text[:300]}")
    if answer.status_code < 400 or request.method == "HEAD" or answer.status_code == 431:
        return  # 431: the connection itself says that the head is too long, before anything reads it
    try:
        outcome = answer.json()
        issues = outcome["issue"]
    except (json.JSONDecodeError, KeyError, TypeError):
        raise Fault(f"no OperationOutcome for {told(request)}: {answer.text[:300]}") from None
    if outcome["resourceType"] != "OperationOutcome" or not all(each["details"]["text"] for each in issues):
        raise Fault(f"no sentence for {told(request)}: {answer.text[:300]}")


def told(request: httpx.Request) -> str:
    """A request, to be tried again by hand."""
    headers = {name: value for name, value in request.headers.items() if name not in {"authorization", "host"}}
    body = request.content if len(request.content) < 3_000 else request.content[:300] + b"..."
    return f"{request.method} {request.url.raw_path.decode()[:3_000]} {headers} {body!r}"


@contextmanager
def watched(*program: str) -> Iterator[Watched]:
    """A server of the tests' own database; `program`: another one than ours."""
    with psycopg.connect(os.environ["WUTONG_OWNER_DSN"]) as connection:
        postgres = _parent(connection.info.backend_pid)
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    words = [*(program or ("-m", "wutong")), "serve", "--plane", "record", "--port", str(port), "--without-worker"]
    own = {"WUTONG_PUBLIC_URL": address, "WUTONG_RECORD_URL": f"{address}/fhir"}
    server = subprocess.Popen([sys.executable, *words], env={**os.environ, **own})
    with httpx.Client(base_url=address, timeout=100, trust_env=False) as http:
        try:
            _wait(http, server.poll)
            yield Watched(http, server.pid, postgres)
        finally:
            server.terminate()
            server.wait(20)


def _wait(http: httpx.Client, ended: Callable[[], int | None]) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and ended() is None:
        try:
            http.get("/fhir/metadata")
            return
        except httpx.HTTPError:
            time.sleep(0.05)
    raise AssertionError("the server did not start")


def _parent(pid: int) -> int:
    return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])


def _forget_peak(pid: int) -> int:
    """Begin a new peak of a process's memory (proc(5), clear_refs); what it has now."""
    Path(f"/proc/{pid}/clear_refs").write_text("5")
    return _memory(pid, "VmRSS")


def _schedule(pid: int) -> tuple[float, float]:
    """Seconds that a process has run, and has waited to run, with its threads (proc(5), schedstat)."""
    ran = waited = 0
    for thread in Path(f"/proc/{pid}/task").glob("*/schedstat"):
        with contextlib.suppress(OSError):  # it has just ended
            fields = thread.read_text().split()
            ran, waited = ran + int(fields[0]), waited + int(fields[1])
    return ran / 1e9, waited / 1e9


def _memory(pid: int, name: str) -> int:
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith(f"{name}:"):
            return int(line.split()[1]) * 1024
    raise AssertionError(name)
