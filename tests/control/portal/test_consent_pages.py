"""The pages of consents: a statement rests on what was shown, can be renewed and taken back, and every version stays."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

import psycopg
import pytest
from calendar_days import at
from cast import HARBOUR, Cast, Registered
from django.test import override_settings
from doors import Browser

from wutong.control.people.queries.providers import provider_with_code


@pytest.fixture
def who(cast: Cast) -> Registered:
    """Somebody who has allowed nobody yet."""
    return cast.register()


@pytest.fixture
def patient(cast: Cast, server: str, who: Registered) -> Iterator[Browser]:
    """Their browser, in the portal."""
    made = Browser(server, cast.patient_account(who))
    yield made
    made.close()


def _id(code: str) -> UUID:
    found = provider_with_code(code)
    assert found
    return found.provider_id


def _allow(patient: Browser, kind: str = "one-year") -> None:
    patient.get(f"/portal/who-may-look/{_id(HARBOUR)}/allow/?kind={kind}")
    patient.confirm(patient.page.path)


def _withdraw(patient: Browser) -> None:
    patient.get(f"/portal/who-may-look/{_id(HARBOUR)}/withdraw/")
    patient.confirm(patient.page.path)


def _trail(superuser: psycopg.Connection, who: Registered) -> list[dict[str, Any]]:
    query = "select detail from audit.entry where person_id = %s and event = 'consent:change' order by at"
    return [row[0] for row in superuser.execute(query, [who.person_id])]


def _opens(cast: Cast, who: Registered) -> int:
    return cast.open(cast.session_token(cast.professional("DOC", HARBOUR)), who.person_id).status_code


_EMERGENCY = {
    "en": "In an emergency somebody may still look without asking; you are told at once and it is reviewed.",
    "zh-hant": "在緊急情況下，仍可能有人未經詢問而取覽；系統會即時通知你，並會覆核該次取覽。",
}


@pytest.mark.parametrize("language", _EMERGENCY)
@pytest.mark.parametrize("is_on", [True, False])
def test_whoever_allows_or_withdraws_reads_of_emergencies_where_they_are_possible(
    cast: Cast, server: str, who: Registered, language: str, *, is_on: bool
) -> None:
    cast.allow(who)
    patient = Browser(server, cast.patient_account(who), language)
    with override_settings(EMERGENCY_ACCESS=is_on):
        for page in ("allow", "withdraw"):
            shown = patient.get(f"/portal/who-may-look/{_id(HARBOUR)}/{page}/")
            assert (_EMERGENCY[language] in shown) == is_on
    patient.close()


def test_a_provider_is_found_by_a_part_of_its_name(patient: Browser) -> None:
    for sought in ("peak", "EAK%20cl"):
        page = patient.get(f"/portal/who-may-look/?name={sought}")
        assert (f"{_id('PEAK')}/allow/" in page.source, f"{_id(HARBOUR)}/allow/" in page.source) == (True, False)
    assert "No healthcare provider has this name." in patient.get("/portal/who-may-look/?name=nowhere")
    assert "Shorten this to at most 100 characters" in patient.get(f"/portal/who-may-look/?name={'x' * 101}")


def test_what_was_decided_stands_before_what_could_be_allowed(cast: Cast, patient: Browser, who: Registered) -> None:
    cast.allow(who, "PEAK")
    page = patient.get("/portal/who-may-look/").source
    assert page.index(f"{_id('PEAK')}/withdraw/") < page.index(f"{_id(HARBOUR)}/allow/")


@pytest.fixture
def suspended(who: Registered, cast: Cast, superuser: psycopg.Connection) -> Iterator[str]:
    """The pages about a clinic that was allowed, and then suspended."""
    cast.allow(who)
    set_state = "update control.provider set state = %s where code = %s"
    superuser.execute(set_state, ["suspended", HARBOUR])
    yield f"/portal/who-may-look/{_id(HARBOUR)}/"
    superuser.execute(set_state, ["active", HARBOUR])


def test_a_suspended_provider_can_be_withdrawn_and_is_not_allowed_again(
    cast: Cast, suspended: str, patient: Browser, who: Registered, superuser: psycopg.Connection
) -> None:
    page = patient.get("/portal/who-may-look/")
    assert "May not look now: the healthcare provider's access is suspended." in page
    assert (f"{suspended}withdraw/" in page.source, f"{suspended}allow/" in page.source) == (True, False)
    assert patient.get(f"{suspended}allow/").status == 404
    assert "Nobody there can look now" in patient.get(f"{suspended}withdraw/")
    page = patient.confirm(f"{suspended}withdraw/")
    assert "Harbour Family Clinic may not look at your record any more." in page
    assert "Allow it again" not in page.text
    assert suspended not in patient.get("/portal/who-may-look/").source
    assert "there is nothing to withdraw" in patient.get(f"{suspended}withdraw/")
    superuser.execute("update control.provider set state = 'active' where code = %s", [HARBOUR])
    assert _opens(cast, who) == 403


def test_a_suspended_provider_that_holds_nothing_is_nowhere(
    cast: Cast, patient: Browser, superuser: psycopg.Connection
) -> None:
    superuser.execute("update control.provider set state = 'suspended' where code = 'PEAK'")
    try:
        assert "Peak Clinic" not in patient.get("/portal/who-may-look/").text
        for page in ("allow", "withdraw"):
            assert patient.get(f"/portal/who-may-look/{_id('PEAK')}/{page}/").status == 404
    finally:
        superuser.execute("update control.provider set state = 'active' where code = 'PEAK'")


@pytest.mark.parametrize("seen", ["1", "", "-1", "x", "²", "99999999999999999999"])
def test_who_was_shown_something_else_states_nothing_and_is_told(
    patient: Browser, who: Registered, superuser: psycopg.Connection, seen: str
) -> None:
    address = f"/portal/who-may-look/{_id(HARBOUR)}/allow/"
    patient.get(address)
    page = patient.send(address, kind="one-year", seen=seen)
    assert page.status == 409
    assert "This was changed in the meantime" in page
    assert "Nothing was changed now." in page
    assert _trail(superuser, who) == []
    assert patient.confirm(address).path == "/portal/who-may-look/"  # the fresh preview that came with it
    assert len(_trail(superuser, who)) == 1


def test_of_two_windows_the_second_is_shown_what_the_first_did(
    cast: Cast, patient: Browser, who: Registered, superuser: psycopg.Connection
) -> None:
    address = f"/portal/who-may-look/{_id(HARBOUR)}/"
    first, second = patient.get(f"{address}allow/?kind=one-year"), patient.get(f"{address}allow/?kind=indefinite")
    patient.confirm(second.path)
    patient.page = first
    page = patient.confirm(first.path)
    assert page.status == 409
    for said in ("This was changed in the meantime", "Now Until you withdraw it", "Nobody gains or loses sight"):
        assert said in page
    assert [each["new"]["kind"] for each in _trail(superuser, who)] == ["indefinite"]
    patient.confirm(page.path)
    old = patient.get(f"{address}withdraw/")
    cast.allow(who, kind="indefinite")
    patient.page = old
    page = patient.confirm(old.path)
    assert page.status == 409
    assert "They will no longer see" in page
    assert [each["new"]["kind"] for each in _trail(superuser, who)] == ["indefinite", "one-year", "indefinite"]
    patient.confirm(page.path)
    assert _opens(cast, who) == 403


def test_going_back_after_a_withdrawal_allows_nobody_unseen(cast: Cast, patient: Browser, who: Registered) -> None:
    address = f"/portal/who-may-look/{_id(HARBOUR)}/"
    first = patient.get(f"{address}allow/?kind=one-year")
    patient.confirm(first.path)
    _withdraw(patient)
    patient.page = first  # the browser's own "back"
    assert patient.confirm(first.path).status == 409
    assert _opens(cast, who) == 403


def test_a_one_year_consent_is_renewed_from_the_day_of_the_renewal(cast: Cast, server: str, who: Registered) -> None:
    with at("2027-03-09T12:00+08:00"):
        account = cast.patient_account(who)
        cast.allow(who)
    with at("2028-02-07T12:00+08:00"):  # 31 days before its last one
        patient = Browser(server, account)
        assert "Ends within 30 days" not in patient.get("/portal/who-may-look/")
        patient.close()
    with at("2028-02-08T12:00+08:00"):
        patient = Browser(server, account)
        page = patient.get("/portal/who-may-look/")
        assert "May look until 9 March 2028. Ends within 30 days Renew" in page
        page = patient.get(f"/portal/who-may-look/{_id(HARBOUR)}/allow/?kind=one-year")
        assert "Now Until 9 March 2028 After the change Until 8 February 2029" in page
        assert "Renew" in page
        page = patient.confirm(page.path)
        assert "May look until 8 February 2029." in page
        assert "Ends within 30 days" not in page
        patient.close()


def test_what_was_just_done_can_be_undone_after_a_preview(cast: Cast, patient: Browser, who: Registered) -> None:
    address = f"/portal/who-may-look/{_id(HARBOUR)}/"
    for text, leads_to in (
        ("Withdraw it again", f"{address}withdraw/"),
        ("Allow it again", f"{address}allow/?kind=one-year"),
    ):
        _allow(patient) if text.startswith("Withdraw") else _withdraw(patient)
        assert f'<a href="{leads_to}">{text}</a>' in patient.page.source
    _allow(patient)
    _allow(patient, kind="indefinite")
    assert f'<a href="{address}allow/?kind=one-year">Change it back</a>' in patient.page.source
    assert _opens(cast, who) == 200


def test_every_version_stands_on_its_pages(patient: Browser, cast: Cast, who: Registered) -> None:
    for number in range(11):
        cast.allow(who, kind="indefinite" if number % 2 else "one-year")
        cast.withdraw(who)
    first = patient.get("/portal/who-may-look/said-before/")
    assert first.text.count("said by you, version") == 20
    assert "version 22" in first
    second = patient.get("/portal/who-may-look/said-before/?from=20")
    assert second.text.count("said by you, version") == 2
    assert "allowed for one year, until" in second
    recent = patient.get("/portal/who-may-look/")
    assert recent.text.count("said by you, version") == 5
    assert "See everything that was said" in recent
