"""Somebody who left joins again by a form signed at a desk: what the desk sees, who may sign, what holds, who is told."""

from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from calendar_days import at
from cast import HA, HARBOUR, Cast, Registered, Somebody
from desks import Desk, registrar, signed
from doors import Browser, mail_to, run_jobs
from groups import whoever

from wutong.control.consent.joining_queries import joinings_of
from wutong.control.consent.queries import words_of
from wutong.control.people.queries.persons import registration_state
from wutong.control.people.queries.providers import provider_with_code
from wutong.core import clock

RECORDED = "It is recorded, and holds from now on. The person has been told."
LEFT = "This person left health record sharing on"
KEEP, ANEW = "join-keep", "join-anew"


Leaver = tuple[Registered, Somebody]


@pytest.fixture
def leaver(cast: Cast) -> Leaver:
    """Somebody who allowed two clinics, and left by their account."""
    made = cast.register()
    cast.allow(made)
    cast.allow(made, "PEAK")
    account = cast.patient_account(made)
    cast.leave(made)
    return made, account


@pytest.fixture
def who(leaver: Leaver) -> Registered:
    """The same person."""
    return leaver[0]


@pytest.fixture
def account(leaver: Leaver) -> Somebody:
    """Their account."""
    return leaver[1]


@pytest.fixture
def desk(cast: Cast, server: str) -> Iterator[Desk]:
    """Registration staff of the clinic."""
    with closing(Desk(server, registrar(cast))) as made:
        yield made


def _opens(cast: Cast, who: Registered, provider: str = HARBOUR) -> int:
    return cast.open(cast.session_token(cast.professional("DOC", provider)), who.person_id).status_code


def _trail(superuser: psycopg.Connection, who: Registered, event: str = "joining:change") -> list[Any]:
    query = """select outcome, reason, detail, caller_id, provider_id from audit.entry
                where person_id = %s and event = %s order by at"""
    return superuser.execute(query, [who.person_id, event]).fetchall()


def _refused(superuser: psycopg.Connection, who: Registered) -> list[str]:
    return [reason for outcome, reason, *_ in _trail(superuser, who) if outcome == "refused"]


def _is_out(who: Registered) -> bool:
    return registration_state(who.person_id) == "withdrawn"


def test_the_desk_finds_who_left_and_sees_nothing_else_of_them(desk: Desk, who: Registered) -> None:
    desk.browser.get("/clinic/desk/")
    page = desk.browser.send("/clinic/desk/", hkid=who.hkid)
    assert page.path == f"/clinic/desk/{who.person_id}/"
    assert LEFT in page
    assert "They can join again by a signed form." in page
    for word in ("CHAN", "陳大文", "1950", who.hkid, "sharing consent", "Show a code", "access key", "Open the record"):
        assert word not in page.source, word
    page = desk.browser.get(f"/clinic/desk/{who.person_id}/form/")
    assert "checked" not in page.source.partition('id="record"')[2]
    assert "Signed form to join again" in page
    assert desk.browser.get(f"/clinic/desk/{who.person_id}/key/").path == f"/clinic/desk/{who.person_id}/"


def test_r01_r58_a_signed_form_lets_them_join_at_the_next_request(
    cast: Cast, desk: Desk, who: Registered, superuser: psycopg.Connection
) -> None:
    assert (_opens(cast, who), _opens(cast, who, HA)) == (403, 403)
    assert RECORDED in desk.record(who.person_id, says=KEEP, reference="JOIN-1A")
    assert [_opens(cast, who, code) for code in (HARBOUR, HA)] == [200, 200]
    newest = joinings_of(who.person_id)[0]
    assert (newest.version, newest.is_given, newest.way, newest.form_reference) == (3, True, "form", "JOIN-1A")
    outcome, _reason, detail, caller, _provider = _trail(superuser, who)[-1]
    assert (outcome, caller) == ("allowed", desk.who.account_id)
    assert (detail["way"], detail["form"], detail["signed"]) == ("form", "JOIN-1A", clock.today().isoformat())
    assert detail["taken_by"] == str(desk.who.account_id)
    assert (detail["old"]["version"], detail["new"]["version"]) == (2, 3)


def test_r01_the_paper_says_whether_permissions_of_before_hold_again(
    cast: Cast, desk: Desk, who: Registered, superuser: psycopg.Connection
) -> None:
    cast.rejoin(who)
    whoever().allow(who)
    cast.leave(who)
    assert RECORDED in desk.record(who.person_id, says=ANEW)
    assert not any(each.is_in_force for each in words_of(who.person_id).values())
    assert (_opens(cast, who), _opens(cast, who, HA)) == (403, 200)
    withdrawn = _trail(superuser, who, "consent:change")[-3:]
    assert [row[2]["new"]["state"] for row in withdrawn] == ["withdrawn"] * 3
    assert [row[3] for row in withdrawn] == [desk.who.account_id] * 3
    assert [row[4] for row in withdrawn] == [None] * 3  # no entry of the desk's provider says whom they had allowed
    assert RECORDED in desk.record(who.person_id)  # one to this provider, of its own
    assert _opens(cast, who) == 200


