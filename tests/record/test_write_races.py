"""Two writes at once: conditions create once, deletions leave nothing behind, and each is answered."""

import itertools
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import httpx
import psycopg
import pytest
from cast import Cast, patient

from record.resources import of_category
from record.test_races import _hkid, _wait_for
from wutong.core import ids

Send = Callable[..., "Future[httpx.Response]"]


@pytest.fixture
def send(cast: Cast) -> Iterator[Send]:
    """Send a request to the record plane in a thread of its own."""
    with ThreadPoolExecutor(4) as threads:
        yield lambda method, path="", **more: threads.submit(cast.fhir, cast.ha, method, path, **more)


def _found(cast: Cast, number: str, kind: str = "Practitioner") -> int:
    return int(cast.fhir(cast.ha, "GET", f"{kind}?identifier={number}").json()["total"])


def _practitioner(number: str) -> dict[str, Any]:
    return {"resourceType": "Practitioner", "identifier": [{"system": "urn:ha:staff", "value": number}]}


def test_a_conditional_create_sent_twice_at_once_creates_once(
    cast: Cast, superuser: psycopg.Connection, hold: psycopg.Connection, send: Send
) -> None:
    number = str(ids.new())
    headers = {"if-none-exist": f"identifier=urn:ha:staff|{number}"}
    hold.execute("lock table record.directory in share mode")  # both have seen that there is none
    answers = [send("POST", "Practitioner", json=_practitioner(number), headers=headers) for _ in range(2)]
    _wait_for(2, superuser)
    hold.rollback()
    assert sorted(answer.result().status_code for answer in answers) == [200, 201]
    assert len({answer.result().json()["id"] for answer in answers}) == 1
    assert _found(cast, number) == 1


def test_conditions_in_transactions_create_once_in_whatever_order_they_are_written(
    cast: Cast, superuser: psycopg.Connection, hold: psycopg.Connection, send: Send
) -> None:
    numbers = [str(ids.new()) for _ in range(2)]

    def bundle(order: list[str]) -> dict[str, Any]:
        entries = [
            {"resource": _practitioner(n), "request": {"method": "PUT", "url": f"Practitioner?identifier={n}"}}
            for n in order
        ]
        return {"resourceType": "Bundle", "type": "transaction", "entry": entries}

    hold.execute("lock table record.directory in share mode")
    answers = [send("POST", json=bundle(order)) for order in (numbers, numbers[::-1])]
    _wait_for(2, superuser)
    hold.rollback()
    statuses = [[e["response"]["status"] for e in answer.result().json()["entry"]] for answer in answers]
    assert sorted(statuses) == [["200 OK"] * 2, ["201 Created"] * 2]
    assert [_found(cast, number) for number in numbers] == [1, 1]


def test_a_patient_by_a_condition_is_registered_once(
    cast: Cast, superuser: psycopg.Connection, hold: psycopg.Connection, send: Send
) -> None:
    number = _hkid()
    headers = {"if-none-exist": f"identifier=urn:wutong:hkid|{number}"}
    hold.execute("lock table record.resource in share mode")
    answers = [send("POST", "Patient", json=patient(number), headers=headers) for _ in range(3)]
    _wait_for(3, superuser)
    hold.rollback()
    assert sorted(answer.result().status_code for answer in answers) == [200, 200, 201]
    assert _found(cast, f"urn:wutong:hkid|{number}", "Patient") == 1


def test_an_upload_under_a_patient_who_is_deleted_at_that_moment_is_refused(
    cast: Cast, superuser: psycopg.Connection, hold: psycopg.Connection, send: Send
) -> None:
    who = cast.register()
    path = f"Patient/{who.patient_id}"
    hold.execute("select from record.resource where patient_id = %s for update", [who.patient_id])
    deletion = send("DELETE", path)
    _wait_for(1, superuser)
    upload = send("POST", "Condition", json=of_category("DX", who.patient_id))
    _wait_for(2, superuser)
    hold.rollback()
    statuses = (deletion.result().status_code, upload.result().status_code)
    assert statuses in {(204, 409), (409, 201)}
    rows = "select count(*) from record.resource where patient_id = %s"
    assert superuser.execute(rows, [who.patient_id]).fetchone() == ((0,) if statuses[0] == 204 else (2,))


def test_a_deletion_waits_for_an_upload_that_has_begun(
    cast: Cast, superuser: psycopg.Connection, hold: psycopg.Connection, send: Send
) -> None:
    who = cast.register()
    hold.execute("lock table record.whereabouts in share mode")
    upload = send("POST", "Condition", json=of_category("DX", who.patient_id))
    _wait_for(1, superuser)
    deletion = send("DELETE", f"Patient/{who.patient_id}")
    _wait_for(2, superuser)
    hold.rollback()
    assert (upload.result().status_code, deletion.result().status_code) == (201, 409)


def test_one_resource_deleted_and_changed_by_several_at_once_has_a_history_without_gaps(cast: Cast, send: Send) -> None:
    who = cast.register()
    made = cast.fhir(cast.ha, "POST", "Condition", json=of_category("DX", who.patient_id)).json()
    path = f"Condition/{made['id']}"
    answers = [send("DELETE", path) if number % 2 else send("PUT", path, json=made) for number in range(16)]
    assert {answer.result().status_code for answer in answers} <= {200, 201, 204, 409}
    history = cast.fhir(cast.ha, "GET", f"{path}/_history").json()["entry"]
    versions = [int(entry["response"]["etag"][3:-1]) for entry in history]
    assert versions == list(range(len(versions), 0, -1))
    methods = [entry["request"]["method"] for entry in history]
    assert all({"DELETE"} != {one, other} for one, other in itertools.pairwise(methods))
