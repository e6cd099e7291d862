"""A record plane over a database of its own, in which the keeper sees nothing but what a test has put there."""

import base64
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import httpx
import psycopg
import pytest
from cast import patient, unused_hkid
from conftest import copy_of_template, free_port
from psycopg.conninfo import make_conninfo
from record.resources import of_category

from wutong.commands.serve import make_server
from wutong.core import ids
from wutong.core.sealing import Sealer, new_token, token_hash
from wutong.record.flows.compare_records import compare_records
from wutong.record.flows.reindex_records import Reindexed, reindex_records

_DATABASE = "wutong_kept"
_CONTROL = """
with provider as (
  insert into control.provider (provider_id, code, name_en, name_zh, kind, is_deemed, state, phone)
  values (gen_random_uuid(), 'HA', 'HA', '', 'hospital-group', true, 'active', '') returning provider_id),
client as (
  insert into control.system_client (client_id, provider_id, name, secret_hash, may_register_patients, created_at)
  select gen_random_uuid(), provider_id, 'test', '', true, now() from provider returning client_id)
insert into control.access_token (token_hash, client_id, issued_at, expires_at)
select %s, client_id, now(), now() + interval '1 day' from client
"""


@dataclass
class Apart:
    """The plane's address, a system's token, and a look behind the scenes."""

    address: str
    token: str
    superuser: psycopg.Connection
    http: httpx.Client

    def fhir(self, method: str, path: str, **more: Any) -> httpx.Response:
        """One request."""
        headers = {"authorization": f"Bearer {self.token}", "content-type": "application/fhir+json"}
        headers |= more.pop("headers", {})
        return self.http.request(method, f"{self.address}/fhir/{path}", headers=headers, **more)

    def make(self, **content: Any) -> str:
        """Store a resource; its type and id."""
        answer = self.fhir("POST", content["resourceType"], json=content)
        assert answer.status_code == 201, answer.text
        return f"{content['resourceType']}/{answer.json()['id']}"


@contextmanager
def apart(superuser: psycopg.Connection) -> Iterator[Apart]:
    """Inside, settings name the database apart."""
    superuser.execute(f"drop database if exists {_DATABASE} with (force)")
    copy_of_template(_DATABASE)
    dsn = make_conninfo(superuser.info.dsn, password=superuser.info.password, dbname=_DATABASE)
    with pytest.MonkeyPatch.context() as patch, psycopg.connect(dsn, autocommit=True) as behind:
        for name in [each for each in os.environ if each.startswith("WUTONG_") and each.endswith("_DSN")]:
            patch.setenv(name, make_conninfo(os.environ[name], dbname=_DATABASE))
        token = new_token()
        behind.execute(_CONTROL, [token_hash(token)])
        limits = httpx.Limits(max_keepalive_connections=0)  # behind a 500 the server closes the connection
        with served(patch) as address, httpx.Client(trust_env=False, timeout=30, limits=limits) as http:
            yield Apart(address, token, behind, http)


@contextmanager
def served(patch: pytest.MonkeyPatch) -> Iterator[str]:
    """The address of a record plane over the database of the settings, in a thread of this process."""
    port = free_port()
    patch.setenv("WUTONG_PLANE", "record")
    server = make_server("127.0.0.1", port)
    running = threading.Thread(target=server.run, daemon=True)
    running.start()
    while not server.started:
        running.join(0.01)
        assert running.is_alive()
    patch.delenv("WUTONG_PLANE")
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    running.join(10)


@dataclass
class Kept:
    """A record: an Observation in three versions, a deleted Condition, a row of a directory that is named."""

    patient: str
    practitioner: str
    observation: str
    condition: str

    def names(self) -> dict[str, str]:
        """Their ids."""
        return {name: value.partition("/")[2] for name, value in vars(self).items()}


def record(there: Apart) -> Kept:
    """A fresh one."""
    who = there.make(**patient(unused_hkid()))
    practitioner = there.make(resourceType="Practitioner", identifier=[{"system": "urn:staff", "value": "P 17"}])
    seen = of_category("LAB", ids.NOBODY) | {
        "subject": {"reference": who},
        "performer": [{"reference": practitioner}],
        "identifier": [{"system": "urn:lab", "value": "L 9"}],
        "effectivePeriod": {"start": "2024-03-01T09:00:00+08:00"},
        "valueQuantity": {"value": 5.1, "unit": "mmol/L", "system": "http://unitsofmeasure.org", "code": "mmol/L"},
        "note": [{"text": "x"}],
    }
    observation = there.make(**seen)
    for comparator in ("<", ">"):
        changed = seen | {"id": observation.partition("/")[2]}
        changed["valueQuantity"] = {**seen["valueQuantity"], "comparator": comparator}
        assert there.fhir("PUT", observation, json=changed).status_code == 200
    condition = there.make(**of_category("DX", ids.NOBODY) | {"subject": {"reference": who}})
    assert there.fhir("DELETE", condition).status_code == 204
    return Kept(who, practitioner, observation, condition)


def differences() -> list[str]:
    """What the comparison says, in the database of the settings."""
    said = list[str]()
    with keeper_connection() as (connection, sealer):
        compare_records(connection, sealer, say=said.append, tell=lambda _: None)
    return said


def reindexed(**asked: Any) -> Reindexed:
    """What was mended."""
    with keeper_connection() as (connection, sealer):
        return reindex_records(connection, sealer, **{"say": print, "tell": lambda *_: None, **asked})


@contextmanager
def keeper_connection() -> Iterator[tuple[psycopg.Connection, Sealer]]:
    """As the command line has it."""
    key = Sealer(base64.b64decode(os.environ["WUTONG_IDENTITY_KEY"]))
    with psycopg.connect(os.environ["WUTONG_KEEPER_DSN"], autocommit=True) as connection:
        yield connection, key
