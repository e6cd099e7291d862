"""A privacy officer inspects the trail by the console's pages: flow page docs/flows/inspect_trail.md."""

import json
import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import psycopg
import pytest
from cast import HARBOUR, OFFICE, Cast, Registered, Somebody
from doors import Browser, Page

from wutong.core import clock, hkid, ids

_ENTRY = re.compile(r'href="/console/trail/(\d+)/([0-9a-f-]{36})/"')
_NOTHING = "Nothing that you may see fits."


@pytest.fixture(scope="module")
def office(cast: Cast, server: str) -> Iterator[Browser]:
    """An officer of the office."""
    made = Browser(server, cast.officer(OFFICE))
    yield made
    made.close()


@pytest.fixture(scope="module")
def harbour(cast: Cast, server: str) -> Iterator[Browser]:
    """An officer of the clinic."""
    made = Browser(server, cast.officer(HARBOUR))
    yield made
    made.close()


@pytest.fixture(scope="module")
def doctor(cast: Cast) -> Somebody:
    """A doctor of the clinic."""
    return cast.professional("DOC", HARBOUR, name_en="YEUNG Sze Ki")


@pytest.fixture(scope="module")
def who(cast: Cast, doctor: Somebody) -> Registered:
    """Somebody at whose record a doctor of the clinic looked, after a refusal; another's doctor was refused only."""
    made = cast.register(family="KONG", given="Lai Fun")
    token, other = cast.session_token(doctor), cast.session_token(cast.professional("NUR", "PEAK"))
    for each in (token, other):
        assert cast.open(each, made.person_id).status_code == 403
    cast.allow(made)
    assert cast.open(token, made.person_id).status_code == 200
    assert cast.fhir(token, "GET", f"AllergyIntolerance?patient={made.person_id}").status_code == 200
    return made


def search(browser: Browser, **asked: str) -> Page:
    """Ask the trail; the days are the last thirty unless told otherwise."""
    browser.get("/console/trail/")
    days = {"first": str(clock.today() - timedelta(days=29)), "last": str(clock.today())}
    return browser.send("/console/trail/", **(days | asked))


def found(page: Page) -> list[str]:
    """Ids of the entries on a page, in order."""
    return [entry_id for _at, entry_id in _ENTRY.findall(page.source)]


def append(superuser: psycopg.Connection, person_id: Any, at: datetime, **more: Any) -> str:
    """Put an entry about a person into the trail; its id."""
    entry = {"person_id": str(person_id), "entry_id": str(ids.new()), "at": at.isoformat(), "event": "person:find"}
    entry |= {"outcome": "allowed", "caller_kind": "host"} | more
    superuser.execute("select audit.append_v1(%s)", [json.dumps(entry)])
    return str(entry["entry_id"])


def _events(superuser: psycopg.Connection, page: Page) -> list[str]:
    query = "select entry_id::text, event from audit.entry union all select entry_id::text, event from audit.event"
    names = dict(superuser.execute(query).fetchall())
    return [names[each] for each in found(page)]


def _ehr_number(superuser: psycopg.Connection, who: Registered) -> str:
    row = superuser.execute("select ehr_number from control.person where person_id = %s", [who.person_id]).fetchone()
    assert row
    return str(row[0])


def test_r24_the_office_finds_what_was_done_about_a_patient(
    office: Browser, who: Registered, superuser: psycopg.Connection
) -> None:
    page = search(office, patient=hkid.bracketed(who.hkid), event="record:open")
    assert page.path == "/console/trail/"
    assert _events(superuser, page) == ["record:open"] * 3
    assert "KONG Lai Fun" in page
    for shown in ("YEUNG Sze Ki", "Doctor, Harbour Family Clinic", "Nurse, Peak Clinic", "Opened a record"):
        assert shown in page
    for shown in ("no sharing consent", "Treatment", "Care of the patient", "Refused", "Allowed"):
        assert shown in page
    number = _ehr_number(superuser, who)
    assert f"eHR number ending {number[-4:]}" in page
    for hidden in (who.hkid, hkid.bracketed(who.hkid), number):
        assert hidden not in page.text
    assert found(search(office, patient=number, event="record:open")) == found(page)


def test_r24_reading_the_trail_is_in_the_trail(
    cast: Cast, server: str, who: Registered, superuser: psycopg.Connection
) -> None:
    officer = cast.officer(OFFICE)
    browser = Browser(server, officer)
    page = search(browser, patient=who.hkid, caller=who.hkid, outcome="refused")
    assert _NOTHING in page  # nobody is called so; what was typed is not written down
    query = "select person_id, caller_kind, detail from audit.entry where caller_id = %s and event = 'audit:inspect'"
    [(person_id, kind, detail)] = superuser.execute(query, [officer.account_id]).fetchall()
    assert (person_id, kind) == (who.person_id, "professional")
    assert detail == {
        "from": str(clock.today() - timedelta(days=29)),
        "until": str(clock.today()),
        "by_patient": True,
        "callers": [],
        "outcome": "refused",
        "found": 0,
    }
    search(browser, patient="100000000000", event="record:read")
    about_nobody = query.replace("person_id,", "event,").replace("audit.entry", "audit.event")
    assert [row[2]["found"] for row in superuser.execute(about_nobody, [officer.account_id]).fetchall()] == [0]
    browser.close()


