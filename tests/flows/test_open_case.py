"""open_case: whoever opens the case of an emergency access is in the trail of its person."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

import psycopg
import pytest
from cast import HARBOUR, OFFICE, Cast, Registered, Somebody
from doors import Browser
from emergencies import granted


@pytest.fixture
def who(cast: Cast) -> Registered:
    """Somebody who had an emergency at the clinic."""
    return cast.register()


@pytest.fixture
def grant_id(cast: Cast, who: Registered) -> UUID:
    """That emergency."""
    return granted(cast, who, HARBOUR, "MED")[2]


@pytest.fixture
def address(who: Registered, grant_id: UUID) -> str:
    """The page of the case."""
    return f"/console/emergencies/{who.person_id}/{grant_id}/"


def _entries(superuser: psycopg.Connection, who: Registered) -> list[Any]:
    query = """
    select caller_id, outcome, purpose, detail from audit.entry
     where person_id = %s and event = 'emergency:inspect' order by at
    """
    return superuser.execute(query, [who.person_id]).fetchall()


@pytest.fixture(params=[HARBOUR, OFFICE])
def officer(cast: Cast, request: pytest.FixtureRequest) -> Somebody:
    """An officer who may see it."""
    return cast.officer(request.param)


@pytest.fixture
def browser(server: str, officer: Somebody) -> Iterator[Browser]:
    """The officer's browser."""
    made = Browser(server, officer)
    yield made
    made.close()


def test_who_opens_a_case_is_in_the_trail_of_its_person(
    browser: Browser, officer: Somebody, address: str, grant_id: UUID, who: Registered, superuser: psycopg.Connection
) -> None:
    browser.get("/console/emergencies/")
    assert _entries(superuser, who) == [], "the list opens no case"
    entry = (officer.account_id, "allowed", "ETREAT", {"grant": str(grant_id)})
    assert browser.get(address).status == 200
    assert _entries(superuser, who) == [entry]
    browser.send(address, outcome="", note="")  # a slip: the case is shown again
    assert _entries(superuser, who) == [entry, entry]
    browser.send(address, outcome="justified", note="")  # closed, and shown as it stands now
    assert _entries(superuser, who) == [entry] * 3


def test_a_case_that_is_not_shown_is_no_entry(
    cast: Cast, server: str, address: str, who: Registered, superuser: psycopg.Connection
) -> None:
    for somebody, status in ((cast.officer("PEAK"), 404), (cast.professional("DOC", HARBOUR), 200)):
        stranger = Browser(server, somebody)
        assert stranger.get(address).status == status  # a clinician is sent to the clinic's first page
        stranger.close()
    assert _entries(superuser, who) == []
