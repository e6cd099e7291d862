"""A person allows a group of providers, a programme, or whoever treats them; the most specific word holds, at once."""

from collections.abc import Callable
from contextlib import ExitStack
from datetime import timedelta
from typing import Any

import groups
import httpx
import psycopg
import pytest
from calendar_days import at
from cast import HA, OFFICE, Cast, Registered, patient
from groups import Group
from psycopg.types.json import Jsonb
from replays import close

from wutong.control.audit.append import Actor
from wutong.control.consent.actions import Outdated, Stated
from wutong.control.flows.change_consent import give_group_consent, withdraw_consent, withdraw_group_consent
from wutong.control.people.queries.groups import roster_of
from wutong.core import clock, ids
from wutong.core.answers import Missing

KINDS = ("group", "programme", "whoever")
_ENTRIES = """
select detail -> 'consent' from audit.entry
 where person_id = %s and event = %s and outcome = 'allowed' and caller_kind = %s order by at desc limit 1
"""


@pytest.fixture
def who(cast: Cast) -> Registered:
    """Somebody who has allowed nobody yet."""
    return cast.register()


@pytest.fixture
def clinic() -> str:
    """A clinic that belongs to nothing yet."""
    return groups.clinic()


@pytest.fixture
def doctor(cast: Cast, clinic: str) -> str:
    """A doctor's token there."""
    return groups.doctor_at(cast, clinic)


def _said(answer: httpx.Response) -> str:
    """That it was allowed (empty), or why not."""
    return "" if answer.status_code == 200 else str(answer.json()["issue"][0]["details"]["coding"][0]["code"])


def _opens(cast: Cast, doctor: str, who: Registered) -> str:
    return _said(cast.open(doctor, who.person_id))


def _reads(cast: Cast, doctor: str, who: Registered) -> str:
    """Without opening it anew."""
    return _said(cast.fhir(doctor, "GET", f"Condition?patient={who.person_id}"))


@pytest.mark.parametrize("kind", KINDS)
def test_r58_a_wider_consent_opens_and_its_withdrawal_closes_at_the_next_request(
    cast: Cast, who: Registered, clinic: str, doctor: str, kind: str
) -> None:
    wider = groups.of(kind, clinic)
    assert _opens(cast, doctor, who) == "no-sharing-consent"
    wider.allow(who)
    assert _opens(cast, doctor, who) == ""
    assert _reads(cast, doctor, who) == ""
    wider.withdraw(who)
    assert _reads(cast, doctor, who) == "sharing-consent-ended"
    assert _opens(cast, doctor, who) == "sharing-consent-ended"


@pytest.mark.parametrize("kind", KINDS)
def test_r58_it_is_for_one_year_or_until_withdrawn(cast: Cast, who: Registered, kind: str) -> None:
    """Over a leap day, too."""
    clinic = groups.clinic()
    with at("2027-03-01T10:00:00+08:00"):
        groups.of(kind, clinic).allow(who, "one-year")
    with at("2028-03-01T23:50:00+08:00"):
        assert _opens(cast, groups.doctor_at(cast, clinic), who) == ""
    with at("2028-03-02T00:10:00+08:00"):
        assert _opens(cast, groups.doctor_at(cast, clinic), who) == "sharing-consent-ended"
        groups.of(kind, clinic).allow(who, "indefinite")
    with at("2047-03-02T00:10:00+08:00"):
        assert _opens(cast, groups.doctor_at(cast, clinic), who) == ""


@pytest.mark.parametrize("kind", ["group", "programme"])
def test_who_does_not_belong_to_it_may_not_look(cast: Cast, who: Registered, doctor: str, kind: str) -> None:
    groups.of(kind, groups.clinic()).allow(who)
    assert _opens(cast, doctor, who) == "no-sharing-consent"