def test_an_officer_of_a_provider_sees_what_its_own_callers_did_and_no_hint_of_others(
    harbour: Browser, who: Registered, superuser: psycopg.Connection
) -> None:
    page = search(harbour, patient=who.hkid)
    assert _events(superuser, page) == ["record:search", "record:open", "record:open"]
    assert "YEUNG Sze Ki" in page
    for hidden in ("KONG", "Peak Clinic", "Hospital Group"):
        assert hidden not in page.text


def test_whom_the_providers_callers_never_asked_about_looks_to_its_officer_like_nobody(
    cast: Cast, harbour: Browser, superuser: psycopg.Connection
) -> None:
    known = cast.register()
    digits = f"QX{known.hkid[2:7]}{(int(known.hkid[7]) + 5) % 10}"
    unknown = digits + hkid.check_digit(digits)
    pages = [search(harbour, patient=number) for number in (known.hkid, unknown)]
    assert all(_NOTHING in page for page in pages)
    plain = [re.sub(r'csrfmiddlewaretoken" value="[^"]+"', "", page.source) for page in pages]
    assert plain[0].replace(known.hkid, "") == plain[1].replace(unknown, "")
    # That the first was found stands in the trail, for the office alone: inspecting the inspections tells nothing.
    query = "select count(*) from audit.entry where person_id = %s and event = 'audit:inspect'"
    assert superuser.execute(query, [known.person_id]).fetchone() == (1,)
    assert _NOTHING in search(harbour, event="audit:inspect")


def test_a_provider_that_is_asked_for_widens_nothing(
    cast: Cast, harbour: Browser, superuser: psycopg.Connection
) -> None:
    row = superuser.execute("select provider_id from control.provider where code = 'HA'").fetchone()
    assert row
    page = search(harbour, provider=str(row[0]))
    assert "Choose one of the list" in page
    assert found(page) == []


def test_the_office_chooses_a_provider(office: Browser, who: Registered, superuser: psycopg.Connection) -> None:
    row = superuser.execute("select provider_id from control.provider where code = 'PEAK'").fetchone()
    assert row
    page = search(office, patient=who.hkid, provider=str(row[0]))
    assert _events(superuser, page) == ["record:open"]
    assert "Peak Clinic" in page


@pytest.mark.parametrize("by", ["sign-in name", "name", "name in another order", "registration number"])
def test_somebody_who_acted_is_found_by_what_they_are_called(
    office: Browser, who: Registered, doctor: Somebody, superuser: psycopg.Connection, by: str
) -> None:
    query = "select registration_number from control.professional where account_id = %s"
    row = superuser.execute(query, [doctor.account_id]).fetchone()
    assert row
    called = {
        "sign-in name": doctor.name.upper(),
        "name": "yeung sze ki",
        "name in another order": "Sze Ki  YEUNG",
        "registration number": row[0],
    }
    page = search(office, caller=called[by], patient=who.hkid)
    assert _events(superuser, page) == ["record:search", "record:open", "record:open"]


def test_a_part_of_a_name_finds_nobody(office: Browser, who: Registered) -> None:
    for part in ("yeung", "Yeung Sze", "y", "%", "_", "YEUNG Sze K_"):
        assert _NOTHING in search(office, caller=part)


def test_a_patients_own_acts_are_shown_without_a_name(
    cast: Cast, office: Browser, superuser: psycopg.Connection
) -> None:
    person = cast.register(family="SIT", given="Ping")
    account = cast.patient_account(person)
    Browser(cast.server, account).close()
    page = search(office, caller=account.name)
    assert _events(superuser, page) == ["sign-in:done", "sign-in:code", "sign-in:password"]
    assert f"patient, eHR number ending {_ehr_number(superuser, person)[-4:]}" in page
    for hidden in ("CHAN Tai Man", "SIT"):
        assert hidden not in page.text.replace(account.name, "")


@pytest.mark.parametrize(
    ("asked", "events"),
    [
        ({"ground": "care"}, {"record:open", "record:search"}),
        ({"ground": "registration"}, {"record:write", "record:written", "person:register"}),
        ({"purpose": "TREAT", "outcome": "refused"}, {"record:open"}),
        ({"purpose": "ETREAT"}, set()),
        ({"ground": "reference"}, set()),
        ({"event": "consent:change"}, {"consent:change"}),
        ({"outcome": "refused"}, {"record:open"}),
    ],
    ids=lambda asked: str(sorted(asked.items()) if isinstance(asked, dict) else sorted(asked)),
)
def test_what_is_asked_for_narrows_what_is_found(
    office: Browser, who: Registered, superuser: psycopg.Connection, asked: dict[str, str], events: set[str]
) -> None:
    assert set(_events(superuser, search(office, patient=who.hkid, **asked))) == events


