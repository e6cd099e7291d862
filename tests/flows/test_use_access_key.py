"""Eight digits that somebody made in the portal give their consent at a desk: once, to one provider, for a while."""

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from datetime import timedelta
from typing import Any
from uuid import UUID

import psycopg
import pytest
from calendar_days import at
from cast import HA, HARBOUR, Cast, Registered
from desks import Desk, registrar
from doors import Browser, Page

from wutong.control.audit.append import Actor
from wutong.control.consent.closing_actions import ClosingStated
from wutong.control.flows.change_closing import state_closing
from wutong.control.people.queries.providers import provider_with_code
from wutong.core import clock

RECORDED = "It is recorded, and holds from now on. The person has been told."
UNFIT = "This key does not fit."
_DIGITS = re.compile(r'translate="no">(\d{4}) (\d{4})<')


@pytest.fixture
def who(cast: Cast) -> Registered:
    """Somebody who has allowed nobody yet."""
    return cast.register()


@pytest.fixture
def patient(cast: Cast, server: str, who: Registered) -> Iterator[Browser]:
    """Their browser, in the portal."""
    with closing(Browser(server, cast.patient_account(who))) as made:
        yield made


@pytest.fixture
def desk(cast: Cast, server: str) -> Iterator[Desk]:
    """Registration staff of the clinic."""
    with closing(Desk(server, registrar(cast))) as made:
        yield made


def make(patient: Browser, kind: str = "one-year", whose: str = "") -> str:
    """A key from the page that shows it."""
    address = f"/portal/{whose}who-may-look/key/"
    patient.get(address)
    found = _DIGITS.search(patient.send(address, kind=kind).source)
    assert found, patient.page.text
    return found[1] + found[2]


def enter(desk: Desk, who: Registered, key: str) -> Page:
    """Type the key in at the desk."""
    address = f"/clinic/desk/{who.person_id}/key/"
    desk.browser.get(address)
    return desk.browser.send(address, key=key)


def wrong(key: str) -> str:
    """Another one."""
    return f"{(int(key) + 1) % 10**8:08}"


def _id(code: str) -> UUID:
    found = provider_with_code(code)
    assert found
    return found.provider_id


def _opens(cast: Cast, who: Registered, provider: str = HARBOUR) -> int:
    return cast.open(cast.session_token(cast.professional("DOC", provider)), who.person_id).status_code


def _trail(superuser: psycopg.Connection, who: Registered, event: str) -> list[Any]:
    query = "select reason, detail, caller_id from audit.entry where person_id = %s and event = %s order by at"
    return superuser.execute(query, [who.person_id, event]).fetchall()


def test_r58_a_key_gives_the_consent_at_the_desk_at_once(
    cast: Cast, patient: Browser, desk: Desk, who: Registered, superuser: psycopg.Connection
) -> None:
    key = make(patient, "indefinite")
    assert _opens(cast, who) == 403
    assert RECORDED in enter(desk, who, f" {key[:4]} {key[4:]} ")
    assert _opens(cast, who) == 200
    assert _opens(cast, who, "PEAK") == 403
    [(_, detail, caller)] = _trail(superuser, who, "consent:change")
    assert patient.who
    assert caller == patient.who.account_id
    assert (detail["way"], detail["taken_by"]) == ("key", str(desk.who.account_id))
    assert detail["new"]["kind"] == "indefinite"
    assert [row[2] for row in _trail(superuser, who, "key:use")] == [desk.who.account_id]


def test_the_person_is_told_and_sees_how_and_takes_it_back(
    cast: Cast, patient: Browser, desk: Desk, who: Registered
) -> None:
    enter(desk, who, make(patient))
    assert "How: with an access key, entered at the desk of the healthcare provider" in patient.get("/portal/messages/")
    assert f"with an access key, entered at the desk by Desk {desk.who.name}" in patient.get("/portal/who-may-look/")
    address = f"/portal/who-may-look/{_id(HARBOUR)}/withdraw/"
    patient.get(address)
    patient.confirm(address)
    assert _opens(cast, who) == 403


def test_a_key_is_shown_once_and_kept_as_a_hash(
    patient: Browser, who: Registered, superuser: psycopg.Connection
) -> None:
    key = make(patient)
    page = patient.get("/portal/who-may-look/key/")
    assert "There is a key that you made on" in page
    assert key not in page.source.replace(" ", "")
    [(trace,)] = superuser.execute(
        "select trace from control.access_key where person_id = %s", [who.person_id]
    ).fetchall()
    assert len(trace) == 32
    row = superuser.execute(
        "select k::text || coalesce((select string_agg(e.detail::text, '') from audit.entry e where e.person_id = k.person_id), '')"
        " from control.access_key k where person_id = %s",
        [who.person_id],
    ).fetchone()
    assert row
    assert key not in row[0]