def test_whoever_is_every_healthcare_provider_and_nobody_who_is_closed_or_suspended(
    cast: Cast, who: Registered, clinic: str, doctor: str, superuser: psycopg.Connection
) -> None:
    groups.whoever().allow(who)
    suspend = "update control.provider set state = %s where code = %s"
    superuser.execute(suspend, ["suspended", clinic])
    assert _opens(cast, doctor, who) == "provider-not-active"
    superuser.execute(suspend, ["active", clinic])
    assert _opens(cast, doctor, who) == ""
    assert _opens(cast, groups.doctor_at(cast, OFFICE), who) == "no-sharing-consent"


# The word that holds: what was said, in this order, and what the clinic is told. One line differs from the next by one word.
_WORDS = {
    "its own word over a group's": (["group", "-clinic"], "sharing-consent-ended"),
    "its own permission over a group's withdrawal": (["clinic", "group", "-group"], ""),
    "its own word over whoever's": (["whoever", "-clinic"], "sharing-consent-ended"),
    "a group's over whoever's": (["group", "whoever", "-group"], "sharing-consent-ended"),
    "a group's permission over whoever's withdrawal": (["group", "whoever", "-whoever"], ""),
    "of a group and a programme the newer": (["group", "programme", "-group"], "sharing-consent-ended"),
    "and again the newer": (["group", "-group", "programme"], ""),
    "its own withdrawal over what is said later of more": (["clinic", "-clinic", "group", "whoever"], "sharing-consent-ended"),
    "a word that ended is none": (["clinic", "a year", "group"], ""),
    "a group's that ended is none": (["group", "a year", "whoever"], ""),
    "but where there is no other": (["group", "a year"], "sharing-consent-ended"),
    "whoever's alone": (["whoever"], ""),
}  # fmt: skip


@pytest.mark.parametrize("said", _WORDS)
def test_r58_the_most_specific_word_holds(cast: Cast, who: Registered, said: str) -> None:
    words, told = _WORDS[said]
    clinic = groups.clinic()
    reach = {kind: groups.of(kind, clinic) for kind in KINDS}
    with ExitStack() as times:
        for word in words:
            if word == "a year":
                times.enter_context(clock.travel(timedelta(days=400)))
            else:
                _say(cast, who, clinic, reach, word)
        assert _opens(cast, groups.doctor_at(cast, clinic), who) == told


def _say(cast: Cast, who: Registered, clinic: str, reach: dict[str, Group], word: str) -> None:
    about, is_given = word.removeprefix("-"), not word.startswith("-")
    if about == "clinic" and is_given:
        cast.allow(who, clinic)
    elif about == "clinic":
        assert isinstance(
            withdraw_consent(Actor("patient", who.person_id), who.person_id, groups.id_of(clinic)), Stated
        )
    elif is_given:
        reach[about].allow(who)
    else:
        assert isinstance(reach[about].withdraw(who), Stated)


@pytest.mark.parametrize("kind", KINDS)
def test_r58_one_provider_can_be_taken_out_of_what_is_allowed(
    cast: Cast, who: Registered, clinic: str, doctor: str, kind: str
) -> None:
    other = groups.clinic()
    groups.of(kind, clinic, other).allow(who)
    actor = Actor("patient", who.person_id)
    answer = withdraw_consent(actor, who.person_id, groups.id_of(clinic), seen=0)
    assert isinstance(answer, Stated)
    assert _opens(cast, doctor, who) == "sharing-consent-ended"
    assert _opens(cast, groups.doctor_at(cast, other), who) == ""
    assert withdraw_consent(actor, who.person_id, groups.id_of(clinic)) == Missing("consent")


def test_what_nothing_allows_cannot_be_taken_out(who: Registered, clinic: str) -> None:
    actor = Actor("patient", who.person_id)
    assert withdraw_consent(actor, who.person_id, groups.id_of(clinic)) == Missing("consent")
    groups.make("group", groups.clinic()).allow(who)
    assert withdraw_consent(actor, who.person_id, groups.id_of(clinic)) == Missing("consent")


