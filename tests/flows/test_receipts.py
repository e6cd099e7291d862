"""Each decision has its receipt: one plain sentence with the rule, the statement of consent, and what it opened."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from authorising import Pharmacist, allowed_record
from calendar_days import at
from cast import HA, HARBOUR, OFFICE, Cast, Registered, Somebody
from doors import Browser
from record.resources import of_category

from wutong.control.consent.actions import until_of
from wutong.control.pages import dates
from wutong.control.people.queries.providers import provider_with_code
from wutong.core import clock

_ATTESTED = "nothing in the record showed care, so that they gave a reason: The patient is here now"

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


def test_it_names_the_statement_of_consent_the_rule_and_the_relationship(
    cast: Cast, office: Browser, superuser: Any
) -> None:
    who = cast.register()
    nurse = cast.session_token(cast.professional("NUR", HARBOUR))
    cast.open(nurse, who.person_id)
    assert _receipt(office, superuser, who, "record:open") == "Refused: no sharing consent."
    cast.allow(who)
    cast.withdraw(who)
    today = dates.day(clock.today())
    cast.open(nurse, who.person_id)
    told = _receipt(office, superuser, who, "record:open")
    assert told == (
        f"Refused: the sharing consent has ended; the latest statement about the provider was number 2, of {today}."
    )
    cast.allow(who)
    cast.open(nurse, who.person_id)
    because = (
        f"Allowed because Harbour Family Clinic was allowed to look on {today} (statement 3,"
        f" until {dates.day(until_of('one-year'))}), and {_ATTESTED}"
    )
    assert _receipt(office, superuser, who, "record:open") == f"{because}."
    cast.fhir(nurse, "GET", f"AllergyIntolerance?patient={who.person_id}")
    told = _receipt(office, superuser, who, "record:search")
    assert told == f"{because}, and the role opens: Allergies and adverse drug reactions."


def test_it_names_the_code_that_opened_what_is_restricted(cast: Cast, office: Browser, superuser: Any) -> None:
    who, made = allowed_record(cast), Pharmacist(cast)
    made.open_record(who.person_id)
    authorisation = made.authorised(superuser, who.person_id, "RAD")
    made.fhir("GET", f"DiagnosticReport?patient={who.person_id}")
    said = f"the patient&#39;s one-time code opened what is restricted ({authorisation}), and the role opens:"
    assert said in _receipt(office, superuser, who, "record:search")
    made.fhir("GET", f"AllergyIntolerance?patient={who.person_id}")
    assert "one-time code" not in _receipt(office, superuser, who, "record:search")
    made.close()


REFUSED: dict[str, tuple[str, str]] = {
    "the part is restricted": ("CMP", "the category is restricted for the profession"),
    "closed to the professional": ("DOC", "the person closed the record to this professional"),
    "closed to the provider": ("DOC", "the person closed the record to this provider"),
    "a part is closed": ("DOC", "the category is closed by the patient"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_refusal_names_the_statement_and_the_look_too(cast: Cast, office: Browser, superuser: Any, case: str) -> None:
    profession, reason = REFUSED[case]
    who, professional = cast.register(), cast.professional(profession, HARBOUR)
    cast.allow(who)
    token = cast.session_token(professional)
    look = {each["name"]: each for each in cast.open(token, who.person_id).json()["parameter"]}["look"]["valueId"]
    _close(cast, who, case, professional)
    refused = cast.fhir(token, "GET", f"Immunization?patient={who.person_id}")
    assert refused.status_code == 403
    assert refused.json()["issue"][0]["details"]["coding"][0]["system"] == "urn:wutong:refusal"
    query = "select look_id::text, detail -> 'consent' from audit.entry where entry_id = %s and outcome = 'refused'"
    entry_id = refused.json()["issue"][0]["diagnostics"].removeprefix("audit entry ")
    assert superuser.execute(query, [entry_id]).fetchone() == (look, 1)
    told = _receipt(office, superuser, who, "record:search")
    assert told == (
        f"Refused: {reason}; the latest statement about the provider was number 1, of {dates.day(clock.today())}."
    )


def _close(cast: Cast, who: Registered, case: str, professional: Somebody) -> None:
    provider = provider_with_code(HARBOUR)
    assert provider
    closed = {
        "closed to the professional": ("professional", str(professional.account_id)),
        "closed to the provider": ("provider", str(provider.provider_id)),
        "a part is closed": ("category", "IMM"),
    }
    if case in closed:
        cast.close(who, *closed[case])


def test_it_tells_of_a_system_and_of_the_law(cast: Cast, office: Browser, superuser: Any) -> None:
    who = cast.register()
    resource = of_category("ALG", who.patient_id)
    assert cast.fhir(cast.ha, "POST", "AllergyIntolerance", json=resource).status_code == 201
    told = _receipt(office, superuser, who, "record:write")
    assert told == "Allowed because a provider&#39;s system may write and read what the provider uploads."
    deemed = cast.session_token(cast.professional("DOC", HA))
    cast.open(deemed, who.person_id)
    told = _receipt(office, superuser, who, "record:open")
    assert told == f"Allowed because the law deems the consent given to Hospital Group, and {_ATTESTED}."


def test_it_reads_in_the_readers_language(cast: Cast, server: str, superuser: Any) -> None:
    who = cast.register()
    cast.allow(who)
    cast.open(cast.session_token(cast.doctor), who.person_id)
    browser = Browser(server, cast.officer(OFFICE), language="zh-hant")
    told = _receipt(browser, superuser, who, "record:open")
    browser.close()
    assert re.fullmatch(
        r"已獲准，因為海港家庭診所在.+日獲准取覽（第1號聲明，有效至.+日）；紀錄沒有顯示護理關係，由對方說明原因：病人現正在場。",
        told,
    )


def test_r02_it_names_what_showed_care(cast: Cast, office: Browser, superuser: Any) -> None:
    who = cast.register()
    visit = of_category("ENC", who.patient_id) | {"period": {"start": "2026-11-03T10:00:00+08:00"}}
    made = cast.fhir(cast.ha, "POST", "Encounter", json=visit).json()
    with at("2026-11-20T12:00+08:00"):
        cast.open(cast.session_token(cast.professional("DOC", HA)), who.person_id, reason="")
    told = _receipt(office, superuser, who, "record:open")
    assert told == (
        "Allowed because the law deems the consent given to Hospital Group, and the record showed care: the patient was"
        f" there (Encounter/{made['id']}, 3 November 2026)."
    )
