"""The console's pages: who gets them, what they say, and what they do with rubbish."""

import csv
import io
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import httpx
import psycopg
import pytest
from cast import HARBOUR, OFFICE, Cast
from django.urls import reverse
from doors import Browser
from flows.test_inspect_trail import search
from role_changes import change_matrix, forgetting

from wutong.control.console import urls, words
from wutong.control.people.role_matrix import rows
from wutong.core import clock, ids
from wutong.core.access import Ground
from wutong.core.answers import Reason
from wutong.core.events import Event
from wutong.core.professions import PROFESSION_NAMES

PAGES = ["/console/", "/console/trail/", "/console/roles/", "/console/roles/export/", f"/console/trail/1/{ids.NOBODY}/"]


@pytest.fixture(scope="module")
def office(cast: Cast, server: str) -> Iterator[Browser]:
    """An officer of the office."""
    made = Browser(server, cast.officer(OFFICE))
    yield made
    made.close()


@pytest.mark.parametrize("page", PAGES)
def test_an_officer_gets_the_page_be_it_of_the_office_or_of_a_provider(
    cast: Cast, server: str, office: Browser, page: str
) -> None:
    harbour = Browser(server, cast.officer(HARBOUR))
    for browser in (office, harbour):
        expected = 404 if page.endswith(f"{ids.NOBODY}/") else 200  # there is no such entry
        assert browser.get(page).status == expected
    harbour.close()


@pytest.mark.parametrize("page", [*PAGES, "/console/trail/export/"])
def test_a_stranger_is_asked_to_sign_in(server: str, page: str) -> None:
    stranger = httpx.get(f"{server}{page}", trust_env=False)
    assert stranger.status_code == 302
    assert stranger.headers["location"].startswith("/sign-in/?next=")


@pytest.mark.parametrize(
    ("role", "home"),
    [
        ("clinician", "/clinic/"),
        ("patient", "/portal/"),
        ("administrator", "/signed-in/"),
        ("registration", "/clinic/desk/"),
    ],
)
def test_nobody_else_gets_a_page(cast: Cast, server: str, role: str, home: str) -> None:
    is_patient = role == "patient"
    who = cast.patient_account(cast.register()) if is_patient else cast.professional("NUR", HARBOUR, role=role)
    browser = Browser(server, who)
    for page in (*PAGES, "/console/trail/export/"):
        assert browser.get(page).path == home
        sent = browser.send(page, first=str(clock.today()), last=str(clock.today()))
        assert (sent.path, "Inspect the trail" in sent) == (home, False)
    browser.close()


def test_a_file_of_the_trail_is_not_had_by_an_address_alone(office: Browser) -> None:
    assert office.get("/console/trail/export/").path == "/console/trail/"


def test_an_administrator_has_no_pages_yet(cast: Cast, server: str) -> None:
    browser = Browser(server, cast.professional("NUR", HARBOUR, role="administrator"))
    assert "The pages of your role come with a later release." in browser.get("/")
    browser.close()


def test_the_home_page_leads_to_each_part(office: Browser) -> None:
    page = office.get("/console/")
    for address in ("/console/trail/", "/console/roles/"):
        assert f'href="{address}"' in page.source


TYPED = [
    ({"first": "x"}, "Enter a day between 2000 and 2199 as day/month/year"),
    ({"first": ""}, "Enter a day"),
    ({"last": "31/2/2026"}, "Enter a day between 2000 and 2199 as day/month/year"),
    ({"first": "0001-01-01"}, "Enter a day between 2000 and 2199"),
    ({"last": "9999-12-31"}, "Enter a day between 2000 and 2199"),
    ({"last": "1/1/99999999999"}, "Enter a day between 2000 and 2199"),
    ({"first": "2026-05-02", "last": "2026-05-01"}, "The last day must not be before the first"),
    ({"first": "2026-05-02\x00"}, "Enter a day between 2000 and 2199"),
    ({"patient": "A123456(0)"}, "Enter a right HKID number, or the 12 digits of an eHR number"),
    ({"patient": "12345678901"}, "Enter a right HKID number, or the 12 digits of an eHR number"),
    ({"patient": "１２３' or 1=1"}, "Enter a right HKID number, or the 12 digits of an eHR number"),
    ({"patient": "1" * 500_000}, "Shorten this to at most 30 characters"),
    ({"patient": "Z\x006833655"}, "Take out the characters that cannot be shown"),
    ({"caller": "x" * 101}, "Shorten this to at most 100 characters"),
    ({"caller": "\x00"}, "Take out the characters that cannot be shown"),
    ({"event": "record:read'--"}, "Choose one of the list"),
    ({"outcome": "perhaps"}, "Choose one of the list"),
    ({"ground": "none"}, "Choose one of the list"),
    ({"purpose": "HMARKT"}, "Choose one of the list"),
    ({"provider": "not-a-uuid"}, "Choose one of the list"),
    ({"provider": str(ids.NOBODY)}, "Choose one of the list"),
]


@pytest.mark.parametrize(("typed", "told"), TYPED, ids=lambda each: str(each)[:40])
def test_a_slip_is_told_kindly_and_nothing_is_read(
    cast: Cast, office: Browser, superuser: Any, typed: dict[str, str], told: str
) -> None:
    count = "select count(*) from gate.trail_v1 where event in ('audit:inspect', 'audit:export')"
    before = superuser.execute(count).fetchone()
    for page in (search(office, **typed), _export(office, **typed)):
        assert page.status == 200
        assert told in page
        assert "There is a problem" in page
        assert "/console/trail/1" not in page.source
    assert superuser.execute(count).fetchone() == before