@pytest.mark.parametrize("kind", KINDS)
def test_a_closing_wins_over_a_wider_consent(cast: Cast, who: Registered, clinic: str, doctor: str, kind: str) -> None:
    groups.of(kind, clinic).allow(who)
    value = str(groups.id_of(clinic))
    close(who.person_id, "provider", value)
    assert _opens(cast, doctor, who) == "withheld-by-person"
    close(who.person_id, "provider", value, is_closed=False)
    assert _opens(cast, doctor, who) == ""


@pytest.mark.parametrize("kind", ["group", "programme"])
def test_a_provider_that_leaves_is_out_at_the_next_request(
    cast: Cast, who: Registered, clinic: str, doctor: str, kind: str
) -> None:
    wider = groups.make(kind, clinic)
    wider.allow(who)
    assert _opens(cast, doctor, who) == ""
    wider.leave(clinic)
    assert _reads(cast, doctor, who) == "no-sharing-consent"
    assert _opens(cast, doctor, who) == "no-sharing-consent"


@pytest.mark.parametrize("kind", ["group", "programme"])
def test_a_provider_that_joins_counts_14_days_after_the_person_was_told(
    cast: Cast, who: Registered, clinic: str, doctor: str, kind: str, superuser: psycopg.Connection
) -> None:
    wider = groups.make(kind, groups.clinic())
    wider.allow(who)
    wider.join(clinic)
    assert _opens(cast, doctor, who) == "no-sharing-consent"
    assert wider.tell() == 1
    assert wider.tell() == 0  # once
    groups.told_earlier(superuser, who, timedelta(days=13, hours=23))
    assert _opens(cast, doctor, who) == "no-sharing-consent"
    groups.told_earlier(superuser, who, timedelta(hours=1))
    assert _opens(cast, doctor, who) == ""
    wider.leave(clinic)
    wider.join(clinic)  # it is another joining, of which nobody has told
    assert _opens(cast, doctor, who) == "no-sharing-consent"


def test_who_allows_a_group_after_somebody_joined_was_shown_them(
    cast: Cast, who: Registered, clinic: str, doctor: str
) -> None:
    wider = groups.make("group", groups.clinic())
    wider.allow(who)
    wider.join(clinic)
    wider.allow(who, "indefinite")
    assert _opens(cast, doctor, who) == ""


def test_who_joins_what_was_withdrawn_is_in_the_withdrawal_at_once(
    cast: Cast, who: Registered, clinic: str, doctor: str
) -> None:
    wider = groups.make("group", groups.clinic())
    wider.allow(who)
    wider.withdraw(who)
    groups.whoever().allow(who)
    assert _opens(cast, doctor, who) == ""
    wider.join(clinic)
    assert _reads(cast, doctor, who) == "sharing-consent-ended"


def test_nothing_is_stated_on_members_that_were_not_shown(who: Registered, clinic: str) -> None:
    wider = groups.make("group", groups.clinic())
    shown, actor = roster_of(wider.group_id), Actor("patient", who.person_id)
    wider.join(clinic)
    given = give_group_consent(actor, who.person_id, wider.group_id, "one-year", seen=0, roster=shown)
    assert given == Outdated()
    given = give_group_consent(
        actor, who.person_id, wider.group_id, "one-year", seen=0, roster=roster_of(wider.group_id)
    )
    assert isinstance(given, Stated)
    again = give_group_consent(actor, who.person_id, wider.group_id, "indefinite", seen=0)
    assert again == Outdated()
    assert withdraw_group_consent(actor, who.person_id, wider.group_id, seen=2) == Outdated()


