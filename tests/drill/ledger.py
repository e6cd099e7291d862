"""Systems that upload and read while things are killed, an intruder, and the ledger of what they were answered.

The ledger is kept here, outside everything that is killed. Each upload has an `Idempotency-Key` and is sent through a
proxy that cuts connections, until it is acknowledged; so whatever was lost on the way, its effect is there once.
"""

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import httpx
import psycopg
from cast import patient
from faults import FaultProxy
from psycopg.types.json import Jsonb

from drill.killable import Platform
from wutong.core import hkid, ids


@dataclass
class Ledger:
    """What was sent and acknowledged, by the upload's key; what was answered; what an intruder came to."""

    sent: dict[str, int] = field(default_factory=dict)  # how many resources the upload has
    tries: int = 0
    acknowledged: dict[str, list[str]] = field(default_factory=dict)
    reads: Counter[str] = field(default_factory=Counter)
    turned_away: int = 0
    forged: list[str] = field(default_factory=list)  # tickets that the data role made and that opened rows


@dataclass
class Missing:
    """What the check finds after the kills; all empty is green."""

    lost: list[str] = field(default_factory=list)  # acknowledged resources that are not stored
    twice: list[str] = field(default_factory=list)  # uploads with more effect than one
    torn: list[str] = field(default_factory=list)  # uploads with a part of their effect
    untold: list[str] = field(default_factory=list)  # answered reads that lack a ticket
    forged: list[str] = field(default_factory=list)  # answered reads on a ticket of the data role's own making


@dataclass
class Systems:
    """Who is at work on a platform; `with_keys` False: uploads are sent again without a key, for the canary."""

    platform: Platform
    known: "Known"
    proxy: FaultProxy
    with_keys: bool = True
    ledger: Ledger = field(default_factory=Ledger)
    stop: threading.Event = field(default_factory=threading.Event)

    def upload(self) -> None:
        """Send one upload after the other, each until it is acknowledged, and read what it made."""
        headers = self.known.headers
        limits = httpx.Limits(max_keepalive_connections=0)  # a request a connection
        with httpx.Client(headers=headers, trust_env=False, timeout=5, limits=limits) as client:
            while not self.stop.is_set():
                key, number = str(ids.new()), len(self.ledger.sent) % 3 + 1
                self.ledger.sent[key] = number
                names = self._until_acknowledged(client, key, number)
                if names:
                    self.ledger.acknowledged[key] = names
                    self._read(client, names[0])

    def _until_acknowledged(self, client: httpx.Client, key: str, number: int) -> list[str]:
        """The names of what was made; none where it was not acknowledged before the end."""
        headers = {"idempotency-key": key} if self.with_keys else {}
        path, body = self._upload(key, number)
        while not self.stop.is_set():
            self.ledger.tries += 1
            try:
                answer = client.post(f"http://127.0.0.1:{self.proxy.port}/fhir{path}", json=body, headers=headers)
                if answer.is_success:
                    return _names(answer.json())
                assert answer.status_code in {409, 503}, answer.text
            except (httpx.HTTPError, ValueError):
                time.sleep(0.02)
        return []

    def _upload(self, key: str, number: int) -> tuple[str, dict[str, Any]]:
        subject = {"reference": f"Patient/{self.known.patient_id}"}
        condition = {"resourceType": "Condition", "subject": subject, "code": {"text": key}}
        if number == 1:
            return "/Condition", condition
        entry = {"resource": condition, "request": {"method": "POST", "url": "Condition"}}
        return "/", {"resourceType": "Bundle", "type": "transaction", "entry": [entry] * number}

    def _read(self, client: httpx.Client, name: str) -> None:
        """Straight from the server, so that each ticket belongs to an answer."""
        try:
            if client.get(f"http://127.0.0.1:{self.platform.port}/fhir/{name}").status_code == 200:
                self.ledger.reads[name] += 1
        except httpx.HTTPError:
            pass

    def intrude(self) -> None:
        """What an intruder in the record plane would try: make a ticket, then read under it."""
        while not self.stop.is_set():
            try:
                with psycopg.connect(self.platform.environment["WUTONG_PLANE_DSN"], autocommit=True) as plane:
                    name = _forge(plane, self.known.patient_id)
                    if _rows_under(plane, name):
                        self.ledger.forged.append(name)
            except psycopg.errors.InsufficientPrivilege:
                self.ledger.turned_away += 1
            except psycopg.OperationalError:  # killed, or not up again yet
                pass
            time.sleep(0.1)

    @contextmanager
    def at_work(self) -> Iterator[None]:
        """Four systems upload and read, and an intruder tries."""
        broken = list[BaseException]()

        def run(work: Callable[[], None]) -> None:
            try:
                work()
            except BaseException as problem:
                broken.append(problem)

        workers = [threading.Thread(target=run, args=(each,)) for each in (*[self.upload] * 4, self.intrude)]
        for worker in workers:
            worker.start()
        try:
            yield
        finally:
            self.stop.set()
            for worker in workers:
                worker.join()
        if broken:
            raise broken[0]