def test_nothing_is_chosen_and_nothing_holds_before_it_was_looked_at_again(desk: Desk, who: Registered) -> None:
    address = f"/clinic/desk/{who.person_id}/form/"
    desk.browser.get(address)
    form = signed()
    del form["says"]
    assert "Choose what the form says" in desk.browser.send(address, **form)
    page = desk.browser.send(address, **signed(says=ANEW, reference="ab cd-77"))
    for said in ("Check before you record it", "ABCD-77", "every permission of before is withdrawn"):
        assert said in page
    assert _is_out(who)


def test_the_person_is_told_and_sees_how_and_may_leave_again(
    server: str, desk: Desk, who: Registered, account: Somebody, mail_folder: Path
) -> None:
    run_jobs()
    before = len(mail_to(mail_folder, who.email))
    desk.record(who.person_id, says=ANEW, reference="SEEN-J")
    run_jobs()
    [told] = mail_to(mail_folder, who.email)[before:]
    assert told["subject"] == "A form of joining the system again was recorded"
    text = told.get_content()
    for said in ("A signed form was recorded at the desk of", "Every permission", "Nobody signed this for you"):
        assert said in text, said
    assert "You joined" not in text
    portal = Browser(server, account)
    page = portal.get("/portal/who-may-look/leave/")
    assert "on a signed form with the reference SEEN-J, recorded at Harbour Family Clinic by Desk" in page
    assert f"SEEN-J, recorded at the desk by Desk {desk.who.name}" in portal.get("/portal/who-may-look/said-before/")
    portal.get("/portal/who-may-look/leave/")
    portal.confirm("/portal/who-may-look/leave/")
    assert _is_out(who)
    portal.close()


def test_a_form_is_recorded_once_whatever_it_says_and_at_another_desk_it_is_another(
    cast: Cast, server: str, desk: Desk, who: Registered, superuser: psycopg.Connection
) -> None:
    other = cast.register()
    desk.record(other.person_id, reference="ONCE-J")
    page = desk.record(who.person_id, says=KEEP, reference="once-j")
    assert page.status == 409
    assert "A form with this reference was recorded before." in page
    assert _is_out(who)
    assert _refused(superuser, who) == ["form-known"]
    desk.record(who.person_id, says=KEEP, reference="TWICE-J")
    cast.leave(who)
    assert desk.record(who.person_id, says=KEEP, reference="TWICE-J").status == 409
    with closing(Desk(server, registrar(cast, HA))) as hospital:  # also where the law needs no consent
        assert RECORDED not in hospital.record(who.person_id, says=KEEP, reference="TWICE-J", signed_as="parent")
        assert "needs no sharing consent" in hospital.record(who.person_id, says=KEEP, reference="TWICE-J")
    assert not _is_out(who)


@pytest.mark.parametrize(
    ("days", "sentence"),
    [(-1, "This date is still to come."), (31, "This form is older than 30 days."), (1, "has said something else")],
    ids=["to-come", "too-old", "before-they-left"],
)
def test_a_form_counts_within_its_time_and_not_before_they_left(
    desk: Desk, who: Registered, days: int, sentence: str
) -> None:
    signed_on = clock.today() - timedelta(days=days)
    assert sentence in desk.record(who.person_id, says=KEEP, signed_on=signed_on.isoformat())
    assert _is_out(who)


def test_of_a_child_whom_the_law_names_signs(
    cast: Cast, server: str, desk: Desk, superuser: psycopg.Connection
) -> None:
    child, parent = cast.register(born="2019-05-31"), cast.register()
    cast.appoint(child, parent)
    account = cast.patient_account(parent)
    _leave_for(cast, child, parent)
    assert RECORDED not in desk.record(child.person_id, says=KEEP)
    assert RECORDED not in desk.record(child.person_id, says=KEEP, signed_as="family-member")
    assert _is_out(child)
    assert RECORDED in desk.record(child.person_id, says=KEEP, signed_as="parent")
    assert _trail(superuser, child)[-1][2]["relation"] == "parent"
    portal = Browser(server, account)
    assert "said by a parent, on paper" in portal.get(f"/portal/for/{child.person_id}/who-may-look/leave/")
    portal.close()


def _leave_for(cast: Cast, child: Registered, parent: Registered) -> None:
    from wutong.control.consent.joining_queries import JoiningFacts
    from wutong.control.flows.change_joining import leave_system

    stated = leave_system(cast.portal_actor(parent), child.person_id, stated_as="parent")
    assert isinstance(stated, JoiningFacts)


def test_from_16_on_nobody_else_signs(cast: Cast, server: str) -> None:
    child, parent = cast.register(born="2010-06-15"), cast.register()
    with at("2026-06-14T22:00+08:00"):
        cast.appoint(child, parent)
        _leave_for(cast, child, parent)
    with at("2026-06-15T01:00+08:00"), closing(Desk(server, registrar(cast))) as desk:
        assert RECORDED not in desk.record(child.person_id, says=KEEP, signed_as="parent")
        assert RECORDED in desk.record(child.person_id, says=KEEP, signed_as="self")


