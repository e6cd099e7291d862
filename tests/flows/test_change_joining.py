"""A person leaves the system and joins again: who may say it, what ends at the next request, what stays, what is told."""

import importlib.resources
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import psycopg
import pytest
from authorising import GENERAL, Pharmacist
from cast import HA, HARBOUR, Cast, Registered, patient
from doors import mail_to, run_jobs
from emergencies import Clinician
from groups import whoever
from record.resources import of_category

from wutong.control.audit.append import Actor
from wutong.control.consent.actions import Outdated
from wutong.control.consent.joining_queries import JoiningFacts, joinings_of
from wutong.control.consent.key_actions import MadeKey
from wutong.control.consent.key_queries import live_key
from wutong.control.consent.queries import words_of
from wutong.control.flows.change_joining import join_again, leave_system
from wutong.control.flows.make_access_key import make_access_key
from wutong.control.flows.serve_person import Left, Served, at_desk, serve_person
from wutong.control.flows.sign_in import begin, workplaces_of
from wutong.control.people.queries.persons import registration_state
from wutong.control.people.queries.providers import provider_with_code
from wutong.core import clock
from wutong.core.answers import Missing, Reason, Refused

_STATEMENTS = "select version, state, way, stated_as from control.joining_version where person_id = %s order by version"


@pytest.fixture
def who(cast: Cast) -> Registered:
    """Somebody with a laboratory report, who allows the clinic."""
    made = cast.register()
    assert cast.fhir(cast.ha, "POST", "Observation", json=of_category("LAB", made.patient_id)).status_code == 201
    cast.allow(made)
    return made


@pytest.fixture
def actor(cast: Cast, who: Registered) -> Actor:
    """The same at their own portal."""
    actor: Actor = cast.portal_actor(who)
    return actor


def _rows(superuser: psycopg.Connection, who: Registered) -> list[tuple[Any, ...]]:
    return superuser.execute(_STATEMENTS, [who.person_id]).fetchall()


def _trail(superuser: psycopg.Connection, who: Registered, event: str) -> list[Any]:
    query = "select detail from audit.entry where person_id = %s and event = %s order by at"
    return [row[0] for row in superuser.execute(query, [who.person_id, event])]


def _read(cast: Cast, token: str, who: Registered) -> tuple[int, int | str]:
    """How many laboratory reports are shown, or why none."""
    answer = cast.fhir(token, "GET", f"Observation?patient={who.person_id}")
    told = answer.json()
    return answer.status_code, told["total"] if answer.status_code == 200 else told["issue"][0]["details"]["coding"][0][
        "code"
    ]


_GONE = (403, "person-not-active")


def test_r01_everybody_has_joined_by_being_registered(who: Registered, superuser: psycopg.Connection) -> None:
    [joined] = joinings_of(who.person_id)
    hospital = provider_with_code(HA)
    assert hospital
    assert (joined.version, joined.is_given, joined.stated_by) == (1, True, None)
    assert joined.provider_id == hospital.provider_id
    query = "select registered_at from control.person where person_id = %s"
    assert superuser.execute(query, [who.person_id]).fetchone() == (joined.stated_at,)
    without = """select count(*) from control.person p
                  where not exists (select from control.joining_version j where j.person_id = p.person_id)"""
    assert superuser.execute(without).fetchone() == (0,)


def test_r01_who_was_registered_before_there_were_statements_has_joined_by_it(
    cast: Cast, who: Registered, superuser: psycopg.Connection
) -> None:
    file = importlib.resources.files("wutong.schema") / "sql" / "0036_joining.sql"
    held = superuser.execute(_STATEMENTS, [who.person_id]).fetchall()
    with superuser.transaction(force_rollback=True):
        superuser.execute("delete from control.joining_version")
        superuser.execute(file.read_text(encoding="utf-8").encode())
        assert superuser.execute(_STATEMENTS, [who.person_id]).fetchall() == held == [(1, "given", "registration", "")]


@pytest.mark.parametrize("provider", [HARBOUR, HA])
def test_r01_r58_an_open_look_ends_at_once_and_does_not_begin_again_by_itself(
    cast: Cast, who: Registered, provider: str
) -> None:
    """By a sharing consent, or by the law's."""
    token = cast.session_token(cast.professional("DOC", provider))
    assert cast.open(token, who.person_id).status_code == 200
    assert _read(cast, token, who) == (200, 1)
    cast.leave(who)
    assert _read(cast, token, who) == _GONE
    assert cast.open(token, who.person_id).status_code == 403
    cast.rejoin(who)
    assert _read(cast, token, who) == (403, "record-not-opened")
    assert cast.open(token, who.person_id).status_code == 200
    assert _read(cast, token, who) == (200, 1)


