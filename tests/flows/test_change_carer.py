"""Carers (R-66, R-67): by the person's own grant, by function, until a day, confirmed by the other, ended by either at once."""

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from cast import HARBOUR, Cast, Registered
from doors import Browser, Page, mail_to, run_jobs
from psycopg.types.json import Jsonb

from wutong.control.audit.append import HOST, Actor
from wutong.control.consent import carer_actions
from wutong.control.consent.carer_queries import ACCEPTED, ENDED, CarerFacts, grants_of
from wutong.control.flows.change_carer import MOST, accept_carer, change_carer, end_carer, offer_carer
from wutong.control.flows.change_consent import give_consent
from wutong.control.people.actions import persons
from wutong.control.people.queries.persons import person
from wutong.control.people.queries.providers import provider_with_code
from wutong.core import clock, hkid, ids
from wutong.core.answers import Missing

NOBODYS = "QX999999" + hkid.check_digit("QX999999")
ALL = ["inventory", "looks", "messages"]
PAGES = {"inventory": ["in-the-record/"], "looks": ["who-looked/", "who-looked/for-me/"], "messages": ["messages/"]}
NEVER = [
    "who-may-look/",
    "who-may-look/said-before/",
    "who-may-look/on-a-day/",
    "closed/",
    "closed/said-before/",
    "record/",
    "record/problems/",
    "who-looked/codes/",
    "carers/",
]


@pytest.fixture
def old(cast: Cast) -> Registered:
    """Somebody of eighty."""
    return cast.register(family="LAM", given="Sau Fong", chinese="林秀芳", born="1944-02-01")


@pytest.fixture
def friend(cast: Cast) -> Registered:
    """Whom she trusts."""
    return cast.register(family="FUNG", given="Oi Lin", chinese="馮愛蓮")


@pytest.fixture
def hers(cast: Cast, server: str, old: Registered) -> Iterator[Browser]:
    """Her browser, in her portal."""
    made = Browser(server, cast.patient_account(old))
    yield made
    made.close()


@pytest.fixture
def friends(cast: Cast, server: str, friend: Registered) -> Iterator[Browser]:
    """The friend's."""
    made = Browser(server, cast.patient_account(friend))
    yield made
    made.close()


def _form(number: str, *, functions: list[str] | None = None, until: str = "", **more: str) -> dict[str, Any]:
    day = until or (clock.today() + timedelta(days=90)).isoformat()
    return {"called": "my friend", "number": number, "functions": functions or ALL, "until": day, **more}


def _ask(hers: Browser, number: str, **form: Any) -> None:
    hers.get("/portal/carers/ask/")
    hers.send("/portal/carers/ask/", **_form(number, **form, sure="yes"))
    assert hers.page.path == "/portal/carers/", hers.page.text


def _grant(old: Registered) -> CarerFacts:
    return grants_of(old.person_id)[0]


def _accept(friends: Browser, old: Registered) -> None:
    address = f"/portal/carers/{_grant(old).grant_id}/answer/"
    friends.get(address)
    friends.confirm(address)


def _granted(hers: Browser, friends: Browser, old: Registered, friend: Registered, **form: Any) -> None:
    _ask(hers, friend.hkid, **form)
    _accept(friends, old)


def _open(friends: Browser, old: Registered) -> set[str]:
    """Which of the pages a browser opens, by the function that they belong to."""
    found = {
        each: {friends.get(f"/portal/for/{old.person_id}/{page}").status for page in PAGES[each]} for each in PAGES
    }
    assert set.union(*found.values()) <= {200, 404}
    return {each for each, statuses in found.items() if statuses == {200}}


def _trail(superuser: psycopg.Connection, who: Registered, event: str) -> list[tuple[str, dict[str, Any]]]:
    query = "select outcome, detail from audit.entry where person_id = %s and event = %s order by at"
    return superuser.execute(query, [who.person_id, event]).fetchall()


def test_r66_a_person_asks_the_other_accepts_and_sees_what_was_granted(
    hers: Browser, friends: Browser, old: Registered, friend: Registered, superuser: psycopg.Connection
) -> None:
    hers.get("/portal/carers/ask/")
    checked = hers.send("/portal/carers/ask/", **_form(friend.hkid, functions=["looks"]))
    assert "Ask my friend to be my carer?" in checked
    assert grants_of(old.person_id) == []  # a preview
    hers.send("/portal/carers/ask/", **_form(friend.hkid, functions=["looks"], sure="yes"))
    assert "Asked, not accepted." in hers.page
    assert _open(friends, old) == set()
    assert "LAM Sau Fong" in friends.get("/portal/carers/")
    _accept(friends, old)
    assert "Accepted." in friends.page
    assert "LAM Sau Fong, whom I help" in friends.get("/portal/")
    assert _open(friends, old) == {"looks"}
    page = friends.get(f"/portal/for/{old.person_id}/")
    assert "You help LAM Sau Fong, who let you see this." in page
    assert "FUNG Oi Lin" in hers.get("/portal/carers/")  # who accepted is named from then on
    said = [
        (each["old"] or {}).get("state", "") + ">" + each["new"]["state"]
        for _, each in _trail(superuser, old, "carer:change")
    ]
    assert said == [">offered", "offered>accepted"]


