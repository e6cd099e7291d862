"""The pages of closings: what is closed, what can be, what follows, and the way back; nobody else finds them."""

import re
from collections.abc import Iterator
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from cast import HA, HARBOUR, Cast, Registered, Somebody
from django.test import override_settings
from doors import Browser, Page
from emergencies import emergency_at

from wutong.control.audit.append import Actor
from wutong.control.consent.closing_actions import ClosingStated
from wutong.control.flows.change_closing import end_closing, state_closing
from wutong.control.people.queries.providers import provider_with_code
from wutong.core import clock

LIST = "/portal/closed/"
ITEM = "01931c5e-7f6a-7c1d-9a62-0d6a7c0f1e11"
_CHOICE = re.compile(r'type="radio" value="([^"]+)"')


@pytest.fixture
def who(cast: Cast) -> Registered:
    """Somebody who has closed nothing yet."""
    return cast.register()


@pytest.fixture
def account(cast: Cast, who: Registered) -> Somebody:
    """Their account."""
    return cast.patient_account(who)


@pytest.fixture
def patient(server: str, account: Somebody) -> Iterator[Browser]:
    """Their browser, in the portal."""
    made = Browser(server, account)
    yield made
    made.close()


def _id(code: str) -> UUID:
    found = provider_with_code(code)
    assert found
    return found.provider_id


def _years_ago(years: int) -> str:
    return clock.today().replace(day=1, year=clock.today().year - years).isoformat()


def _do(browser: Browser, what: str, kind: str, value: Any, start: str = LIST) -> Page:
    browser.get(f"{start}{kind}/{what}/?value={value}")
    return browser.confirm(browser.page.path)


def _rows(superuser: psycopg.Connection, who: Registered) -> list[tuple[Any, ...]]:
    query = """select kind, value, version, is_closed from control.closing_version
                where person_id = %s order by stated_at, version"""
    return superuser.execute(query, [who.person_id]).fetchall()


def test_nothing_is_closed_at_first_and_the_page_says_what_can_be(patient: Browser) -> None:
    assert f'href="{LIST}"' in patient.get("/portal/").source
    page = patient.get(LIST)
    assert "What I keep to myself" in page
    assert "Nothing is closed: whoever may look sees all that their profession opens." in page
    assert "Nothing was closed yet." in page
    for kind in ("category", "label", "provider", "professional"):
        assert f'href="{LIST}{kind}/close/"' in page.source
    assert "Nothing was closed yet." in patient.get(f"{LIST}said-before/")


@pytest.mark.parametrize(
    ("kind", "value", "name"), [("category", "LAB", "Laboratory reports"), ("label", "PSY", "Mental health")]
)
def test_a_part_is_chosen_from_a_list_closed_and_opened_again(
    patient: Browser, who: Registered, superuser: psycopg.Connection, kind: str, value: str, name: str
) -> None:
    address = f"{LIST}{kind}/close/"
    assert name in patient.get(address)
    page = patient.get(f"{address}?asked=yes&value={value}")
    assert f"Close {name}?" in page
    for said in ("do not see it any more", "Whoever sent it still has it", "It stays closed in an emergency.", "Tell"):
        assert said in page
    assert ("recognised by its codes" in page) is (kind == "label")
    assert _rows(superuser, who) == []
    page = patient.confirm(address)
    assert page.path == LIST
    assert f"Closed: {name}. You find a confirmation in your messages." in page
    assert "said by you" in page
    assert value not in _CHOICE.findall(patient.get(address).source)
    page = patient.get(f"{LIST}{kind}/open/?value={value}")
    assert f"Open {name} again?" in page
    assert "see it again" in page
    page = patient.confirm(page.path)
    assert f"Open again: {name}." in page
    assert f'href="{address}?value={value}">Close it again' in page.source
    assert "Nothing is closed" in page
    assert _rows(superuser, who) == [(kind, value, 1, True), (kind, value, 2, False)]


