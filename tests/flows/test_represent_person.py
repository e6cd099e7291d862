"""A parent decides for a child in the portal, until the child is 16; nobody else does."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from calendar_days import at
from cast import HARBOUR, Cast, Registered
from doors import Browser, mail_to, run_jobs

from wutong.control.audit.append import HOST, Actor
from wutong.control.consent import actions as consents
from wutong.control.flows.change_consent import give_consent, withdraw_consent
from wutong.control.people.actions import persons
from wutong.control.people.queries.providers import provider_with_code
from wutong.core import clock
from wutong.core.answers import Missing

PAGES = [
    *("", "who-may-look/", "who-may-look/said-before/", "closed/", "closed/said-before/"),
    *("closed/category/close/", "closed/label/close/", "who-looked/", "messages/"),
]


def _clinic() -> UUID:
    found = provider_with_code(HARBOUR)
    assert found
    return found.provider_id


def _years_ago(years: int) -> str:
    return clock.today().replace(day=1, year=clock.today().year - years).isoformat()


def _all_pages(child: Registered) -> list[str]:
    about = f"who-may-look/{_clinic()}"
    named = [*PAGES, f"{about}/allow/", f"{about}/allow/?kind=one-year", f"{about}/withdraw/"]
    return [f"/portal/for/{child.person_id}/{page}" for page in named]


def _trail(superuser: psycopg.Connection, who: Registered, event: str) -> list[tuple[Any, ...]]:
    query = "select outcome, caller_id, detail from audit.entry where person_id = %s and event = %s order by at"
    return superuser.execute(query, [who.person_id, event]).fetchall()


def _opens(cast: Cast, who: Registered) -> int:
    return cast.open(cast.session_token(cast.professional("DOC", HARBOUR)), who.person_id).status_code


@pytest.fixture
def child(cast: Cast) -> Registered:
    """A child of six."""
    return cast.register(family="WONG", given="Siu Ming", born=_years_ago(6))


@pytest.fixture
def mother(cast: Cast, child: Registered) -> Registered:
    """The child's mother."""
    made = cast.register(family="CHEUNG", given="Mei Ling", born=_years_ago(38))
    cast.appoint(child, made)
    return made


@pytest.fixture
def parent(cast: Cast, server: str, mother: Registered) -> Iterator[Browser]:
    """Her browser, in her portal."""
    made = Browser(server, cast.patient_account(mother))
    yield made
    made.close()


def _allow(parent: Browser, child: Registered, kind: str = "one-year") -> None:
    parent.get(f"/portal/for/{child.person_id}/who-may-look/{_clinic()}/allow/?kind={kind}")
    parent.confirm(parent.page.path)


def _withdraw(parent: Browser, child: Registered) -> None:
    parent.get(f"/portal/for/{child.person_id}/who-may-look/{_clinic()}/withdraw/")
    parent.confirm(parent.page.path)


def test_r58_a_parent_gives_and_withdraws_a_consent_for_a_child(cast: Cast, parent: Browser, child: Registered) -> None:
    assert "WONG Siu Ming, my child" in parent.get("/portal/")
    assert _opens(cast, child) == 403
    _allow(parent, child)
    assert parent.page.path == f"/portal/for/{child.person_id}/who-may-look/"
    assert "Harbour Family Clinic may look at the record of WONG Siu Ming now." in parent.page
    assert _opens(cast, child) == 200
    _withdraw(parent, child)
    assert "Harbour Family Clinic may not look at the record of WONG Siu Ming any more." in parent.page
    assert _opens(cast, child) == 403


def test_every_page_about_a_child_says_so_and_stays_with_the_child(parent: Browser, child: Registered) -> None:
    for address in _all_pages(child):
        page = parent.get(address)
        assert page.status == 200, address
        assert "You decide for WONG Siu Ming, your child." in page
        assert "at the age of 16" in page
        own = {"/portal/"}  # the one way back to one's own pages
        links = set(page.source.split('href="/portal/')[1:])
        assert {f"/portal/{link.partition(chr(34))[0]}" for link in links if not link.startswith("for/")} <= own
    for page in PAGES:
        assert "You decide for" not in parent.get(f"/portal/{page}")