@pytest.mark.parametrize("function", ALL)
def test_r67_each_function_opens_its_own_pages_and_none_decides(
    hers: Browser, friends: Browser, old: Registered, friend: Registered, function: str
) -> None:
    _granted(hers, friends, old, friend, functions=[function])
    assert _open(friends, old) == {function}
    clinic = provider_with_code(HARBOUR)
    assert clinic
    deciding = [*NEVER, f"who-may-look/{clinic.provider_id}/allow/", "closed/label/close/"]
    for address in deciding:
        assert friends.get(f"/portal/for/{old.person_id}/{address}").status == 404, address
    page = friends.get(f"/portal/for/{old.person_id}/")
    links = {link.partition('"')[0] for link in page.source.split('href="/portal/')[1:]}
    shown = {f"for/{old.person_id}/", *(f"for/{old.person_id}/{each}" for each in PAGES[function])}
    assert links <= {*shown, ""}


def test_r67_a_carers_account_states_nothing_whatever_it_says_it_speaks_as(
    hers: Browser, friends: Browser, old: Registered, friend: Registered
) -> None:
    _granted(hers, friends, old, friend)
    clinic = provider_with_code(HARBOUR)
    assert clinic
    assert friends.who
    actor = Actor("patient", friends.who.account_id)
    for relation in ("", "carer", "parent", "guardian"):
        if relation:  # by the paper of who speaks for themselves: the desk's
            assert isinstance(
                give_consent(actor, old.person_id, clinic.provider_id, "one-year", stated_as=relation), Missing
            )
        assert end_carer(actor, old.person_id, _grant(old).grant_id, stated_as=relation) == Missing("person")
    until = clock.today()
    assert offer_carer(actor, old.person_id, friend.hkid, "me", ALL, until) == Missing("person")
    assert change_carer(actor, old.person_id, _grant(old).grant_id, ALL, until, seen=2) == Missing("person")


def test_r67_it_ends_after_its_last_day_by_itself(
    hers: Browser, friends: Browser, old: Registered, friend: Registered, cast: Cast, server: str
) -> None:
    _granted(hers, friends, old, friend, until=clock.today().isoformat())
    assert _open(friends, old) == set(ALL)
    with clock.travel(timedelta(days=1)):
        later = Browser(server, friends.who)
        assert _open(later, old) == set()
        assert "LAM" not in later.get("/portal/")
        assert cast.fhir(_token(cast, later), "GET", f"Patient/{old.person_id}/$inventory").status_code == 403
        later.close()


def _token(cast: Cast, browser: Browser) -> str:
    assert browser.who
    return cast.portal_token(browser.who)


@pytest.mark.parametrize("by", ["the person", "the carer"])
def test_r67_either_ends_it_and_it_is_over_at_the_next_click_on_every_path(
    hers: Browser, friends: Browser, old: Registered, friend: Registered, cast: Cast, by: str
) -> None:
    _granted(hers, friends, old, friend)
    token, address = _token(cast, friends), f"Patient/{old.person_id}/$inventory"
    assert cast.fhir(token, "GET", address).status_code == 200
    assert _open(friends, old) == set(ALL)
    grant = _grant(old)
    ending = hers if by == "the person" else friends
    page = f"/portal/carers/{grant.grant_id}/{'end' if by == 'the person' else 'answer'}/"
    ending.get(page)
    ending.confirm(page)
    assert "Ended." in ending.page
    assert _open(friends, old) == set()
    assert cast.fhir(token, "GET", address).status_code == 403
    assert _grant(old).stated_as == ("" if by == "the person" else "carer")


