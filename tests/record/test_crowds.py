"""Many requests at once, and requests that take long: whoever asks for little is answered beside them."""

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import httpx
import psycopg
import pytest
from cast import Cast, Registered

from record.resources import of_category
from record.test_races import _wait_for
from wutong.record.fhir import batch

Send = Callable[..., "Future[httpx.Response]"]
_PLACES, _CONNECTIONS = 5, 8


@pytest.fixture
def send(cast: Cast) -> Iterator[Send]:
    """Send a request to the record plane in a thread of its own."""
    with ThreadPoolExecutor(16) as threads:
        yield lambda method, path="", **more: threads.submit(cast.fhir, cast.ha, method, path, **more)


@pytest.fixture
def who(cast: Cast) -> Registered:
    """A person."""
    return cast.register()


@pytest.mark.parametrize("path", ["Condition?{}", "Condition/_history?{}", "Patient/{}/$everything"])
def test_slow_searches_leave_connections_to_others(
    cast: Cast, superuser: psycopg.Connection, hold: psycopg.Connection, send: Send, who: Registered, path: str
) -> None:
    practitioner = {"resourceType": "Practitioner"}
    made = cast.fhir(cast.ha, "POST", "Practitioner", json=practitioner).json()["id"]
    hold.execute("lock table record.resource in access exclusive mode")
    name = str(who.patient_id) if path.startswith("Patient") else f"patient={who.patient_id}"
    slow = [send("GET", path.format(name)) for _ in range(12)]
    _wait_for(_PLACES, superuser)
    read = cast.fhir(cast.ha, "GET", f"Practitioner/{made}")
    written = cast.fhir(cast.ha, "POST", "Practitioner", json=practitioner)
    assert not any(each.done() for each in slow)
    hold.rollback()
    assert (read.status_code, written.status_code) == (200, 201)
    assert {each.result().status_code for each in slow} == {200}


def test_who_finds_no_connection_is_told_that_nothing_was_done(
    cast: Cast, superuser: psycopg.Connection, hold: psycopg.Connection, send: Send, who: Registered
) -> None:
    made = cast.fhir(cast.ha, "POST", "Condition", json=of_category("DX", who.patient_id)).json()
    hold.execute("select from record.resource where resource_id = %s for update", [made["id"]])
    writes = [send("PUT", f"Condition/{made['id']}", json=made) for _ in range(_CONNECTIONS)]
    _wait_for(_CONNECTIONS, superuser)
    refused = cast.fhir(cast.ha, "POST", "Condition", json=of_category("DX", who.patient_id))
    hold.rollback()
    assert (refused.status_code, refused.json()["issue"][0]["code"]) == (503, "transient")
    assert "Nothing was done" in refused.text
    assert int(refused.headers["retry-after"]) < 60
    assert {each.result().status_code for each in writes} == {200}
    assert cast.fhir(cast.ha, "GET", f"Condition?patient={who.patient_id}").json()["total"] == 1


@pytest.mark.parametrize("kind", ["instance", "type"])
def test_a_history_that_takes_too_long_says_so(
    cast: Cast, superuser: psycopg.Connection, who: Registered, kind: str
) -> None:
    made = cast.fhir(cast.ha, "POST", "Condition", json=of_category("DX", who.patient_id)).json()
    path = f"Condition/{made['id']}/_history" if kind == "instance" else f"Condition/_history?patient={who.patient_id}"
    with superuser.transaction():
        superuser.execute("lock table record.superseded in access exclusive mode")
        refused = cast.fhir(cast.ha, "GET", path)
    assert (refused.status_code, refused.json()["issue"][0]["code"]) == (422, "too-costly")
    assert len(cast.fhir(cast.ha, "GET", path).json()["entry"]) == 1


def test_the_entries_of_a_batch_share_their_time(
    cast: Cast, superuser: psycopg.Connection, who: Registered, monkeypatch: pytest.MonkeyPatch
) -> None:
    search = {"request": {"method": "GET", "url": f"Condition?patient={who.patient_id}"}}
    create = {"request": {"method": "POST", "url": "Practitioner"}, "resource": {"resourceType": "Practitioner"}}
    bundle = {"resourceType": "Bundle", "type": "batch", "entry": [create, search, search]}

    def statuses() -> list[Any]:
        entries = cast.fhir(cast.ha, "POST", "", json=bundle).json()["entry"]
        return [each["response"]["status"][:3] for each in entries]

    monkeypatch.setattr(batch, "MOST_SECONDS", 3.0)
    with superuser.transaction():
        superuser.execute("lock table record.resource in access exclusive mode")
        assert statuses() == ["201", "422", "503"]  # the first search took the time of one
    assert statuses() == ["201", "200", "200"]
