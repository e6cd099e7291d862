"""A bundle takes the same few statements however long it is, as PostgreSQL itself logs them: BEGIN and COMMIT count."""

import base64
import json
import re
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import httpx
import psycopg
import pytest
from cast import patient, unused_hkid
from drill.killable import Platform

from wutong.core import ids

MOST = 15
_LOGGED = {"log_statement": "all", "log_line_prefix": "%u|"}
_STATEMENT = re.compile(r"^(wutong_\w+)\|LOG:  (?:statement|execute \S+): ", re.MULTILINE)
_STAFF = "urn:ha:staff"

Entries = list[dict[str, Any]]


@dataclass
class Logged:
    """A platform of its own, all of whose statements are logged."""

    platform: Platform
    client: httpx.Client

    def send(self, entries: Entries) -> dict[str, Any]:
        """What a transaction of these entries is answered."""
        bundle = {"resourceType": "Bundle", "type": "transaction", "entry": entries}
        answer = self.client.post("", json=bundle)
        assert answer.status_code == 200, answer.text
        read: dict[str, Any] = answer.json()
        return read

    def counted(self, *bundles: Entries) -> Counter[str]:
        """The statements of transactions, by role."""
        begin = self._mark()
        for entries in bundles:
            self.send(entries)
        end = self._mark()
        return Counter(_STATEMENT.findall(self.platform.postgres.folder.log.read_bytes()[begin:end].decode()))

    def _mark(self) -> int:
        """Where the log is by now: what was asked before may be written later, so it is asked for a mark."""
        mark, log = f"mark {ids.new()}".encode(), self.platform.postgres.folder.log
        with psycopg.connect(self.platform.postgres.dsn(), autocommit=True) as connection:
            connection.execute(f"select '{mark.decode()}'")  # type: ignore[arg-type]
        deadline = time.monotonic() + 30
        while mark not in (written := log.read_bytes()):
            assert time.monotonic() < deadline
            time.sleep(0.01)
        return written.index(mark)

    def stored(self, entries: Entries) -> list[str]:
        """The `Type/id` of each, once it is stored."""
        answered = self.send(entries)["entry"]
        return [entry["response"]["location"].partition("/_history")[0] for entry in answered]


@pytest.fixture(scope="module")
def logged() -> Iterator[Logged]:
    """One for all of these tests."""
    with Platform(_LOGGED, parts=("server", "postgres")) as platform:  # a worker would ask beside it
        headers = {"authorization": f"Bearer {platform.token()}", "content-type": "application/fhir+json"}
        base = f"http://127.0.0.1:{platform.port}/fhir"
        with httpx.Client(base_url=base, headers=headers, trust_env=False, timeout=60) as client:
            yield Logged(platform, client)


def _posted(resource: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"resource": resource, "request": {"method": "POST", "url": resource["resourceType"]}, **more}


def _patient(logged: Logged) -> str:
    return logged.stored([_posted(patient(unused_hkid()))])[0]


def _condition(who: str, **more: Any) -> dict[str, Any]:
    number = {"system": "urn:ha:condition", "value": str(ids.new())}
    return {
        "resourceType": "Condition",
        "subject": {"reference": who},
        "code": {"text": "x"},
        "identifier": [number],
    } | more


def _creating(logged: Logged, length: int) -> Entries:
    who = _patient(logged)
    return [_posted(_condition(who)) for _ in range(length)]


def _with_the_patient(_: Logged, length: int) -> Entries:
    who = f"urn:uuid:{ids.new()}"
    brought = _posted(patient(unused_hkid()), fullUrl=who)
    return [brought, *(_posted(_condition(who)) for _ in range(length))]


def _of_three_patients(logged: Logged, length: int) -> Entries:
    people = [_patient(logged) for _ in range(3)]
    return [_posted(_condition(people[number % 3])) for number in range(length)]


def _of_no_patient(_: Logged, length: int) -> Entries:
    return [_posted({"resourceType": "Practitioner", "name": [{"family": str(number)}]}) for number in range(length)]


def _updating(logged: Logged, length: int) -> Entries:
    who = _patient(logged)
    names = logged.stored([_posted(_condition(who)) for _ in range(length)])
    return [
        {"resource": _condition(who) | {"id": name.partition("/")[2]}, "request": {"method": "PUT", "url": name}}
        for name in names
    ]


def _changing_in_every_way(logged: Logged, length: int) -> Entries:
    who, patch = _patient(logged), [{"op": "add", "path": "/code/text", "value": "y"}]
    data = base64.b64encode(json.dumps(patch).encode()).decode()
    binary = {"resourceType": "Binary", "contentType": "application/json-patch+json", "data": data}
    names = logged.stored([_posted(_condition(who)) for _ in range(2 * length)])
    patched = [{"resource": binary, "request": {"method": "PATCH", "url": name}} for name in names[:length]]
    return [*patched, *({"request": {"method": "DELETE", "url": name}} for name in names[length:])]


def _naming_by_conditions(logged: Logged, length: int) -> Entries:
    who, numbers = _patient(logged), [str(ids.new()) for _ in range(length)]
    staff = [{"resourceType": "Practitioner", "identifier": [{"system": _STAFF, "value": each}]} for each in numbers]
    logged.send([_posted(each) for each in staff])
    names = [f"Practitioner?identifier={_STAFF}|{each}" for each in numbers]
    return [_posted(_condition(who, asserter={"reference": name})) for name in names]


def _sparing_what_is_there(logged: Logged, length: int) -> Entries:
    entries = _of_no_patient(logged, length)
    for number, entry in enumerate(entries):
        entry["resource"]["identifier"] = [{"system": _STAFF, "value": str(ids.new())}]
        if number % 2:
            logged.send([entry])
    return [
        entry
        | {"request": entry["request"] | {"ifNoneExist": f"identifier={entry['resource']['identifier'][0]['value']}"}}
        for entry in entries
    ]


@pytest.mark.parametrize(
    "made",
    [
        _creating,
        _with_the_patient,
        _of_three_patients,
        _of_no_patient,
        _updating,
        _changing_in_every_way,
        _naming_by_conditions,
        _sparing_what_is_there,
    ],
)
def test_a_long_bundle_takes_as_many_statements_as_a_short_one(
    logged: Logged, made: Callable[[Logged, int], Entries]
) -> None:
    short, long = logged.counted(made(logged, 10)), logged.counted(made(logged, 200))
    assert short["wutong_plane"] == long["wutong_plane"] <= MOST


@pytest.mark.parametrize("made", [_creating, _with_the_patient])
def test_a_bundle_about_one_patient_takes_few_with_those_of_the_gate(
    logged: Logged, made: Callable[[Logged, int], Entries]
) -> None:
    assert sum(logged.counted(made(logged, 200)).values()) <= MOST


def test_the_count_sees_a_statement_for_each_resource(logged: Logged) -> None:
    """The canary: bundle by bundle it is not constant."""
    entries = _of_no_patient(logged, 10)
    assert sum(logged.counted(*([entry] for entry in entries)).values()) > MOST