def test_a_key_works_once(cast: Cast, patient: Browser, desk: Desk, who: Registered) -> None:
    key = make(patient)
    assert RECORDED in enter(desk, who, key)
    cast.withdraw(who)
    assert UNFIT in enter(desk, who, key)
    assert _opens(cast, who) == 403
    assert "There is no key that a desk could use." in patient.get("/portal/who-may-look/key/")


def test_of_one_key_at_several_desks_at_the_same_moment_one_gives_the_consent(
    cast: Cast, server: str, patient: Browser, who: Registered
) -> None:
    key = make(patient)
    places = [HARBOUR, "PEAK", HARBOUR, "PEAK"]
    with ExitStack() as leaving, ThreadPoolExecutor(4) as threads:
        desks = [leaving.enter_context(closing(Desk(server, registrar(cast, place)))) for place in places]
        pages = [each.result() for each in [threads.submit(enter, desk, who, key) for desk in desks]]
    assert sorted(RECORDED in page for page in pages) == [False, False, False, True]
    assert sorted(_opens(cast, who, place) for place in (HARBOUR, "PEAK")) == [200, 403]


def test_a_key_ends_after_seven_days(cast: Cast, server: str, who: Registered) -> None:
    account = cast.patient_account(who)
    with at("2026-11-01T12:00+08:00"), closing(Browser(server, account)) as patient:
        keys = [make(patient)]
    for moment, expected in (("2026-11-08T12:01+08:00", UNFIT),):
        with at(moment), closing(Desk(server, registrar(cast))) as desk:
            assert expected in enter(desk, who, keys[0])
    with at("2026-11-08T11:59+08:00"), closing(Desk(server, registrar(cast))) as desk:
        assert RECORDED in enter(desk, who, keys[0])


def test_a_newer_key_ends_the_one_before(patient: Browser, desk: Desk, who: Registered) -> None:
    first, second = make(patient), make(patient)
    assert UNFIT in enter(desk, who, first)
    assert RECORDED in enter(desk, who, second)


def test_a_key_that_was_taken_back_gives_nothing(cast: Cast, patient: Browser, desk: Desk, who: Registered) -> None:
    key = make(patient)
    patient.send("/portal/who-may-look/key/end/")
    assert "There is no key that a desk could use." in patient.page
    assert UNFIT in enter(desk, who, key)
    assert _opens(cast, who) == 403


def test_another_persons_key_gives_nothing(cast: Cast, patient: Browser, desk: Desk, who: Registered) -> None:
    key, other = make(patient), cast.register()
    assert UNFIT in enter(desk, other, key)
    assert [_opens(cast, other), _opens(cast, who)] == [403, 403]


def test_after_five_wrong_keys_the_right_one_waits_too(
    cast: Cast, server: str, patient: Browser, desk: Desk, who: Registered, superuser: psycopg.Connection
) -> None:
    key = make(patient)
    for _ in range(5):
        assert UNFIT in enter(desk, who, wrong(key))
    assert "Too many wrong keys for this person. Wait 15 minutes" in enter(desk, who, key)
    with closing(Desk(server, registrar(cast))) as colleague:  # the desk is braked, whoever stands there
        assert "Too many wrong keys" in enter(colleague, who, key)
    assert _opens(cast, who) == 403
    reasons = [row[0] for row in _trail(superuser, who, "key:use")]
    assert reasons == ["wrong-key"] * 5 + ["too-many-wrong-keys"] * 2
    with clock.travel(timedelta(minutes=16)), closing(Desk(server, registrar(cast))) as later:
        assert RECORDED in enter(later, who, key)


def test_one_desks_guesses_do_not_brake_another(
    cast: Cast, server: str, patient: Browser, desk: Desk, who: Registered
) -> None:
    key = make(patient)
    for _ in range(6):
        enter(desk, who, wrong(key))
    with closing(Desk(server, registrar(cast, "PEAK"))) as other:
        assert RECORDED in enter(other, who, key)


def test_ten_wrong_keys_end_the_key_wherever_they_were_entered(
    cast: Cast, server: str, patient: Browser, desk: Desk, who: Registered
) -> None:
    key = make(patient)
    with closing(Desk(server, registrar(cast, "PEAK"))) as other:
        for each in (desk, other):
            for _ in range(5):
                assert UNFIT in enter(each, who, wrong(key))
    with clock.travel(timedelta(minutes=16)), closing(Desk(server, registrar(cast))) as later:
        assert UNFIT in enter(later, who, key)
        assert _opens(cast, who) == 403


@pytest.mark.parametrize("typed", ["", "1234567", "123456789", "1234567a", "١٢٣٤٥٦٧٨"])
def test_what_cannot_be_a_key_is_said_and_not_counted(
    desk: Desk, who: Registered, superuser: psycopg.Connection, typed: str
) -> None:
    page = enter(desk, who, typed)
    assert "The access key has 8 digits" in page or "Enter the access key" in page
    assert _trail(superuser, who, "key:use") == []