def _export(browser: Browser, **typed: str) -> Any:
    browser.get("/console/trail/")
    days = {"first": str(clock.today()), "last": str(clock.today())}
    return browser.send("/console/trail/export/", **(days | typed))


@pytest.mark.parametrize("caller", ["' or 1=1 --", "%", "\\", "𝔘", "李" * 99, "<script>alert(1)</script>", "  "])
def test_odd_names_are_names(office: Browser, caller: str) -> None:
    page = search(office, caller=caller)
    assert page.status == 200
    assert "<script>alert" not in page.source


@pytest.mark.parametrize(
    "before", ["", "x", "1.2", "9" * 40, f"{'9' * 17}.{ids.NOBODY}", f"-1.{ids.NOBODY}", "\x00", "1.\x00"]
)
def test_a_place_that_is_none_begins_at_the_newest(office: Browser, before: str) -> None:
    assert search(office, before=before).status == 200


@pytest.mark.parametrize("micros", ["99999999999999999999999999", "253402300799999999", "0", "1" * 4000])
def test_a_time_that_no_trail_holds_has_no_entry(office: Browser, micros: str) -> None:
    assert office.get(f"/console/trail/{micros}/{ids.NOBODY}/").status == 404


def test_r04_the_matrix_is_shown_with_its_source_and_since_when(office: Browser) -> None:
    page = office.get("/console/roles/")
    table = page.source.partition("<tbody>")[2].partition("</tbody>")[0]
    lines = [" ".join(line.split()) for line in table.split("<tr>")[1:]]
    assert len(lines) == 13
    for line, (code, (name, _zh)) in zip(lines, PROFESSION_NAMES.items(), strict=True):
        accesses = [access for profession, _category, access, _source in rows() if profession == code]
        assert name in line
        for word, letter in (("general", "G"), ("restricted", "R"), ("none", "-")):
            assert line.count(f">{word}</span>") == accesses.count(letter)
        assert f"<td>{'published' if code == 'PHA' else 'reconstructed'}</td>" in line
        assert "<td>13 March 2016</td>" in line
    for meaning in ("as the eHR office published it", "worked out by the makers of this platform"):
        assert meaning in page


def test_r05_the_matrix_of_another_day(cast: Cast, office: Browser, superuser: Any) -> None:
    day = clock.today() + timedelta(days=40)
    with forgetting(superuser):
        change_matrix(cast, {("CHI", "IMM"): "R"}, day)
        page = office.get("/console/roles/")
        assert f'href="/console/roles/?on={day}"' in page.source
        assert page.source.count("not enabled") == 2
        later = office.get(f"/console/roles/?on={day}")
        assert later.source.count("not enabled") == 1
        assert "decided, reconstructed" in later
        assert "The next change is" not in later
    assert "No matrix was in force on this day" in office.get("/console/roles/?on=2016-03-12")
    assert "No matrix was in force" not in office.get("/console/roles/?on=13/3/2016")


@pytest.mark.parametrize("on", ["x", "", "2026-13-01", "0001-01-01", "9999-12-31", "%00", "1" * 5000, "<script>"])
def test_a_day_that_is_none_is_told_and_todays_matrix_shown(office: Browser, on: str) -> None:
    page = office.get(f"/console/roles/?on={on}")
    assert page.status == 200
    assert "There is a problem" in page
    assert f"<td>{'published'}</td>" in page.source
    assert "<script>" not in page.source


def test_the_matrix_is_a_file_too(office: Browser) -> None:
    head, *lines = csv.reader(io.StringIO(office.get("/console/roles/export/").source.removeprefix("\ufeff")))
    assert len(head) == 17
    said = {line[0]: line[1:15] for line in lines}
    names = {"G": "general", "R": "restricted", "-": "none"}
    for code, (english, _zh) in PROFESSION_NAMES.items():
        assert said[english] == [names[access] for profession, _c, access, _s in rows() if profession == code]
    assert {line[0]: line[15] for line in lines}["Pharmacist"] == "published"
    assert date.fromisoformat(lines[0][16]) == date(2016, 3, 13)


def test_every_code_of_the_trail_has_its_words() -> None:
    for codes, said in ((Event, words.EVENTS), (Reason, words.REASONS), (Ground, words.GROUNDS)):
        assert set(codes) <= set(said)


@pytest.fixture
def suspended(cast: Cast, server: str, superuser: psycopg.Connection) -> Iterator[Browser]:
    """An officer who had signed in before the provider was suspended."""
    browser = Browser(server, cast.officer("PEAK"))
    set_state = "update control.provider set state = %s where code = 'PEAK'"
    superuser.execute(set_state, ["suspended"])
    yield browser
    superuser.execute(set_state, ["active"])
    browser.close()


def _addresses() -> list[str]:
    """One of each of the console's pages that are open to officers of a provider."""
    one = {"person_id": ids.new(), "grant_id": ids.new(), "micros": 1, "entry_id": ids.new()}
    own = [
        each for each in urls.urlpatterns if not str(each.pattern).startswith(("unsent/", "letters/", "roles/changes/"))
    ]
    return [reverse(str(each.name), kwargs={name: one[name] for name in each.pattern.converters}) for each in own]


def test_no_page_opens_to_an_officer_of_a_suspended_provider_who_can_sign_out(suspended: Browser) -> None:
    assert len(_addresses()) > 7
    for address in _addresses():
        page = suspended.get(address)
        assert page.status == 403, address
        assert "Your healthcare provider's access is suspended. Ask the eHR office." in page
        assert 'href="/console/' not in page.source, "a menu to nowhere"
    assert suspended.send("/sign-out/").path == "/sign-in/"
