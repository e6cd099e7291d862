"""A second person is told of an emergency: each officer once, by a real mail relay; the mail names nobody."""

import re
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
import pytest
from cast import HARBOUR, OFFICE, Cast, Registered, Somebody
from conftest import free_port
from django.test import override_settings
from doors import Browser, bring_forward, mail_to, run_jobs
from emergencies import REASON, emergency_at, no_officer_reached, whole_queue

from wutong.control.audit.append import HOST, Actor
from wutong.control.emergency.queries import Case
from wutong.control.flows.break_glass import break_glass
from wutong.control.flows.sign_in import begin, workplaces_of
from wutong.control.flows.tell_officers import tell_officer
from wutong.control.people.actions import accounts as account_actions
from wutong.core import clock, ids
from wutong.core.emergency import Stated


@pytest.fixture
def officers(cast: Cast) -> dict[str, tuple[Somebody, str]]:
    """An officer of the clinic, one of the office, and one of another clinic, each with an address."""
    made = {}
    for provider in (HARBOUR, OFFICE, "PEAK"):
        address = f"{ids.new()}@example.org"
        made[provider] = cast.officer(provider, email=address), address
    return made


def _break_glass(cast: Cast, who: Registered) -> tuple[UUID, UUID]:
    return who.person_id, emergency_at(cast, who, HARBOUR, "MED")[1]


def _told(folder: Path, officers: Any, provider: str) -> list[Any]:
    return mail_to(folder, officers[provider][1])


def test_officers_of_the_provider_and_of_the_office_are_told_once_and_no_other(
    cast: Cast, officers: dict[str, tuple[Somebody, str]], mail_folder: Path, superuser: psycopg.Connection
) -> None:
    who = cast.register(family="TSANG", given="Yee Man")
    person_id, grant_id = _break_glass(cast, who)
    run_jobs()
    for somebody, _ in officers.values():  # a job that runs twice
        tell_officer(person_id, grant_id, somebody.account_id)
    run_jobs()
    assert [len(_told(mail_folder, officers, provider)) for provider in (HARBOUR, OFFICE, "PEAK")] == [1, 1, 0]
    body = _told(mail_folder, officers, HARBOUR)[0].get_content()
    for shown in ("Harbour Family Clinic", "To be reviewed by:", "Sign in as you always do"):
        assert shown in body
    secrets = rf"TSANG|Yee Man|Professional \d|QX\d|{REASON}|Medication|https?:|www\.|@|{who.person_id}"
    assert not re.search(secrets, body), body
    query = "select count(*) from audit.entry where person_id = %s and detail ->> 'kind' = 'emergency-officer'"
    assert (superuser.execute(query, [person_id]).fetchone() or (0,))[0] >= 2


def _number_told(superuser: psycopg.Connection, person_id: UUID) -> int:
    query = "select detail -> 'told' from audit.entry where person_id = %s and event = 'emergency:grant'"
    [(number,)] = superuser.execute(query, [person_id]).fetchall()
    return int(number)


def test_the_grant_says_how_many_are_told_besides_who_asked(
    cast: Cast, officers: dict[str, tuple[Somebody, str]], superuser: psycopg.Connection
) -> None:
    person_id, _ = _break_glass(cast, cast.register())
    query = "select count(*) from control.officer_notice where person_id = %s"
    [(noted,)] = superuser.execute(query, [person_id]).fetchall()
    assert _number_told(superuser, person_id) == noted >= 2
    with no_officer_reached(superuser):
        person_id, _ = _break_glass(cast, cast.register())
        assert _number_told(superuser, person_id) == 0


def test_an_officer_who_asks_is_no_second_person(cast: Cast, superuser: psycopg.Connection) -> None:
    somebody, who = cast.professional("DOC", HARBOUR), cast.register()
    [place] = workplaces_of(somebody.account_id)
    account_actions.affiliate(
        actor=HOST, account_id=somebody.account_id, provider_id=place.provider_id, role="privacy-officer"
    )
    session_id = begin(somebody.account_id, place.affiliation_id).session_id
    actor = Actor("professional", somebody.account_id, session_id, place.provider_id, "DOC")
    with no_officer_reached(superuser):
        set_email = "update control.account set email = 'both@example.org' where account_id = %s"
        superuser.execute(set_email, [somebody.account_id])
        case = break_glass(actor, who.person_id, Stated("unconscious", REASON, frozenset({"MED"})), somebody.code())
    assert isinstance(case, Case)
    assert _number_told(superuser, who.person_id) == 0


def test_a_relay_that_is_down_is_tried_again(
    cast: Cast, officers: dict[str, tuple[Somebody, str]], mail_folder: Path
) -> None:
    with override_settings(EMAIL_PORT=free_port()):
        _break_glass(cast, cast.register())
        run_jobs()
    assert _told(mail_folder, officers, OFFICE) == []
    assert bring_forward()
    run_jobs()
    assert len(_told(mail_folder, officers, OFFICE)) == 1


def test_an_officer_who_left_or_has_no_address_is_not_written_to(
    cast: Cast, officers: dict[str, tuple[Somebody, str]], mail_folder: Path, superuser: psycopg.Connection
) -> None:
    gone = officers[HARBOUR][0]
    superuser.execute("update control.affiliation set ended_at = now() where account_id = %s", [gone.account_id])
    nowhere = cast.officer(HARBOUR)
    person_id, _ = _break_glass(cast, cast.register())
    query = "select account_id from control.officer_notice where person_id = %s"
    told = {row[0] for row in superuser.execute(query, [person_id])}
    assert officers[OFFICE][0].account_id in told
    assert told.isdisjoint({gone.account_id, nowhere.account_id})


def test_an_officer_who_leaves_before_the_message_goes_is_not_written_to(
    cast: Cast, officers: dict[str, tuple[Somebody, str]], mail_folder: Path, superuser: psycopg.Connection
) -> None:
    _break_glass(cast, cast.register())
    gone = officers[HARBOUR][0]
    superuser.execute("update control.affiliation set ended_at = now() where account_id = %s", [gone.account_id])
    run_jobs()
    assert [len(_told(mail_folder, officers, provider)) for provider in (HARBOUR, OFFICE)] == [0, 1]


def test_without_any_officer_the_case_still_stands_in_the_console(cast: Cast, server: str) -> None:
    person_id, grant_id = _break_glass(cast, cast.register())
    office = Browser(server, cast.officer(OFFICE))
    with clock.travel(timedelta(seconds=1)):
        assert f"/console/emergencies/{person_id}/{grant_id}/" in whole_queue(office)
    office.close()
