"""A proposed change of the role matrix ends once; out of date, or of two at once, it is refused."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from uuid import UUID

import psycopg
import pytest
from calendar_days import at
from cast import Cast, Somebody
from doors import Browser
from role_changes import DECISIONS, LAB, NOTE, address_of, change_matrix, decide, lab_today, propose_change

from wutong.control.people.queries import role_changes, roles
from wutong.core import clock

pytestmark = pytest.mark.usefixtures("matrix_as_it_was")


def test_a_change_that_ended_stays_so_and_says_who_was_first(
    cast: Cast, server: str, second: Browser, author: Somebody, superuser: psycopg.Connection
) -> None:
    change = propose_change(author, {LAB: "R"}, clock.today())
    third = Browser(server, cast.officer())
    third.get(address_of(change))
    decide(second, change, "declined", NOTE)
    page = third.send(address_of(change), outcome="approved", note="")
    third.close()
    assert page.status == 409
    for shown in ("This change has ended already", "Declined", NOTE, f"Officer {second.who and second.who.name}"):
        assert shown in page
    assert second.who
    assert superuser.execute(DECISIONS, [change]).fetchall() == [("declined", second.who.account_id)]
    assert lab_today() == "G"


def test_the_author_withdraws_and_nobody_else_does(
    server: str, second: Browser, author: Somebody, superuser: psycopg.Connection
) -> None:
    change = propose_change(author, {LAB: "R"}, clock.today())
    assert "Withdraw the change" not in second.get(address_of(change))
    assert second.send(f"{address_of(change)}withdraw/").status == 403
    assert superuser.execute(DECISIONS, [change]).fetchall() == []
    browser = Browser(server, author)
    assert "Withdraw the change" in browser.get(address_of(change))
    page = browser.send(f"{address_of(change)}withdraw/")
    assert (page.path, "Withdrawn by its author" in page) == (address_of(change), True)
    browser.close()
    assert superuser.execute(DECISIONS, [change]).fetchall() == [("withdrawn", author.account_id)]
    assert decide(second, change).status == 409
    assert lab_today() == "G"


NOT_DECIDED: dict[str, tuple[dict[str, str], str]] = {
    "no outcome": ({"outcome": ""}, "Choose whether you approve"),
    "another outcome": ({"outcome": "withdrawn"}, "Choose one of the list"),
    "declined without a note": ({"outcome": "declined"}, "Say in a note why you decline"),
    "declined with a short note": ({"outcome": "declined", "note": "no"}, "Say in a note why you decline"),
    "a long note": ({"note": "words " * 100}, "Keep it within 500 characters"),
    "a NUL": ({"note": "a\x00b"}, "Take out the characters that cannot be shown"),
}


@pytest.mark.parametrize("wrong", NOT_DECIDED)
def test_what_is_no_decision_decides_nothing(second: Browser, author: Somebody, wrong: str) -> None:
    changed, told = NOT_DECIDED[wrong]
    change = propose_change(author, {LAB: "R"}, clock.today())
    second.get(address_of(change))
    page = second.send(address_of(change), **{"outcome": "approved", "note": ""} | changed)
    assert told in page
    found = role_changes.change(change)
    assert found
    assert found.is_open


def test_a_change_that_is_none_is_not_found(second: Browser) -> None:
    nowhere = "00000000-0000-4000-8000-000000000000"
    assert second.get(f"/console/roles/changes/{nowhere}/").status == 404
    second.get("/console/roles/changes/new/?profession=PHA")
    for address in (f"/console/roles/changes/{nowhere}/", f"/console/roles/changes/{nowhere}/withdraw/"):
        second.get("/console/roles/changes/new/?profession=PHA")
        assert second.send(address, outcome="approved", note="").status == 404


def test_r05_a_proposal_is_stale_when_its_cells_were_changed_meanwhile(
    cast: Cast, second: Browser, author: Somebody, superuser: psycopg.Connection
) -> None:
    stale = propose_change(author, {LAB: "R", ("PHA", "MED"): "R"}, clock.today())
    other = propose_change(author, {("PHA", "ALG"): "R"}, clock.today())
    assert "Do you approve this change?" in second.get(address_of(stale))
    change_matrix(cast, {LAB: "-"}, clock.today())
    page = second.send(address_of(stale), outcome="approved", note="")
    assert page.status == 409
    for shown in ("This change cannot be approved any more", "The matrix that it starts from was changed meanwhile."):
        assert shown in page
    assert superuser.execute(DECISIONS, [stale]).fetchall() == []
    assert decide(second, other).status == 200  # of other cells
    assert (lab_today(), roles.roles_on(clock.today())["PHA"]["ALG"]) == ("-", "R")
    assert decide(second, stale, "declined", NOTE).status == 200  # it need not wait for ever


def test_r05_a_cell_that_was_changed_and_changed_back_is_another_version(
    cast: Cast, second: Browser, author: Somebody
) -> None:
    stale = propose_change(author, {LAB: "R"}, clock.today())
    change_matrix(cast, {LAB: "-"}, clock.today())
    change_matrix(cast, {LAB: "G"}, clock.today())
    assert decide(second, stale).status == 409


def test_r05_a_proposal_whose_day_has_passed_is_stale(second: Browser, author: Somebody, server: str) -> None:
    change = propose_change(author, {LAB: "R"}, clock.today())
    with at(f"{clock.today() + timedelta(days=1)}T00:00:00+08:00"):
        browser = Browser(server, second.who)
        page = decide(browser, change)
        browser.close()
        assert page.status == 409
        assert "Its day has passed, and what was is not rewritten." in page
        assert lab_today() == "G"


def test_r05_a_change_of_a_later_day_does_not_make_an_earlier_one_stale(
    cast: Cast, second: Browser, author: Somebody
) -> None:
    day = clock.today() + timedelta(days=20)
    early = propose_change(author, {LAB: "R"}, clock.today())
    change_matrix(cast, {LAB: "-"}, day)
    assert decide(second, early).status == 200
    said = [roles.roles_on(each)["PHA"]["LAB"] for each in (clock.today(), day - timedelta(days=1), day)]
    assert said == ["R", "R", "-"]


def _at_once(*asked: tuple[Browser, UUID]) -> list[int]:
    """Approvals that start together; their answers' statuses."""
    for browser, change in asked:
        browser.get(address_of(change))
    barrier = Barrier(len(asked))

    def approve(browser: Browser, change: UUID) -> int:
        barrier.wait(10)
        return browser.send(address_of(change), outcome="approved", note="").status

    with ThreadPoolExecutor(len(asked)) as threads:
        return sorted(threads.map(approve, *zip(*asked, strict=True)))


