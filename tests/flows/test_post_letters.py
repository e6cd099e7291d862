"""post_letters: who chose post is told by a letter, which the office prints and marks as posted; nobody else does."""

from collections.abc import Iterator

import psycopg
import pytest
from cast import HARBOUR, Cast, Registered
from django.test import override_settings
from doors import Browser, run_jobs
from paper import pages

from wutong.control.audit.append import HOST
from wutong.control.notices.queries import letters_of, notices_of
from wutong.control.people.actions import persons

_LETTERS = "/console/letters/"


@pytest.fixture(autouse=True)
def _offered(superuser: psycopg.Connection) -> Iterator[None]:
    """Post is offered, and other tests' letters are away."""
    superuser.execute("update control.notice set posted_at = now() where channel = 'post' and sent_at is not null")
    with override_settings(PRINTS_LETTERS=True):
        yield


@pytest.fixture
def office(cast: Cast, server: str) -> Iterator[Browser]:
    """A privacy officer of the eHR office, signed in."""
    made = Browser(server, cast.officer())
    yield made
    made.close()


def _told_by_post(cast: Cast, family: str = "SUNG") -> Registered:
    who = cast.register(family=family, given="Sze Wan")
    persons.set_contact(actor=HOST, person_id=who.person_id, address="Flat G, Lychee Court, Kowloon", channel="post")
    cast.allow(who)
    run_jobs()
    return who


def _value(who: Registered) -> str:
    [letter] = letters_of(who.person_id)
    return f"{letter.key.person_id}/{letter.key.notice_id}"


def _trail(superuser: psycopg.Connection, who: Registered, event: str) -> list[tuple[object, ...]]:
    query = "select caller_kind, detail ->> 'channel' from audit.entry where person_id = %s and event = %s"
    return superuser.execute(query, [who.person_id, event]).fetchall()


def test_r25_a_letter_waits_is_printed_and_is_marked_as_posted(
    cast: Cast, office: Browser, server: str, superuser: psycopg.Connection
) -> None:
    assert "No letter waits." in office.get(_LETTERS)
    who = _told_by_post(cast)
    assert "1 letter waits" in office.get(_LETTERS)
    answer = office.fetch(f"{_LETTERS}{_value(who)}/")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/pdf")
    assert answer.headers["cache-control"] == "no-store"
    [text] = pages(answer.content)
    for shown in (
        "Health Record Sharing Office",
        "Dear SUNG Sze Wan",
        "Lychee Court",
        "Harbour Family Clinic",
    ):
        assert shown in text
    assert _trail(superuser, who, "notice:printed") == [("professional", "post")]
    patient = Browser(server, cast.patient_account(who))
    assert "given to the office that posts letters" in patient.get("/portal/messages/")
    assert "1 letter is marked as posted." in office.send(f"{_LETTERS}mark/", letter=_value(who))
    assert "posted on" in patient.get("/portal/messages/")
    patient.close()
    assert _trail(superuser, who, "notice:posted") == [("professional", "post")]


def test_several_are_printed_as_one_file_and_marked_once(
    cast: Cast, office: Browser, superuser: psycopg.Connection
) -> None:
    people = [_told_by_post(cast, family) for family in ("AU", "NG", "CHEUNG")]
    office.get(_LETTERS)
    chosen = [_value(who) for who in people[1:]]
    answer = office.fetch(f"{_LETTERS}print/", letter=chosen)
    assert [text.partition("Dear ")[2].split()[0] for text in pages(answer.content)] == ["NG", "CHEUNG"]
    assert office.fetch(f"{_LETTERS}mark/", letter=chosen).url.query == b"posted=2"
    assert office.fetch(f"{_LETTERS}mark/", letter=chosen).url.query == b"posted=0"
    assert "1 letter waits" in office.get(_LETTERS)
    assert "AU Sze Wan" in office.page
    posted = office.get(f"{_LETTERS}posted/")
    assert "CHEUNG Sze Wan" in posted
    assert "AU Sze Wan" not in posted.text
    assert [len(_trail(superuser, who, "notice:posted")) for who in people] == [0, 1, 1]


