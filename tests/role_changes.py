"""Changes of the role matrix for tests that are about something else, and the forgetting of whatever a test changed."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from uuid import UUID

import psycopg
from cast import Cast, Somebody
from doors import Browser, Page

from wutong.control.audit.append import Actor
from wutong.control.flows.decide_role_change import Ended, decide_role_change
from wutong.control.flows.draft_role_change import draft_role_change
from wutong.control.people.queries import roles
from wutong.core import clock
from wutong.core.access import RoleAccess

REASON = "The professional council asked for it"
NOTE = "Pharmacists need laboratory reports to check doses"
LAB = ("PHA", "LAB")  # "G" as it is loaded
DECISIONS = "select outcome, decided_by from control.role_decision where role_change_id = %s"
_FORGET = """
delete from control.role_category where role_change_id = any (%(made)s);
delete from control.role_decision where role_change_id = any (%(made)s);
delete from control.role_change_cell where role_change_id = any (%(made)s);
delete from control.role_change where role_change_id = any (%(made)s)
"""


def propose_change(officer: Somebody, cells: Mapping[tuple[str, str], str], day: date) -> UUID:
    """An officer's proposal, by the flow that the console calls; its id."""
    wanted = {cell: RoleAccess.of(letter) for cell, letter in cells.items()}
    made = draft_role_change(_actor(officer), wanted, valid_from=day, reason=REASON)
    assert isinstance(made, UUID), made
    return made


def change_matrix(cast: Cast, cells: Mapping[tuple[str, str], str], day: date) -> None:
    """Two officers change some cells (G, R or -) from a day on."""
    made = propose_change(cast.officer(), cells, day)
    ended = decide_role_change(_actor(cast.officer()), made, outcome="approved")
    assert isinstance(ended, Ended), ended


def address_of(change_id: UUID) -> str:
    """The page of a change."""
    return f"/console/roles/changes/{change_id}/"


def decide(browser: Browser, change_id: UUID, outcome: str = "approved", note: str = "") -> Page:
    """As the page's form sends it, whether or not the page shows one."""
    browser.get(address_of(change_id))
    return browser.send(address_of(change_id), outcome=outcome, note=note)


def lab_today() -> str:
    """What the matrix says today of pharmacists and laboratory reports."""
    return roles.roles_on(clock.today())["PHA"]["LAB"]


@contextmanager
def forgetting(superuser: psycopg.Connection) -> Iterator[None]:
    """What was proposed and decided inside the block is gone after it: the next test finds the matrix as it was."""
    known = _known(superuser)
    try:
        yield
    finally:
        with psycopg.ClientCursor(superuser) as cursor:  # several statements at once
            cursor.execute(_FORGET, {"made": list(_known(superuser) - known)})


def _known(superuser: psycopg.Connection) -> set[UUID]:
    return {row[0] for row in superuser.execute("select role_change_id from control.role_change")}


def _actor(officer: Somebody) -> Actor:
    return Actor("professional", officer.account_id)