def test_r67_the_count_is_the_carers_only_where_it_was_granted(
    hers: Browser, friends: Browser, old: Registered, friend: Registered, cast: Cast, superuser: psycopg.Connection
) -> None:
    token, address = _token(cast, friends), f"Patient/{old.person_id}/$inventory"
    _granted(hers, friends, old, friend, functions=["looks", "messages"])
    assert cast.fhir(token, "GET", address).status_code == 403
    hers.get(f"/portal/carers/{_grant(old).grant_id}/change/")
    hers.send(hers.page.path, **_form("", functions=["inventory"], seen="2"))
    assert "Changed. It holds from now on." in hers.page
    assert cast.fhir(token, "GET", address).status_code == 200
    assert _open(friends, old) == {"inventory"}
    query = "select outcome, ground from audit.entry where person_id = %s and event = 'record:count' order by at"
    assert superuser.execute(query, [old.person_id]).fetchall()[:2] == [("refused", None), ("allowed", "carer")]
    for path in (
        f"Patient/{old.person_id}",
        f"Patient/{old.person_id}/$everything",
        f"Condition?patient={old.person_id}",
    ):
        assert cast.fhir(token, "GET", path).status_code in {403, 404}, path


def test_r67_the_person_sees_all_that_the_carer_opened_and_is_told_once_a_day(
    hers: Browser, friends: Browser, old: Registered, friend: Registered, mail_folder: Path
) -> None:
    _granted(hers, friends, old, friend)
    for page in ("", "in-the-record/", "who-looked/", "messages/"):
        assert friends.get(f"/portal/for/{old.person_id}/{page}").status == 200
    page = hers.get("/portal/who-looked/")
    assert "FUNG Oi Lin, as carer : the messages" in page
    page = hers.get("/portal/who-looked/for-me/")
    for told in ("the first page", "what is in the record", "the number of items by part of the record", "who looked"):
        assert f"FUNG Oi Lin, as carer : {told}" in page
    assert "you : the messages" in friends.get(f"/portal/for/{old.person_id}/who-looked/for-me/")
    run_jobs()
    subjects = [str(each["subject"]) for each in mail_to(mail_folder, old.email)]
    assert subjects.count("A carer opened your pages") == 1
    assert "What your carers may see was changed" in subjects
    assert [str(each["subject"]) for each in mail_to(mail_folder, friend.email)] == ["You are asked to be a carer"]


def test_r67_what_a_parent_opened_is_shown_to_the_parent_and_at_16_to_the_person(cast: Cast, server: str) -> None:
    child, mother = cast.register(born="2020-12-01"), cast.register(family="CHEUNG", given="Mei Ling")
    cast.appoint(child, mother)
    parent = Browser(server, cast.patient_account(mother))
    parent.get(f"/portal/for/{child.person_id}/messages/")
    assert "you : the messages" in parent.get(f"/portal/for/{child.person_id}/who-looked/")
    parent.close()
    with clock.travel(timedelta(days=365 * 11)):
        own = Browser(server, cast.patient_account(child))
        assert "CHEUNG Mei Ling, as parent : the messages" in own.get("/portal/who-looked/")
        own.close()


def test_r67_pages_for_somebody_are_kept_by_no_cache(
    hers: Browser, friends: Browser, old: Registered, friend: Registered
) -> None:
    _granted(hers, friends, old, friend)
    for page in ("", "in-the-record/", "who-looked/", "who-looked/for-me/", "messages/"):
        for address in (f"/portal/for/{old.person_id}/{page}", f"/portal/{page}"):
            answer = friends.fetch(address)
            assert answer.headers["cache-control"] == "no-store"
            assert {"cookie", "accept-language"} <= {each.strip().lower() for each in answer.headers["vary"].split(",")}
            assert ("LAM Sau Fong" in answer.text) == (str(old.person_id) in address or address == "/portal/")


def test_r67_nobody_learns_who_is_registered(hers: Browser, old: Registered, friend: Registered) -> None:
    """Of somebody's HKID or eHR number, one's own and one that is nobody's, pages and their sizes are the same."""
    found = person(friend.person_id)
    assert found
    numbers = [friend.hkid, found.ehr_number, NOBODYS, "000000000000", old.hkid]
    shown = []
    for number in numbers:
        hers.get("/portal/carers/ask/")
        hers.send("/portal/carers/ask/", **_form(number, sure="yes"))
        shown.append(_first(hers.page))
        end = f"/portal/carers/{_grant(old).grant_id}/end/"
        shown[-1] += _without_ids(hers.get(end).source.partition("<main")[2])
        hers.confirm(end)
        shown[-1] += _first(hers.page)
    assert len(set(shown)) == 1


def _first(page: Page) -> str:
    """Down to the newest line of the list."""
    return _without_ids(page.source.partition("<main")[2].partition("</li>")[0])


def _without_ids(source: str) -> str:
    source = re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"', "", source)
    return re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}", "", source)


