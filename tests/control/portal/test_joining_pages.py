"""The pages of leaving and joining again: what follows, what is asked, what stays to be read, and who finds them."""

from collections.abc import Iterator
from uuid import UUID

import psycopg
import pytest
from cast import HARBOUR, Cast, Registered, Somebody
from doors import Browser
from groups import whoever

from wutong.control.consent.joining_queries import joinings_of
from wutong.control.consent.queries import words_of
from wutong.control.people.queries.persons import registration_state
from wutong.control.people.queries.providers import provider_with_code
from wutong.core import clock

WHO = "/portal/who-may-look/"
LEAVE, JOIN = f"{WHO}leave/", f"{WHO}join-again/"


@pytest.fixture
def who(cast: Cast) -> Registered:
    """Somebody who allows the clinic."""
    made = cast.register()
    cast.allow(made)
    return made


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


def _harbour() -> UUID:
    found = provider_with_code(HARBOUR)
    assert found
    return found.provider_id


def test_leaving_says_what_follows_asks_once_and_says_since_when(patient: Browser, who: Registered) -> None:
    assert f'href="{LEAVE}"' in patient.get(WHO).source
    page = patient.get(LEAVE)
    for said in (
        "Leave health record sharing?",
        "Hospital Group",
        "Harbour Family Clinic",
        "also not in an emergency",
        "Healthcare providers upload nothing more.",
        "Nothing is erased",
        "You can join again at any time.",
        "at registration by Hospital Group, version 1",
    ):
        assert said in page
    assert registration_state(who.person_id) == "active"
    page = patient.confirm(LEAVE)
    assert registration_state(who.person_id) == "withdrawn"
    assert page.path == LEAVE
    assert "You left health record sharing on" in page
    assert "said by you, version 2" in page
    assert f'href="{JOIN}"' in page.source
    assert len(joinings_of(who.person_id)) == 2


def test_whoever_left_still_reads_what_was_said_and_who_looked(cast: Cast, patient: Browser, who: Registered) -> None:
    token = cast.session_token(cast.professional("DOC", HARBOUR, name_en="FONG Wing"))
    cast.open(token, who.person_id)
    cast.leave(who)
    left = "You left health record sharing on"
    for address in ("/portal/", WHO, "/portal/in-the-record/", LEAVE):
        assert left in patient.get(address), address
    page = patient.get(WHO)
    assert "What stands below holds nothing now." in page
    assert f'href="{LEAVE}"' not in page.source
    patient.get(f"{WHO}{_harbour()}/withdraw/")
    page = patient.confirm(f"{WHO}{_harbour()}/withdraw/")
    assert "What you said is kept. Nobody can look before you join again." in page
    assert "shown to nobody, and not counted here" in patient.get("/portal/in-the-record/")
    assert "FONG Wing" in patient.get("/portal/who-looked/")
    assert "Harbour Family Clinic" in patient.get(f"{WHO}said-before/")
    assert patient.get("/portal/messages/").status == 200
    page = patient.get(f"{WHO}key/")
    assert "Nobody can be allowed by a key" in page
    assert "Make a key" not in page


@pytest.mark.parametrize(("choice", "may_look"), [("keep", True), ("withdraw", False)])
def test_joining_again_asks_what_becomes_of_the_permissions(
    cast: Cast, patient: Browser, who: Registered, choice: str, may_look: bool
) -> None:
    whoever().allow(who)
    cast.leave(who)
    page = patient.get(JOIN)
    for said in ("Join health record sharing again?", "Harbour Family Clinic", "Hospital Group"):
        assert said in page
    page = patient.confirm(JOIN)
    assert "Choose what becomes of the permissions of before" in page
    assert registration_state(who.person_id) == "withdrawn"
    page = patient.send(JOIN, permissions=choice, seen="2")
    assert page.path == LEAVE
    assert "Leave health record sharing?" in page
    assert "said by you, version 3" in page
    assert registration_state(who.person_id) == "active"
    assert any(each.is_in_force for each in words_of(who.person_id).values()) is may_look


