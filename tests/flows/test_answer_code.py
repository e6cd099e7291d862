"""A telephone answers the code on a desk's screen: the consent is its owner's own, and the screen learns nothing else."""

import html
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from datetime import timedelta
from typing import Any
from uuid import UUID

import psycopg
import pytest
from cast import HA, HARBOUR, Cast, Registered
from desks import Desk, code_on, registrar
from django.conf import settings
from doors import Browser, Page

from wutong.control.audit.append import Actor
from wutong.control.consent.closing_actions import ClosingStated
from wutong.control.flows.change_closing import state_closing
from wutong.control.people.queries.providers import provider_with_code
from wutong.core import clock

OVER = "This code is over"


@pytest.fixture
def who(cast: Cast) -> Registered:
    """Somebody who has allowed nobody yet."""
    return cast.register()


@pytest.fixture
def phone(cast: Cast, server: str, who: Registered) -> Iterator[Browser]:
    """Their telephone, signed in to the portal."""
    with closing(Browser(server, cast.patient_account(who))) as made:
        yield made


@pytest.fixture
def desk(cast: Cast, server: str) -> Iterator[Desk]:
    """Registration staff of the clinic."""
    with closing(Desk(server, registrar(cast))) as made:
        yield made


def show(desk: Desk, who: Registered) -> str:
    """Show a code; what the camera reads: the address without the host."""
    desk.browser.get(f"/clinic/desk/{who.person_id}/")
    return code_on(desk.browser.send(f"/clinic/desk/{who.person_id}/code/"))


def answer(phone: Browser, address: str, kind: str = "one-year") -> Page:
    """Go on from the code to the question, the preview and the confirmation."""
    page = phone.get(address)
    [way] = re.findall(r'href="([^"]+\?desk=[^"]+)"', page.source)
    way = html.unescape(way)
    assert "For how long may" in phone.get(way)
    phone.get(f"{way}&asked=yes&kind={kind}")
    return phone.confirm(way.partition("?")[0])


def look(desk: Desk) -> Page:
    """What the screen shows now."""
    return desk.browser.get(desk.browser.page.address)


def _id(code: str) -> UUID:
    found = provider_with_code(code)
    assert found
    return found.provider_id


def _opens(cast: Cast, who: Registered, provider: str = HARBOUR) -> int:
    return cast.open(cast.session_token(cast.professional("DOC", provider)), who.person_id).status_code


def _trail(superuser: psycopg.Connection, who: Registered, event: str) -> list[Any]:
    query = "select reason, detail, caller_id from audit.entry where person_id = %s and event = %s order by at"
    return superuser.execute(query, [who.person_id, event]).fetchall()


def test_r58_the_telephone_gives_the_consent_and_the_screen_goes_on(
    cast: Cast, server: str, phone: Browser, who: Registered, superuser: psycopg.Connection
) -> None:
    with closing(Desk(server, cast.professional("DOC", HARBOUR))) as desk:
        address = show(desk, who)
        screen = desk.browser.page
        assert "Waiting for the telephone." in look(desk)
        assert _opens(cast, who) == 403
        done = answer(phone, address)
        assert "Harbour Family Clinic may look at your record now." in done
        desk.browser.page = screen
        assert look(desk).path == f"/clinic/patient/{who.person_id}/"
        assert desk.browser.open_record(who.person_id).path == f"/clinic/record/{who.person_id}/"
        [(_, detail, caller)] = _trail(superuser, who, "consent:change")
        assert phone.who
        assert caller == phone.who.account_id
        assert (detail["way"], detail["taken_by"]) == ("qr", str(desk.who.account_id))


def test_registration_staff_go_on_to_the_persons_page(desk: Desk, phone: Browser, who: Registered) -> None:
    address = show(desk, who)
    screen = desk.browser.page
    answer(phone, address, "indefinite")
    desk.browser.page = screen
    assert "It is recorded, and holds from now on." in look(desk)
    assert "until it is withdrawn" in desk.browser.page
    assert "by telephone, at the desk of" in phone.get("/portal/who-may-look/")
    assert "How: with your telephone, at the desk of the healthcare provider" in phone.get("/portal/messages/")


def test_the_phone_sees_whose_desk_it_is_and_what_would_be_opened(desk: Desk, phone: Browser, who: Registered) -> None:
    address = show(desk, who)
    assert "You are at the desk of Harbour Family Clinic" in phone.get(address)
    way = f"/portal/who-may-look/{_id(HARBOUR)}/allow/?desk={address.split('/')[3]}&asked=yes&kind=one-year"
    page = phone.get(way)
    assert "They will see" in page
    assert _trail_is_empty(phone, who)


def _trail_is_empty(phone: Browser, who: Registered) -> bool:
    return "You have not allowed any provider yet." in phone.get("/portal/who-may-look/")


