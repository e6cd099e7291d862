"""What a page of the record costs: requests to the record plane and statements of our own, however long the record is."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
import pytest
from cast import HARBOUR, Cast, Registered
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from doors import Browser
from record.resources import of_category

# Requests: access and particulars; one for each kind of entry that is shown; three where somebody was in a hospital.
_MOST_ASKED = {"": 9, "new/": 9, "results/": 5, "documents/": 4, "medicines/": 5, "radiology/": 7, "immunisations/": 2}
_MOST_STATEMENTS = 10  # with the look that is open and the statement that it rests on
_LONG = 120  # entries of each kind


@pytest.fixture(scope="module")
def doctor(cast: Cast, server: str) -> Iterator[Browser]:
    """A doctor of the clinic, signed in."""
    made = Browser(server, cast.professional("DOC", HARBOUR))
    yield made
    made.close()


def _person(cast: Cast, doctor: Browser, entries: int) -> Registered:
    cast.allow(who := cast.register())
    for category in ("LAB", "DX", "IMM", "CNS", "RAD"):
        for start in range(0, entries, 40):
            some = [of_category(category, who.patient_id) for _ in range(start, min(start + 40, entries))]
            request = {"method": "POST", "url": some[0]["resourceType"]}
            entry = [{"resource": each, "request": request} for each in some]
            answer = cast.fhir(
                cast.ha, "POST", "", json={"resourceType": "Bundle", "type": "transaction", "entry": entry}
            )
            assert answer.status_code == 200, answer.text
    doctor.open_record(who.person_id)
    return who


@pytest.fixture(scope="module")
def short(cast: Cast, doctor: Browser) -> Registered:
    """Somebody with one entry of each kind."""
    return _person(cast, doctor, 1)


@pytest.fixture(scope="module")
def long(cast: Cast, doctor: Browser) -> Registered:
    """Somebody with very many."""
    return _person(cast, doctor, _LONG)


@contextmanager
def _counted(superuser: psycopg.Connection, who: Registered) -> Iterator[dict[str, int]]:
    """Requests, as the trail has them; statements, as our own connection sends them."""
    query = "select count(*) from audit.entry where person_id = %s"
    found: dict[str, Any] = {}
    before = superuser.execute(query, [who.person_id]).fetchone()
    with CaptureQueriesContext(connection) as captured:
        yield found
    after = superuser.execute(query, [who.person_id]).fetchone()
    assert before
    assert after
    # Every twenty seconds one request notes that the session is alive.
    statements = [
        each["sql"]
        for each in captured
        if "sign_in_session" not in each["sql"].partition("SET")[0].partition("UPDATE")[2]
    ]
    found |= {"asked": after[0] - before[0], "statements": len(statements)}


@pytest.mark.parametrize("page", _MOST_ASKED)
def test_a_page_costs_the_same_for_a_short_and_a_long_record(
    doctor: Browser, superuser: psycopg.Connection, short: Registered, long: Registered, page: str
) -> None:
    inside = Client(SERVER_NAME="127.0.0.1")
    inside.cookies.load(doctor.cookies)
    costs = []
    for who in (short, long):
        with _counted(superuser, who) as cost:
            answer = inside.get(f"/clinic/record/{who.person_id}/{page}")
        assert answer.status_code == 200
        costs.append(cost)
    assert costs[0] == costs[1]
    assert costs[0]["asked"] <= _MOST_ASKED[page]
    assert costs[0]["statements"] <= _MOST_STATEMENTS