def test_whose_record_it_is_cannot_be_closed(patient: Browser) -> None:
    choices = _CHOICE.findall(patient.get(f"{LIST}category/close/").source)
    assert "PID" not in choices
    assert {"LAB", "ALG", "OBS"} <= set(choices)
    assert len(choices) == 13


def test_a_provider_is_closed_whatever_was_allowed(cast: Cast, patient: Browser, who: Registered) -> None:
    cast.allow(who)
    choices = _CHOICE.findall(patient.get(f"{LIST}provider/close/").source)
    assert str(_id(HARBOUR)) in choices
    assert str(_id(HA)) not in choices  # deemed
    assert str(_id("OFFICE")) not in choices
    page = patient.get(f"{LIST}provider/close/?value={_id(HARBOUR)}")
    assert "Close the record to Harbour Family Clinic?" in page
    assert "In an emergency somebody may still look without asking" in page
    patient.confirm(page.path)
    page = patient.get("/portal/who-may-look/")
    assert "May not look: you keep your record from them, whatever you have allowed." in page
    allow = f"/portal/who-may-look/{_id(HARBOUR)}/allow/"
    assert allow not in page.source
    assert patient.get(allow).status == 404
    page = patient.get(f"{LIST}provider/open/?value={_id(HARBOUR)}")
    assert "can look again as soon as it is open" in page
    patient.confirm(page.path)
    assert patient.get(allow).status == 200


def test_a_consent_can_be_withdrawn_while_the_provider_is_closed(cast: Cast, patient: Browser, who: Registered) -> None:
    cast.allow(who)
    _do(patient, "close", "provider", _id(HARBOUR))
    page = patient.get(f"/portal/who-may-look/{_id(HARBOUR)}/withdraw/")
    assert "Nobody there can look now: the record is kept closed to them." in page
    page = patient.confirm(page.path)
    assert "may not look at your record any more" in page
    assert "Allow it again" not in page.text
    page = patient.get(f"{LIST}provider/open/?value={_id(HARBOUR)}")
    assert "They still cannot look then: there is no sharing consent to them." in page


def test_without_the_policy_nothing_is_said_of_emergencies(patient: Browser) -> None:
    with override_settings(EMERGENCY_ACCESS=False):
        page = patient.get(f"{LIST}provider/close/?value={_id(HARBOUR)}")
        assert "may still look without asking" not in page


def _look(cast: Cast, who: Registered, doctor: Somebody) -> None:
    assert cast.open(cast.session_token(doctor), who.person_id).status_code == 200


def test_whoever_looked_can_be_closed_from_who_looked_and_from_the_list(
    cast: Cast, patient: Browser, who: Registered
) -> None:
    doctor = cast.professional("DOC", HARBOUR, name_en="LEE Wai Ling", name_zh="李慧玲")
    other = cast.professional("NUR", HARBOUR, name_en="HO Ka Man", name_zh="何嘉敏")
    assert "Nobody has looked at the record yet" in patient.get(f"{LIST}professional/close/")
    cast.allow(who)
    _look(cast, who, doctor)
    page = patient.get(f"{LIST}professional/close/")
    assert "LEE Wai Ling 李慧玲 (a doctor, Harbour Family Clinic)" in page
    assert _CHOICE.findall(page.source) == [str(doctor.account_id)]
    link = f"{LIST}professional/close/?value={doctor.account_id}"
    assert f'href="{link}">Close to this person' in patient.get("/portal/who-looked/").source
    assert "wherever they work" in patient.get(link)
    page = patient.confirm(f"{LIST}professional/close/")
    assert "Closed to LEE Wai Ling 李慧玲." in page
    page = patient.get("/portal/who-looked/")
    assert "The record is closed to this person. Open again LEE Wai Ling" in page
    assert link not in page.source
    _look(cast, who, other)
    assert f"value={other.account_id}" in patient.get("/portal/who-looked/").source
    assert _CHOICE.findall(patient.get(f"{LIST}professional/close/").source) == [str(other.account_id)]
    assert "Open again to LEE Wai Ling 李慧玲, where they may look." in _do(
        patient, "open", "professional", doctor.account_id
    )


