"""What a decided change of the role matrix opens and closes, from when, and what is remembered of what was."""

import os
from datetime import date, timedelta
from typing import Any

import psycopg
import pytest
from calendar_days import at
from cast import HARBOUR, Cast, Registered, Somebody
from doors import Browser
from record.resources import of_category
from record.test_access_table import access_of
from role_changes import LAB, change_matrix, decide, propose_change

from wutong.control.people.queries import roles
from wutong.control.people.role_matrix import rows
from wutong.core import clock
from wutong.core.access import RoleAccess

pytestmark = pytest.mark.usefixtures("matrix_as_it_was")


@pytest.fixture
def who(cast: Cast) -> Registered:
    """A person with a laboratory report, who allows the clinic."""
    made = cast.register()
    assert cast.fhir(cast.ha, "POST", "Observation", json=of_category("LAB", made.patient_id)).status_code == 201
    cast.allow(made)
    return made


def _read_lab(cast: Cast, token: str, who: Registered) -> tuple[int, str]:
    """The status of a pharmacist's search of laboratory reports, and the reason of a refusal."""
    answer = cast.fhir(token, "GET", f"Observation?patient={who.person_id}&_tag=urn:wutong:category|LAB")
    if answer.status_code == 200:
        return 200, str(answer.json()["total"])
    return answer.status_code, answer.json()["issue"][0]["details"]["coding"][0]["code"]


def test_r04_r42_an_approved_change_holds_at_the_very_next_request(
    cast: Cast, second: Browser, author: Somebody, who: Registered
) -> None:
    token = cast.session_token(cast.professional("PHA", HARBOUR))
    cast.open(token, who.person_id)
    assert _read_lab(cast, token, who) == (200, "1")
    change = propose_change(author, {LAB: "R"}, clock.today())
    assert _read_lab(cast, token, who) == (200, "1")  # proposed, not decided
    page = decide(second, change)
    assert "Approved" in page
    assert _read_lab(cast, token, who) == (403, "category-restricted")
    change_matrix(cast, {LAB: "-"}, clock.today())
    assert _read_lab(cast, token, who) == (403, "category-closed")
    change_matrix(cast, {LAB: "G"}, clock.today())
    assert _read_lab(cast, token, who) == (200, "1")


def test_r04_a_change_of_a_later_day_waits_for_its_day(
    cast: Cast, second: Browser, author: Somebody, who: Registered
) -> None:
    pharmacist = cast.professional("PHA", HARBOUR)
    day = clock.today() + timedelta(days=9)
    assert decide(second, propose_change(author, {LAB: "R"}, day)).status == 200
    for instant, expected in (
        (f"{clock.today() + timedelta(days=1)}T12:00:00+08:00", (200, "1")),
        (f"{day - timedelta(days=1)}T23:58:00+08:00", (200, "1")),
        (f"{day}T00:00:00+08:00", (403, "category-restricted")),
    ):
        with at(instant):
            token = cast.session_token(pharmacist)
            cast.open(token, who.person_id)
            assert _read_lab(cast, token, who) == expected, instant


def test_r05_the_poster_says_it_and_where_it_is_from(cast: Cast, second: Browser, author: Somebody) -> None:
    def line() -> str:
        return cast.http.get("/about/who-sees-what/").text.partition("Pharmacist")[2].partition("</tr>")[0]

    assert (line().count(">restricted<"), "<td>published</td>" in line()) == (3, True)
    decide(second, propose_change(author, {LAB: "R"}, clock.today()))
    assert (line().count(">restricted<"), "<td>decided, published</td>" in line()) == (4, True)
    leaflet = cast.http.get("/about/who-sees-what/pha/").text
    assert "Changed in part by two officers of the eHR office." in leaflet
    assert "Published by the eHR office." in leaflet


