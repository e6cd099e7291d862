"""A person asks who could see their record on a day: what was said by then counts, and nothing that was said later."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta

import psycopg
import pytest
from calendar_days import at
from cast import HA, Cast, Registered, Somebody
from doors import Browser, Page
from replays import clinic, close
from role_changes import change_matrix, forgetting

from wutong.control.audit.append import HOST
from wutong.control.flows.replay_access import NotYet, Replay, replay_access
from wutong.control.people.actions import accounts
from wutong.control.people.queries.accounts import workplaces
from wutong.control.people.queries.providers import ProviderFacts
from wutong.core import clock, ids
from wutong.core.answers import Missing, Reason

_PAGE = "/portal/who-may-look/on-a-day/"
_LATER = "2028-06-01T12:00:00+08:00"
_ALL = "Doctors (1) : All parts of the record."


@pytest.fixture
def who(cast: Cast) -> Registered:
    """Somebody who said nothing yet."""
    return cast.register()


@pytest.fixture
def place(cast: Cast) -> ProviderFacts:
    """A clinic with one doctor."""
    made = clinic()
    cast.professional("DOC", made.code, name_en="HO Ka Man", name_zh="何嘉文")
    return made


@contextmanager
def _reading(server: str, who: Somebody, when: str = _LATER, language: str = "en") -> Iterator[Browser]:
    """The person at the pages, at that time."""
    with at(when):
        browser = Browser(server, who, language)
        yield browser
        browser.close()


def _on(browser: Browser, day: str, about: str = "") -> Page:
    return browser.get(f"{_PAGE.replace('/portal/', f'/portal/{about}')}?day={day}")


def _could(page: Page, place: ProviderFacts) -> str:
    """What the page says of a provider."""
    return page.text.partition(f"{place.name_en} ")[2].partition("Worked out from")[0]


def test_r58_each_statement_counts_from_its_day_and_none_before(
    cast: Cast, server: str, who: Registered, place: ProviderFacts
) -> None:
    for instant, kind in (
        ("2027-02-01T23:59:00+08:00", "one-year"),
        ("2027-03-01T09:00:00+08:00", "indefinite"),
        ("2027-04-01T09:00:00+08:00", None),
        ("2027-05-01T09:00:00+08:00", "one-year"),
    ):
        with at(instant):
            cast.allow(who, place.code, kind) if kind else cast.withdraw(who, place.code)
    with _reading(server, cast.patient_account(who), "2027-06-01T12:00:00+08:00") as patient:
        assert place.name_en not in _on(patient, "2027-01-31")
        for day, said in (
            ("2027-02-01", f"Allowed on 1 February 2027, until 1 February 2028 (version 1). {_ALL}"),
            ("2027-02-28", f"Allowed on 1 February 2027, until 1 February 2028 (version 1). {_ALL}"),
            ("2027-03-01", f"Allowed on 1 March 2027, until withdrawn (version 2). {_ALL}"),
            ("2027-04-01", "Withdrawn on 1 April 2027 (version 3)."),
            ("2027-05-01", f"Allowed on 1 May 2027, until 1 May 2028 (version 4). {_ALL}"),
            ("1/6/2027", f"Allowed on 1 May 2027, until 1 May 2028 (version 4). {_ALL}"),
        ):
            page = _on(patient, day)
            assert _could(page, place).startswith(said), (day, page.text)
            assert ("Could not look" in page) == (said[:5] == "Withd")
        assert "Now, on 1 June 2027" in page


def test_a_consent_ends_with_its_last_day_at_midnight_in_hong_kong(
    cast: Cast, server: str, who: Registered, place: ProviderFacts
) -> None:
    with at("2027-02-01T00:30:00+08:00"):  # still 31 January in UTC
        cast.allow(who, place.code)
    with _reading(server, cast.patient_account(who)) as patient:
        assert place.name_en not in _on(patient, "2027-01-31")
        assert _ALL in _could(_on(patient, "2027-02-01"), place)
        assert _ALL in _could(_on(patient, "2028-02-01"), place)
        told = _could(_on(patient, "2028-02-02"), place)
        assert told.startswith("Allowed on 1 February 2027; that had ended on 1 February 2028 (version 1).")
        assert "Doctors" not in told


def test_what_was_closed_in_between_is_told_for_that_time_alone(
    cast: Cast, server: str, who: Registered, place: ProviderFacts, superuser: psycopg.Connection
) -> None:
    doctor, other = (
        cast.professional("DOC", place.code, name_en="AU Siu Ming", name_zh="區小明"),
        clinic("Other Clinic"),
    )
    things = (
        ("category", "LAB"), ("category", "RAD"), ("label", "PSY"), ("item", str(ids.new())), ("item", str(ids.new())),
        ("episode", str(ids.new())), ("professional", str(doctor.account_id)), ("provider", str(other.provider_id)),
    )  # fmt: skip
    with at("2027-02-01T09:00:00+08:00"):
        cast.allow(who, place.code)
        cast.allow(who, other.code)
    for instant, is_closed in (("2027-03-01T09:00:00+08:00", True), ("2027-04-01T09:00:00+08:00", False)):
        with at(instant):
            for kind, value in things:
                close(who.person_id, kind, value, is_closed=is_closed)
    with _reading(server, cast.patient_account(who)) as patient:
        for day in ("2027-02-28", "2027-04-01"):
            page = _on(patient, day)
            assert "What was closed" not in page
            assert "Doctors (2) : All parts of the record." in _could(page, place)
        page = _on(patient, "2027-03-15")
        assert "Doctors (1) : All parts of the record but: Laboratory reports, Radiology reports." in page
        assert "Not AU Siu Ming 區小明: the record was closed to them." in _could(page, place)
        for kind, what in (
            ("Parts of the record", "Laboratory reports, Radiology reports"), ("Sensitive information", "Mental health"),
            ("To healthcare providers", "Other Clinic"), ("To professionals", "AU Siu Ming 區小明"),
            ("Single items", "2 items"), ("Visits and stays", "1, with all that belongs to it"),
        ):  # fmt: skip
            assert f"{kind} {what}" in page, page.text
        assert (
            "Other Clinic The record was closed to this healthcare provider."
            in page.text.partition("Could not look")[2]
        )


def test_r04_the_matrix_of_the_day_counts(
    cast: Cast, server: str, who: Registered, place: ProviderFacts, superuser: psycopg.Connection
) -> None:
    cast.professional("CHI", place.code)
    with forgetting(superuser):
        change_matrix(cast, {("CHI", "MED"): "G", ("CHI", "DX"): "R"}, date(2027, 3, 1))
        with at("2027-02-01T09:00:00+08:00"):
            cast.allow(who, place.code)
        with _reading(server, cast.patient_account(who)) as patient:
            told = _could(_on(patient, "2027-02-28"), place)
            assert "Chiropractors (1) : No part of the record." in told
            told = _could(_on(patient, "2027-03-01"), place)
            assert "Chiropractors (1) : Of the record only: Medication." in told


def test_who_worked_there_then_is_counted(cast: Cast, server: str, who: Registered) -> None:
    place = clinic()
    leaver = cast.professional("NUR", place.code)
    cast.professional("PT", place.code, until=date(2027, 3, 15))
    cast.professional("DOC", place.code, role="administrator")
    with at("2027-02-01T09:00:00+08:00"):
        cast.allow(who, place.code, "indefinite")
    with at("2027-03-01T09:00:00+08:00"):
        accounts.end_affiliation(actor=HOST, affiliation_id=workplaces(leaver.account_id)[0].affiliation_id)
    with at("2027-04-01T09:00:00+08:00"):
        cast.professional("OPT", place.code)
    with _reading(server, cast.patient_account(who)) as patient:
        for day, there in (
            ("2027-02-28", ["Nurses", "Physiotherapists"]),
            ("2027-03-15", ["Physiotherapists"]),
            ("2027-03-16", []),
            ("2027-04-01", ["Optometrists"]),
        ):
            told = _could(_on(patient, day), place)
            assert [each for each in ("Doctors", "Nurses", "Physiotherapists", "Optometrists") if each in told] == there
            assert ("Nobody who worked there could open records." in told) == (not there)


def test_by_law_the_hospitals_could_look_and_nobody_else(cast: Cast, server: str, who: Registered) -> None:
    cast.professional("DOC", HA)
    with _reading(server, cast.patient_account(who)) as patient:
        page = patient.get(_PAGE)
        assert "Now, on 1 June 2028" in page
        assert "Hospital Group Allowed by joining the system, as every public healthcare provider is." in page
        assert "Harbour Family Clinic" not in page
        page = patient.get("/portal/who-may-look/")
        assert f'href="{_PAGE}"' in page.source
        assert f'href="{_PAGE}"' in patient.get("/portal/who-may-look/said-before/").source


@pytest.mark.parametrize(
    ("day", "problem"),
    [
        ("2028-06-02", "This day is still to come. Enter today or an earlier day"),
        ("9999-12-31", "This day is still to come. Enter today or an earlier day"),
        ("", "Enter a day"),
        ("yesterday", "Enter the day as day/month/year, such as 31/5/2026"),
        ("31/2/2027", "Enter the day as day/month/year, such as 31/5/2026"),
    ],
)
def test_a_day_that_cannot_be_told_is_refused_with_how_to_mend_it(
    cast: Cast, server: str, who: Registered, day: str, problem: str
) -> None:
    with _reading(server, cast.patient_account(who)) as patient:
        page = _on(patient, day)
        assert page.status == 200
        assert f"There is a problem {problem}" in page
        assert "At the end of" not in page
        assert "Now, on" not in page
        assert "At the end of 31 May 2028" in _on(patient, "2028-05-31")


@pytest.mark.parametrize("day", ["0001-01-01", "2016-03-13", "yesterday"])
def test_before_the_registration_there_was_nothing_to_see(cast: Cast, server: str, who: Registered, day: str) -> None:
    yesterday = (clock.today() - timedelta(days=1)).isoformat()
    with _reading(server, cast.patient_account(who)) as patient:
        page = _on(patient, yesterday if day == "yesterday" else day)
        assert "You were not registered yet: nobody could see a record. You have been registered since" in page
        assert "Hospital Group" not in page


def test_what_is_suspended_today_is_said_and_not_guessed_of_the_past(
    cast: Cast, server: str, who: Registered, place: ProviderFacts, superuser: psycopg.Connection
) -> None:
    with at("2027-02-01T09:00:00+08:00"):
        cast.allow(who, place.code, "indefinite")
    superuser.execute("update control.provider set state = 'suspended' where provider_id = %s", [place.provider_id])
    with _reading(server, cast.patient_account(who)) as patient:
        page = _on(patient, "2027-02-28")
        assert "This healthcare provider is suspended today. Since when is not kept" in _could(page, place)
        assert _ALL in _could(page, place)
        assert "On which days a healthcare provider, an account or a registration was suspended is not kept" in page
        page = patient.get(_PAGE)
        assert f"Could not look {place.name_en} The healthcare provider's access is suspended." in page
        assert "is not kept" not in page
        superuser.execute("update control.person set state = 'suspended' where person_id = %s", [who.person_id])
        assert "nobody can look at the record now" in patient.get(_PAGE)
        page = _on(patient, "2027-02-28")
        assert "Your registration is not active today; since when is not kept either." in page
        assert _ALL in _could(page, place)


def test_a_parent_asks_for_a_child_and_a_stranger_finds_no_page(cast: Cast, server: str, place: ProviderFacts) -> None:
    child, mother, stranger = cast.register(born="2020-05-31", given="Tsz Yan"), cast.register(), cast.register()
    cast.appoint(child, mother)
    cast.allow(child, place.code)
    day = clock.today().isoformat()
    about = f"for/{child.person_id}/"
    with _reading(server, cast.patient_account(mother)) as parent:
        page = _on(parent, day, about)
        assert "You decide for" in page
        assert _ALL in _could(page, place)
        assert "was not registered yet: nobody could see a record." in _on(parent, "2016-03-13", about)
        assert place.name_en not in _on(parent, day)  # her own
        assert parent.get(f"/portal/{about}who-may-look/").source.count(f"/portal/{about}who-may-look/on-a-day/") == 1
    with _reading(server, cast.patient_account(stranger)) as other:
        assert _on(other, day, about).status == 404
    doctor = cast.professional("DOC", place.code)
    with at(_LATER):
        professional = Browser(server, doctor)
        assert professional.get(_PAGE).path == "/clinic/"
        professional.close()


def test_the_page_speaks_chinese(cast: Cast, server: str, who: Registered, place: ProviderFacts) -> None:
    with at("2027-02-01T09:00:00+08:00"):
        cast.allow(who, place.code)
    account = cast.patient_account(who)
    with _reading(server, account, language="zh-hant") as patient:
        page = _on(patient, "2027-02-01")
        for said in (
            "某日誰可取覽我的紀錄",
            "2027年2月1日完結時",
            "有效至2028年2月1日（版本1）。",
            "醫生（1名） ：紀錄的全部資料。",
        ):
            assert said in page, page.text
    with _reading(server, account, "2028-06-02T12:00:00+08:00", "zh-hans") as patient:
        assert "医生（1名）" in _on(patient, "2027-02-01")


def test_an_instant_is_replayed_to_the_second(cast: Cast, who: Registered, place: ProviderFacts) -> None:
    with at("2027-02-01T09:00:00+08:00"):
        cast.allow(who, place.code)
        allowed_at = clock.now()
        cast.withdraw(who, place.code)
        told = [replay_access(who.person_id, instant) for instant in (allowed_at, clock.now(), None)]
        with pytest.raises(ValueError, match="has been"):
            replay_access(who.person_id, clock.now() + timedelta(seconds=5))
    reasons = []
    for each in told:
        assert isinstance(each, Replay)
        reasons += [of.refused for of in each.places if of.provider == place]
    assert reasons == [None, Reason.CONSENT_ENDED, Reason.CONSENT_ENDED]


def test_of_nobody_nothing_is_told(who: Registered) -> None:
    assert replay_access(ids.new()) == Missing("person")
    early = replay_access(who.person_id, datetime.fromisoformat("2020-01-01T00:00:00+08:00"))
    assert isinstance(early, NotYet)
