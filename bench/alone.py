"""A record plane of its own for a bench: an empty database, a server, and one provider's system that may deposit."""

import base64
import json
import os
import secrets
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import psycopg

from wutong.embedded import Running, start

_DATABASE = "bench"
_PROVIDER = (
    "insert into control.provider (provider_id, code, name_en, name_zh, kind, is_deemed, state, phone)"
    " values (gen_random_uuid(), 'HA', 'HA', '', 'hospital-group', true, 'active', '')"
)


@dataclass(frozen=True)
class Alone:
    """What is running: `base` is the FHIR address, `dsn` the superuser's."""

    base: str
    dsn: str
    token: str
    server: int
    postgres: Running


@contextmanager
def alone(folder: Path) -> Iterator[Alone]:
    """Start it in an empty folder; it ends with the block. Everything is on, as it is in use."""
    postgres = start(folder / "postgres")
    server = None
    try:
        port, dsn = _free_port(), postgres.dsn(dbname=_DATABASE)
        environment = _environment(postgres, port)
        with psycopg.connect(postgres.dsn(), autocommit=True) as connection:
            connection.execute("create role wutong_owner login createrole password 'bench'")
            connection.execute("create database bench owner wutong_owner")
        _command(environment, "migrate")
        with psycopg.connect(dsn, autocommit=True) as connection:
            connection.execute(_PROVIDER)
        words = ["client", "create", "--provider", "HA", "--name", "bench", "--register-patients", "--json"]
        client = json.loads(_command(environment, *words))
        words = [sys.executable, "-m", "wutong", "serve", "--port", str(port), "--without-worker"]
        server = subprocess.Popen(words, env=environment)
        address = f"http://127.0.0.1:{port}"
        _await(f"{address}/fhir/metadata")
        yield Alone(f"{address}/fhir", dsn, _token(address, client), server.pid, postgres)
    finally:
        if server:
            server.terminate()
            server.wait(30)
        postgres.stop()


def processor(pid: int) -> float:
    """Seconds of processor that a process has used, and all below it that still run."""
    children = [int(each) for each in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    own = sum(int(fields[place]) for place in range(11, 15)) / os.sysconf("SC_CLK_TCK")
    return own + sum(processor(each) for each in children)


def _environment(postgres: Running, port: int) -> dict[str, str]:
    address = f"http://127.0.0.1:{port}"
    made = dict(os.environ)
    for name in ("OWNER", "CONTROL", "PDP", "FINDER", "PLANE", "JOBS"):
        role = f"wutong_{name.lower()}"
        made[f"WUTONG_{name}_DSN"] = postgres.dsn(user=role, password="bench", dbname=_DATABASE)
    return made | {
        "WUTONG_PUBLIC_URL": address,
        "WUTONG_RECORD_URL": f"{address}/fhir",
        "WUTONG_SECRET_KEY": secrets.token_urlsafe(48),
        "WUTONG_IDENTITY_KEY": base64.b64encode(secrets.token_bytes(32)).decode(),
    }


def _command(environment: dict[str, str], *words: str) -> str:
    words = (sys.executable, "-m", "wutong", *words)
    return subprocess.run(words, env=environment, stdout=subprocess.PIPE, text=True, check=True).stdout


def _await(address: str) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            httpx.get(address, trust_env=False).raise_for_status()
            return
        except httpx.HTTPError:
            time.sleep(0.05)
    raise SystemExit("the server did not start")


def _token(address: str, client: dict[str, str]) -> str:
    form = {"grant_type": "client_credentials", "client_id": client["client_id"]}
    answer = httpx.post(
        f"{address}/oauth/token", data=form | {"client_secret": client["client_secret"]}, trust_env=False, timeout=60
    )
    answer.raise_for_status()
    token: str = answer.json()["access_token"]
    return token


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