def test_what_changed_in_another_window_is_shown_afresh(cast: Cast, patient: Browser, who: Registered) -> None:
    patient.get(LEAVE)
    cast.leave(who)
    cast.rejoin(who)
    page = patient.confirm(LEAVE)
    assert page.status == 409
    assert "This was changed in the meantime" in page
    assert registration_state(who.person_id) == "active"
    page = patient.confirm(LEAVE)
    assert page.status == 200
    assert registration_state(who.person_id) == "withdrawn"
    patient.get(JOIN)
    page = patient.send(JOIN, permissions="keep", seen="2")
    assert page.status == 409
    assert registration_state(who.person_id) == "withdrawn"


@pytest.mark.parametrize("state", ["suspended", "deceased"])
def test_a_suspended_registration_is_not_changed_here(
    patient: Browser, who: Registered, superuser: psycopg.Connection, state: str
) -> None:
    patient.get(LEAVE)
    superuser.execute("update control.person set state = %s where person_id = %s", [state, who.person_id])
    page = patient.confirm(LEAVE)
    for shown in (page, patient.get(JOIN)):
        assert "The registration is suspended or has ended" in shown
        assert "<form" not in shown.source.partition("<main")[2]
    assert registration_state(who.person_id) == state


def test_a_parent_does_it_for_a_child_and_nobody_else_finds_the_pages(cast: Cast, server: str) -> None:
    child = cast.register(born=clock.today().replace(day=1, year=clock.today().year - 7).isoformat())
    parent, carer = cast.register(), cast.register()
    cast.appoint(child, parent)
    cast.let_care(child, carer, ["looks"])
    own = f"/portal/for/{child.person_id}/who-may-look/"
    for somebody, start in ((child, WHO), (carer, own), (cast.register(), own)):
        other = Browser(server, cast.patient_account(somebody))
        for page in ("leave/", "join-again/"):
            assert other.get(f"{start}{page}").status == 404
        other.close()
    browser = Browser(server, cast.patient_account(parent))
    page = browser.get(f"{own}leave/")
    assert "may leave at any time" in page
    assert "Carers, if there are any, see nothing here until" in page
    page = browser.confirm(f"{own}leave/")
    assert page.path == f"{own}leave/"
    assert "left health record sharing on" in page
    browser.get(f"{own}join-again/")
    browser.send(f"{own}join-again/", permissions="keep", seen="2")
    browser.close()
    assert [each.stated_as for each in joinings_of(child.person_id)] == ["parent", "parent", ""]


def test_a_post_by_a_child_changes_nothing(cast: Cast, server: str) -> None:
    child = cast.register(born=clock.today().replace(day=1, year=clock.today().year - 7).isoformat())
    browser = Browser(server, cast.patient_account(child))
    browser.get("/portal/carers/")
    assert browser.send(LEAVE, seen="1").status == 404
    browser.close()
    assert registration_state(child.person_id) == "active"


def test_the_day_on_which_somebody_had_left_is_replayed(cast: Cast, patient: Browser, who: Registered) -> None:
    today = clock.today().isoformat()
    assert "Harbour Family Clinic" in patient.get(f"{WHO}on-a-day/?day={today}")
    cast.leave(who)
    page = patient.get(f"{WHO}on-a-day/?day={today}")
    assert "You had left health record sharing on" in page
    assert "Harbour Family Clinic" not in page


@pytest.mark.parametrize(("language", "said"), [("zh-hant", "退出健康紀錄互通？"), ("zh-hans", "退出健康纪录互通？")])
def test_the_pages_speak_chinese(server: str, account: Somebody, language: str, said: str) -> None:
    browser = Browser(server, account, language=language)
    assert said in browser.get(LEAVE)
    browser.close()
