"""A request sent again with its key changes nothing and is answered the same; another request with it is refused."""

import json
import socket
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import httpx
import psycopg
import pytest
from cast import Cast, Registered, patient, unused_hkid
from record.resources import of_category

from wutong.core import clock, ids


@pytest.fixture
def who(cast: Cast) -> Registered:
    """A person."""
    return cast.register()


@pytest.fixture
def key() -> dict[str, str]:
    """A key of a client's own."""
    return {"idempotency-key": f'"{ids.new()}"'}


def _total(cast: Cast, who: Registered) -> int:
    return int(cast.fhir(cast.ha, "GET", f"Condition?patient={who.patient_id}").json()["total"])


def _create(cast: Cast, who: Registered, key: dict[str, str], token: str = "", **more: Any) -> Any:
    condition = of_category("DX", who.patient_id) | more
    return cast.fhir(token or cast.ha, "POST", "Condition", json=condition, headers=key)


def test_a_create_sent_again_is_answered_the_same(cast: Cast, who: Registered, key: dict[str, str]) -> None:
    first, second = _create(cast, who, key), _create(cast, who, key)
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.content == second.content
    for name in ("location", "etag", "last-modified"):
        assert first.headers[name] == second.headers[name]
    bare = {"idempotency-key": key["idempotency-key"].strip('"')}
    assert _create(cast, who, bare).content == first.content
    assert _total(cast, who) == 1
    assert _create(cast, who, {"idempotency-key": "another"}).json()["id"] != first.json()["id"]
    assert _create(cast, who, {}).json()["id"] != first.json()["id"]
    assert _total(cast, who) == 3


def test_the_first_answer_stands_whatever_happened_since(cast: Cast, who: Registered, key: dict[str, str]) -> None:
    first = _create(cast, who, key)
    path = f"Condition/{first.json()['id']}"
    cast.fhir(cast.ha, "PUT", path, json=first.json() | {"code": {"text": "changed"}})
    assert _create(cast, who, key).content == first.content
    cast.fhir(cast.ha, "DELETE", path)
    assert _create(cast, who, key).content == first.content
    assert cast.fhir(cast.ha, "GET", path).status_code == 410


def test_another_request_with_the_same_key_is_refused(cast: Cast, who: Registered, key: dict[str, str]) -> None:
    assert _create(cast, who, key).status_code == 201
    for answer in (
        _create(cast, who, key, code={"text": "another"}),
        _create(cast, who, key | {"if-none-exist": "identifier=1"}),
        cast.fhir(cast.ha, "POST", "Observation", json=of_category("LAB", who.patient_id), headers=key),
    ):
        assert (answer.status_code, answer.json()["issue"][0]["code"]) == (422, "conflict")
    assert _total(cast, who) == 1


def test_a_key_is_its_clients_own(cast: Cast, who: Registered, key: dict[str, str]) -> None:
    first = _create(cast, who, key)
    colleague = cast.client_token("HA")
    assert _create(cast, who, key, colleague).json()["id"] != first.json()["id"]
    cast.allow(who)
    assert _create(cast, who, key, cast.harbour).status_code == 403
    doctor = cast.session_token(cast.doctor)
    assert _create(cast, who, key, doctor).status_code == 403
    assert _create(cast, who, key, "nobody").status_code == 401
    assert _total(cast, who) == 2


def _bundle(who: Registered) -> dict[str, Any]:
    entries: list[dict[str, Any]] = [
        {"resource": of_category(each, who.patient_id), "request": {"method": "POST", "url": kind}}
        for each, kind in (("DX", "Condition"), ("LAB", "Observation"))
    ]
    reading = {"request": {"method": "GET", "url": f"Condition?patient={who.patient_id}"}}
    return {"resourceType": "Bundle", "type": "transaction", "entry": [*entries, reading]}


def test_a_transaction_sent_again_changes_nothing(cast: Cast, who: Registered, key: dict[str, str]) -> None:
    bundle = _bundle(who)
    first, second = (cast.fhir(cast.ha, "POST", "", json=bundle, headers=key).json() for _ in range(2))
    assert first["entry"][:2] == second["entry"][:2]
    assert second["entry"][2]["resource"]["total"] == 1
    whole = cast.fhir(cast.ha, "POST", "", json=bundle, headers=key | {"prefer": "return=representation"}).json()
    assert [entry["resource"]["resourceType"] for entry in whole["entry"]] == ["Condition", "Observation", "Bundle"]
    assert _total(cast, who) == 1


def test_a_registration_sent_again_registers_once_and_shows_its_number(
    cast: Cast, key: dict[str, str], superuser: psycopg.Connection
) -> None:
    number = unused_hkid()
    first, second = (cast.fhir(cast.ha, "POST", "Patient", json=patient(number), headers=key) for _ in range(2))
    assert first.content == second.content
    assert second.json()["identifier"][0]["value"] == number
    found = superuser.execute(
        "select kept::text from record.answered_request order by answered_at desc limit 1"
    ).fetchone()
    assert found
    assert number not in found[0]