def test_a_closing_wins_and_leaves_the_key(
    cast: Cast, server: str, patient: Browser, desk: Desk, who: Registered, superuser: psycopg.Connection
) -> None:
    key = make(patient)
    assert patient.who
    said = Actor("patient", patient.who.account_id)
    assert isinstance(state_closing(said, who.person_id, "provider", str(_id(HARBOUR))), ClosingStated)
    page = enter(desk, who, key)
    assert page.status == 403
    assert "The person keeps the record closed to your clinic" in page
    assert UNFIT in enter(desk, who, wrong(key))  # whoever has no right key does not learn of it
    assert [row[0] for row in _trail(superuser, who, "key:use")] == ["withheld-by-person", "wrong-key"]
    with closing(Desk(server, registrar(cast, "PEAK"))) as other:
        assert RECORDED in enter(other, who, key)


def test_of_a_child_the_parent_makes_the_key_and_not_the_child(
    cast: Cast, server: str, desk: Desk, superuser: psycopg.Connection
) -> None:
    child, parent = cast.register(born="2019-05-31"), cast.register()
    cast.appoint(child, parent)
    with closing(Browser(server, cast.patient_account(child))) as itself:
        assert itself.get("/portal/who-may-look/key/").status == 404
    with closing(Browser(server, cast.patient_account(parent))) as portal:
        key = make(portal, whose=f"for/{child.person_id}/")
        assert RECORDED in enter(desk, child, key)
    [(_, detail, _caller)] = _trail(superuser, child, "consent:change")
    assert detail["relation"] == "parent"


def test_whoever_decides_no_more_has_made_a_key_for_nothing(cast: Cast, server: str, desk: Desk) -> None:
    child, parent = cast.register(born="2019-05-31"), cast.register()
    cast.appoint(child, parent)
    with closing(Browser(server, cast.patient_account(parent))) as portal:
        key = make(portal, whose=f"for/{child.person_id}/")
    cast.dismiss(child, parent)
    assert UNFIT in enter(desk, child, key)
    assert _opens(cast, child) == 403


def test_at_16_the_parents_key_is_over(cast: Cast, server: str) -> None:
    child, parent = cast.register(born="2010-06-15"), cast.register()
    account = cast.patient_account(parent)
    with at("2026-06-14T12:00+08:00"), closing(Browser(server, account)) as portal:
        cast.appoint(child, parent)
        key = make(portal, whose=f"for/{child.person_id}/")
    with at("2026-06-15T00:01+08:00"), closing(Desk(server, registrar(cast))) as desk:
        assert UNFIT in enter(desk, child, key)


def test_where_the_law_deems_the_consent_given_no_key_is_used(
    cast: Cast, server: str, patient: Browser, desk: Desk, who: Registered
) -> None:
    key = make(patient)
    with closing(Desk(server, registrar(cast, HA))) as hospital:
        assert hospital.browser.get(f"/clinic/desk/{who.person_id}/key/").path == f"/clinic/desk/{who.person_id}/"
        hospital.browser.get("/clinic/desk/")
        assert hospital.browser.send(f"/clinic/desk/{who.person_id}/key/", key=key).status == 404
    assert RECORDED in enter(desk, who, key)


def test_a_suspended_desk_uses_no_key(
    cast: Cast, server: str, patient: Browser, who: Registered, superuser: psycopg.Connection
) -> None:
    key = make(patient)
    address = f"/clinic/desk/{who.person_id}/key/"
    with closing(Desk(server, registrar(cast, "PEAK"))) as desk:
        desk.browser.get(address)
        superuser.execute("update control.provider set state = 'suspended' where code = 'PEAK'")
        try:
            assert desk.browser.send(address, key=key).status == 403
        finally:
            superuser.execute("update control.provider set state = 'active' where code = 'PEAK'")
        assert RECORDED in enter(desk, who, key)


def test_a_clinician_enters_a_key_and_opens_the_record(
    cast: Cast, server: str, patient: Browser, who: Registered
) -> None:
    key = make(patient)
    with closing(Desk(server, cast.professional("DOC", HARBOUR))) as desk:
        assert "Open the record" in enter(desk, who, key)
        assert desk.browser.open_record(who.person_id).path == f"/clinic/record/{who.person_id}/"


def test_what_stands_in_the_tables_of_keys_is_never_changed(superuser: psycopg.Connection) -> None:
    for table in ("access_key", "access_key_try"):
        for act in ("update", "delete"):
            query = "select has_table_privilege('wutong_control', %s, %s)"
            assert superuser.execute(query, [f"control.{table}", act]).fetchone() == (False,)
