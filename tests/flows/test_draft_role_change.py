"""An officer of the office proposes a change of the role matrix, by the pages: docs/flows/draft_role_change.md."""

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import httpx
import psycopg
import pytest
from calendar_days import at
from cast import HARBOUR, OFFICE, Cast, Somebody
from doors import Browser, Page
from role_changes import REASON, change_matrix, propose_change

from flows.test_inspect_trail import search
from wutong.control.audit.append import Actor
from wutong.control.flows.draft_role_change import draft_role_change
from wutong.control.people.queries import role_changes, roles
from wutong.core import clock, ids
from wutong.core.access import RoleAccess
from wutong.core.answers import Reason, Refused

pytestmark = pytest.mark.usefixtures("matrix_as_it_was")

LIST, NEW = "/console/roles/changes/", "/console/roles/changes/new/"
OF_PHARMACISTS = f"{NEW}?profession=PHA"
_ENTRIES = """
select outcome, reason, caller_id, detail from audit.event where event = 'roles:draft' and caller_id = %s
 order by at desc limit 1
"""


@pytest.fixture
def who(cast: Cast) -> Somebody:
    """An officer of the office."""
    return cast.officer(OFFICE)


@pytest.fixture
def office(server: str, who: Somebody) -> Iterator[Browser]:
    """The same at a browser."""
    made = Browser(server, who)
    yield made
    made.close()


def send_proposal(browser: Browser, **fields: str) -> Page:
    """Fill in the form about pharmacists: laboratory reports restricted from today on, unless `fields` say otherwise."""
    browser.get(OF_PHARMACISTS)
    typed = {"pha-lab": "R", "valid_from": str(clock.today()), "reason": REASON} | fields
    return browser.send(OF_PHARMACISTS, **{name: value for name, value in typed.items() if value})


def test_r05_a_proposal_is_kept_for_a_second_officer_and_changes_nothing(
    office: Browser, who: Somebody, superuser: psycopg.Connection
) -> None:
    before = roles.roles_on(clock.today())
    waiting = role_changes.waiting()
    page = send_proposal(office, **{"pha-birth": "G"})
    assert page.path.startswith(LIST)
    for shown in ("It waits for a second officer. Nothing has changed yet.", REASON, "You proposed this change"):
        assert shown in page
    assert "Do you approve this change?" not in page
    assert roles.roles_on(clock.today()) == before
    assert role_changes.waiting() == waiting + 1
    assert re.search(r"\d proposed changes? waits? for a second officer", office.get("/console/").text)
    assert f'href="{page.path}"' in office.get(LIST).source
    cells = [
        {"profession": "PHA", "category": "BIRTH", "old": "R", "new": "G"},
        {"profession": "PHA", "category": "LAB", "old": "G", "new": "R"},
    ]
    outcome, reason, caller, detail = superuser.execute(_ENTRIES, [who.account_id]).fetchone() or ()
    assert (outcome, reason, caller) == ("allowed", None, who.account_id)
    assert detail == {"change": page.path.split("/")[-2], "from": str(clock.today()), "cells": cells}


def test_r05_the_trail_shows_a_proposal_with_what_it_changes(office: Browser) -> None:
    send_proposal(office)
    found = search(office, event="roles:draft")
    assert "Proposed a change of the role matrix" in found
    entry = re.search(r'href="(/console/trail/\d+/[^"]+)"', found.source)
    assert entry
    page = office.get(entry[1])
    for shown in ("PHA", "LAB", str(clock.today())):
        assert shown in page


def test_r05_a_proposal_may_be_about_several_professions(office: Browser) -> None:
    address = f"{NEW}?profession=OT&profession=PT"
    page = office.get(address)
    for shown in ("Occupational therapist", "Physiotherapist", "restricted (unchanged)"):
        assert shown in page
    assert "Optometrist" not in page
    typed = {"ot-lab": "G", "pt-lab": "G", "valid_from": str(clock.today()), "reason": REASON}
    page = office.send(address, **typed)
    for name in ("Occupational therapist", "Physiotherapist"):
        assert f"{name}: Laboratory reports – from restricted access to general access (opens more)" in page


def test_r05_what_a_cell_says_already_is_no_change(office: Browser, superuser: psycopg.Connection) -> None:
    page = send_proposal(office, **{"pha-alg": "G"})  # as it is; the laboratory reports are not
    assert page.source.count("<li>Pharmacist") == 1
    page = send_proposal(office, **{"pha-lab": "", "pha-alg": "G"})
    assert page.path == NEW
    assert "Choose at least one category that shall change" in page


def test_r05_a_proposal_starts_from_the_matrix_of_its_own_day(cast: Cast, office: Browser) -> None:
    day = clock.today() + timedelta(days=5)
    change_matrix(cast, {("PHA", "LAB"): "R"}, day)
    assert "Choose at least one category" in send_proposal(office, valid_from=str(day + timedelta(days=1)))
    page = send_proposal(office, valid_from=str(day - timedelta(days=1)))
    assert "from general access to restricted access" in page