def test_the_screen_comes_again_by_itself_until_somebody_stops_it(desk: Desk, who: Registered) -> None:
    show(desk, who)
    address = desk.browser.page.address
    assert desk.browser.fetch(address).headers["refresh"] == "5"
    assert "refresh" not in desk.browser.fetch(f"{address}?by-hand=yes").headers
    assert "Look now" in desk.browser.get(f"{address}?by-hand=yes")
    with clock.travel(timedelta(minutes=6)):
        over = desk.browser.fetch(address)
        assert "refresh" not in over.headers
        assert "This code is over: nobody has answered it." in over.text


def test_the_code_on_the_screen_is_the_address(desk: Desk, who: Registered) -> None:
    address = show(desk, who)
    source = look(desk).source
    picture = re.search(r"<svg .*?</svg>", source, re.DOTALL)
    assert picture
    import segno

    drawn = segno.make_qr(settings.PUBLIC_URL + address, error="m")
    assert picture[0] == drawn.svg_inline(scale=6, border=4, light="#fff", svgclass=None, lineclass=None)


def test_who_is_not_signed_in_signs_in_first_and_comes_back(
    cast: Cast, server: str, desk: Desk, who: Registered
) -> None:
    address = show(desk, who)
    account = cast.patient_account(who)
    with closing(Browser(server, None)) as phone:
        assert phone.get(address).path == "/sign-in/"
        phone.send(phone.page.address, name=account.name, password=account.password)
        assert phone.send("/sign-in/code/", code=account.code()).path == address


def test_a_photographed_code_gives_only_whose_telephone_it_is_and_the_screen_names_nobody(
    cast: Cast, server: str, desk: Desk, who: Registered, superuser: psycopg.Connection
) -> None:
    other = cast.register(family="ZHENG", given="Mei Mei")
    address = show(desk, who)
    screen = desk.browser.page
    with closing(Browser(server, cast.patient_account(other))) as phone:
        answer(phone, address)
    desk.browser.page = screen
    page = look(desk)
    assert "Somebody answered this code for another record." in page
    for word in ("ZHENG", str(other.person_id), other.hkid):
        assert word not in page.source
    assert [_opens(cast, who), _opens(cast, other)] == [403, 200]
    assert _trail(superuser, who, "consent:change") == []


def test_a_code_works_once(
    cast: Cast, server: str, desk: Desk, phone: Browser, who: Registered, superuser: psycopg.Connection
) -> None:
    address = show(desk, who)
    assert phone.get(address).status == 200
    answer(phone, address)
    cast.withdraw(who)
    assert phone.get(address).status == 410
    code = address.split("/")[3]
    way = f"/portal/who-may-look/{_id(HARBOUR)}/allow/"
    phone.get(f"{way}?desk={code}&asked=yes&kind=one-year")
    page = phone.confirm(way)
    assert page.status == 410
    assert OVER in page
    assert _opens(cast, who) == 403
    assert [row[0] for row in _trail(superuser, who, "handshake:answer")] == [None, "code-over"]


def test_of_several_telephones_at_the_same_moment_one_answers(
    cast: Cast, server: str, desk: Desk, who: Registered
) -> None:
    people = [who, *(cast.register() for _ in range(3))]
    code = show(desk, who).split("/")[3]
    way = f"/portal/who-may-look/{_id(HARBOUR)}/allow/"
    with ExitStack() as leaving, ThreadPoolExecutor(4) as threads:
        phones = [leaving.enter_context(closing(Browser(server, cast.patient_account(each)))) for each in people]
        for each in phones:
            each.get(f"{way}?desk={code}&asked=yes&kind=one-year")
        statuses = [each.result().status for each in [threads.submit(phone.confirm, way) for phone in phones]]
    assert sorted(statuses) == [200, 410, 410, 410]
    assert sorted(_opens(cast, each) for each in people) == [200, 403, 403, 403]


def test_a_code_ends_after_five_minutes(cast: Cast, desk: Desk, phone: Browser, who: Registered) -> None:
    address = show(desk, who)
    with clock.travel(timedelta(minutes=5, seconds=1)):
        assert phone.get(address).status == 410
    assert phone.get(address).status == 200
    assert _opens(cast, who) == 403


@pytest.mark.parametrize("spoil", ["made-up", "changed", "cut", "longer", "no-base64"])
def test_a_forged_code_is_none(desk: Desk, phone: Browser, who: Registered, spoil: str) -> None:
    code = show(desk, who).split("/")[3]
    forged = {
        "made-up": "A" * 43,
        "changed": code[:-2] + ("AA" if code[-2:] != "AA" else "BA"),
        "cut": code[:-4],
        "longer": code + "AAAA",
        "no-base64": "-" * 42 + "_",
    }[spoil]
    assert phone.get(f"/portal/at-a-desk/{forged}/").status == 410
    way = f"/portal/who-may-look/{_id(HARBOUR)}/allow/"
    phone.get(f"{way}?desk={forged}&asked=yes&kind=one-year")
    assert phone.confirm(way).status == 410
    assert _trail_is_empty(phone, who)