def test_r05_of_two_approvals_at_once_one_wins(
    cast: Cast, server: str, author: Somebody, superuser: psycopg.Connection
) -> None:
    officers = [Browser(server, cast.officer()) for _ in range(3)]
    for access in ("R", "-", "G"):
        change = propose_change(author, {LAB: access}, clock.today())
        assert _at_once(*((each, change) for each in officers)) == [200, 409, 409]
        assert len(superuser.execute(DECISIONS, [change]).fetchall()) == 1
        assert lab_today() == access
    for each in officers:
        each.close()
    query = "select version, access from control.role_category where profession = 'PHA' and category = 'LAB' order by 1"
    assert superuser.execute(query).fetchall() == [(1, "G"), (2, "R"), (3, "-"), (4, "G")]


def test_r05_of_two_changes_of_a_cell_at_once_one_is_stale(cast: Cast, server: str, author: Somebody) -> None:
    officers = [Browser(server, cast.officer()) for _ in range(2)]
    wanted = [propose_change(author, {LAB: access}, clock.today()) for access in ("R", "-")]
    assert _at_once(*zip(officers, wanted, strict=True)) == [200, 409]
    won = [each for each in wanted if not (found := role_changes.change(each)) or not found.is_open]
    assert lab_today() == dict(zip(wanted, ("R", "-"), strict=True))[won[0]]
    for each in officers:
        each.close()
