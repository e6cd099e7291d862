"""One sign-in, several people's records (R-67): each is let in by itself, ends by itself, is entered, and is kept nowhere."""

from collections.abc import Iterator
from uuid import UUID

import psycopg
import pytest
from calendar_days import at
from cast import HARBOUR, Cast, Registered
from doors import Browser

from wutong.control.people.queries.providers import provider_with_code

PAGES = ["", "who-may-look/", "who-looked/", "messages/"]


@pytest.fixture
def children(cast: Cast) -> list[Registered]:
    """An older child, 16 on 1 December 2026, and a younger one."""
    born = {"Siu Ming": "2010-12-01", "Siu Ling": "2020-12-01"}
    return [cast.register(family="WONG", given=name, born=day) for name, day in born.items()]


@pytest.fixture
def mother(cast: Cast, children: list[Registered]) -> Registered:
    """Whoever decides for both."""
    made = cast.register(family="CHEUNG", given="Mei Ling")
    for child in children:
        with at("2026-11-23T12:00+08:00"):
            cast.appoint(child, made)
    return made


@pytest.fixture
def parent(cast: Cast, server: str, mother: Registered) -> Iterator[Browser]:
    """Her browser, signed in shortly before the elder's birthday."""
    with at("2026-11-23T12:00+08:00"):
        account = cast.patient_account(mother)
    with at("2026-11-30T23:55+08:00"):
        made = Browser(server, account)
    yield made
    made.close()


def _statuses(parent: Browser, child: Registered) -> set[int]:
    return {parent.get(f"/portal/for/{child.person_id}/{page}").status for page in PAGES}


def _entered(superuser: psycopg.Connection, who: Registered) -> list[tuple[str, UUID]]:
    query = "select outcome, caller_id from audit.entry where person_id = %s and event = 'person:represent' order by at"
    return superuser.execute(query, [who.person_id]).fetchall()


def test_r67_each_profile_is_let_in_by_itself_and_again_at_each_click(
    cast: Cast, parent: Browser, children: list[Registered], mother: Registered
) -> None:
    elder, younger = children
    stranger = cast.register(born="2020-12-01")
    with at("2026-11-30T23:56+08:00"):
        assert [_statuses(parent, each) for each in (elder, younger, stranger)] == [{200}, {200}, {404}]
    with at("2026-12-01T00:00+08:00"):  # the elder is 16, in the same session
        assert [_statuses(parent, each) for each in (elder, younger)] == [{404}, {200}]
        cast.dismiss(younger, mother)
        assert _statuses(parent, younger) == {404}
        assert parent.get("/portal/").status == 200  # her own goes on


def test_r67_each_click_is_entered_on_the_profile_that_it_is_about(
    parent: Browser, children: list[Registered], mother: Registered, superuser: psycopg.Connection
) -> None:
    elder, younger = children
    assert parent.who
    with at("2026-11-30T23:56+08:00"):
        _statuses(parent, younger)
    with at("2026-12-01T00:00+08:00"):
        _statuses(parent, elder)
    assert _entered(superuser, younger) == [("allowed", parent.who.account_id)] * len(PAGES)
    assert _entered(superuser, elder) == [("refused", parent.who.account_id)] * len(PAGES)
    assert _entered(superuser, mother) == []


def test_r67_nothing_of_one_profile_is_kept_for_another(parent: Browser, children: list[Registered]) -> None:
    elder, younger = children
    clinic = provider_with_code(HARBOUR)
    assert clinic
    with at("2026-11-30T23:56+08:00"):
        parent.get(f"/portal/for/{elder.person_id}/who-may-look/{clinic.provider_id}/allow/?kind=one-year")
        parent.confirm(parent.page.path)
        before = parent.cookies
        for child, is_allowed in ((elder, True), (younger, False), (elder, True)):
            answer = parent.fetch(f"/portal/for/{child.person_id}/who-may-look/")
            assert answer.headers["cache-control"] == "no-store"
            assert ("/withdraw/" in answer.text) is is_allowed
            other = younger if child is elder else elder
            assert str(other.person_id) not in answer.text
        assert parent.cookies == before
        parent.get(f"/portal/for/{elder.person_id}/who-may-look/{clinic.provider_id}/withdraw/")
        form = f"/portal/for/{younger.person_id}/who-may-look/{clinic.provider_id}/withdraw/"
        parent.send(form, seen="1")  # the elder's form, sent to the younger's address
        assert "/withdraw/" in parent.get(f"/portal/for/{elder.person_id}/who-may-look/").source