def test_r01_links_to_further_pages_and_exports_end_too(cast: Cast, who: Registered) -> None:
    cast.fhir(cast.ha, "POST", "Observation", json=of_category("LAB", who.patient_id))
    token = cast.session_token(cast.professional("DOC", HARBOUR))
    cast.open(token, who.person_id)
    paths = [f"Patient/{who.person_id}/$everything?_count=1", f"Observation?patient={who.person_id}&_count=1"]
    pages = [cast.fhir(token, "GET", path).json() for path in paths]
    links = [
        each["url"].partition("/fhir/")[2] for page in pages for each in page["link"] if each["relation"] == "next"
    ]
    assert [cast.fhir(token, "GET", each).status_code for each in links] == [200, 200]
    cast.leave(who)
    assert [cast.fhir(token, "GET", each).status_code for each in [*links, *paths]] == [403] * 4


def test_r01_nothing_is_uploaded_while_somebody_is_out_and_a_depositor_keeps_its_own(
    cast: Cast, who: Registered
) -> None:
    report, again = of_category("LAB", who.patient_id), patient(who.hkid)
    own = cast.fhir(cast.ha, "POST", "Observation", json=report).json()["id"]
    cast.leave(who)
    for content in (report, again):
        answer = cast.fhir(cast.ha, "POST", content["resourceType"], json=content)
        assert (answer.status_code, answer.json()["issue"][0]["details"]["coding"][0]["code"]) == _GONE
    assert cast.fhir(cast.ha, "GET", f"Observation/{own}").status_code == 200
    assert cast.fhir(cast.harbour, "GET", f"Observation/{own}").status_code == 404
    cast.rejoin(who)
    assert cast.fhir(cast.ha, "POST", "Observation", json=report).status_code == 201


def test_r01_a_one_time_code_opens_nothing_any_more(cast: Cast, who: Registered, superuser: psycopg.Connection) -> None:
    browser = Pharmacist(cast)
    browser.open_record(who.person_id)
    browser.authorised(superuser, who.person_id, "RAD")
    assert _categories(browser, who) == GENERAL | {"RAD"}
    cast.leave(who)
    assert _categories(browser, who) == set()
    cast.rejoin(who)
    browser.open_record(who.person_id)
    assert _categories(browser, who) == GENERAL
    browser.close()


def _categories(browser: Clinician, who: Registered) -> set[str]:
    told = browser.fhir("GET", f"Patient/{who.person_id}/$access").json()
    parts = [{each["name"]: each for each in given["part"]} for given in told.get("parameter", ()) if "part" in given]
    return {each["code"]["valueCode"] for each in parts if each["open"]["valueBoolean"]}


def test_r01_an_emergency_access_ends_for_good_and_none_begins(cast: Cast, who: Registered) -> None:
    browser = Clinician(cast, cast.professional("DOC", "PEAK"))
    browser.break_glass(who.person_id, "LAB")
    assert browser.open(who.person_id).status_code == 200
    assert browser.fhir("GET", f"Observation?patient={who.person_id}").status_code == 200
    cast.leave(who)
    assert browser.fhir("GET", f"Observation?patient={who.person_id}").status_code == 403
    assert browser.open(who.person_id).status_code == 403
    cast.rejoin(who)
    assert browser.fhir("GET", f"Observation?patient={who.person_id}").status_code == 403
    assert browser.open(who.person_id).status_code == 403
    browser.close()


def test_r01_carers_and_desks_and_keys_end_and_the_own_pages_stay(cast: Cast, who: Registered, actor: Actor) -> None:
    carer = cast.register()
    cast.let_care(who, carer, ["inventory"])
    token = cast.portal_token(cast.patient_account(carer))
    inventory = f"Patient/{who.person_id}/$inventory"
    assert cast.fhir(token, "GET", inventory).status_code == 200
    assert isinstance(make_access_key(actor, who.person_id, "one-year"), MadeKey)
    cast.leave(who)
    assert cast.fhir(token, "GET", inventory).status_code == 403
    assert live_key(who.person_id) is None
    assert make_access_key(actor, who.person_id, "one-year") == Missing("person")
    assert at_desk(_at_desk(cast), who.person_id) == Refused(Reason.PERSON_NOT_ACTIVE)
    assert isinstance(serve_person(_at_desk(cast), who.person_id), Left)
    cast.rejoin(who)
    assert isinstance(serve_person(_at_desk(cast), who.person_id), Served)
    assert cast.fhir(token, "GET", inventory).status_code == 200
    assert live_key(who.person_id) is None


def _at_desk(cast: Cast) -> Actor:
    account_id = cast.doctor.account_id
    [place] = workplaces_of(account_id)
    session = begin(account_id, place.affiliation_id)
    return Actor("professional", account_id, session.session_id, place.provider_id, "DOC")


def test_r01_permissions_of_before_hold_again_or_are_withdrawn_as_the_person_says(
    cast: Cast, who: Registered, superuser: psycopg.Connection
) -> None:
    whoever().allow(who)
    said = len(_trail(superuser, who, "consent:change"))
    cast.leave(who)
    cast.rejoin(who)
    assert any(each.is_in_force for each in words_of(who.person_id).values())
    assert len(_trail(superuser, who, "consent:change")) == said
    cast.leave(who)
    cast.rejoin(who, keeps_permissions=False)
    assert not any(each.is_in_force for each in words_of(who.person_id).values())
    assert len(_trail(superuser, who, "consent:change")) == said + 2
    token = cast.session_token(cast.professional("DOC", HARBOUR))
    assert cast.open(token, who.person_id).status_code == 403
    cast.allow(who)
    assert cast.open(token, who.person_id).status_code == 200