def test_two_windows_do_not_mix_two_people(cast: Cast, parent: Browser, child: Registered, mother: Registered) -> None:
    about = f"who-may-look/{_clinic()}/allow/?kind=indefinite"
    own, childs = parent.get(f"/portal/{about}"), parent.get(f"/portal/for/{child.person_id}/{about}")
    parent.page = own
    parent.confirm(own.path)
    assert _opens(cast, mother) == 200
    assert _opens(cast, child) == 403
    parent.page = childs
    parent.confirm(childs.path)
    assert _opens(cast, child) == 200


def test_two_children_are_two_profiles(cast: Cast, parent: Browser, child: Registered, mother: Registered) -> None:
    other = cast.register(family="WONG", given="Siu Ling", born=_years_ago(3))
    cast.appoint(other, mother)
    page = parent.get("/portal/")
    assert "WONG Siu Ming, my child WONG Siu Ling, my child" in page
    _allow(parent, other)
    assert _opens(cast, other) == 200
    assert _opens(cast, child) == 403


@pytest.mark.parametrize("relation", ["carer", "statutory-guardian", "friend", ""])
def test_other_relations_decide_nothing(
    cast: Cast, server: str, child: Registered, relation: str, superuser: psycopg.Connection
) -> None:
    acting = cast.register()
    with clock.travel(timedelta(days=2)):
        cast.appoint(child, acting, "parent")  # it begins later: it does not hold yet
    if relation:
        cast.appoint(child, acting, relation)
    browser = Browser(server, cast.patient_account(acting))
    assert "Siu Ming" not in browser.get("/portal/")
    _is_shut(browser, child)
    browser.close()
    assert {outcome for outcome, _, _ in _trail(superuser, child, "person:represent")} == {"refused"}
    assert _trail(superuser, child, "consent:change") == []


def _is_shut(browser: Browser, child: Registered) -> None:
    for address in _all_pages(child):
        assert browser.get(address).status == 404, address
    browser.get("/portal/")
    about = f"/portal/for/{child.person_id}/who-may-look/{_clinic()}"
    assert browser.send(f"{about}/allow/", kind="one-year", seen="0").status == 404
    browser.get("/portal/")
    assert browser.send(f"{about}/withdraw/", seen="1").status == 404


@pytest.mark.parametrize("relation", ["guardian", "court-appointed"])
def test_a_guardian_decides_as_well(
    cast: Cast, server: str, child: Registered, relation: str, superuser: psycopg.Connection
) -> None:
    acting = cast.register(family="HO", given="Guardian")
    cast.appoint(child, acting, relation)
    browser = Browser(server, cast.patient_account(acting))
    assert "WONG Siu Ming, in my care" in browser.get("/portal/")
    _allow(browser, child)
    browser.close()
    assert _opens(cast, child) == 200
    [(_, _, detail)] = _trail(superuser, child, "consent:change")
    assert detail["relation"] == relation


@pytest.mark.parametrize("relation", ["family-member", "co-resident"])
def test_family_decides_where_nobody_ranks_before_them_and_not_while_somebody_does(
    cast: Cast, server: str, child: Registered, relation: str
) -> None:
    mother, aunt = cast.register(), cast.register(family="WONG", given="Aunt")
    cast.appoint(child, aunt, relation)
    browser = Browser(server, cast.patient_account(aunt))
    assert "WONG Siu Ming, in my care" in browser.get("/portal/")
    _allow(browser, child)
    assert _opens(cast, child) == 200
    cast.appoint(child, mother)
    _is_shut(browser, child)
    cast.dismiss(child, mother)
    assert browser.get(f"/portal/for/{child.person_id}/").status == 200
    browser.close()