@pytest.mark.parametrize(
    "refused",
    [
        lambda who, wider: give_group_consent(Actor("patient", wider.group_id), who.person_id, wider.group_id, "one-year", stated_as="parent"),
        lambda who, wider: give_group_consent(Actor("patient", who.person_id), who.person_id, who.person_id, "one-year"),
        lambda who, wider: give_group_consent(Actor("patient", who.person_id), who.person_id, wider.group_id, "forever"),
    ],
    ids=["no parent", "no such group", "no such kind"],
)  # fmt: skip
def test_r58_nobody_else_and_nothing_else_is_stated(
    cast: Cast, who: Registered, clinic: str, doctor: str, refused: Callable[[Registered, Group], Any]
) -> None:
    wider = groups.make("group", clinic)
    assert isinstance(refused(who, wider), Missing)
    assert _opens(cast, doctor, who) == "no-sharing-consent"


def test_a_parent_allows_for_a_child_until_they_are_16(cast: Cast, clinic: str, doctor: str) -> None:
    child, parent = cast.register(born="2020-05-31"), cast.register()
    speaker, wider = Actor("patient", cast.patient_account(parent).account_id), groups.make("programme", clinic)
    refused = give_group_consent(speaker, child.person_id, wider.group_id, "one-year", stated_as="parent")
    assert refused == Missing("person")
    cast.appoint(child, parent)
    given = give_group_consent(speaker, child.person_id, wider.group_id, "one-year", stated_as="parent")
    assert isinstance(given, Stated)
    assert given.stated_as == "parent"
    assert _opens(cast, doctor, child) == ""
    own = Actor("patient", child.person_id)
    assert give_group_consent(own, child.person_id, wider.group_id, "indefinite") == Missing("person")


@pytest.mark.parametrize("kind", KINDS)
def test_the_trail_names_the_version_and_what_it_is_about(
    cast: Cast, who: Registered, clinic: str, doctor: str, kind: str, superuser: psycopg.Connection
) -> None:
    wider = groups.of(kind, clinic)
    wider.allow(who)
    wider.allow(who, "indefinite")
    cast.open(doctor, who.person_id)
    assert _reads(cast, doctor, who) == ""
    named = {"scope": kind, "group": str(wider.group_id), "version": 2}
    for event in ("record:open", "record:search"):
        assert superuser.execute(_ENTRIES, [who.person_id, event, "professional"]).fetchone() == (named,)
    changes = (
        "select detail from audit.entry where person_id = %s and event = 'consent:change' order by at desc limit 1"
    )
    assert superuser.execute(changes, [who.person_id]).fetchone() == (
        {
            "group": str(wider.group_id),
            "old": {"version": 1, "state": "given", "kind": "one-year", "until": clock.same_date_next_year(clock.today()).isoformat()},
            "new": {"version": 2, "state": "given", "kind": "indefinite", "until": None},
        },
    )  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
def test_a_clinics_system_deposits_on_a_wider_consent(
    cast: Cast, who: Registered, clinic: str, kind: str, superuser: psycopg.Connection
) -> None:
    system, wider = cast.client_token(clinic), groups.of(kind, clinic)
    assert cast.fhir(system, "POST", "Patient", json=patient(who.hkid)).status_code == 403
    wider.allow(who)
    assert cast.fhir(system, "POST", "Patient", json=patient(who.hkid)).status_code == 201
    [stated] = superuser.execute(_ENTRIES, [who.person_id, "record:write", "system"]).fetchone() or ()
    assert stated == {"scope": kind, "group": str(wider.group_id), "version": 1}
    wider.withdraw(who)
    assert cast.fhir(system, "POST", "Patient", json=patient(who.hkid)).status_code == 403


def test_a_look_under_a_wider_consent_is_stated_told_and_ends_with_it(
    cast: Cast, who: Registered, clinic: str, doctor: str, superuser: psycopg.Connection
) -> None:
    """Whoever treats the person: nobody reads without having said that they do."""
    wider = groups.whoever()
    wider.allow(who)
    assert _reads(cast, doctor, who) == "record-not-opened"
    assert _opens(cast, doctor, who) == ""
    told = "select count(*) from jobs.procrastinate_jobs where task_name = 'tell_patient_of_look' and args ->> 'person_id' = %s"
    assert superuser.execute(told, [str(who.person_id)]).fetchone() == (1,)
    wider.withdraw(who)
    wider.allow(who)
    assert _reads(cast, doctor, who) == "record-not-opened"
    assert _opens(cast, doctor, who) == ""


