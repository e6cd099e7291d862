"""Two requests at once: each is answered, and no answer shows a state that never was."""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import httpx
import psycopg
import pytest
from cast import HARBOUR, Cast, patient, unused_hkid
from emergencies import granted

from record.resources import of_category
from wutong.control.flows.issue_token import issue_session_token
from wutong.control.people.sealer import sealer

_PATIENCE_SECONDS = 20


@pytest.fixture
def request_apart(cast: Cast) -> Iterator[Callable[..., "Future[httpx.Response]"]]:
    """Send a request to the record plane in a thread of its own."""
    with ThreadPoolExecutor(4) as threads:
        yield lambda method, path="", token=cast.ha, **more: threads.submit(cast.fhir, token, method, path, **more)


def _wait_for(waiting: int, superuser: psycopg.Connection, role: str = "wutong_plane") -> None:
    """Return when so many statements of the role wait for a lock."""
    query = (
        "select count(*) from pg_stat_activity where usename = %s and wait_event_type = 'Lock'"
        " and datname = current_database()"
    )
    until = time.monotonic() + _PATIENCE_SECONDS
    while superuser.execute(query, [role]).fetchone() != (waiting,):
        assert time.monotonic() < until, "nothing waits for the lock"
        time.sleep(0.01)


def _bundle(method: str, resources: list[dict[str, Any]]) -> dict[str, Any]:
    def url(resource: dict[str, Any]) -> str:
        return resource["resourceType"] if method == "POST" else f"{resource['resourceType']}/{resource['id']}"

    entries = [{"resource": each, "request": {"method": method, "url": url(each)}} for each in resources]
    return {"resourceType": "Bundle", "type": "transaction", "entry": entries}


@pytest.fixture
def performed(cast: Cast) -> tuple[str, str]:
    """A result's patient, and who performed it."""
    who = cast.register()
    doctor = cast.fhir(cast.ha, "POST", "Practitioner", json={"resourceType": "Practitioner"}).json()["id"]
    performer = {"performer": [{"reference": f"Practitioner/{doctor}"}]}
    result = of_category("LAB", who.patient_id) | performer
    assert cast.fhir(cast.ha, "POST", "Observation", json=result).status_code == 201
    return str(who.patient_id), doctor


def test_what_comes_along_is_of_the_moment_of_the_hits(
    performed: tuple[str, str], superuser: psycopg.Connection, hold: psycopg.Connection, request_apart: Any
) -> None:
    """Between the statement that finds the hits and the one for what they name, the one named is deleted."""
    patient_id, doctor = performed
    asked = f"Observation?patient={patient_id}&_include=Observation:performer"
    hold.execute("lock table record.directory in access exclusive mode")
    answer = request_apart("GET", asked)
    _wait_for(1, superuser)
    hold.execute("delete from record.directory where resource_id = %s", [doctor])
    hold.commit()
    then, now = answer.result(), request_apart("GET", asked).result()
    assert [len(each.json()["entry"]) for each in (then, now)] == [2, 1]


def test_two_uploads_that_change_the_same_records_in_another_order_both_succeed(
    cast: Cast, superuser: psycopg.Connection, hold: psycopg.Connection, request_apart: Any
) -> None:
    who = cast.register()
    made = [cast.fhir(cast.ha, "POST", "Condition", json=of_category("DX", who.patient_id)).json() for _ in range(2)]
    hold.execute("select 1 from record.resource where patient_id = %s for update", [who.patient_id])
    answers = [request_apart("POST", json=_bundle("PUT", order)) for order in (made, made[::-1])]
    _wait_for(2, superuser)
    hold.rollback()
    assert [answer.result().status_code for answer in answers] == [200, 200]
    versions = [cast.fhir(cast.ha, "GET", f"Condition/{each['id']}").json()["meta"]["versionId"] for each in made]
    assert versions == ["3", "3"]


def test_two_uploads_that_register_the_same_people_in_another_order_both_succeed(
    cast: Cast, superuser: psycopg.Connection, hold: psycopg.Connection, request_apart: Any
) -> None:
    numbers = [unused_hkid(), unused_hkid()]
    for number in numbers:
        hold.execute(
            "insert into control.identity_document (trace, kind, person_id, sealed)"
            " values (%s, 'ID', gen_random_uuid(), '')",
            [sealer().trace("ID", number)],
        )
    people = [patient(number) for number in numbers]
    answers = [request_apart("POST", json=_bundle("POST", order)) for order in (people, people[::-1])]
    _wait_for(2, superuser)
    hold.rollback()
    assert [answer.result().status_code for answer in answers] == [200, 200]
    kept = superuser.execute(
        "select count(distinct d.person_id), count(*) from control.identity_document d"
        " join control.source_record s on s.person_id = d.person_id where d.trace = any (%s)",
        [[sealer().trace("ID", number) for number in numbers]],
    ).fetchone()
    assert kept == (2, 4)