def test_the_carer_of_an_adult_decides_nothing(cast: Cast, server: str) -> None:
    old, acting = cast.register(born="1944-02-01"), cast.register()
    cast.appoint(old, acting, "carer")
    cast.appoint(old, acting, "parent")  # a relation of before, of somebody who is grown up
    browser = Browser(server, cast.patient_account(acting))
    assert "Whose record" not in browser.get("/portal/")
    _is_shut(browser, old)
    browser.close()


def test_what_was_ended_ends_at_the_next_click(
    cast: Cast, parent: Browser, child: Registered, mother: Registered
) -> None:
    page = parent.get(f"/portal/for/{child.person_id}/who-may-look/{_clinic()}/allow/?kind=one-year")
    cast.dismiss(child, mother)
    assert parent.confirm(page.path).status == 404
    _is_shut(parent, child)
    assert _opens(cast, child) == 403


def test_made_up_and_own_addresses_are_none_and_clinicians_have_none(
    cast: Cast, server: str, parent: Browser, child: Registered, mother: Registered
) -> None:
    for person_id in (uuid4(), mother.person_id):
        assert parent.get(f"/portal/for/{person_id}/").status == 404
    assert parent.get("/portal/for/not-an-id/").status == 404
    doctor = Browser(server, cast.professional("DOC", HARBOUR))
    assert doctor.get(f"/portal/for/{child.person_id}/").path == "/clinic/"
    doctor.close()


def test_at_16_the_parent_is_out_at_midnight_of_the_territory_and_the_consent_stays(cast: Cast, server: str) -> None:
    young = cast.register(family="LEUNG", given="Young", born="2010-12-01")
    acting = cast.register()
    with at("2026-11-23T12:00+08:00"):
        cast.appoint(young, acting)
        account = cast.patient_account(acting)
    with at("2026-11-30T23:57+08:00"):
        parent = Browser(server, account)
        _allow(parent, young, "indefinite")
        assert "This ends on 1 December 2026, at the age of 16." in parent.page
    with at("2026-12-01T00:00+08:00"):
        assert "LEUNG" not in parent.get("/portal/")
        _is_shut(parent, young)
        parent.close()
        assert _opens(cast, young) == 200
        own = Browser(server, cast.patient_account(young))
        assert "said by CHAN Tai Man, as parent, version 1" in own.get("/portal/who-may-look/")
        own.get(f"/portal/who-may-look/{_clinic()}/withdraw/")
        own.confirm(own.page.path)
        assert "said by you, version 2" in own.page
        own.close()
        assert _opens(cast, young) == 403


@pytest.mark.parametrize(
    ("born", "last", "first"),
    [
        ("2010-12", "2026-11-30T23:57+08:00", "2026-12-01T00:00+08:00"),
        ("2011", "2026-12-31T23:57+08:00", "2027-01-01T00:00+08:00"),
    ],
)
def test_a_birth_known_in_part_ends_it_as_early_as_it_may_have_been(
    cast: Cast, server: str, born: str, last: str, first: str
) -> None:
    young, acting = cast.register(born=born), cast.register()
    with at("2026-11-23T12:00+08:00"):
        cast.appoint(young, acting)
        account = cast.patient_account(acting)
    with at(last):
        parent = Browser(server, account)
        assert parent.get(f"/portal/for/{young.person_id}/").status == 200
    with at(first):
        assert parent.get(f"/portal/for/{young.person_id}/").status == 404
        parent.close()


def test_the_message_says_who_stated_it_and_goes_to_the_child(
    parent: Browser, child: Registered, mother: Registered, mail_folder: Path
) -> None:
    _allow(parent, child)
    run_jobs()
    [told] = mail_to(mail_folder, child.email)
    assert "Your parent, acting for you, changed who may look at your health record." in told.get_content()
    assert mail_to(mail_folder, mother.email) == []
    assert "Your parent, acting for you" in parent.get(f"/portal/for/{child.person_id}/messages/")
    assert "Your parent, acting for you" not in parent.get("/portal/messages/")