@dataclass(frozen=True)
class Known:
    """A registered person's Patient, and what a system sends with each request."""

    patient_id: str
    headers: dict[str, str]


def register(platform: Platform) -> Known:
    """Register a person."""
    headers = {"authorization": f"Bearer {platform.token()}", "content-type": "application/fhir+json"}
    number = "QX999999" + hkid.check_digit("QX999999")
    address = f"http://127.0.0.1:{platform.port}/fhir/Patient"
    registered = httpx.post(address, json=patient(number), headers=headers, trust_env=False, timeout=60)
    # Registration and token must be on disk before the first kill, also for the canary.
    with psycopg.connect(platform.postgres.dsn(), autocommit=True) as connection:
        connection.execute("checkpoint")
    return Known(str(registered.json()["id"]), headers)


_STORED = """
select convert_from(body, 'UTF8')::jsonb #>> '{code,text}', resource_id::text from record.resource
 where resource_type = 'Condition'
"""
_TOLD = "select detail ->> 'asked' from audit.entry where event = 'record:read' and is_ticket"


def missing(platform: Platform, ledger: Ledger) -> Missing:
    """Compare the ledger with what is stored."""
    with psycopg.connect(platform.postgres.dsn(dbname="drill"), autocommit=True) as connection:
        rows = [(key, f"Condition/{resource_id}") for key, resource_id in connection.execute(_STORED)]
        tickets = Counter(name for (name,) in connection.execute(_TOLD))
    stored, effects = {name for _, name in rows}, Counter(key for key, _ in rows)
    return Missing(
        lost=[name for names in ledger.acknowledged.values() for name in names if name not in stored],
        twice=[key for key, number in ledger.sent.items() if effects[key] > number],
        torn=[key for key, number in ledger.sent.items() if effects[key] % number],
        untold=[name for name, times in ledger.reads.items() if tickets[name] < times],
        forged=ledger.forged,
    )


def _names(answer: dict[str, Any]) -> list[str]:
    if answer["resourceType"] == "Bundle":
        return ["/".join(entry["response"]["location"].split("/")[-4:-2]) for entry in answer["entry"]]
    return [f"{answer['resourceType']}/{answer['id']}"]


def _forge(plane: psycopg.Connection, patient_id: str) -> str:
    entry = {
        "person_id": str(ids.new()),
        "at": datetime.now(UTC).isoformat(),
        "entry_id": str(ids.new()),
        "event": "record:read",
        "outcome": "allowed",
        "act": "read",
        "categories": ["DX"],
        "patient_ids": [patient_id],
    }
    plane.execute("select audit.decide_v1(%s)", [Jsonb(entry)])
    return f"{entry['person_id']}|{entry['at']}|{entry['entry_id']}"


def _rows_under(plane: psycopg.Connection, ticket: str) -> bool:
    with plane.transaction():
        plane.execute("select set_config('wutong.tickets', %s, true)", [ticket])
        return plane.execute("select 1 from record.resource limit 1").fetchone() is not None
