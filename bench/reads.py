"""`python bench/reads.py`: reads by id of 32 callers, against a bare handler and a server without a gate.

All take turns in one run; figures are medians of the rounds, ratios are of the same round. Asserts nothing.
"""

import json
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import psycopg
from load import BASE, PORT, start, stop
from searches import used_below, used_by
from ungated import DSN

from wutong.embedded import attach

CALLERS, SECONDS, ROUNDS = 32, 4.0, 5
_BARE = PORT + 1
_TWIN = PORT + 2


def main() -> None:
    """Start a fresh demo (or the one in the folder that is named), and read."""
    if len(sys.argv) > 1:
        _with(Path(sys.argv[1]))
        return
    with tempfile.TemporaryDirectory(prefix="wutong-bench-") as name:
        Path(name).chmod(0o755)
        _with(Path(name))


def _with(folder: Path) -> None:
    demo, _ = start(folder)
    try:
        _compare(folder, demo.pid)
    finally:
        stop(demo)


def _compare(folder: Path, pid: int) -> None:
    dsn = attach(folder / "demo" / "postgres").dsn(dbname="wutong")
    token = token_of(folder)
    rows = _rows(dsn)
    paths = [f"/fhir/{kind}/{resource}" for _, kind, resource in rows]
    bare_paths = [f"/{patient}/{kind}/{resource}" for patient, kind, resource in rows]
    bare, twin, gated = [], [], []
    with psycopg.connect(dsn) as connection:
        postgres = connection.execute("select pg_read_file('postmaster.pid')").fetchall()[0][0].split()[0]
    with _server("bare", _BARE, dsn) as bare_pid, _server("twin", _TWIN, dsn) as twin_pid:
        for port, asked in ((_BARE, bare_paths), (_TWIN, paths), (PORT, paths)):
            _load(port, asked, token, 1)
        for _ in range(ROUNDS):
            bare.append(_measured(_BARE, bare_paths, token, bare_pid, int(postgres)))
            twin.append(_measured(_TWIN, paths, token, twin_pid, int(postgres)))
            gated.append(_measured(PORT, paths, token, pid, int(postgres)))
    for name, figures in (("bare SELECT", bare), ("without the gate", twin), ("read by id", gated)):
        rate, python, database, p50, p99 = (statistics.median(each) for each in zip(*figures, strict=True))
        print(
            f"{name}: {rate:.0f}/s, {python:.3f} ms of Python and {database:.3f} ms of PostgreSQL a request, "
            f"median {p50:.1f} ms, p99 {p99:.1f} ms"
        )
    rate, processor = _ratios(gated, bare)
    print(f"read by id ÷ bare SELECT: {rate:.2f} (by processor: {processor:.2f})")
    rate, processor = _ratios(gated, twin)
    print(f"cost of the gate: {1 - rate:.0%} (by processor: {1 - processor:.0%})")


def _ratios(ours: list[tuple[float, ...]], theirs: list[tuple[float, ...]]) -> tuple[float, float]:
    """Ours ÷ theirs in the same round, medians: by requests a second, and by requests a second of processor."""
    pairs = list(zip(ours, theirs, strict=True))
    rate = statistics.median(one[0] / other[0] for one, other in pairs)
    return rate, statistics.median(sum(other[1:3]) / sum(one[1:3]) for one, other in pairs)


def _measured(port: int, paths: list[str], token: str, pid: int, postgres: int) -> tuple[float, ...]:
    before = used_by(pid), used_below(postgres)
    times = sorted(_load(port, paths, token, SECONDS))
    python, database = used_by(pid) - before[0], used_below(postgres) - before[1]
    each = 1000 / len(times)
    return (
        len(times) / SECONDS,
        python * each,
        database * each,
        times[len(times) // 2] * 1000,
        times[-len(times) // 100] * 1000,
    )


def _load(port: int, paths: list[str], token: str, seconds: float) -> list[float]:
    asked = {"port": port, "paths": paths, "token": token, "callers": CALLERS, "seconds": seconds}
    words = [sys.executable, str(Path(__file__).with_name("closed_loop.py"))]
    done = subprocess.run(words, input=json.dumps(asked), capture_output=True, text=True, check=True)
    return [float(each) for each in json.loads(done.stdout)]


def _rows(dsn: str) -> list[tuple[str, str, str]]:
    with psycopg.connect(dsn) as connection:
        return connection.execute(
            "select r.patient_id, r.resource_type, r.resource_id from record.resource r"
            " join control.provider p on p.provider_id = r.depositor_id"
            " where p.code = 'HA' and r.resource_type = 'Observation' order by md5(r.resource_id::text) limit 500"
        ).fetchall()


def token_of(folder: Path) -> str:
    """A bearer token of a new client of HA."""
    words = [sys.executable, "-m", "wutong", "client", "create", "--data", str(folder / "demo"), "--provider", "HA"]
    words += ["--name", "bench", "--json"]
    made = json.loads(subprocess.run(words, capture_output=True, text=True, check=True).stdout)
    form = {"grant_type": "client_credentials", "client_id": made["client_id"], "client_secret": made["client_secret"]}
    return str(httpx.post(f"{BASE}/oauth/token", data=form, trust_env=False).json()["access_token"])


@contextmanager
def _server(kind: str, port: int, dsn: str) -> Iterator[int]:
    words = [sys.executable, str(Path(__file__).with_name("ungated.py")), kind, str(port)]
    server = subprocess.Popen(words, env={**os.environ, DSN: dsn})
    try:
        while True:
            try:
                socket.create_connection(("127.0.0.1", port)).close()
                break
            except ConnectionRefusedError:
                time.sleep(0.1)
        yield server.pid
    finally:
        server.terminate()
        server.wait()


if __name__ == "__main__":
    main()