def test_an_offer_of_nobodys_can_be_accepted_by_nobody_and_lapses(
    hers: Browser, friends: Browser, old: Registered, friend: Registered, server: str
) -> None:
    _ask(hers, friend.hkid)
    grant = _grant(old)
    assert grant.carer_id == friend.person_id
    with clock.travel(timedelta(days=15)):
        later = Browser(server, friends.who)
        assert later.get(f"/portal/carers/{grant.grant_id}/answer/").status == 404
        later.close()
        assert friends.who
        assert accept_carer(
            Actor("patient", friends.who.account_id), friend.person_id, grant.grant_id, seen=1
        ) == Missing("grant")
        own = Browser(server, hers.who)
        assert "Not accepted; lapsed" in own.get("/portal/carers/")
        own.close()


def test_only_who_was_asked_accepts_and_in_person(
    cast: Cast, hers: Browser, friends: Browser, old: Registered, friend: Registered, server: str
) -> None:
    _ask(hers, friend.hkid)
    grant = _grant(old)
    stranger = Browser(server, cast.patient_account(other := cast.register()))
    assert stranger.get(f"/portal/carers/{grant.grant_id}/answer/").status == 404
    assert hers.get(f"/portal/carers/{grant.grant_id}/answer/").status == 404  # nor who asked
    assert stranger.who
    actor = Actor("patient", stranger.who.account_id)
    for carer_id in (other.person_id, friend.person_id):
        assert accept_carer(actor, carer_id, grant.grant_id, seen=1) == Missing("grant")
    stranger.close()
    assert _open(friends, old) == set()


def test_who_is_under_16_neither_asks_nor_accepts(cast: Cast, hers: Browser, old: Registered, server: str) -> None:
    young = cast.register(born=clock.today().replace(day=1, year=clock.today().year - 15).isoformat())
    own = Browser(server, cast.patient_account(young))
    assert own.get("/portal/carers/ask/").status == 404
    assert "/ask/" not in own.get("/portal/carers/").source
    _ask(hers, young.hkid)
    assert own.who
    actor = Actor("patient", own.who.account_id)
    assert accept_carer(actor, young.person_id, _grant(old).grant_id, seen=1) == Missing("grant")
    assert offer_carer(actor, young.person_id, old.hkid, "x", ALL, clock.today()) == Missing("person")
    own.close()


@pytest.mark.parametrize(
    ("field", "value", "told"),
    [
        ("number", "A123456", "Check the number: an HKID number such as A123456(3), or an eHR number of 12 digits"),
        ("number", "", "Enter their HKID number or eHR number"),
        ("called", "", "Enter what you call them"),
        ("functions", [], "Choose what they may see"),
        ("functions", ["consents"], "Choose one of the list"),
        ("until", "2001-01-01", "This day is over. Enter today or a later day"),
        ("until", "2199-01-01", "Enter a day within a year. You can grant it anew then"),
        ("until", "soon", "Enter the day as day/month/year, such as 31/5/2026"),
    ],
)
def test_a_form_says_how_to_mend_it(hers: Browser, old: Registered, field: str, value: Any, told: str) -> None:
    hers.get("/portal/carers/ask/")
    page = hers.send("/portal/carers/ask/", **_form("A123456(3)", sure="yes") | {field: value})
    assert told in page
    assert grants_of(old.person_id) == []


def test_the_flow_grants_no_longer_than_a_year_and_nothing_unknown(cast: Cast, old: Registered, hers: Browser) -> None:
    assert hers.who
    actor = Actor("patient", hers.who.account_id)
    year = clock.same_date_next_year(clock.today())
    for functions, until in (
        ([], year),
        (["consents"], year),
        ([*ALL, "closings"], year),
        (ALL, year + timedelta(days=1)),
        (ALL, clock.today() - timedelta(days=1)),
    ):
        assert offer_carer(actor, old.person_id, NOBODYS, "x", functions, until) == Missing("functions")
    for _ in range(MOST):
        assert isinstance(offer_carer(actor, old.person_id, NOBODYS, "x", ALL, year), CarerFacts)
    assert offer_carer(actor, old.person_id, NOBODYS, "x", ALL, year) == Missing("room")
    hers.get("/portal/carers/ask/")
    page = hers.send("/portal/carers/ask/", **_form(NOBODYS, sure="yes"))
    assert page.status == 409
    assert "There are ten already" in page


def test_a_change_that_was_overtaken_changes_nothing(
    hers: Browser, friends: Browser, old: Registered, friend: Registered
) -> None:
    _granted(hers, friends, old, friend)
    address = f"/portal/carers/{_grant(old).grant_id}/change/"
    hers.get(address)
    hers.send(address, **_form("", functions=["looks"], seen="2"))
    hers.get(address)
    page = hers.send(address, **_form("", functions=ALL, seen="2"))
    assert page.status == 409
    assert "This was changed in the meantime" in page
    assert _grant(old).functions == ("looks",)
    assert [each.version for each in grants_of(old.person_id)] == [3]


