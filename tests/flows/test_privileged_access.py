"""Whoever can do more than others (R-43): an emergency, an officer, whoever operates the host. Logged, ended, reviewed."""

import secrets
from collections.abc import Iterator
from datetime import timedelta

import psycopg
import pytest
from cast import HARBOUR, OFFICE, Cast, Registered
from doors import Browser
from emergencies import HOUR, Clinician, whole_queue, whole_record

from wutong import cli
from wutong.control.emergency.queries import cases_of
from wutong.core import clock

_NAMED = {"PID", "ALG", "MED"}


@pytest.fixture
def doctor(cast: Cast) -> Iterator[Clinician]:
    """A doctor of the clinic, signed in."""
    made = Clinician(cast, cast.professional("DOC", HARBOUR))
    yield made
    made.close()


@pytest.fixture
def officer(cast: Cast, server: str) -> Iterator[Browser]:
    """A privacy officer of the clinic."""
    made = Browser(server, cast.officer(HARBOUR))
    yield made
    made.close()


@pytest.fixture
def office(cast: Cast, server: str) -> Iterator[Browser]:
    """A privacy officer of the office."""
    made = Browser(server, cast.officer(OFFICE))
    yield made
    made.close()


def _of_emergencies(superuser: psycopg.Connection, who: Registered) -> list[str]:
    query = "select event from audit.entry where person_id = %s and event like 'emergency:%%' order by at"
    return [event for (event,) in superuser.execute(query, [who.person_id])]


def test_r43_an_emergency_is_logged_ends_by_itself_and_is_reviewed(
    cast: Cast, doctor: Clinician, officer: Browser, superuser: psycopg.Connection
) -> None:
    who = whole_record(cast)
    assert doctor.sees(who.person_id) == set()
    doctor.break_glass(who.person_id, "MED")
    assert doctor.sees(who.person_id) == _NAMED
    assert _of_emergencies(superuser, who) == ["emergency:grant", "emergency:open"]
    with clock.travel(HOUR + timedelta(seconds=1)):
        assert doctor.sees(who.person_id) == set()
    assert doctor.sees(who.person_id) == _NAMED  # the hour is not over: what ends it now is the review
    [grant_id] = cases_of(who.person_id)
    case = f"/console/emergencies/{who.person_id}/{grant_id}/"
    assert case in whole_queue(officer)
    assert doctor.get(case).path == "/clinic/"
    officer.get(case)
    officer.send(case, outcome="justified", note="")
    assert doctor.sees(who.person_id) == set()
    assert {"emergency:inspect", "emergency:review"} <= set(_of_emergencies(superuser, who)[2:])


@pytest.mark.parametrize(("hours", "ends_at"), [(11, "/console/"), (13, "/sign-in/")])
def test_r43_an_officer_is_in_for_twelve_hours_however_busy(office: Browser, hours: int, ends_at: str) -> None:
    for minutes in range(10, hours * 60, 10):
        with clock.travel(timedelta(minutes=minutes)):
            path = office.get("/console/").path
    assert path == ends_at


@pytest.mark.parametrize("made", ["account", "client"])
def test_r43_what_is_done_at_the_host_is_read_by_the_office_and_by_no_provider(
    office: Browser, officer: Browser, superuser: psycopg.Connection, made: str
) -> None:
    name = f"vendor.{secrets.token_hex(4)}"
    typed = {
        "account": ["user", "create", name, "--display-name", "WAN Dor", "--role", "privacy-officer"],
        "client": ["client", "create", "--name", name],
    }
    assert cli.main([*typed[made], "--provider", HARBOUR]) == 0
    [entry_id] = superuser.execute(_MADE[made], [name]).fetchone() or []
    assert entry_id in _shown(office, f"{made}:create")
    assert entry_id not in _shown(officer, f"{made}:create")


_MADE = {
    "account": """select entry_id::text from audit.event join control.account a on detail ->> 'account' = a.account_id::text
                   where event = 'account:create' and caller_kind = 'host' and a.sign_in_name = %s""",
    "client": """select entry_id::text from audit.event join control.system_client c on detail ->> 'client' = c.client_id::text
                  where event = 'client:create' and caller_kind = 'host' and c.name = %s""",
}


def _shown(browser: Browser, event: str) -> str:
    """The newest entries of an event of today."""
    browser.get("/console/trail/")
    days = {"first": str(clock.today()), "last": str(clock.today())}
    return browser.send("/console/trail/", event=event, **days).source