def _listed(superuser: psycopg.Connection, office: Browser) -> list[list[str]]:
    assert office.who
    query = "select detail -> 'notices' from audit.event where event = 'notice:listed' and caller_id = %s order by at"
    return [row[0] for row in superuser.execute(query, [office.who.account_id])]


def test_who_sees_a_list_of_letters_is_in_the_trail_once_a_page(
    cast: Cast, office: Browser, superuser: psycopg.Connection
) -> None:
    office.get(_LETTERS)
    assert _listed(superuser, office) == [], "an empty list names nobody"
    values = [_value(_told_by_post(cast)) for _ in range(2)]
    first, second = (each.partition("/")[2] for each in values)
    office.get(_LETTERS)
    assert _listed(superuser, office) == [[first, second]]
    office.send(f"{_LETTERS}mark/", letter=values[0])  # and back to the list
    office.get(f"{_LETTERS}posted/")
    assert _listed(superuser, office)[1] == [second]
    assert first in _listed(superuser, office)[2]


def test_a_letter_goes_to_the_address_of_the_day_and_to_none_that_was_taken_away(cast: Cast, office: Browser) -> None:
    who = _told_by_post(cast)
    persons.set_contact(actor=HOST, person_id=who.person_id, address="Room 1, New Street, Sha Tin")
    [text] = pages(office.fetch(f"{_LETTERS}{_value(who)}/").content)
    assert "New Street" in text
    assert "Lychee Court" not in text
    persons.set_contact(actor=HOST, person_id=who.person_id, address="")
    assert office.get(f"{_LETTERS}{_value(who)}/").status == 404
    page = office.get(_LETTERS)
    assert "No postal address any more" in page
    assert "checked" not in page.source
    assert "1 letter is marked as posted." in office.send(f"{_LETTERS}mark/", letter=_value(who))


@pytest.mark.parametrize("chosen", ["", "x", "x/y", "00000000-0000-0000-0000-000000000000/x", "%00/%00"])
def test_what_names_no_letter_prints_and_posts_nothing(cast: Cast, office: Browser, chosen: str) -> None:
    who = _told_by_post(cast)
    office.get(_LETTERS)
    for door in ("print", "mark"):
        answer = office.fetch(f"{_LETTERS}{door}/", letter=chosen)
        assert "Choose at least one letter that waits." in answer.text
    assert notices_of(who.person_id, limit=1)[0].posted_at is None


def test_a_notice_by_another_channel_is_no_letter(cast: Cast, office: Browser, superuser: psycopg.Connection) -> None:
    cast.allow(who := cast.register())
    run_jobs()
    query = "select notice_id from control.notice where person_id = %s"
    [(notice_id,)] = superuser.execute(query, [who.person_id]).fetchall()
    office.get(_LETTERS)
    assert office.fetch(f"{_LETTERS}{who.person_id}/{notice_id}/").status_code == 404
    assert office.fetch(f"{_LETTERS}mark/", letter=f"{who.person_id}/{notice_id}").url.query == b"posted=0"


def test_nobody_but_the_office_reads_or_posts_letters(cast: Cast, server: str) -> None:
    who = _told_by_post(cast)
    for somebody in (cast.officer(HARBOUR), cast.professional("DOC", HARBOUR), cast.patient_account(who)):
        stranger = Browser(server, somebody)
        home = stranger.page.path
        assert _LETTERS not in stranger.page.source
        for each in (_LETTERS, f"{_LETTERS}posted/", f"{_LETTERS}{_value(who)}/"):
            assert stranger.get(each).path == home
        for door in ("print", "mark"):
            assert stranger.send(f"{_LETTERS}{door}/", letter=_value(who)).path == home
        stranger.close()
    assert notices_of(who.person_id, limit=1)[0].posted_at is None