@dataclass(frozen=True)
class Opening:
    """States care for one person again and again, each time in a thread of its own."""

    send: Callable[..., "Future[httpx.Response]"]
    token: str
    person_id: UUID

    def __call__(self, purpose: str = "TREAT") -> "Future[httpx.Response]":
        stated = [{"name": "purpose", "valueCode": purpose}, {"name": "reason", "valueString": "a rash"}]
        body = {"resourceType": "Parameters", "parameter": stated}
        return self.send("POST", f"Patient/{self.person_id}/$open", token=self.token, json=body)


@pytest.fixture
def opening(cast: Cast, request_apart: Any) -> Opening:
    """A doctor and a patient who allows the clinic."""
    cast.allow(who := cast.register())
    return Opening(request_apart, cast.session_token(cast.doctor), who.person_id)


def _looks(superuser: psycopg.Connection, person_id: UUID) -> tuple[int, int]:
    """How many lines in "who looked", and how many notices."""
    found = superuser.execute(
        "select (select count(*) from audit.look where person_id = %s), (select count(*)"
        " from jobs.procrastinate_jobs where task_name = 'tell_patient_of_look' and args ->> 'person_id' = %s)",
        [person_id, str(person_id)],
    ).fetchone()
    assert found
    return found[0], found[1]


def test_a_record_opened_by_several_requests_at_once_is_one_look_and_one_notice(
    superuser: psycopg.Connection, hold: psycopg.Connection, opening: Opening
) -> None:
    hold.execute("lock table audit.look in share mode")  # all of them have seen that there is no look yet
    answers = [opening() for _ in range(4)]
    _wait_for(4, superuser, "wutong_pdp")
    hold.rollback()
    looks = [answer.result().json()["parameter"] for answer in answers]
    assert looks == [looks[0]] * 4
    assert _looks(superuser, opening.person_id) == (1, 1)


def test_each_of_two_purposes_that_alternate_has_one_look_that_goes_on(
    cast: Cast, superuser: psycopg.Connection, request_apart: Any
) -> None:
    """The emergency's notice is written when it is granted: its look asks for none."""
    cast.allow(who := cast.register())
    _somebody, session_id, _grant_id = granted(cast, who, HARBOUR)
    opening = Opening(request_apart, issue_session_token(session_id), who.person_id)
    stated = ["TREAT", "ETREAT", "TREAT", "ETREAT", "TREAT"]
    looks = [opening(purpose).result().json()["parameter"] for purpose in stated]
    assert [looks.index(look) for look in looks] == [0, 1, 0, 1, 0]
    assert _looks(superuser, who.person_id) == (2, 1)


def test_an_emergency_opened_by_several_requests_at_once_is_one_look(
    cast: Cast, superuser: psycopg.Connection, hold: psycopg.Connection, request_apart: Any
) -> None:
    who = cast.register()
    _somebody, session_id, grant_id = granted(cast, who, HARBOUR)
    opening = Opening(request_apart, issue_session_token(session_id), who.person_id)
    hold.execute("lock table audit.look in share mode")
    answers = [opening("ETREAT") for _ in range(4)]
    _wait_for(4, superuser, "wutong_pdp")
    hold.rollback()
    looks = [answer.result().json()["parameter"] for answer in answers]
    assert looks == [looks[0]] * 4
    assert looks[0][0]["valueId"] == str(grant_id)
    assert _looks(superuser, who.person_id) == (1, 0)


def test_a_history_read_during_an_update_shows_each_version_once(
    cast: Cast, superuser: psycopg.Connection, hold: psycopg.Connection, request_apart: Any
) -> None:
    who = cast.register()
    condition = cast.fhir(cast.ha, "POST", "Condition", json=of_category("DX", who.patient_id)).json()
    hold.execute("lock table record.superseded in access exclusive mode")
    history = request_apart("GET", f"Condition/{condition['id']}/_history")
    _wait_for(1, superuser)
    hold.execute(
        "insert into record.superseded select patient_id, resource_type, resource_id, version, depositor_id, category,"
        " stored_at, body from record.resource where patient_id = %s and resource_type = 'Condition'",
        [who.patient_id],
    )
    hold.execute(
        "update record.resource set version = 2 where patient_id = %s and resource_type = 'Condition'",
        [who.patient_id],
    )
    hold.commit()
    begun_before, asked_after = history.result(), cast.fhir(cast.ha, "GET", f"Condition/{condition['id']}/_history")
    for answer, etags in ((begun_before, ['W/"1"']), (asked_after, ['W/"2"', 'W/"1"'])):
        assert [entry["response"]["etag"] for entry in answer.json()["entry"]] == etags
