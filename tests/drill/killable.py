"""A platform with a database of its own, that can be killed."""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Self

import httpx
import psycopg
from conftest import free_port

from wutong.embedded import Running, start


class Platform:
    """A server of its own, with a database of its own, that can be killed."""

    def __init__(self, options: Mapping[str, str]) -> None:
        # Not pytest's folder for temporary files, which each run of pytest closes to other accounts, in mid-drill too.
        self._folder, self._options = Path(tempfile.mkdtemp(prefix="wutong-drill-")), options
        self._folder.chmod(0o755)
        self.port = free_port()
        self.postgres = self._start_postgres()
        self._prepare()
        self.server = self._start_server()

    def _start_postgres(self) -> Running:
        return start(self._folder / "postgres", options=self._options)

    def _prepare(self) -> None:
        self.environment = dict(os.environ)
        for name in ("OWNER", "CONTROL", "PDP", "FINDER", "PLANE", "JOBS"):
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
        done = subprocess.run(
            [sys.executable, "-m", "wutong", *words], env=self.environment, capture_output=True, text=True, check=True
        )
        return done.stdout

    def _start_server(self) -> "subprocess.Popen[bytes]":
        words = [sys.executable, "-m", "wutong", "serve", "--port", str(self.port), "--without-worker"]
        server = subprocess.Popen(words, env=self.environment, stderr=subprocess.DEVNULL)
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            try:
                httpx.get(f"http://127.0.0.1:{self.port}/fhir/metadata", trust_env=False)
                return server
            except httpx.HTTPError:
                time.sleep(0.05)
        raise AssertionError("the server did not start")

    def kill(self) -> None:
        """Both at once, with everything they started; then start both again."""
        os.killpg(self.postgres.pid, signal.SIGKILL)
        self.server.kill()
        self.server.wait()
        self.postgres.process.wait()
        self.postgres.stop()
        time.sleep(0.2)
        self.postgres = self._start_postgres()
        self.server = self._start_server()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.server.kill()
        self.server.wait()
        self.postgres.stop()
        shutil.rmtree(self._folder)

    def let_plane_make_tickets(self) -> None:
        """The grant that must never be there."""
        with psycopg.connect(self.postgres.dsn(dbname="drill"), autocommit=True) as connection:
            connection.execute("grant execute on function audit.decide_v1(jsonb) to wutong_plane")

    def token(self) -> str:
        form = {"grant_type": "client_credentials", **{k: v for k, v in self.client.items() if k != "provider"}}
        answer = httpx.post(f"http://127.0.0.1:{self.port}/oauth/token", data=form, trust_env=False)
        return str(answer.json()["access_token"])