_TICKET = "select audit.decide_v1(%s)"
_COUNT = "select count(*) from record.resource where resource_type = 'Patient'"


def _under(plane: psycopg.Connection, ticket: str) -> int:
    with plane.transaction():
        plane.execute("select set_config('wutong.tickets', %s, true)", [ticket])
        [count] = plane.execute(_COUNT).fetchone() or ()
    return int(count)


def _ticket(pdp: psycopg.Connection, who: Registered, provider: str, ground: str = "care") -> str:
    entry = {
        "at": clock.now().isoformat(), "entry_id": str(ids.new()), "event": "record:read", "act": "read",
        "outcome": "allowed", "ground": ground, "person_id": str(who.person_id), "categories": ["PID"],
        "patient_ids": [str(who.patient_id)], "provider_id": str(groups.id_of(provider)), "detail": {},
    }  # fmt: skip
    pdp.execute(_TICKET, [Jsonb([entry])])
    return f"{who.person_id}|{entry['at']}|{entry['entry_id']}"


_ENDS: dict[str, Callable[[Registered, Group, str], object]] = {
    "withdrawn": lambda who, wider, _clinic: wider.withdraw(who),
    "taken out": lambda who, _wider, clinic: withdraw_consent(
        Actor("patient", who.person_id), who.person_id, groups.id_of(clinic)
    ),
    "left": lambda _who, wider, clinic: wider.leave(clinic),
}


@pytest.mark.parametrize("ended", _ENDS)
@pytest.mark.parametrize("ground", ["care", "reference"])
def test_a_ticket_ends_with_the_wider_word_that_it_rests_on(
    plane: psycopg.Connection, pdp: psycopg.Connection, who: Registered, clinic: str, ended: str, ground: str
) -> None:
    wider = groups.make("group", clinic)
    wider.allow(who)
    ticket, emergency = _ticket(pdp, who, clinic, ground), _ticket(pdp, who, clinic, "emergency")
    assert _under(plane, ticket) == 1
    _ENDS[ended](who, wider, clinic)
    with pytest.raises(psycopg.DatabaseError, match="took back"):
        _under(plane, ticket)
    assert _under(plane, emergency) == 1


def test_the_deemed_need_no_word_and_lose_by_none(cast: Cast, who: Registered) -> None:
    wider = groups.whoever()
    wider.allow(who)
    wider.withdraw(who)
    doctor = groups.doctor_at(cast, HA)
    assert _opens(cast, doctor, who) == ""
    assert _reads(cast, doctor, who) == ""


def test_r58_the_replay_of_a_day_says_through_what_a_provider_could_look(
    cast: Cast, who: Registered, clinic: str
) -> None:
    """Also of a day since which the provider has left, and the word was taken back."""
    from wutong.control.portal.past import shown_on

    programme = groups.make("programme", clinic, name="Chronic care")
    groups.whoever().allow(who)
    with clock.travel(timedelta(days=3)):
        programme.allow(who)
    with clock.travel(timedelta(days=5)):
        programme.leave(clinic)
        groups.whoever().withdraw(who)
    with clock.travel(timedelta(days=20)):
        told = {}
        for days in (1, 4, 6):
            shown = shown_on(who.person_id, clock.today() + timedelta(days=days - 20))
            assert shown
            could = {each.provider: each.statement for each in shown.could}
            told[days] = could.get(f"Clinic {clinic}", "")
    assert "Whoever gives treatment" in told[1]
    assert "Chronic care" in told[4]
    assert told[6] == ""