def test_who_was_granted_an_emergency_and_did_not_look_can_be_closed(
    cast: Cast, patient: Browser, who: Registered
) -> None:
    emergency_at(cast, who, HARBOUR, "LAB")
    [account_id] = _CHOICE.findall(patient.get(f"{LIST}professional/close/").source)
    assert "Closed to " in _do(patient, "close", "professional", account_id)


def test_who_never_looked_is_not_to_be_found_out(cast: Cast, patient: Browser) -> None:
    doctor = cast.professional("DOC", HARBOUR, name_en="LEE Wai Ling")
    for account_id in (doctor.account_id, uuid4()):
        page = patient.get(f"{LIST}professional/close/?value={account_id}")
        assert "LEE Wai Ling" not in page
        assert "Nobody has looked at the record yet" in page


def test_what_was_closed_where_it_is_read_is_listed_by_its_line_and_opened_again(
    account: Somebody, patient: Browser, who: Registered
) -> None:
    actor = Actor("patient", account.account_id)
    line = 'Glucose <b>"5.4"</b> mmol/L, 2026-11-23'
    assert isinstance(state_closing(actor, who.person_id, "item", ITEM, title=line), ClosingStated)
    page = patient.get(LIST)
    assert line in page
    assert "<b>" not in page.source
    assert "One entry of the record" in page
    assert patient.get(f"{LIST}item/close/").status == 404
    page = _do(patient, "open", "item", ITEM)
    assert f"Open again: {line}." in page
    assert "Close it again" not in page.text


@pytest.mark.parametrize("value", ["XXX", "", "PID", "LAB%00", "%00", "x" * 300, "LAB&value=%FF", ITEM, "%F0%9F%8C%B3"])
@pytest.mark.parametrize("kind", ["category", "label", "provider", "professional"])
def test_what_there_is_not_is_neither_closed_nor_opened(
    patient: Browser, who: Registered, superuser: psycopg.Connection, kind: str, value: str
) -> None:
    address = f"{LIST}{kind}/close/"
    page = patient.get(f"{address}?value={value}")
    assert page.status == 200
    assert "Choose" in page or "Nobody has looked" in page
    assert 'name="seen"' not in page.source
    assert patient.get(f"{LIST}{kind}/open/?value={value}").status == 404
    assert patient.get(f"{LIST}?kind={kind}&value={value}").status == 200
    assert _rows(superuser, who) == []


@pytest.mark.parametrize("value", ["XXX", "", "PID", "LAB\0", "x" * 3000])
def test_a_made_up_form_closes_nothing(
    patient: Browser, who: Registered, superuser: psycopg.Connection, value: str
) -> None:
    for kind in ("category", "label", "provider", "professional"):
        patient.get(LIST)
        assert patient.send(f"{LIST}{kind}/close/", value=value, seen="0").status == 200
        patient.get(LIST)
        assert patient.send(f"{LIST}{kind}/open/", value=value, seen="0").status == 404
    patient.get(LIST)
    assert patient.send(f"{LIST}provider/close/", value=str(_id(HA)), seen="0").status == 200
    assert _rows(superuser, who) == []
    patient.get(LIST)
    assert patient.send(f"{LIST}category/close/", value="LAB", seen="0").path == LIST
    assert len(_rows(superuser, who)) == 1


@pytest.mark.parametrize("kind", ["item", "episode", "everything", "said", "x" * 300])
def test_other_kinds_have_no_page(patient: Browser, kind: str) -> None:
    for what in ("close", "open"):
        assert patient.get(f"{LIST}{kind}/{what}/?value={ITEM}").status == 404