def test_r05_what_the_matrix_said_on_a_day_is_answered_for_every_day(
    cast: Cast, second: Browser, author: Somebody
) -> None:
    today = clock.today()
    change_matrix(cast, {LAB: "-"}, today)  # a slip, mended on the same day
    change_matrix(cast, {LAB: "R"}, today)
    change_matrix(cast, {LAB: "G", ("PHA", "MED"): "R"}, today + timedelta(days=3))
    said: dict[date, tuple[str, str]] = {
        date(2016, 3, 12): ("", ""),
        date(2016, 3, 13): ("G", "G"),
        today - timedelta(days=1): ("G", "G"),
        today: ("R", "G"),
        today + timedelta(days=2): ("R", "G"),
        today + timedelta(days=3): ("G", "R"),
        today + timedelta(days=900): ("G", "R"),
    }
    for day, expected in said.items():
        found = roles.roles_on(day).get("PHA", {})
        assert (found.get("LAB", ""), found.get("MED", "")) == expected, day
    rest = {(p, c): a for p, c, a, _source in rows() if p != "PHA"}
    assert {(p, c): a for p, cells in roles.roles_on(today).items() for c, a in cells.items() if p != "PHA"} == rest
    page = second.get(f"/console/roles/?on={today + timedelta(days=1)}")
    assert f'href="/console/roles/?on={today + timedelta(days=3)}"' in page.source


def test_r05_the_gate_reads_the_versions_as_the_pages_do(cast: Cast, who: Registered) -> None:
    """Some of one day, some of later days, and not in the order of their days."""
    first = clock.today() + timedelta(days=1)
    for later, access in ((2, "-"), (0, "R"), (0, "-"), (3, "G"), (3, "R"), (1, "G")):
        change_matrix(cast, {LAB: access}, first + timedelta(days=later))
    said, pharmacist = [], cast.professional("PHA", HARBOUR)
    for day in (first + timedelta(days=number) for number in range(5)):
        with at(f"{day}T12:00:00+08:00"):
            token = cast.session_token(pharmacist)
            cast.open(token, who.person_id)
            told = access_of(cast, token, who.person_id)
            shown = roles.roles_on(day)["PHA"]
        assert {code: each["access"] for code, each in told.items()} == {
            code: RoleAccess.of(letter).value for code, letter in shown.items()
        }
        said.append(shown["LAB"])
    assert said == ["-", "G", "-", "R", "R"]


_DECIDE = "insert into control.role_decision values (%(change)s, %(author)s, %(outcome)s, '', now(), %(decider)s)"
_VERSION = """
insert into control.role_category (role_category_id, profession, category, version, access, source, valid_from,
  entered_at, role_change_id)
values (gen_random_uuid(), 'PHA', 'LAB', 2, %(access)s, %(source)s, '2026-01-01', now(), %(change)s)
"""


def test_r05_what_must_not_be_is_refused_by_the_tables(
    cast: Cast, author: Somebody, superuser: psycopg.Connection
) -> None:
    change, other = propose_change(author, {LAB: "R"}, clock.today()), cast.officer().account_id
    names: dict[str, Any] = {"change": change, "author": author.account_id, "decider": other, "outcome": "approved"}
    columns = "role_change_id, drafted_by, outcome, note, decided_at, decided_by"
    decide = _DECIDE.replace("values", f"({columns}) values")
    for changed, refusal in (
        ({"decider": author.account_id}, psycopg.errors.CheckViolation),  # the author approves
        ({"author": other, "decider": author.account_id}, psycopg.errors.ForeignKeyViolation),  # under another's name
        ({"outcome": "withdrawn"}, psycopg.errors.CheckViolation),  # another one withdraws
        ({"outcome": "declined"}, psycopg.errors.CheckViolation),  # without a note
        ({"outcome": "perhaps"}, psycopg.errors.CheckViolation),
    ):
        with pytest.raises(refusal):
            superuser.execute(decide, names | changed)
    version = {"change": change, "access": "R", "source": "decided"}
    with pytest.raises(psycopg.errors.ForeignKeyViolation):
        superuser.execute(_VERSION, version)  # nobody decided
    superuser.execute(decide, names)
    for wrong, told in (
        ({"access": "-"}, psycopg.errors.ForeignKeyViolation),  # not what was decided
        ({"change": None}, psycopg.errors.CheckViolation),
        ({"source": "published"}, psycopg.errors.CheckViolation),
    ):
        with pytest.raises(told):
            superuser.execute(_VERSION, version | wrong)
    superuser.execute(_VERSION, version)


@pytest.mark.parametrize("table", ["role_category", "role_change", "role_change_cell", "role_decision"])
@pytest.mark.parametrize("statement", ["delete from {}", "update {} set role_change_id = role_change_id"])
def test_r05_nothing_of_it_is_ever_overwritten(table: str, statement: str) -> None:
    with (
        psycopg.connect(os.environ["WUTONG_CONTROL_DSN"]) as control,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        control.execute(statement.format(f"control.{table}"))