def test_r58_each_statement_is_a_version_an_entry_and_a_message(
    cast: Cast, who: Registered, superuser: psycopg.Connection, mail_folder: Path
) -> None:
    run_jobs()
    before = len(mail_to(mail_folder, who.email))
    cast.leave(who)
    cast.rejoin(who)
    cast.leave(who)
    states = [("given", "registration"), ("withdrawn", "portal"), ("given", "portal"), ("withdrawn", "portal")]
    assert _rows(superuser, who) == [(number, *said, "") for number, said in enumerate(states, 1)]
    told = _trail(superuser, who, "joining:change")
    assert [each["new"]["version"] for each in told] == [2, 3, 4]
    assert [each["old"]["version"] for each in told] == [1, 2, 3]
    run_jobs()
    told_by_mail = mail_to(mail_folder, who.email)[before:]
    assert [each["subject"] for each in told_by_mail] == [
        "You left the system", "You joined the system again", "You left the system"
    ]  # fmt: skip
    text = told_by_mail[0].get_content()
    for said in ("You left health record sharing.", "nobody can look", "Nothing is erased", "join again"):
        assert said in text
    assert "may look again" in told_by_mail[1].get_content()


def test_what_is_said_already_is_no_new_statement(who: Registered, actor: Actor) -> None:
    assert join_again(actor, who.person_id, keeps_permissions=True) == Missing("joining")
    assert isinstance(leave_system(actor, who.person_id, seen=1), JoiningFacts)
    assert leave_system(actor, who.person_id, seen=1) == Missing("joining")
    assert join_again(actor, who.person_id, keeps_permissions=True, seen=1) == Outdated()
    assert registration_state(who.person_id) == "withdrawn"
    assert isinstance(join_again(actor, who.person_id, keeps_permissions=True, seen=2), JoiningFacts)
    assert leave_system(actor, who.person_id, seen=2) == Outdated()
    assert registration_state(who.person_id) == "active"


def test_of_statements_at_the_same_moment_one_counts(who: Registered, actor: Actor) -> None:
    with ThreadPoolExecutor(6) as threads:
        answers = list(threads.map(lambda _: leave_system(actor, who.person_id), range(6)))
    assert sum(isinstance(each, JoiningFacts) for each in answers) == 1
    assert [each.version for each in joinings_of(who.person_id)] == [2, 1]


@pytest.mark.parametrize("state", ["suspended", "deceased"])
def test_whose_registration_is_suspended_or_ended_changes_nothing(
    who: Registered, actor: Actor, superuser: psycopg.Connection, state: str
) -> None:
    superuser.execute("update control.person set state = %s where person_id = %s", [state, who.person_id])
    assert leave_system(actor, who.person_id) == Missing("joining")
    assert join_again(actor, who.person_id, keeps_permissions=True) == Missing("joining")
    assert registration_state(who.person_id) == state
    assert len(joinings_of(who.person_id)) == 1


@pytest.fixture
def child(cast: Cast) -> Registered:
    """A child of seven years."""
    return cast.register(born=clock.today().replace(day=1, year=clock.today().year - 7).isoformat())


def test_of_a_child_the_law_names_who_leaves_and_joins(
    cast: Cast, child: Registered, superuser: psycopg.Connection
) -> None:
    parent, uncle, stranger = cast.register(), cast.register(), cast.register()
    cast.appoint(child, parent)
    cast.appoint(child, uncle, "family-member")
    says = {each.person_id: cast.portal_actor(each) for each in (child, parent, uncle, stranger)}
    refused = [
        (child, ""),
        (uncle, "family-member"),
        (stranger, "parent"),
        (stranger, ""),
        (parent, "guardian"),
        (parent, ""),
    ]
    for speaker, relation in refused:
        assert leave_system(says[speaker.person_id], child.person_id, stated_as=relation) == Missing("person")
    assert registration_state(child.person_id) == "active"
    assert isinstance(leave_system(says[parent.person_id], child.person_id, stated_as="parent"), JoiningFacts)
    for speaker, relation in refused:
        answer = join_again(says[speaker.person_id], child.person_id, keeps_permissions=True, stated_as=relation)
        assert answer == Missing("person")
    joined = join_again(says[parent.person_id], child.person_id, keeps_permissions=True, stated_as="parent")
    assert isinstance(joined, JoiningFacts)
    assert [row[3] for row in _rows(superuser, child)] == ["", "parent", "parent"]
    assert [each["relation"] for each in _trail(superuser, child, "joining:change")] == ["parent", "parent"]


def test_nobody_else_and_no_clinician_speaks_for_an_adult(cast: Cast, who: Registered) -> None:
    other = cast.portal_actor(cast.register())
    assert leave_system(other, who.person_id) == Missing("person")
    assert leave_system(Actor("professional", cast.doctor.account_id), who.person_id) == Missing("person")
    assert registration_state(who.person_id) == "active"
