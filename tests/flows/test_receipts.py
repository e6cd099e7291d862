"""Each decision has its receipt: one plain sentence with the rule, the statement of consent, and what it opened."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from calendar_days import at
from cast import HA, HARBOUR, OFFICE, Cast, Registered
from doors import Browser
from record.resources import of_category

_ATTESTED = "nothing in the record showed care, so that the professional gave a reason: The patient is here now"
_MAIN = re.compile(r'<p id="receipt">(.*?)</p>', re.DOTALL)


@pytest.fixture(scope="module")
def office(cast: Cast, server: str) -> Iterator[Browser]:
    """An officer of the office."""
    made = Browser(server, cast.officer(OFFICE))
    yield made
    made.close()


def _receipt(office: Browser, superuser: Any, who: Registered, event: str) -> str:
    """Of the newest entry of that kind about a person."""
    query = (
        "select (extract(epoch from at) * 1000000)::bigint, entry_id from audit.entry"
        " where person_id = %s and event = %s order by at desc limit 1"
    )
    [(micros, entry_id)] = superuser.execute(query, [who.person_id, event]).fetchall()
    page = office.get(f"/console/trail/{micros}/{entry_id}/")
    assert page.status == 200
    return _MAIN.findall(page.source)[0].strip()


def test_it_names_the_statement_of_consent_and_the_rule(cast: Cast, office: Browser, superuser: Any) -> None:
    who = cast.register()
    nurse = cast.session_token(cast.professional("NUR", HARBOUR))
    cast.open(nurse, who.person_id)
    assert _receipt(office, superuser, who, "record:open") == "Refused: no sharing consent."
    cast.allow(who)
    cast.withdraw(who)
    cast.open(nurse, who.person_id)
    told = _receipt(office, superuser, who, "record:open")
    assert told == (
        "Refused: the sharing consent has ended. The patient&#39;s latest statement about the provider was number 2."
    )
    cast.allow(who)
    cast.open(nurse, who.person_id)
    told = _receipt(office, superuser, who, "record:open")
    assert told == f"Allowed: the patient&#39;s sharing consent was in force (statement number 3), and {_ATTESTED}."
    cast.fhir(nurse, "GET", f"AllergyIntolerance?patient={who.person_id}")
    told = _receipt(office, superuser, who, "record:search")
    assert told == (
        "Allowed: the patient&#39;s sharing consent was in force (statement number 3), the record was open, and the role"
        " opens: Allergies and adverse drug reactions."
    )


def test_it_tells_of_a_system_and_of_the_law(cast: Cast, office: Browser, superuser: Any) -> None:
    who = cast.register()
    resource = of_category("ALG", who.patient_id)
    assert cast.fhir(cast.ha, "POST", "AllergyIntolerance", json=resource).status_code == 201
    told = _receipt(office, superuser, who, "record:write")
    assert told == "Allowed: a provider&#39;s system may write and read what the provider uploads."
    deemed = cast.session_token(cast.professional("DOC", HA))
    cast.open(deemed, who.person_id)
    told = _receipt(office, superuser, who, "record:open")
    assert told == f"Allowed: the law deems the consent given to this provider, and {_ATTESTED}."


def test_it_reads_in_the_readers_language(cast: Cast, server: str, superuser: Any) -> None:
    who = cast.register()
    cast.allow(who)
    cast.open(cast.session_token(cast.doctor), who.person_id)
    browser = Browser(server, cast.officer(OFFICE), language="zh-hant")
    told = _receipt(browser, superuser, who, "record:open")
    browser.close()
    assert told == (
        "已允許：病人的互通同意有效（第1號聲明），而且紀錄沒有顯示護理關係，由醫護人員說明原因：病人現正在場。"
    )


def test_r02_it_names_what_showed_care(cast: Cast, office: Browser, superuser: Any) -> None:
    who = cast.register()
    visit = of_category("ENC", who.patient_id) | {"period": {"start": "2026-11-03T10:00:00+08:00"}}
    made = cast.fhir(cast.ha, "POST", "Encounter", json=visit).json()
    with at("2026-11-20T12:00+08:00"):
        cast.open(cast.session_token(cast.professional("DOC", HA)), who.person_id, reason="")
    told = _receipt(office, superuser, who, "record:open")
    assert told == (
        "Allowed: the law deems the consent given to this provider, and the record showed care: the patient was there"
        f" (Encounter/{made['id']}, 3 November 2026)."
    )