def test_a_request_that_failed_can_be_sent_again_with_its_key(cast: Cast, who: Registered, key: dict[str, str]) -> None:
    body = of_category("DX", who.patient_id)
    assert cast.fhir(cast.ha, "POST", "Condition", json=body | {"colour": "green"}, headers=key).status_code == 422
    stranger = of_category("DX", ids.new())
    assert cast.fhir(cast.ha, "POST", "Condition", json=stranger, headers=key).status_code == 403
    assert cast.fhir(cast.ha, "POST", "Condition", json=body, headers=key).status_code == 201


def test_a_conditional_create_keeps_its_answer(cast: Cast, key: dict[str, str]) -> None:
    number = str(ids.new())
    body = {"resourceType": "Practitioner", "identifier": [{"system": "urn:ha:staff", "value": number}]}
    headers = key | {"if-none-exist": f"identifier={number}"}
    answers = [cast.fhir(cast.ha, "POST", "Practitioner", json=body, headers=headers) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [201, 201]
    other = {"idempotency-key": "b-" + number, "if-none-exist": f"identifier={number}"}
    found = [cast.fhir(cast.ha, "POST", "Practitioner", json=body, headers=other) for _ in range(2)]
    assert [(each.status_code, each.content) for each in found] == [(200, answers[0].content)] * 2


@pytest.mark.parametrize(("hours", "count"), [(23, 1), (25, 2)])
def test_a_key_is_known_for_a_day(
    cast: Cast, who: Registered, key: dict[str, str], superuser: psycopg.Connection, hours: int, count: int
) -> None:
    token = cast.client_token("HA")
    first = _create(cast, who, key, token)
    older = "update record.answered_request set answered_at = answered_at - %s where kept -> 0 ->> 1 = %s"
    superuser.execute(older, [timedelta(hours=hours), first.json()["id"]])
    assert _create(cast, who, key, token).status_code == 201
    assert _total(cast, who) == count


def test_what_is_old_goes(cast: Cast, who: Registered, superuser: psycopg.Connection) -> None:
    count = "select count(*) from record.answered_request"
    with clock.travel(timedelta(days=30)):
        token = cast.client_token("HA")
        before = superuser.execute(count).fetchone()
        for number in range(3):
            assert _create(cast, who, {"idempotency-key": f"old-{number}"}, token).status_code == 201
    assert before
    assert superuser.execute(count).fetchone() == (before[0] + 3,)
    query = "select client_id from record.answered_request order by answered_at desc limit 1"
    [client] = superuser.execute(query).fetchone() or ()
    superuser.execute("update record.answered_request set answered_at = '2020-01-01' where client_id = %s", [client])
    with clock.travel(timedelta(days=30)):
        assert _create(cast, who, {"idempotency-key": "old-1"}, token).status_code == 201
    mine = "select count(*) from record.answered_request where client_id = %s"
    assert superuser.execute(mine, [client]).fetchone() == (1,)


@pytest.mark.parametrize("odd", ["", '""', "x" * 256, "a\tb", 'a"b'])
def test_an_odd_key_is_told(cast: Cast, who: Registered, odd: str) -> None:
    headers = {"idempotency-key": odd}
    assert _create(cast, who, headers).status_code == 400
    assert _total(cast, who) == 0


@pytest.mark.parametrize("part", [1.0, 0.5])
def test_an_answer_that_was_never_read_is_given_again(
    cast: Cast, who: Registered, key: dict[str, str], part: float
) -> None:
    """The connection breaks after the request was sent, or in the middle of it; then the client tries again."""
    body = json.dumps(of_category("DX", who.patient_id)).encode()
    address = httpx.URL(cast.server)
    head = (
        f"POST /fhir/Condition HTTP/1.1\r\nhost: {address.host}\r\nauthorization: Bearer {cast.ha}\r\n"
        f"content-type: application/fhir+json\r\nidempotency-key: {key['idempotency-key']}\r\n"
        f"content-length: {len(body)}\r\n\r\n"
    )
    for _ in range(4):
        with socket.create_connection((address.host, address.port or 80)) as broken:
            broken.sendall(head.encode() + body[: int(len(body) * part)])
    answers = [cast.fhir(cast.ha, "POST", "Condition", content=body, headers=key) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].content == answers[1].content
    assert _total(cast, who) == 1


def test_a_batch_takes_no_key(cast: Cast, who: Registered, key: dict[str, str]) -> None:
    bundle = _bundle(who) | {"type": "batch"}
    assert cast.fhir(cast.ha, "POST", "", json=bundle, headers=key).status_code == 400
    assert _total(cast, who) == 0


def test_the_same_request_at_the_same_moment_is_done_once(cast: Cast, who: Registered, key: dict[str, str]) -> None:
    body = json.dumps(of_category("DX", who.patient_id)).encode()
    with ThreadPoolExecutor(4) as threads:
        sent = [threads.submit(cast.fhir, cast.ha, "POST", "Condition", content=body, headers=key) for _ in range(4)]
        answers = [each.result() for each in sent]
    assert [answer.status_code for answer in answers] == [201] * 4
    assert len({answer.content for answer in answers}) == 1
    assert _total(cast, who) == 1