@pytest.mark.parametrize("state", ["suspended", "deceased", "active"])
def test_whose_registration_is_suspended_or_over_or_was_never_left_joins_by_no_form(
    cast: Cast, desk: Desk, superuser: psycopg.Connection, state: str, who: Registered
) -> None:
    address = f"/clinic/desk/{who.person_id}/form/"
    desk.browser.get(address)
    checked = desk.browser.send(address, **signed(says=KEEP))
    superuser.execute("update control.person set state = %s where person_id = %s", [state, who.person_id])
    shown = desk.browser.get(f"/clinic/desk/{who.person_id}/")
    assert LEFT not in shown
    desk.browser.page = checked
    assert RECORDED not in desk.browser.confirm(address)
    assert registration_state(who.person_id) == state
    assert len(joinings_of(who.person_id)) == 2


def test_whose_registration_says_out_without_a_word_of_theirs_is_no_leaver(
    cast: Cast, desk: Desk, superuser: psycopg.Connection
) -> None:
    made = cast.register()
    superuser.execute("update control.person set state = 'withdrawn' where person_id = %s", [made.person_id])
    assert desk.browser.get(f"/clinic/desk/{made.person_id}/").status == 403


def test_whoever_joined_or_left_again_in_the_meantime_is_shown_first(cast: Cast, desk: Desk, who: Registered) -> None:
    address = f"/clinic/desk/{who.person_id}/form/"
    desk.browser.get(address)
    checked = desk.browser.send(address, **signed(says=KEEP))
    cast.rejoin(who)
    cast.leave(who)
    desk.browser.page = checked
    page = desk.browser.confirm(address)
    assert page.status == 409
    assert "Nothing was recorded" in page
    assert _is_out(who)
    assert "Print it" in page


@pytest.mark.parametrize("role", ["administrator", "privacy-officer"])
def test_others_at_the_provider_record_nothing(cast: Cast, server: str, who: Registered, role: str) -> None:
    browser = Browser(server, cast.professional("DOC", HARBOUR, role=role))
    browser.get("/")
    browser.send(f"/clinic/desk/{who.person_id}/form/", sure="yes", seen="2", **signed(says=KEEP))
    assert _is_out(who)
    browser.close()


def test_whose_registration_is_over_and_a_suspended_desk_are_told_nothing(
    cast: Cast, server: str, who: Registered, superuser: psycopg.Connection
) -> None:
    over = cast.professional("DOC", HARBOUR, until=clock.today() - timedelta(days=1))
    with closing(Desk(server, over)) as desk:
        page = desk.browser.get(f"/clinic/desk/{who.person_id}/form/")
        assert (page.status, LEFT in page) == (403, False)
    with closing(Desk(server, registrar(cast, "PEAK"))) as desk:
        address = f"/clinic/desk/{who.person_id}/form/"
        desk.browser.get(address)
        desk.browser.send(address, **signed(says=KEEP))
        superuser.execute("update control.provider set state = 'suspended' where code = 'PEAK'")
        try:
            assert desk.browser.confirm(address).status == 403
        finally:
            superuser.execute("update control.provider set state = 'active' where code = 'PEAK'")
    assert _is_out(who)


@pytest.mark.parametrize("language", ["en", "zh-hant"])
def test_the_form_to_print_fits_who_stands_there(cast: Cast, desk: Desk, who: Registered, language: str) -> None:
    active = cast.register()
    for person, says, status in (
        (who, KEEP, 200), (who, ANEW, 200), (who, "one-year", 404), (active, KEEP, 404), (active, "one-year", 200)
    ):  # fmt: skip
        answer = desk.browser.fetch(f"/clinic/desk/{person.person_id}/form/print/?wording={says}&language={language}")
        assert answer.status_code == status, says
        assert answer.content.startswith(b"%PDF") == (status == 200)


def test_the_database_takes_no_joining_form_without_what_stands_on_it(
    who: Registered, superuser: psycopg.Connection
) -> None:
    clinic = provider_with_code(HARBOUR)
    assert clinic
    row = """insert into control.joining_version
               (person_id, version, state, way, provider_id, stated_at, stated_by, stated_as, taken_by, form_reference,
                signed_on) values (%s, 3, %s, 'form', %s, now(), %s, '', %s, %s, %s)"""
    by, today = who.person_id, clock.today()
    for wrong in (
        ("withdrawn", clinic.provider_id, by, by, "R-1234", today),
        ("given", None, by, by, "R-1234", today),
        ("given", clinic.provider_id, by, None, "R-1234", today),
        ("given", clinic.provider_id, by, by, "", today),
        ("given", clinic.provider_id, by, by, "R-1234", None),
    ):
        with pytest.raises(psycopg.errors.CheckViolation), superuser.transaction():
            superuser.execute(row, [who.person_id, *wrong])