_TOMORROW = timedelta(days=1)
WRONG: dict[str, tuple[dict[str, str], str]] = {
    "nothing changes": ({"pha-lab": ""}, "Choose at least one category that shall change"),
    "no access that there is": ({"pha-lab": "X"}, "Choose one of the list"),
    "a word for a letter": ({"pha-lab": "general"}, "Choose one of the list"),
    "a NUL for a letter": ({"pha-lab": "R\x00"}, "Choose one of the list"),
    "no day": ({"valid_from": ""}, "Enter a day"),
    "no day at all": ({"valid_from": "soon"}, "Enter a day between 2000 and 2199 as day/month/year"),
    "a day before today": ({"valid_from": "YESTERDAY"}, "Enter a day from today on"),
    "a day too far off": ({"valid_from": "2199-12-31"}, "Enter a day from today on"),
    "no reason": ({"reason": ""}, "Say why, in at least 20 characters"),
    "a short reason": ({"reason": "because"}, "Say why, in at least 20 characters"),
    "a reason of spaces": ({"reason": " " * 60}, "Say why, in at least 20 characters"),
    "the same letter": ({"reason": "a" * 40}, "Say why, in at least 20 characters"),
    "a long reason": ({"reason": "words " * 100}, "Keep it within 500 characters"),
    "a NUL": ({"reason": f"{REASON}\x00"}, "Take out the characters that cannot be shown"),
}


@pytest.mark.parametrize("wrong", WRONG)
def test_r05_what_is_no_proposal_is_told_and_not_kept(office: Browser, wrong: str) -> None:
    fields, told = WRONG[wrong]
    day = str(clock.today() - _TOMORROW)
    before = role_changes.changes(limit=1000)
    page = send_proposal(office, **{name: value.replace("YESTERDAY", day) for name, value in fields.items()})
    assert page.path == NEW
    assert told in page
    assert role_changes.changes(limit=1000) == before


def test_r05_today_is_the_territorys_day(server: str, who: Somebody) -> None:
    with at(f"{clock.today() + timedelta(days=2)}T00:30:00+08:00"):  # still yesterday in universal time
        office, today = Browser(server, who), clock.today()
        assert "Enter a day from today on" in send_proposal(office, valid_from=str(today - _TOMORROW))
        assert "It waits for a second officer" in send_proposal(office, valid_from=str(today))
        office.close()


def test_what_is_typed_is_shown_as_text(office: Browser) -> None:
    page = send_proposal(office, reason="<script>alert(1)</script> and some more words")
    assert "<script>alert" not in page.source
    assert "<script>alert(1)</script> and some more words" in page


@pytest.mark.parametrize("asked", ["", "XYZ", "pha", "PHA%00", "PHA'--", "1" * 3000])
def test_a_profession_that_is_none_has_no_form(office: Browser, asked: str) -> None:
    page = office.get(f"{NEW}?profession={asked}")
    assert page.status == 200
    assert "There is a problem" in page
    assert "From which day?" not in page


@pytest.mark.parametrize("address", [LIST, NEW, OF_PHARMACISTS, f"{LIST}{ids.NOBODY}/"])
@pytest.mark.parametrize("somebody", ["officer of a provider", "clinician", "patient", "stranger"])
def test_r05_nobody_but_the_office_changes_the_matrix(cast: Cast, server: str, somebody: str, address: str) -> None:
    made: dict[str, Any] = {
        "officer of a provider": lambda: cast.officer(HARBOUR),
        "clinician": lambda: cast.professional("PHA", HARBOUR),
        "patient": lambda: cast.patient_account(cast.register()),
        "stranger": lambda: None,
    }
    browser = Browser(server, made[somebody]())
    before = role_changes.waiting()
    assert not browser.get(address).path.startswith(LIST)
    typed = {"pha-lab": "R", "valid_from": str(clock.today()), "reason": REASON, "outcome": "approved"}
    assert not browser.send(address, **typed).path.startswith(LIST)
    assert role_changes.waiting() == before
    browser.close()


def test_a_form_without_its_token_is_refused(server: str) -> None:
    answer = httpx.post(f"{server}{OF_PHARMACISTS}", data={"pha-lab": "R"}, trust_env=False)
    assert answer.status_code == 403


def test_r42_who_is_no_officer_any_more_proposes_nothing(who: Somebody, superuser: psycopg.Connection) -> None:
    """Below the door too: the flow asks the registers itself."""
    propose_change(who, {("PHA", "LAB"): "R"}, clock.today())
    superuser.execute("update control.affiliation set ended_at = now() where account_id = %s", [who.account_id])
    answer = draft_role_change(
        Actor("professional", who.account_id),
        {("PHA", "LAB"): RoleAccess.RESTRICTED},
        valid_from=clock.today(),
        reason=REASON,
    )
    assert answer == Refused(Reason.NO_RULE)
    assert (superuser.execute(_ENTRIES, [who.account_id]).fetchone() or ())[:3] == (
        "refused",
        "no-rule",
        who.account_id,
    )
