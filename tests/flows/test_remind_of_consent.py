"""Thirty days before a one-year consent ends its person is told, once; by the worker, by the channel they chose."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from calendar_days import at
from cast import HARBOUR, Cast, Registered
from doors import mail_to, run_jobs

from wutong.control.audit.append import HOST
from wutong.control.flows.remind_of_consent import remind_of_consent
from wutong.control.notices.queries import notices_of
from wutong.control.people.actions import persons
from wutong.core import clock

GIVEN, TOO_EARLY, DUE, LAST_DAY, OVER = (
    f"{day}T10:00+08:00" for day in ("2040-06-15", "2041-05-15", "2041-05-16", "2041-06-15", "2041-06-16")
)


@pytest.fixture
def who(cast: Cast) -> Iterator[Registered]:
    """Somebody who allowed the clinic for a year, until 15 June 2041."""
    made = cast.register()
    with at(GIVEN):
        cast.allow(made)
        run_jobs()
        yield made


def _told(who: Registered) -> list[Any]:
    return [each for each in notices_of(who.person_id, limit=50) if each.subject == "Your sharing consent ends soon"]


def test_thirty_days_before_and_once_for_each_version(cast: Cast, who: Registered, mail_folder: Path) -> None:
    with at(TOO_EARLY):
        remind_of_consent()
        assert _told(who) == []
    with at(DUE):
        assert remind_of_consent() >= 1
        assert remind_of_consent() == 0
        run_jobs()
    with at(LAST_DAY):
        assert remind_of_consent() == 0
    [notice] = _told(who)
    [mail] = [each for each in mail_to(mail_folder, who.email) if "ends soon" in each["subject"]]
    assert notice.body.split() == mail.get_content().split()
    for said in ("Harbour Family Clinic", "Last day: 15 June 2041", "open 'Who may look'", "there is nothing to do"):
        assert said in mail.get_content()
    with at(DUE):
        cast.allow(who)  # renewed, until 16 May 2042
    with at("2042-04-15T10:00+08:00"):
        remind_of_consent()
        assert len(_told(who)) == 1
    with at("2042-04-16T10:00+08:00"):
        remind_of_consent()
        assert len(_told(who)) == 2


def test_a_day_without_a_worker_is_made_up_for_until_the_last_day(who: Registered) -> None:
    with at(OVER):
        remind_of_consent()
        assert _told(who) == []
    with at(LAST_DAY):
        remind_of_consent()
        assert len(_told(who)) == 1


@pytest.mark.parametrize("kind", ["withdrawn", "indefinite", "renewed"])
def test_what_does_not_end_then_is_not_told(cast: Cast, who: Registered, kind: str) -> None:
    match kind:
        case "withdrawn":
            cast.withdraw(who)
        case "indefinite":
            cast.allow(who, kind="indefinite")
        case "renewed":
            with at("2041-05-10T10:00+08:00"):
                cast.allow(who)
    with at(DUE):
        remind_of_consent()
        assert _told(who) == []


def test_nobody_is_told_where_it_cannot_be_renewed(cast: Cast, who: Registered, superuser: psycopg.Connection) -> None:
    set_state = "update control.provider set state = %s where code = %s"
    superuser.execute(set_state, ["suspended", HARBOUR])
    try:
        with at(DUE):
            remind_of_consent()
            assert _told(who) == []
    finally:
        superuser.execute(set_state, ["active", HARBOUR])
    superuser.execute("update control.person set state = 'deceased' where person_id = %s", [who.person_id])
    with at(DUE):
        remind_of_consent()
        assert _told(who) == []


def test_who_refuses_access_notices_is_still_reminded_and_an_sms_is_short(who: Registered) -> None:
    from wutong.control.notices import consent_wording

    persons.set_contact(actor=HOST, person_id=who.person_id, refuses_access_notices_since=clock.now())
    with at(DUE):
        remind_of_consent()
    assert len(_told(who)) == 1
    short = consent_wording.of_ending_in_short(language="en", provider_name="Clinic", until=clock.today()).body
    assert short.startswith("Your consent that Clinic may look at your health record ends on ")
    assert len(short) < 200


def test_the_worker_does_it_once_a_day_in_the_morning() -> None:
    from wutong.control.jobs import app

    due = {each.task.name: each.cron for each in app.periodic_registry.periodic_tasks.values()}
    assert due["remind_of_ending_consents"] == "23 1 * * *"