def test_an_sms_says_it_in_short(parent: Browser, child: Registered) -> None:
    from wutong.control.notices import consent_wording

    word = consent_wording.of_consent_in_short(
        language="en", provider_name="Clinic", is_given=False, until=None, stated_as="court-appointed"
    )
    assert word.body.startswith("Somebody whom a court appointed to act for you changed who may look")
    persons.set_contact(actor=HOST, person_id=child.person_id, channel="sms", phone="91234567")
    _allow(parent, child)
    assert "Your parent, acting for you" in parent.get(f"/portal/for/{child.person_id}/messages/")


def test_each_page_is_on_the_childs_trail_with_who_opened_it(
    parent: Browser, child: Registered, mother: Registered, superuser: psycopg.Connection
) -> None:
    parent.get(f"/portal/for/{child.person_id}/who-looked/")
    [(outcome, caller_id, detail)] = _trail(superuser, child, "person:represent")
    assert (outcome, detail) == ("allowed", {"relation": "parent", "page": "looks"})
    assert caller_id
    assert _trail(superuser, mother, "person:represent") == []


def test_the_childs_looks_are_shown_to_the_parent(cast: Cast, parent: Browser, child: Registered) -> None:
    address = f"/portal/for/{child.person_id}/who-looked/"
    assert "Nobody has looked at the record of WONG Siu Ming yet." in parent.get(address)
    _allow(parent, child)
    assert _opens(cast, child) == 200
    assert "a doctor" in parent.get(address)
    assert "a doctor" not in parent.get("/portal/who-looked/")


def test_two_parents_see_what_the_other_said(cast: Cast, server: str, parent: Browser, child: Registered) -> None:
    father = cast.register(family="WONG", given="Chi Wai")
    cast.appoint(child, father)
    _allow(parent, child)
    assert "said by you, version 1" in parent.page
    other = Browser(server, cast.patient_account(father))
    assert "said by CHEUNG Mei Ling, as parent, version 1" in other.get(f"/portal/for/{child.person_id}/who-may-look/")
    other.close()


@pytest.mark.parametrize("ended", [True, False])
@pytest.mark.parametrize("relation", ["parent", "guardian"])
def test_the_relation_is_judged_again_in_the_transaction_that_states(
    cast: Cast, mother: Registered, child: Registered, superuser: psycopg.Connection, *, relation: str, ended: bool
) -> None:
    """As if the link had ended after the page was let in."""
    actor = Actor("patient", cast.patient_account(mother).account_id)
    holds = relation == "parent" and not ended
    if ended:
        cast.dismiss(child, mother)
    given = give_consent(actor, child.person_id, _clinic(), "one-year", stated_as=relation)
    assert isinstance(given, Missing) is not holds
    consents.give(actor=actor, person_id=child.person_id, provider_id=_clinic(), kind="one-year")
    withdrawn = withdraw_consent(actor, child.person_id, _clinic(), stated_as=relation)
    assert isinstance(withdrawn, Missing) is not holds
    told = [row[2] for row in _trail(superuser, child, "consent:change") if row[2].get("relation")]
    assert len(told) == (2 if holds else 0)
    refused = [row for row in _trail(superuser, child, "person:represent") if row[0] == "refused"]
    assert len(refused) == (0 if holds else 2)


@pytest.mark.parametrize(("age", "decides"), [(15, False), (16, True)])
def test_who_is_under_16_reads_who_may_look_and_decides_it_from_the_birthday_on(
    cast: Cast, server: str, superuser: psycopg.Connection, age: int, *, decides: bool
) -> None:
    who = cast.register(born=_years_ago(age))
    own = Browser(server, cast.patient_account(who))
    page = own.get("/portal/who-may-look/")
    assert ("Until you are 16" in page) is not decides
    assert ("/allow/" in page.source) is decides
    form = f"/portal/who-may-look/{_clinic()}/allow/"
    assert own.get(f"{form}?kind=one-year").status == (200 if decides else 404)
    answer = give_consent(Actor("patient", own.who and own.who.account_id), who.person_id, _clinic(), "one-year")
    assert isinstance(answer, Missing) is not decides
    refused = [row for row in _trail(superuser, who, "person:represent") if row[0] == "refused"]
    assert len(refused) == (0 if decides else 1)
    own.close()