def test_whoever_decides_for_an_incapable_person_ends_it_and_asks_nobody(
    cast: Cast, hers: Browser, friends: Browser, old: Registered, friend: Registered, server: str
) -> None:
    _granted(hers, friends, old, friend)
    guardian = cast.register(family="HO", given="Guardian")
    persons.appoint_representative(
        actor=HOST,
        person_id=old.person_id,
        acting_person_id=guardian.person_id,
        relation="guardian",
        capacity="incapable",
        evidence="guardianship-order",
        evidence_on=clock.today(),
    )
    assert hers.get("/portal/carers/ask/").status == 404  # her own word counts no more
    assert "Somebody decides for you, by law." in hers.get("/portal/")
    theirs = Browser(server, cast.patient_account(guardian))
    theirs.get(f"/portal/for/{old.person_id}/carers/")
    address = f"/portal/for/{old.person_id}/carers/{_grant(old).grant_id}/end/"
    theirs.get(address)
    theirs.confirm(address)
    assert "Ended." in theirs.page
    assert _grant(old).stated_as == "guardian"
    assert _open(friends, old) == set()
    assert theirs.get(f"/portal/for/{old.person_id}/carers/ask/").status == 404
    theirs.close()


def test_of_who_left_or_died_a_carer_sees_nothing(
    hers: Browser, friends: Browser, old: Registered, friend: Registered, superuser: psycopg.Connection
) -> None:
    _granted(hers, friends, old, friend)
    superuser.execute("update control.person set state = 'deceased' where person_id = %s", [old.person_id])
    assert _open(friends, old) == set()


@pytest.mark.parametrize(
    ("relation", "change"),
    [("parent", {}), ("carer", {"state": ENDED}), ("carer", {"state": ACCEPTED, "functions": ["messages"]})],
)
def test_r67_what_was_decided_before_it_ended_is_counted_no_more(
    cast: Cast, pdp: psycopg.Connection, plane: psycopg.Connection, relation: str, change: dict[str, Any]
) -> None:
    """As if it had ended, or lost the function, between the decision's commit and the count."""
    who, other = cast.register(born="2020-12-01"), cast.register()
    actor = Actor("patient", cast.patient_account(other).account_id)
    if relation == "parent":
        cast.appoint(who, other)
    else:
        cast.let_care(who, other, ["inventory"])
    ticket = _ticket(pdp, who, actor, "carer" if relation == "carer" else "representative", "count")
    assert _counted(plane, ticket) == [("PID", 1)]
    if relation == "parent":
        cast.dismiss(who, other)
    else:
        carer_actions.restate(actor=actor, before=_grant(who), stated_as="carer", **change)
    with pytest.raises(psycopg.Error) as raised:
        _counted(plane, ticket)
    assert raised.value.sqlstate == "WU004"


def test_r67_no_ticket_of_a_carer_opens_what_it_holds(
    cast: Cast, pdp: psycopg.Connection, plane: psycopg.Connection
) -> None:
    """Though no rule writes one, whatever was granted."""
    who, carer = cast.register(), cast.register()
    cast.let_care(who, carer, ["inventory", "looks", "messages"])
    actor = Actor("patient", cast.patient_account(carer).account_id)
    with pytest.raises(psycopg.Error) as raised:
        _counted(plane, _ticket(pdp, who, actor, "carer", "read"))
    assert raised.value.sqlstate == "WU004"


def _ticket(pdp: psycopg.Connection, who: Registered, actor: Actor, ground: str, act: str) -> str:
    """Of a decision that was committed just now."""
    at, entry_id = clock.now().isoformat(), str(ids.new())
    entry = {
        "person_id": str(who.person_id),
        "at": at,
        "entry_id": entry_id,
        "caller_id": str(actor.account_id),
        "event": f"record:{act}",
        "outcome": "allowed",
        "act": act,
        "categories": ["PID"],
        "ground": ground,
        "patient_ids": [str(who.patient_id)],
    }
    pdp.execute("select audit.decide_v1(%s)", [Jsonb(entry)])
    return f"{who.person_id}|{at}|{entry_id}"


def _counted(plane: psycopg.Connection, ticket: str) -> list[tuple[str, int]]:
    with plane.transaction():
        plane.execute("select set_config('wutong.tickets', %s, true)", [ticket])
        return plane.execute("select category, number from gate.count_v1()").fetchall()
