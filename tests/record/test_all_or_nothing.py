"""The connection to PostgreSQL breaks at each statement of a write, before it or behind it, or PostgreSQL refuses the
statement: all is kept, or nothing.

The answer is 503 then, or 500. What was kept and not acknowledged is kept once when it is sent again with its key.
"""

import json
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import psycopg
import pytest
from cast import patient, unused_hkid
from keeping import Apart, apart, served
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from severed import Severed, When

from record.resources import of_category
from wutong.core import env, ids
from wutong.record.gate.open import Opened
from wutong.record.store.session import Store

_TABLES = (
    "record.resource", "record.superseded", "record.directory", "record.directory_superseded", "record.identity_value",
    "record.whereabouts", "record.directory_reference", "record.deposit_key", "record.answered_request",
    "control.person", "control.joining_version", "control.source_record", "control.identity_document", "control.match_review",
)  # fmt: skip
_STATE = f"""
select {", ".join(f"(select count(*) from {table})" for table in _TABLES)},
       (select count(*) from audit.entry where event in ('record:written', 'person:register')),
       (select count(*) from audit.event where event = 'record:written'),
       (select sum(version) from record.resource), (select sum(version) from record.directory)
"""
_PATCH = {"content-type": "application/json-patch+json"}
State = tuple[int, ...]


@dataclass
class Plane:
    """A record plane whose connections as each role lead over a proxy, and another over the same database."""

    address: str
    there: Apart
    severed: dict[str, Severed]

    def state(self) -> State:
        """How much there is of everything that a write may add to."""
        row = self.there.superuser.execute(_STATE).fetchone()  # type: ignore[call-overload]
        return tuple(int(each or 0) for each in row or ())

    def send(self, method: str, path: str, **more: Any) -> httpx.Response:
        """One write over the proxies."""
        return replace(self.there, address=self.address).fhir(method, path, **more)


@pytest.fixture(scope="module")
def plane(superuser: psycopg.Connection) -> Iterator[Plane]:
    """Both run in threads of this process."""
    with apart(superuser) as there, pytest.MonkeyPatch.context() as patch:
        plane, pdp = (_before(patch, setting) for setting in (env.PLANE_DSN, env.PDP_DSN))
        with plane, pdp, served(patch) as address:
            yield Plane(address, there, {"plane": plane, "pdp": pdp})


def _before(patch: pytest.MonkeyPatch, setting: env.Setting) -> Severed:
    dsn = env.read(setting, env.dsn)
    parts = conninfo_to_dict(dsn)
    severed = Severed(Path(str(parts["host"])) / f".s.PGSQL.{parts['port']}")
    there = {"host": "127.0.0.1", "port": severed.port, "sslmode": "disable", "gssencmode": "disable"}
    patch.setenv(setting.name, make_conninfo(dsn, **there))
    return severed


@dataclass
class Write:
    """What is sent, and its key where it has one."""

    method: str
    path: str
    sent: dict[str, Any]


def _transaction(there: Apart) -> Write:
    """Registers a person, and creates, updates and deletes, with a directory's row by a condition."""
    who, number = there.make(**patient(unused_hkid())), str(ids.new())
    changed, gone = (_stored(there, category, who) for category in ("DX", "PX"))
    lab = of_category("LAB", ids.new()) | {"subject": {"reference": "urn:uuid:new"}, "performer": [_reference("p")]}
    practitioner = {"resourceType": "Practitioner", "identifier": [{"system": "urn:staff", "value": number}]}
    entries: list[tuple[str, str, Any, str]] = [
        ("POST", "Patient", patient(unused_hkid()), "new"),
        ("POST", "Observation", lab, "lab"),
        ("PUT", f"Practitioner?identifier={number}", practitioner, "p"),
        ("PUT", f"Condition/{changed['id']}", changed, "changed"),
        ("DELETE", f"Procedure/{gone['id']}", None, "gone"),
    ]
    entry = [
        {"fullUrl": f"urn:uuid:{name}", "request": {"method": method, "url": url}}
        | ({"resource": resource} if resource else {})
        for method, url, resource, name in entries
    ]
    bundle = {"resourceType": "Bundle", "type": "transaction", "entry": entry}
    return Write("POST", "", {"json": bundle, "headers": {"idempotency-key": str(ids.new())}})


def _reference(name: str) -> dict[str, str]:
    return {"reference": f"urn:uuid:{name}"}