def test_a_code_is_answered_for_the_provider_that_was_shown_alone(
    cast: Cast, desk: Desk, phone: Browser, who: Registered
) -> None:
    code = show(desk, who).split("/")[3]
    way = f"/portal/who-may-look/{_id('PEAK')}/allow/"
    phone.get(f"{way}?desk={code}&asked=yes&kind=one-year")
    assert phone.confirm(way).status == 410
    assert [_opens(cast, who), _opens(cast, who, "PEAK")] == [403, 403]


def test_what_holds_already_is_confirmed_to_the_desk_and_is_no_new_statement(
    cast: Cast, desk: Desk, phone: Browser, who: Registered, superuser: psycopg.Connection
) -> None:
    cast.allow(who)
    address = show(desk, who)
    screen = desk.browser.page
    code = address.split("/")[3]
    way = f"/portal/who-may-look/{_id(HARBOUR)}/allow/"
    assert "This holds already. Confirm it to the desk" in phone.get(f"{way}?desk={code}&asked=yes&kind=one-year")
    phone.confirm(way)
    desk.browser.page = screen
    assert "It is recorded" in look(desk)
    assert len(_trail(superuser, who, "consent:change")) == 1


def test_another_session_sees_no_code(cast: Cast, server: str, desk: Desk, who: Registered) -> None:
    show(desk, who)
    address = desk.browser.page.address
    with closing(Desk(server, registrar(cast))) as colleague, closing(Desk(server, registrar(cast, "PEAK"))) as other:
        assert colleague.browser.get(address).status == 404
        assert other.browser.get(address).status == 404


def test_a_code_ends_with_the_desks_session(desk: Desk, phone: Browser, who: Registered) -> None:
    address = show(desk, who)
    desk.browser.send("/sign-out/")
    assert phone.get(address).status == 410


def test_a_code_of_a_suspended_provider_is_over(
    cast: Cast, server: str, phone: Browser, who: Registered, superuser: psycopg.Connection
) -> None:
    with closing(Desk(server, registrar(cast, "PEAK"))) as desk:
        address = show(desk, who)
        superuser.execute("update control.provider set state = 'suspended' where code = 'PEAK'")
        try:
            assert phone.get(address).status == 410
            assert look(desk).status == 403
        finally:
            superuser.execute("update control.provider set state = 'active' where code = 'PEAK'")


def test_whoever_keeps_the_record_closed_to_the_desk_is_told_and_gives_nothing(
    cast: Cast, desk: Desk, phone: Browser, who: Registered
) -> None:
    assert phone.who
    said = Actor("patient", phone.who.account_id)
    assert isinstance(state_closing(said, who.person_id, "provider", str(_id(HARBOUR))), ClosingStated)
    page = phone.get(show(desk, who))
    assert "You keep the record closed to this provider." in page
    assert "?desk=" not in page.source
    assert _opens(cast, who) == 403


def test_of_a_child_the_parents_telephone_answers(
    cast: Cast, server: str, desk: Desk, superuser: psycopg.Connection
) -> None:
    child, parent = cast.register(born="2019-05-31"), cast.register()
    cast.appoint(child, parent)
    address = show(desk, child)
    screen = desk.browser.page
    with closing(Browser(server, cast.patient_account(child))) as itself:
        assert "?desk=" not in itself.get(address).source
    with closing(Browser(server, cast.patient_account(parent))) as phone:
        theirs = f"/portal/for/{child.person_id}/at-a-desk/"
        assert theirs in phone.get(address).source
        answer(phone, address.replace("/portal/at-a-desk/", theirs))
    desk.browser.page = screen
    assert "It is recorded" in look(desk)
    [(_, detail, _caller)] = _trail(superuser, child, "consent:change")
    assert detail["relation"] == "parent"


def test_where_the_law_deems_the_consent_given_no_code_is_shown(cast: Cast, server: str, who: Registered) -> None:
    with closing(Desk(server, registrar(cast, HA))) as desk:
        assert "Show a code" not in desk.browser.get(f"/clinic/desk/{who.person_id}/")
        assert desk.browser.send(f"/clinic/desk/{who.person_id}/code/").status == 404


def test_a_form_from_another_site_answers_nothing(cast: Cast, desk: Desk, phone: Browser, who: Registered) -> None:
    code = show(desk, who).split("/")[3]
    way = f"/portal/who-may-look/{_id(HARBOUR)}/allow/"
    assert phone.post(way, desk=code, kind="one-year", seen="0").status == 403
    assert desk.browser.post(f"/clinic/desk/{who.person_id}/code/").status == 403
    assert _opens(cast, who) == 403
