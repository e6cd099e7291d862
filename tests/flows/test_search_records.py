"""Somebody searches: which times a date means, what a token finds, and where a system's own directory entries are."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

import psycopg
import pytest
from cast import HARBOUR, Cast, Registered
from record.resources import of_category

from wutong.core import ids
from wutong.record.store.search import MOST_BYTES


@pytest.fixture(scope="module")
def who(cast: Cast) -> Registered:
    """A person with laboratory results around the end of 2023, named by their times."""
    made = cast.register()
    for at in ("2023-12-30", "2023-12-31T00:00:00+08:00", "2023-12-31T23:59:59.5+08:00", "2024-01-01"):
        _store(cast, made.patient_id, at)
    return made


def _store(cast: Cast, patient_id: UUID, at: str) -> Any:
    observation = of_category("LAB", patient_id) | {"effectiveDateTime": at}
    made = cast.fhir(cast.ha, "POST", "Observation", json=observation)
    assert made.status_code == 201, made.text
    return made.json()


def _found(cast: Cast, who: Registered, **parameters: str) -> Any:
    query = urlencode({"patient": str(who.patient_id), "_sort": "date", **parameters})
    answer = cast.fhir(cast.ha, "GET", f"Observation?{query}")
    assert answer.status_code == 200, answer.text
    return [entry["resource"]["effectiveDateTime"] for entry in answer.json().get("entry", [])]


_FIRST, _MIDNIGHT, _EVENING, _NEW_YEAR = (
    "2023-12-30",
    "2023-12-31T00:00:00+08:00",
    "2023-12-31T23:59:59.5+08:00",
    "2024-01-01",
)


@pytest.mark.parametrize(
    ("date", "found"),
    [
        # A date is the whole day, month or year of the territory (FHIR R4, search page, prefixes).
        ("le2023-12-31", [_FIRST, _MIDNIGHT, _EVENING]),
        ("lt2023-12-31", [_FIRST]),
        ("ge2023-12-31", [_MIDNIGHT, _EVENING, _NEW_YEAR]),
        ("gt2023-12-31", [_NEW_YEAR]),
        ("le2023-12", [_FIRST, _MIDNIGHT, _EVENING]),
        ("gt2023-12", [_NEW_YEAR]),
        ("le2023", [_FIRST, _MIDNIGHT, _EVENING]),
        ("gt2023", [_NEW_YEAR]),
        ("lt2024", [_FIRST, _MIDNIGHT, _EVENING]),
        ("2023-12-31", [_MIDNIGHT, _EVENING]),
        ("eq2023-12-31", [_MIDNIGHT, _EVENING]),
        ("2023-12", [_FIRST, _MIDNIGHT, _EVENING]),
        ("2024", [_NEW_YEAR]),
        ("2023-12-29", []),
        # A time is its whole minute or second; other zones are understood.
        ("le2023-12-31T23:59:59+08:00", [_FIRST, _MIDNIGHT, _EVENING]),
        ("gt2023-12-31T23:59:59+08:00", [_NEW_YEAR]),
        ("le2023-12-31T15:59Z", [_FIRST, _MIDNIGHT, _EVENING]),
        ("lt2023-12-31T15:59:59.5Z", [_FIRST, _MIDNIGHT]),
        ("ge2023-12-31T15:59:59.5Z", [_EVENING, _NEW_YEAR]),
        ("gt2023-12-31T15:59:59.5Z", [_NEW_YEAR]),
        # The ends of the calendar are dates too.
        ("le9999-12-31", [_FIRST, _MIDNIGHT, _EVENING, _NEW_YEAR]),
        ("ge0001-01-02", [_FIRST, _MIDNIGHT, _EVENING, _NEW_YEAR]),
    ],
)
def test_a_date_means_all_of_its_day_month_or_year(cast: Cast, who: Registered, date: str, found: list[str]) -> None:
    assert _found(cast, who, date=date) == found


@pytest.mark.parametrize(
    "date",
    [
        "ge2023-02-30",
        "ge2023-13",
        "gt2023-12-31T25:00Z",
        "ge20231231",
        "ge2023-W52-1T10:00Z",
        "2023-02-30",
        "xx2023-12-31",
    ],
)
def test_a_date_that_is_none_is_told(cast: Cast, who: Registered, date: str) -> None:
    answer = cast.fhir(cast.ha, "GET", f"Observation?patient={who.patient_id}&date={date}")
    assert answer.status_code == 400
    assert answer.json()["issue"][0]["location"] == ["http.date"]


@pytest.mark.parametrize(
    "at", ["0001-01-01", "9999-12-31", "9999-12-31T23:59:59Z", "0001-01-01T00:00:00+08:00", "9999-12-31T23:59:59-08:00"]
)
def test_a_time_outside_the_calendar_is_kept_as_sent(cast: Cast, at: str) -> None:
    someone = cast.register()
    kept = _store(cast, someone.patient_id, at)
    assert kept["effectiveDateTime"] == at
    assert _found(cast, someone) == [at]


def test_a_token_finds_by_code_by_system_and_by_both(cast: Cast, who: Registered) -> None:
    system = "http://terminology.hl7.org/CodeSystem/observation-category"
    for category in ("laboratory", f"{system}|laboratory", f"{system}|", "imaging,laboratory"):
        assert len(_found(cast, who, category=category)) == 4, category
    for category in ("imaging", "urn:another|laboratory", "urn:another|", "|laboratory"):
        assert _found(cast, who, category=category) == [], category


def test_an_appointment_is_when_it_takes_place_not_when_it_was_made(cast: Cast, who: Registered) -> None:
    participant = {"actor": {"reference": f"Patient/{who.patient_id}"}, "status": "accepted"}
    times = {"created": "2023-01-01", "start": "2024-05-31T09:00:00+08:00", "end": "2024-05-31T09:15:00+08:00"}
    appointment = {"resourceType": "Appointment", "status": "booked", "participant": [participant], **times}
    assert cast.fhir(cast.ha, "POST", "Appointment", json=appointment).status_code == 201
    path = f"Appointment?patient={who.patient_id}&date=ge2024-05-31"
    assert cast.fhir(cast.ha, "GET", path).json()["total"] == 1


def test_a_system_finds_its_own_directory_entries_and_nobody_elses(cast: Cast) -> None:
    identifier = [{"system": "urn:ha:wards", "value": "7 North"}]
    ward = {"resourceType": "Location", "name": "7 North", "identifier": identifier}
    made = cast.fhir(cast.ha, "POST", "Location", json=ward).json()
    query = urlencode({"identifier": "urn:ha:wards|7 North"})
    found = cast.fhir(cast.ha, "GET", f"Location?{query}").json()
    assert [entry["resource"]["id"] for entry in found["entry"]] == [made["id"]]
    assert cast.fhir(cast.ha, "GET", f"Location?_id={made['id']}").json()["total"] == 1
    assert cast.fhir(cast.harbour, "GET", f"Location?{query}").json()["total"] == 0


def test_pages_of_a_search_follow_each_other_without_loss(cast: Cast, who: Registered) -> None:
    path, found = f"Observation?patient={who.patient_id}&_count=3&_sort=-date", []
    for _page in range(2):
        page = cast.fhir(cast.ha, "GET", path).json()
        assert page["total"] == 4
        found += [entry["resource"]["effectiveDateTime"] for entry in page["entry"]]
        links = {link["relation"]: link["url"] for link in page["link"]}
        path = links.get("next", "").partition("/fhir/")[2]
    assert (found, path) == ([_NEW_YEAR, _EVENING, _MIDNIGHT, _FIRST], "")


def _scan(patient_id: UUID, day: str, size: int) -> dict[str, Any]:
    attachment = {"contentType": "application/pdf", "data": "A" * size}
    return of_category("CNS", patient_id) | {"date": f"{day}T09:00:00+08:00", "content": [{"attachment": attachment}]}


@pytest.mark.parametrize("order", ["-date", "date"])
def test_a_page_of_large_documents_ends_early_and_the_next_one_goes_on(cast: Cast, order: str) -> None:
    who, large = cast.register(), MOST_BYTES * 2 // 5 // 4 * 4
    sizes = [large, large, large, 4, large, MOST_BYTES + 4, 4]
    days = [f"2024-01-0{number}" for number in range(1, 8)]
    for day, size in zip(days, sizes, strict=True):
        made = cast.fhir(cast.ha, "POST", "DocumentReference", json=_scan(who.patient_id, day, size))
        assert made.status_code == 201, made.text
    pages = list(_all_pages(cast, f"DocumentReference?patient={who.patient_id}&_sort={order}&_count=6"))
    found = [[each["date"][:10] for each in page] for page in pages]
    assert [day for page in found for day in page] == (days if order == "date" else days[::-1])
    assert all(len(page) == 1 or sum(map(len, map(str, page))) <= MOST_BYTES for page in pages)
    assert [len(page) for page in found] == ([2, 3, 1, 1] if order == "date" else [1, 1, 3, 2])


def _all_pages(cast: Cast, path: str) -> Iterator[list[Any]]:
    while path:
        page = cast.fhir(cast.ha, "GET", path).json()
        assert page["total"] == 7
        yield [entry["resource"] for entry in page["entry"]]
        links = {link["relation"]: link["url"] for link in page["link"]}
        path = links.get("next", "").partition("/fhir/")[2]


@pytest.mark.parametrize(
    "question", ["Observation", "Observation?code=2345-7", "Patient?_id=x", "Practitioner?name=LI"]
)
def test_a_clinicians_search_without_a_patient_is_told_to_name_one(
    cast: Cast, who: Registered, superuser: psycopg.Connection, question: str
) -> None:
    doctor = cast.professional("DOC", HARBOUR)
    token = cast.session_token(doctor)
    refused = cast.fhir(token, "GET", question)
    told = refused.json()["issue"][0]["details"]
    assert (refused.status_code, told["coding"][0]["code"]) == (403, "name-patient")
    assert "add patient=" in told["text"]
    query = "select reason from audit.event where caller_id = %s and event = 'record:search'"
    assert superuser.execute(query, [doctor.account_id]).fetchall() == [("name-patient",)]
    cast.allow(who)
    assert cast.open(token, who.person_id).status_code == 200
    assert cast.fhir(token, "GET", f"Observation?patient={who.person_id}").json()["total"] > 0


def test_a_search_of_a_patient_whom_nobody_knows_is_another_refusal(cast: Cast) -> None:
    token = cast.session_token(cast.doctor)
    refused = cast.fhir(token, "GET", f"Observation?patient={ids.new()}")
    assert refused.json()["issue"][0]["details"]["coding"][0]["code"] == "not-registered"


def test_a_read_by_an_id_that_nobody_knows_is_told_nothing(cast: Cast, superuser: psycopg.Connection) -> None:
    doctor = cast.professional("DOC", HARBOUR)
    assert cast.fhir(cast.session_token(doctor), "GET", f"Observation/{ids.new()}").status_code == 404
    query = "select reason from audit.event where caller_id = %s and event = 'record:read'"
    assert superuser.execute(query, [doctor.account_id]).fetchall() == [("not-registered",)]


@pytest.mark.parametrize(
    ("question", "told"),
    [
        ("patient={0},{0}", "Name one patient: `patient` or `subject`, once, without commas."),
        ("subject=Patient/{0},Patient/x", "Name one patient: `patient` or `subject`, once, without commas."),
        ("patient=notanid", "Name the patient by the id that this server gave, or as Patient/id."),
        ("patient={0}&_count=many", "_count must be a whole number, 0 to 999999; a page has 500 at most."),
    ],
)
def test_a_question_that_could_only_find_nothing_is_told_why(
    cast: Cast, who: Registered, question: str, told: str
) -> None:
    refused = cast.fhir(cast.ha, "GET", f"Observation?{question.format(who.patient_id)}")
    assert refused.status_code == 400
    assert refused.json()["issue"][0]["details"]["text"] == told