def test_days_are_the_territorys_and_both_ends_belong_to_them(office: Browser, cast: Cast, superuser: Any) -> None:
    person = cast.register()
    made = [
        append(superuser, person.person_id, datetime.fromisoformat(f"{instant}+08:00"))
        for instant in (
            "2021-03-04T23:59:59.999999",
            "2021-03-05T00:00:00",
            "2021-03-06T23:59:59.999999",
            "2021-03-07T00:00:00",
        )
    ]
    for first, last, within in (("2021-03-05", "2021-03-06", made[1:3]), ("7/3/2021", "07-03-2021", made[3:])):
        assert found(search(office, patient=person.hkid, first=first, last=last)) == within[::-1]
    assert set(found(search(office, patient=person.hkid))).isdisjoint(made)  # the last thirty days, unless told


def test_one_entry_shows_what_was_stated_and_is_itself_recorded(
    office: Browser, harbour: Browser, who: Registered, superuser: Any
) -> None:
    page = search(office, patient=who.hkid, event="record:search")
    [(micros, entry_id)] = _ENTRY.findall(page.source)
    address = f"/console/trail/{micros}/{entry_id}/"
    for browser in (office, harbour):
        page = browser.get(address)
        assert page.status == 200
        for shown in (
            "Searched a record",
            "YEUNG Sze Ki",
            "the professional's own word",
            "Allergies and adverse drug",
            entry_id,
        ):
            assert shown in page
        assert "KONG" not in page.text
    query = (
        "select count(*) from audit.entry where event = 'audit:inspect' and detail ->> 'entry' = %s and person_id = %s"
    )
    assert superuser.execute(query, [entry_id, who.person_id]).fetchone() == (2,)


def test_an_entry_of_anothers_callers_is_as_good_as_none(office: Browser, harbour: Browser, who: Registered) -> None:
    page = search(office, patient=who.hkid, event="person:register")
    [(micros, entry_id)] = _ENTRY.findall(page.source)
    assert office.get(f"/console/trail/{micros}/{entry_id}/").status == 200
    others = harbour.get(f"/console/trail/{micros}/{entry_id}/")
    nobody = harbour.get(f"/console/trail/{micros}/{ids.new()}/")
    assert (others.status, others.text) == (nobody.status, nobody.text)
    assert others.status == 404


def test_an_inspection_is_for_the_office_alone(
    office: Browser, harbour: Browser, who: Registered, superuser: Any
) -> None:
    search(harbour, patient=who.hkid)
    page = search(office, patient=who.hkid, event="audit:inspect")
    provider = "select p.code from audit.entry e join control.provider p using (provider_id) where entry_id = %s"
    own = next(
        each for each in _ENTRY.findall(page.source) if superuser.execute(provider, [each[1]]).fetchone() == (HARBOUR,)
    )
    assert office.get(f"/console/trail/{own[0]}/{own[1]}/").status == 200
    assert harbour.get(f"/console/trail/{own[0]}/{own[1]}/").status == 404


def test_a_suspended_providers_officer_reads_nothing(cast: Cast, server: str, superuser: Any) -> None:
    officer = cast.officer("PEAK")
    browser = Browser(server, officer)
    assert search(browser).status == 200
    superuser.execute("update control.provider set state = 'suspended' where code = 'PEAK'")
    try:
        for page in (browser.get("/console/trail/"), browser.get(f"/console/trail/1/{ids.new()}/")):
            assert page.status == 403
            assert "access is suspended. Ask the eHR office." in page
            assert found(page) == []
    finally:
        superuser.execute("update control.provider set state = 'active' where code = 'PEAK'")
        browser.close()
    query = "select reason from audit.event where caller_id = %s and event = 'console:open' and outcome = 'refused'"
    assert superuser.execute(query, [officer.account_id]).fetchall() == [("provider-not-active",)] * 2


def test_a_search_that_takes_too_long_ends_with_what_to_do(cast: Cast, office: Browser, superuser: Any) -> None:
    """The table is held, as if it were very long; the search ends, is recorded, and the next one is answered."""
    with superuser.transaction():
        superuser.execute("lock table audit.entry in access exclusive mode")
        page = search(office, event="record:open")
    assert page.status == 200
    assert "Choose fewer days, or name a patient or who acted." in page
    query = "select count(*) from audit.event where event = 'audit:inspect' and detail ? 'too_slow'"
    assert superuser.execute(query).fetchone() == (1,)
    assert "Choose fewer days" not in search(office, event="record:open")