def test_a_form_without_its_token_closes_nothing(
    patient: Browser, who: Registered, superuser: psycopg.Connection
) -> None:
    patient.get(LIST)
    assert patient.post(f"{LIST}category/close/", value="LAB", seen="0").status == 403
    assert _rows(superuser, who) == []
    patient.get(LIST)
    assert patient.send(f"{LIST}category/close/", value="LAB", seen="0").status == 200
    assert patient.post(f"{LIST}category/open/", value="LAB", seen="1").status == 403
    assert len(_rows(superuser, who)) == 1


def test_looking_at_the_question_changes_nothing(
    patient: Browser, who: Registered, superuser: psycopg.Connection
) -> None:
    patient.get(f"{LIST}category/close/?value=LAB&seen=0&confirmed=yes")
    assert "Choose what to close" in patient.get(f"{LIST}category/close/?asked=yes")
    assert _rows(superuser, who) == []


@pytest.mark.parametrize("seen", ["1", "", "-1", "x", "²", "99999999999999999999"])
def test_who_was_shown_something_else_states_nothing_and_is_told(
    patient: Browser, who: Registered, superuser: psycopg.Connection, seen: str
) -> None:
    address = f"{LIST}category/close/"
    patient.get(address)
    page = patient.send(address, value="LAB", seen=seen)
    assert page.status == 409
    assert "This was changed in the meantime" in page
    assert _rows(superuser, who) == []
    assert patient.confirm(address).path == LIST  # the fresh page that came with it
    assert len(_rows(superuser, who)) == 1


def test_of_two_windows_the_second_is_shown_what_the_first_did(
    account: Somebody, patient: Browser, who: Registered, superuser: psycopg.Connection
) -> None:
    about = (Actor("patient", account.account_id), who.person_id, "category", "LAB")
    state_closing(*about)
    first = patient.get(f"{LIST}category/open/?value=LAB")
    end_closing(*about)
    patient.page = first
    assert "Open again: Laboratory reports." in patient.confirm(first.path)  # it is what was wanted
    patient.page = first
    state_closing(*about)
    page = patient.confirm(first.path)
    assert page.status == 409
    assert "This was changed in the meantime" in page
    assert [row[-1] for row in _rows(superuser, who)] == [True, False, True]
    assert "Open again: Laboratory reports." in patient.confirm(page.path)


def test_a_double_click_is_one_statement(patient: Browser, who: Registered, superuser: psycopg.Connection) -> None:
    for what in ("close", "open"):
        first = patient.get(f"{LIST}label/{what}/?value=SEX")
        patient.confirm(first.path)
        done = patient.page.text
        patient.page = first
        assert patient.confirm(first.path).text == done
    assert [row[-1] for row in _rows(superuser, who)] == [True, False]


def test_what_is_closed_already_is_said_to_change_nothing(patient: Browser) -> None:
    _do(patient, "close", "category", "LAB")
    page = patient.get(f"{LIST}category/close/?value=LAB")
    assert "This is closed already: nothing would change." in page
    assert 'name="seen"' not in page.source
    _do(patient, "open", "category", "LAB")
    page = patient.get(f"{LIST}category/open/?value=LAB")
    assert "This is open already: nothing would change." in page
    assert 'name="seen"' not in page.source


def test_every_version_stands_on_its_pages(account: Somebody, patient: Browser, who: Registered) -> None:
    about = (Actor("patient", account.account_id), who.person_id, "category", "LAB")
    for _ in range(11):
        state_closing(*about)
        end_closing(*about)
    first = patient.get(f"{LIST}said-before/")
    assert first.text.count("said by you, version") == 20
    assert "version 22" in first
    second = patient.get(f"{LIST}said-before/?from=20")
    assert second.text.count("said by you, version") == 2
    assert patient.get(LIST).text.count("said by you, version") == 5