def _about(category: str, who: str) -> dict[str, Any]:
    return of_category(category, UUID(who.partition("/")[2]))


def _stored(there: Apart, category: str, who: str = "") -> dict[str, Any]:
    made = there.make(**_about(category, who or there.make(**patient(unused_hkid()))))
    return dict(there.fhir("GET", made).json())


def _create(there: Apart) -> Write:
    condition = _about("DX", there.make(**patient(unused_hkid())))
    return Write("POST", "Condition", {"json": condition, "headers": {"idempotency-key": str(ids.new())}})


def _update(there: Apart) -> Write:
    stored = _stored(there, "DX")
    return Write("PUT", f"Condition/{stored['id']}", {"json": stored | {"code": {"text": "changed"}}})


def _patch(there: Apart) -> Write:
    stored = _stored(there, "DX")
    patch = json.dumps([{"op": "replace", "path": "/code/text", "value": "changed"}])
    return Write("PATCH", f"Condition/{stored['id']}", {"content": patch, "headers": _PATCH})


def _delete(there: Apart) -> Write:
    return Write("DELETE", f"Condition/{_stored(there, 'DX')['id']}", {})


_WRITES = {"transaction": _transaction, "create": _create, "update": _update, "patch": _patch, "delete": _delete}


def _unbroken(plane: Plane, role: str, make: Callable[[Apart], Write]) -> tuple[int, State]:
    """How many statements a write takes, and what it adds."""
    write = make(plane.there)
    before = plane.state()
    with plane.severed[role].breaking(0, When.BEFORE):
        assert plane.send(write.method, write.path, **write.sent).is_success
    added = _difference(before, plane.state())
    assert any(added)
    return plane.severed[role].seen, added


def _difference(before: State, after: State) -> State:
    return tuple(b - a for a, b in zip(before, after, strict=True))


def _broken(plane: Plane, role: str, make: Callable[[Apart], Write], when: When) -> list[State]:
    """What the write added where its connection broke at each of its statements, and was told so."""
    statements, _ = _unbroken(plane, role, make)
    added, write = list[State](), make(plane.there)
    for statement in range(1, statements + 1):
        before = plane.state()
        with plane.severed[role].breaking(statement, when):
            answer = plane.send(write.method, write.path, **write.sent)
        assert plane.severed[role].has_broken, statement
        told = answer.status_code, answer.json()["issue"][0]["code"]
        assert told in ({(503, "transient")} if when is not When.REFUSED else {(503, "transient"), (500, "exception")})
        added.append(_difference(before, plane.state()))
        if any(added[-1]):
            _is_kept_once(plane, write)
            write = make(plane.there)
    return added


def _is_kept_once(plane: Plane, write: Write) -> None:
    if "idempotency-key" in write.sent.get("headers", {}):
        before = plane.state()
        assert plane.send(write.method, write.path, **write.sent).is_success
        assert plane.state() == before


@pytest.mark.parametrize("when", When)
@pytest.mark.parametrize(("name", "role"), [*((name, "plane") for name in _WRITES), ("transaction", "pdp")])
def test_all_or_nothing(plane: Plane, name: str, role: str, when: When) -> None:
    _, whole = _unbroken(plane, role, _WRITES[name])
    nothing = tuple(0 for _ in whole)
    added = _broken(plane, role, _WRITES[name], when)
    assert set(added) <= {nothing, whole}
    is_committed_unheard = role == "plane" and when is When.AFTER
    assert added.count(whole) == is_committed_unheard


@asynccontextmanager
async def _without_transaction(opened: Opened, store: Store, **_: Any) -> AsyncIterator[Any]:
    async with store.pool.connection() as connection:
        await connection.execute("select set_config('wutong.tickets', %s, false)", [",".join(opened.tickets)])
        yield connection


def _without_key(there: Apart) -> Write:
    write = _transaction(there)
    return replace(write, sent={"json": write.sent["json"]})


def test_the_check_can_see_a_half(plane: Plane, monkeypatch: pytest.MonkeyPatch) -> None:
    """A canary: without a transaction around it, a write is kept in part."""
    monkeypatch.setattr("wutong.record.flows.receive_bundle.transaction", _without_transaction)
    _, whole = _unbroken(plane, "plane", _without_key)
    added = _broken(plane, "plane", _without_key, When.BEFORE)
    assert set(added) - {tuple(0 for _ in whole), whole}
