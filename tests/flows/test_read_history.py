"""Versions, newest first: of one resource and of a type, a page at a time, cut to what the caller may see."""

from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

import pytest
from cast import HARBOUR, Cast, Registered
from record.resources import of_category

from wutong.core import ids


@pytest.fixture
def who(cast: Cast) -> Registered:
    """A person."""
    return cast.register()


def _condition(cast: Cast, who: Registered, versions: int) -> dict[str, Any]:
    made: dict[str, Any] = cast.fhir(cast.ha, "POST", "Condition", json=of_category("DX", who.patient_id)).json()
    for number in range(2, versions + 1):
        made["code"] = {"text": f"version {number}"}
        assert cast.fhir(cast.ha, "PUT", f"Condition/{made['id']}", json=made).status_code == 200
    return made


def _walk(cast: Cast, token: str, path: str) -> list[list[str]]:
    """The pages as they follow one another: `id/version` of each entry."""
    pages, address = [], path
    while address:
        answer = cast.fhir(token, "GET", address)
        assert answer.status_code == 200, answer.text
        bundle = answer.json()
        pages.append([_named(entry) for entry in bundle.get("entry", [])])
        onward = [link["url"] for link in bundle["link"] if link["relation"] == "next"]
        address = onward[0].partition("/fhir/")[2] if onward else ""
    return pages


def _named(entry: dict[str, Any]) -> str:
    return f"{entry['fullUrl'].rpartition('/')[2]}/{entry['response']['etag'][3:-1]}"


def test_a_history_comes_in_pages_that_neither_repeat_nor_skip(cast: Cast, who: Registered) -> None:
    made = _condition(cast, who, 5)
    pages = _walk(cast, cast.ha, f"Condition/{made['id']}/_history?_count=2")
    assert pages == [
        [f"{made['id']}/5", f"{made['id']}/4"],
        [f"{made['id']}/3", f"{made['id']}/2"],
        [f"{made['id']}/1"],
    ]
    first = cast.fhir(cast.ha, "GET", f"Condition/{made['id']}/_history?_count=2").json()
    assert (first["total"], first["type"]) == (5, "history")
    onward = next(link["url"] for link in first["link"] if link["relation"] == "next").partition("/fhir/")[2]
    cast.fhir(cast.ha, "PUT", f"Condition/{made['id']}", json=made)  # what comes in between moves nothing
    assert [_named(e) for e in cast.fhir(cast.ha, "GET", onward).json()["entry"]] == pages[1]


def test_since_leaves_out_what_is_older(cast: Cast, who: Registered) -> None:
    made = _condition(cast, who, 1)
    between = quote(datetime.now(UTC).isoformat())
    cast.fhir(cast.ha, "PUT", f"Condition/{made['id']}", json=made)
    newer = cast.fhir(cast.ha, "GET", f"Condition/{made['id']}/_history?_since={between}").json()
    assert ([_named(entry) for entry in newer["entry"]], newer["total"]) == ([f"{made['id']}/2"], 1)
    none = cast.fhir(cast.ha, "GET", f"Condition/{made['id']}/_history?_since=2099-01-01")
    assert (none.status_code, "entry" in none.json()) == (200, False)
    unknown = cast.fhir(cast.ha, "GET", f"Condition/{ids.new()}/_history?_since=2099-01-01")
    assert unknown.status_code == 404


def test_a_part_of_what_is_not_there_looks_like_a_part_of_what_is_not_mine(cast: Cast, who: Registered) -> None:
    for path in (f"Patient/{who.patient_id}", f"Patient/{ids.new()}"):
        assert cast.fhir(cast.harbour, "GET", f"{path}/_history?_since=2099-01-01").status_code == 404
    assert cast.fhir(cast.ha, "GET", f"Patient/{who.patient_id}/_history?_since=2099-01-01").status_code == 200


def test_the_history_of_a_type_is_over_the_callers_own_deposits(cast: Cast) -> None:
    token = cast.client_token("PEAK")
    kind = {"resourceType": "Medication", "code": {"text": "a"}}
    made = [cast.fhir(token, "POST", "Medication", json=kind).json() for _ in range(3)]
    cast.fhir(token, "PUT", f"Medication/{made[1]['id']}", json=made[1])
    cast.fhir(token, "DELETE", f"Medication/{made[0]['id']}")
    cast.fhir(cast.ha, "POST", "Medication", json=kind)
    wanted = [(0, 2), (0, 1), (1, 2), (1, 1), (2, 1)]
    pages = _walk(cast, token, "Medication/_history?_count=2")
    assert [len(page) for page in pages] == [2, 2, 1]
    found = [name for page in pages for name in page]
    assert sorted(found) == sorted(f"{made[number]['id']}/{version}" for number, version in wanted)
    assert found[:2] == [f"{made[0]['id']}/2", f"{made[1]['id']}/2"]  # newest first
    deletion = cast.fhir(token, "GET", "Medication/_history?_count=1").json()["entry"][0]
    assert deletion["request"]["method"] == "DELETE"


def test_the_history_of_a_type_can_be_one_patients(cast: Cast, who: Registered) -> None:
    other = cast.register()
    mine, _theirs = _condition(cast, who, 2), _condition(cast, other, 1)
    pages = _walk(cast, cast.ha, f"Condition/_history?patient={who.patient_id}")
    assert pages == [[f"{mine['id']}/2", f"{mine['id']}/1"]]
    assert len(_walk(cast, cast.ha, "Condition/_history?_count=500")[0]) >= 3


def test_a_professional_names_the_patient_and_sees_open_categories(cast: Cast, who: Registered) -> None:
    made = _condition(cast, who, 2)
    nurse = cast.session_token(cast.professional("DOC", HARBOUR))
    unnamed = cast.fhir(nurse, "GET", "Condition/_history")
    assert (unnamed.status_code, _reason(unnamed)) == (403, "name-patient")
    closed = cast.fhir(nurse, "GET", f"Condition/_history?patient={who.person_id}")
    assert (closed.status_code, _reason(closed)) == (403, "no-sharing-consent")
    cast.allow(who)
    cast.open(nurse, who.person_id)
    assert _walk(cast, nurse, f"Condition/_history?patient={who.person_id}") == [[f"{made['id']}/2", f"{made['id']}/1"]]


def _reason(answer: Any) -> str:
    return str(answer.json()["issue"][0]["details"]["coding"][0]["code"])


_ODD = [
    "_count=0",
    "_count=x",
    "_count=%C2%B2",
    "_since=yesterday",
    "_since=",
    "_after=1",
    "_after=2024-01-01T00:00:00.000000Z~x~1",
    "_after=9999-99-99T00:00:00.000000Z~00000000-0000-4000-8000-000000000000~1",
    "_at=2024",
    "code=x",
    "_count=1&_count=2",
]


@pytest.mark.parametrize("question", _ODD)
def test_an_odd_history_is_told_what_is_wrong(cast: Cast, who: Registered, question: str) -> None:
    for path in (f"Patient/{who.patient_id}/_history", "Patient/_history"):
        answer = cast.fhir(cast.ha, "GET", f"{path}?{question}")
        assert answer.status_code == 400, answer.text
        assert answer.json()["resourceType"] == "OperationOutcome"


def test_nobody_reads_a_history_without_a_token(cast: Cast) -> None:
    assert cast.fhir("nobody", "GET", "Condition/_history").status_code == 401
    assert cast.fhir(cast.ha, "GET", "Nothing/_history").status_code == 404
    assert cast.fhir(cast.ha, "GET", "Condition/_history?patient=x").status_code == 400
