"""Two writes at once: conditions create once, deletions leave nothing behind, and each is answered."""

import itertools
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import httpx
import psycopg
import pytest
from cast import Cast, patient, unused_hkid

from record.resources import of_category
from record.test_races import _wait_for
from wutong.core import ids

_NAMED = (
    "insert into record.directory_reference (patient_id, resource_type, resource_id, depositor_id, category)"
    " select %s, resource_type, resource_id, depositor_id, 'DX' from record.directory where resource_id = %s"
)

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


@pytest.mark.parametrize("returns", ["minimal", "representation"])
def test_a_condition_answers_with_the_version_that_is_there_by_then(
    cast: Cast, superuser: psycopg.Connection, hold: psycopg.Connection, send: Send, returns: str
) -> None:
    number = str(ids.new())
    named = f"identifier=urn:ha:staff|{number}"
    made = cast.fhir(cast.ha, "POST", "Practitioner", json=_practitioner(number)).json()
    hold.execute("select from record.directory where resource_id = %s for update", [made["id"]])
    update = send("PUT", f"Practitioner?{named}", json=_practitioner(number) | {"active": True})
    _wait_for(1, superuser)
    create = send(
        "POST",
        "Practitioner",
        json=_practitioner(number),
        headers={"if-none-exist": named, "prefer": f"return={returns}"},
    )
    _wait_for(2, superuser)  # it has found the first version, and waits for the condition
    hold.rollback()
    assert (update.result().status_code, create.result().status_code) == (200, 200)
    assert create.result().headers["etag"] == 'W/"2"'
    assert create.result().content == (b"" if returns == "minimal" else update.result().content)


@pytest.mark.parametrize("is_deleted", [True, False], ids=["deleted", "kept"])
def test_what_a_reference_found_is_there_when_it_is_stored(
    cast: Cast, superuser: psycopg.Connection, hold: psycopg.Connection, send: Send, *, is_deleted: bool
) -> None:
    who, numbers = cast.register(), [str(ids.new()) for _ in range(2)]
    made = [cast.fhir(cast.ha, "POST", "Practitioner", json=_practitioner(n)).json()["id"] for n in numbers]
    named = f"Practitioner?identifier=urn:ha:staff|{numbers[0]}"
    entries = [
        {
            "resource": of_category("DX", who.patient_id) | {"asserter": {"reference": named}},
            "request": {"method": "POST", "url": "Condition"},
        },
        {
            "resource": _practitioner(numbers[1]),
            "request": {"method": "PUT", "url": f"Practitioner?identifier={numbers[1]}"},
        },
    ]
    hold.execute("select from record.directory where resource_id = %s for update", [made[1]])
    other = send("PUT", f"Practitioner?identifier={numbers[1]}", json=_practitioner(numbers[1]))
    _wait_for(1, superuser)
    upload = send("POST", json={"resourceType": "Bundle", "type": "transaction", "entry": entries})
    _wait_for(2, superuser)  # it has found whom the reference names, and waits for the other's condition
    if is_deleted:
        assert cast.fhir(cast.ha, "DELETE", f"Practitioner/{made[0]}").status_code == 204
    hold.rollback()
    assert other.result().status_code == 200
    assert upload.result().status_code == (422 if is_deleted else 200), upload.result().text


def test_to_look_for_a_condition_again_takes_no_longer_than_a_search(
    cast: Cast, superuser: psycopg.Connection, hold: psycopg.Connection, send: Send
) -> None:
    number = str(ids.new())
    named = f"identifier={number}"
    key = "hashtextextended('condition|' || provider_id || '|Practitioner?' || %s, 0)"
    of_ours = "from control.provider where code = 'HA'"
    superuser.execute(f"select pg_advisory_lock({key}) {of_ours}", [named])  # type: ignore[arg-type]
    try:
        create = send("POST", "Practitioner", json=_practitioner(number), headers={"if-none-exist": named})
        _wait_for(1, superuser)
        hold.execute("lock table record.directory in access exclusive mode")
    finally:
        superuser.execute(f"select pg_advisory_unlock({key}) {of_ours}", [named])  # type: ignore[arg-type]
    refused = create.result()
    hold.rollback()
    assert (refused.status_code, refused.json()["issue"][0]["code"]) == (422, "too-costly")
    headers = {"if-none-exist": named}
    assert cast.fhir(cast.ha, "POST", "Practitioner", json=_practitioner(number), headers=headers).status_code == 201


def test_a_patient_by_a_condition_is_registered_once(
    cast: Cast, superuser: psycopg.Connection, hold: psycopg.Connection, send: Send
) -> None:
    number = unused_hkid()
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
    asserter = cast.fhir(cast.ha, "POST", "Practitioner", json=_practitioner(str(ids.new()))).json()["id"]
    hold.execute(_NAMED, [who.patient_id, asserter])  # which the upload waits for, with the Patient in its hands
    named = {"asserter": {"reference": f"Practitioner/{asserter}"}}
    upload = send("POST", "Condition", json=of_category("DX", who.patient_id) | named)
    _wait_for(1, superuser)
    deletion = send("DELETE", f"Patient/{who.patient_id}")
    _wait_for(2, superuser)
    hold.rollback()
    assert (upload.result().status_code, deletion.result().status_code) == (201, 409)


@pytest.mark.parametrize("_again", range(4))
def test_one_resource_deleted_and_changed_by_several_at_once_has_a_history_without_gaps(
    cast: Cast, send: Send, _again: int
) -> None:
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


def test_what_is_brought_back_twice_at_once_and_deleted_between_keeps_its_history(
    cast: Cast, superuser: psycopg.Connection, hold: psycopg.Connection, send: Send
) -> None:
    who = cast.register()
    made = cast.fhir(cast.ha, "POST", "Condition", json=of_category("DX", who.patient_id)).json()
    path, about = f"Condition/{made['id']}", f"Patient/{who.patient_id}"
    assert cast.fhir(cast.ha, "DELETE", path).status_code == 204
    both = [(path, made), (about, cast.fhir(cast.ha, "GET", about).json())]
    entries = [{"resource": content, "request": {"method": "PUT", "url": url}} for url, content in both]
    hold.execute(
        "lock table control.match_review in share mode"
    )  # which the first waits for, when it knows the version
    first = send("POST", json={"resourceType": "Bundle", "type": "transaction", "entry": entries})
    _wait_for(1, superuser)
    second = send("PUT", path, json=made)
    _wait_for(2, superuser)
    hold.rollback()
    assert (first.result().status_code, second.result().status_code) == (200, 200)
    assert cast.fhir(cast.ha, "DELETE", path).status_code == 204
    history = cast.fhir(cast.ha, "GET", f"{path}/_history").json()["entry"]
    assert [entry["response"]["etag"] for entry in history] == [f'W/"{number}"' for number in (5, 4, 3, 2, 1)]
