"""Kill -9 of the server and of PostgreSQL during uploads and reads: nothing acknowledged is lost, no answer without
its ticket. A canary with `synchronous_commit=off` must turn the same check red.

The ledger of what was acknowledged is kept here, outside everything that is killed. `WUTONG_KILLS` sets how often.
"""

import os
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import psycopg
import pytest
from cast import patient
from conftest import free_port

from wutong.core import hkid
from wutong.embedded import Running, start

pytestmark = [pytest.mark.drill, pytest.mark.timeout(900)]

KILLS = int(os.environ.get("WUTONG_KILLS", "10"))
_SECONDS_BETWEEN = 2.0


@dataclass
class Ledger:
    """What was acknowledged: ids of writes, and how often each resource was answered."""

    writes: list[str] = field(default_factory=list)
    reads: Counter[str] = field(default_factory=Counter)


class Platform:
    """A server of its own, with a database of its own, that can be killed."""

    def __init__(self, folder: Path, options: Mapping[str, str]) -> None:
        folder.chmod(0o755)
        for parent in folder.parents[:3]:
            parent.chmod(0o755)
        self._folder, self._options = folder, options
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
        import json

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

    def close(self) -> None:
        self.server.kill()
        self.server.wait()
        self.postgres.stop()

    def token(self) -> str:
        form = {"grant_type": "client_credentials", **{k: v for k, v in self.client.items() if k != "provider"}}
        answer = httpx.post(f"http://127.0.0.1:{self.port}/oauth/token", data=form, trust_env=False)
        return str(answer.json()["access_token"])


def _work(platform: Platform, ledger: Ledger, patient_id: str, stop: threading.Event) -> None:
    base = f"http://127.0.0.1:{platform.port}/fhir"
    headers = {"authorization": f"Bearer {platform.token()}", "content-type": "application/fhir+json"}
    condition = {"resourceType": "Condition", "subject": {"reference": f"Patient/{patient_id}"}, "code": {"text": "x"}}
    with httpx.Client(headers=headers, trust_env=False, timeout=5) as client:
        while not stop.is_set():
            try:
                made = client.post(f"{base}/Condition", json=condition)
                if made.status_code != 201:
                    continue
                name = f"Condition/{made.json()['id']}"
                ledger.writes.append(name)
                if client.get(f"{base}/{name}").status_code == 200:
                    ledger.reads[name] += 1
            except (httpx.HTTPError, ValueError):
                time.sleep(0.05)


def _run(folder: Path, options: Mapping[str, str], kills: int) -> tuple[Ledger, list[str], list[str]]:
    platform = Platform(folder, options)
    ledger = Ledger()
    try:
        headers = {"authorization": f"Bearer {platform.token()}", "content-type": "application/fhir+json"}
        number = "QX999999" + hkid.check_digit("QX999999")
        address = f"http://127.0.0.1:{platform.port}/fhir/Patient"
        registered = httpx.post(address, json=patient(number), headers=headers, trust_env=False)
        # The registration itself must be on disk before the first kill, also for the canary.
        with psycopg.connect(platform.postgres.dsn(), autocommit=True) as connection:
            connection.execute("checkpoint")
        patient_id = registered.json()["id"]
        stop = threading.Event()
        workers = [threading.Thread(target=_work, args=(platform, ledger, patient_id, stop)) for _ in range(4)]
        for worker in workers:
            worker.start()
        for _ in range(kills):
            time.sleep(_SECONDS_BETWEEN)
            platform.kill()
        time.sleep(_SECONDS_BETWEEN)
        stop.set()
        for worker in workers:
            worker.join()
        return ledger, *_missing(platform, ledger)
    finally:
        platform.close()


def _missing(platform: Platform, ledger: Ledger) -> tuple[list[str], list[str]]:
    with psycopg.connect(platform.postgres.dsn(dbname="drill"), autocommit=True) as connection:
        stored = {f"Condition/{row[0]}" for row in connection.execute("select resource_id from record.resource")}
        entries = Counter(
            row[0]
            for row in connection.execute(
                "select detail ->> 'asked' from audit.entry where event = 'record:read' and is_ticket"
            )
        )
    lost = [name for name in ledger.writes if name not in stored]
    untold = [name for name, times in ledger.reads.items() if entries[name] < times]
    return lost, untold


def test_nothing_acknowledged_is_lost_and_no_answer_lacks_its_ticket(tmp_path: Path) -> None:
    ledger, lost, untold = _run(tmp_path, {}, KILLS)
    print(
        f"{KILLS} kills, {len(ledger.writes)} writes, {sum(ledger.reads.values())} reads, lost {len(lost)}, untold {len(untold)}"
    )
    assert len(ledger.writes) > 20 * KILLS
    assert ledger.reads
    assert lost == []
    assert untold == []


def test_the_check_can_see_a_loss(tmp_path: Path) -> None:
    """The canary: commits that do not wait for the disk are lost, and the same check says so."""
    _, lost, untold = _run(tmp_path, {"synchronous_commit": "off", "wal_writer_delay": "10s"}, 2)
    assert lost
    assert untold