def test_a_strangers_list_is_another_one(cast: Cast, server: str, patient: Browser) -> None:
    _do(patient, "close", "label", "HIV")
    other = Browser(server, cast.patient_account(cast.register()))
    assert "HIV" not in other.get(LIST)
    assert other.get(f"{LIST}label/open/?value=HIV").status == 404
    other.get(LIST)
    assert other.send(f"{LIST}label/open/", value="HIV", seen="1").status == 404
    other.close()
    assert "HIV and AIDS" in patient.get(LIST)


def _is_shut(browser: Browser, who: Registered) -> None:
    start = f"/portal/for/{who.person_id}/closed/"
    for page in ("", "said-before/", "category/close/", "category/close/?value=DX", "category/open/?value=LAB"):
        assert browser.get(start + page).status == 404, page
    for what in ("close", "open"):
        browser.get("/portal/")
        assert browser.send(f"{start}category/{what}/", value="LAB", seen="1").status == 404


def test_a_parent_closes_for_a_child_and_nobody_else_does(
    cast: Cast, server: str, superuser: psycopg.Connection
) -> None:
    child = cast.register(family="WONG", given="Siu Ming", born=_years_ago(6))
    mother = cast.register(family="CHEUNG", given="Mei Ling")
    cast.appoint(child, mother)
    start = f"/portal/for/{child.person_id}/closed/"
    parent, stranger = (Browser(server, cast.patient_account(each)) for each in (mother, cast.register()))
    _do(parent, "close", "category", "LAB", start)
    for said in ("You decide for WONG Siu Ming, your child.", "Closed: Laboratory reports.", "said by you"):
        assert said in parent.page
    assert parent.page.path == start
    assert "Nothing is closed" in parent.get(LIST)
    own = Browser(server, cast.patient_account(child))
    page = own.get(LIST)
    assert "Laboratory reports" in page
    assert "said by CHEUNG Mei Ling, as parent" in page
    assert "Until you are 16" in page
    assert "/open/" not in page.source
    assert "/close/" not in page.source
    for what in ("close", "open"):
        assert own.get(f"{LIST}category/{what}/?value=LAB").status == 404
    _is_shut(stranger, child)
    assert "Open again: Laboratory reports." in _do(parent, "open", "category", "LAB", start)
    cast.dismiss(child, mother)
    _is_shut(parent, child)
    assert [row[-1] for row in _rows(superuser, child)] == [True, False]
    for each in (parent, stranger, own):
        each.close()


def test_a_parent_of_somebody_who_is_16_closes_nothing(cast: Cast, server: str, superuser: psycopg.Connection) -> None:
    young, mother = cast.register(born=_years_ago(16)), cast.register()
    cast.appoint(young, mother)
    parent, own = Browser(server, cast.patient_account(mother)), Browser(server, cast.patient_account(young))
    _is_shut(parent, young)
    assert _rows(superuser, young) == []
    assert "Closed: Laboratory reports." in _do(own, "close", "category", "LAB")
    _is_shut(parent, young)
    assert len(_rows(superuser, young)) == 1
    parent.close()
    own.close()


def test_a_clinician_and_whoever_is_not_signed_in_have_no_such_pages(cast: Cast, server: str) -> None:
    for somebody, path in ((cast.professional("DOC", HARBOUR), "/clinic/"), (None, "/sign-in/")):
        browser = Browser(server, somebody)
        for page in ("", "category/close/", "category/open/?value=LAB"):
            assert browser.get(LIST + page).path == path
        browser.close()


@pytest.mark.parametrize(
    ("language", "title", "label"),
    [("zh-hant", "我選擇不互通的資料", "精神健康"), ("zh-hans", "我选择不互通的资料", "精神健康")],
)
def test_the_pages_speak_chinese(server: str, account: Somebody, language: str, title: str, label: str) -> None:
    patient = Browser(server, account, language)
    assert title in patient.get(LIST)
    assert label in patient.get(f"{LIST}label/close/")
    page = _do(patient, "close", "label", "PSY")
    assert label in page
    assert "Closed" not in page.text
    patient.close()
