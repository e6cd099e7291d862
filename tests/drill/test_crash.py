"""Kill -9 of the server and of PostgreSQL during uploads and reads: nothing acknowledged is lost, no answer without
its ticket, no ticket but the decision point's. Two canaries must turn the same check red: `synchronous_commit=off`, and
tickets that the data role can make.

The ledger of what was acknowledged is kept here, outside everything that is killed. `WUTONG_KILLS` sets how often.
"""

import os
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime

import httpx
import psycopg
import pytest
from cast import patient
from psycopg.types.json import Jsonb

from drill.killable import Platform
from wutong.core import hkid, ids

pytestmark = [pytest.mark.drill, pytest.mark.timeout(900)]

KILLS = int(os.environ.get("WUTONG_KILLS", "10"))
_SECONDS_BETWEEN = 2.0


@dataclass
class Ledger:
    """What was acknowledged: ids of writes, and how often each resource was answered; what an intruder came to."""

    writes: list[str] = field(default_factory=list)
    reads: Counter[str] = field(default_factory=Counter)
    turned_away: int = 0
    forged: list[str] = field(default_factory=list)  # tickets that the data role made and that opened rows


@dataclass
class Missing:
    """What the check finds after the kills; all empty is green."""

    lost: list[str]  # acknowledged writes that are not stored
    untold: list[str]  # answered reads that lack a ticket
    forged: list[str]  # answered reads that rest on a ticket of the data role's own making


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


def _intrude(platform: Platform, ledger: Ledger, patient_id: str, stop: threading.Event) -> None:
    """What an intruder in the record plane would try: make a ticket, then read under it."""
    while not stop.is_set():
        try:
            with psycopg.connect(platform.environment["WUTONG_PLANE_DSN"], autocommit=True) as plane:
                name = _forge(plane, patient_id)
                if _rows_under(plane, name):
                    ledger.forged.append(name)
        except psycopg.errors.InsufficientPrivilege:
            ledger.turned_away += 1
        except psycopg.OperationalError:  # killed, or not up again yet
            pass
        time.sleep(0.1)


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


def _nothing(platform: Platform) -> None:
    """As it should be."""


def _run(
    options: Mapping[str, str], kills: int, weaken: Callable[[Platform], None] = _nothing
) -> tuple[Ledger, Missing]:
    ledger = Ledger()
    with Platform(options) as platform:
        weaken(platform)
        with _busy(platform, ledger, _register(platform)):
            for _ in range(kills):
                time.sleep(_SECONDS_BETWEEN)
                platform.kill()
            time.sleep(_SECONDS_BETWEEN)
        return ledger, _missing(platform, ledger)


@contextmanager
def _busy(platform: Platform, ledger: Ledger, patient_id: str) -> Iterator[None]:
    """Four systems upload and read, and an intruder tries."""
    stop = threading.Event()
    workers = [
        threading.Thread(target=each, args=(platform, ledger, patient_id, stop)) for each in (*[_work] * 4, _intrude)
    ]
    for worker in workers:
        worker.start()
    try:
        yield
    finally:
        stop.set()
        for worker in workers:
            worker.join()


def _register(platform: Platform) -> str:
    headers = {"authorization": f"Bearer {platform.token()}", "content-type": "application/fhir+json"}
    number = "QX999999" + hkid.check_digit("QX999999")
    address = f"http://127.0.0.1:{platform.port}/fhir/Patient"
    registered = httpx.post(address, json=patient(number), headers=headers, trust_env=False)
    # The registration itself must be on disk before the first kill, also for the canary.
    with psycopg.connect(platform.postgres.dsn(), autocommit=True) as connection:
        connection.execute("checkpoint")
    return str(registered.json()["id"])


def _missing(platform: Platform, ledger: Ledger) -> Missing:
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
    return Missing(lost, untold, ledger.forged)


def test_nothing_acknowledged_is_lost_and_no_answer_lacks_its_ticket() -> None:
    ledger, missing = _run({}, KILLS)
    print(
        f"{KILLS} kills, {len(ledger.writes)} writes, {sum(ledger.reads.values())} reads, lost {len(missing.lost)}, "
        f"untold {len(missing.untold)}; tickets tried by the data role {ledger.turned_away}, made {len(missing.forged)}"
    )
    assert len(ledger.writes) > 20 * KILLS
    assert ledger.reads
    assert ledger.turned_away > KILLS
    assert missing == Missing([], [], [])


def test_the_check_can_see_a_loss() -> None:
    """A canary: commits that do not wait for the disk are lost, and the same check says so."""
    _, missing = _run({"synchronous_commit": "off", "wal_writer_delay": "10s"}, 2)
    assert missing.lost
    assert missing.untold


def test_the_check_can_see_a_ticket_that_the_data_role_made() -> None:
    """A canary: with the decision point's function granted to the data role, the same check says so."""
    ledger, missing = _run({}, 1, Platform.let_plane_make_tickets)
    print(f"read under {len(missing.forged)} tickets of the data role's own making")
    assert missing.forged
    assert ledger.turned_away == 0
