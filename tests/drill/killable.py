"""A platform with a database of its own, whose parts can be killed."""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Self

import httpx
import psycopg
from conftest import free_port

from wutong.embedded import Running, start

PARTS = ("server", "worker", "postgres")


class Platform:
    """A server, and a worker where `parts` names it, with a database of their own, that can be killed."""

    def __init__(self, options: Mapping[str, str], parts: Collection[str] = PARTS) -> None:
        # Not pytest's folder for temporary files, which each run of pytest closes to other accounts, in mid-drill too.
        self._folder, self._options = Path(tempfile.mkdtemp(prefix="wutong-drill-")), options
        self._folder.chmod(0o755)
        self.port = free_port()
        self.postgres = self._start_postgres()
        self._prepare()
        self.server = self._start_server()
        self.worker = self._start("worker") if "worker" in parts else None

    def _start_postgres(self) -> Running:
        return start(self._folder / "postgres", options=self._options)

    def _prepare(self) -> None:
        self.environment = dict(os.environ)
        for name in ("OWNER", "CONTROL", "PDP", "FINDER", "PLANE", "JOBS", "KEEPER"):
            dsn = self.postgres.dsn(user=f"wutong_{name.lower()}", password="drill", dbname="drill")
            self.environment[f"WUTONG_{name}_DSN"] = dsn
        address = f"http://127.0.0.1:{self.port}"
        self.environment |= {"WUTONG_PUBLIC_URL": address, "WUTONG_RECORD_URL": f"{address}/fhir"}
        with psycopg.connect(self.postgres.dsn(), autocommit=True) as connection:
            connection.execute("create role wutong_owner login createrole password 'drill'")
            connection.execute("create database drill owner wutong_owner")
        self.command("migrate")
        with psycopg.connect(self.postgres.dsn(dbname="drill"), autocommit=True) as connection:
            connection.execute(
                "insert into control.provider (provider_id, code, name_en, name_zh, kind, is_deemed, state, phone)"
                " values (gen_random_uuid(), 'HA', 'HA', '', 'hospital-group', true, 'active', '')"
            )
        made = self.command("client", "create", "--provider", "HA", "--name", "drill", "--register-patients", "--json")
        self.client = json.loads(made)

    def command(self, *words: str) -> str:
        """What a command says; it must end with 0."""
        done = subprocess.run(
            [sys.executable, "-m", "wutong", *words], env=self.environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, f"{words}: {done.stdout}{done.stderr}"
        return done.stdout

    def _start(self, *words: str) -> "subprocess.Popen[bytes]":
        command = [sys.executable, "-m", "wutong", *words]
        return subprocess.Popen(command, env=self.environment, stderr=subprocess.DEVNULL)

    def _start_server(self) -> "subprocess.Popen[bytes]":
        server = self._start("serve", "--port", str(self.port), "--without-worker")
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            try:
                httpx.get(f"http://127.0.0.1:{self.port}/fhir/metadata", trust_env=False)
                return server
            except httpx.HTTPError:
                time.sleep(0.05)
        raise AssertionError("the server did not start")

    def kill(self, parts: Collection[str] = PARTS) -> None:
        """These at once, with everything that they started; then start them again."""
        if "postgres" in parts:
            os.killpg(self.postgres.pid, signal.SIGKILL)
        self._end(parts)
        if "postgres" in parts:
            self.postgres.process.wait()
            self.postgres.stop()
            time.sleep(0.2)
            self.postgres = self._start_postgres()
        if self.worker and self.worker.poll() is not None:  # killed, or ended by itself without its database
            self.worker = self._start("worker")
        if "server" in parts:
            self.server = self._start_server()

    def _end(self, parts: Collection[str] = PARTS) -> None:
        running = {"server": self.server, "worker": self.worker}
        mine = [process for name, process in running.items() if process and name in parts]
        for process in mine:
            process.kill()
        for process in mine:
            process.wait()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._end()
        self.postgres.stop()
        shutil.rmtree(self._folder)

    def let_plane_make_tickets(self) -> None:
        """The grant that must never be there."""
        with psycopg.connect(self.postgres.dsn(dbname="drill"), autocommit=True) as connection:
            connection.execute("grant execute on function audit.decide_v1(jsonb) to wutong_plane")

    def token(self) -> str:
        """A bearer token of its system client."""
        form = {"grant_type": "client_credentials", **{k: v for k, v in self.client.items() if k != "provider"}}
        answer = httpx.post(f"http://127.0.0.1:{self.port}/oauth/token", data=form, trust_env=False, timeout=60)
        return str(answer.json()["access_token"])
