"""A person closes something of the record and opens it again: every kind, who may say it, and what is refused."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from cast import HA, HARBOUR, OFFICE, Cast, Registered
from doors import mail_to, run_jobs

from wutong.control.audit.append import HOST, Actor
from wutong.control.consent.actions import Outdated, Stated
from wutong.control.consent.closing_actions import ClosingStated
from wutong.control.consent.closing_queries import closings_of
from wutong.control.flows.change_closing import end_closing, state_closing
from wutong.control.flows.change_consent import give_consent
from wutong.control.flows.preview_consent import preview_consent
from wutong.control.flows.sign_in import begin
from wutong.control.people.actions import persons
from wutong.control.people.queries.providers import provider_with_code
from wutong.core import clock
from wutong.core.answers import Missing

ITEM = "01931c5e-7f6a-7c1d-9a62-0d6a7c0f1e11"
NOBODY = "01931c5e-0000-7000-8000-000000000000"
KINDS = ["item", "episode", "category", "label", "provider", "professional"]


@pytest.fixture
def who(cast: Cast) -> Registered:
    """Somebody who has closed nothing yet."""
    return cast.register()


@pytest.fixture
def actor(cast: Cast, who: Registered) -> Actor:
    """The same at their own portal."""
    return _actor(cast, who)


def _actor(cast: Cast, who: Registered) -> Actor:
    return Actor("patient", cast.patient_account(who).account_id)


def _id(code: str) -> str:
    found = provider_with_code(code)
    assert found
    return str(found.provider_id)


def _value(cast: Cast, kind: str) -> str:
    values: dict[str, Callable[[], str]] = {
        "category": lambda: "LAB",
        "label": lambda: "PSY",
        "provider": lambda: _id(HARBOUR),
        "professional": lambda: str(cast.doctor.account_id),
    }
    return values[kind]() if kind in values else ITEM


def _rows(superuser: psycopg.Connection, who: Registered) -> list[tuple[Any, ...]]:
    query = """select kind, value, version, is_closed, title, stated_as from control.closing_version
                where person_id = %s order by stated_at, version"""
    return superuser.execute(query, [who.person_id]).fetchall()


def _trail(superuser: psycopg.Connection, who: Registered, event: str = "closing:change") -> list[tuple[Any, ...]]:
    query = "select outcome, detail from audit.entry where person_id = %s and event = %s order by at"
    return superuser.execute(query, [who.person_id, event]).fetchall()


def _years_ago(years: int) -> str:
    return clock.today().replace(day=1, year=clock.today().year - years).isoformat()


@pytest.mark.parametrize("kind", KINDS)
def test_everything_that_can_be_closed_is_closed_and_opened_again_in_versions(
    cast: Cast, who: Registered, actor: Actor, superuser: psycopg.Connection, kind: str
) -> None:
    value = _value(cast, kind)
    closed = state_closing(actor, who.person_id, kind, value, seen=0)
    assert isinstance(closed, ClosingStated)
    assert (closed.version, closed.is_closed, closed.is_new) == (1, True, True)
    assert [(each.kind, each.value) for each in closings_of(who.person_id)] == [(kind, value)]
    opened = end_closing(actor, who.person_id, kind, value, seen=1)
    assert isinstance(opened, ClosingStated)
    assert (opened.version, opened.is_closed) == (2, False)
    assert closings_of(who.person_id) == []
    state_closing(actor, who.person_id, kind, value, seen=2)
    assert _rows(superuser, who) == [(kind, value, n, n != 2, "", "") for n in (1, 2, 3)]
    told = [detail for _, detail in _trail(superuser, who)]
    assert told[0]["old"] is None
    assert [each["old"] for each in told[1:]] == [each["new"] for each in told[:-1]]
    assert {each.get("value") for each in told} == ({None} if kind == "label" else {value})


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("category", "LAB"),
        ("category", "PID"),  # whose record it is
        ("category", "XXX"),
        ("category", "lab"),
        ("category", "PSY"),
        ("category", ""),
        ("category", "LAB\0"),
        ("label", "HIV"),
        ("label", "R"),
        ("label", "LAB"),
        ("label", "PSY" * 40),
        ("item", ITEM),
        ("item", ITEM.upper()),
        ("item", f"{{{ITEM}}}"),
        ("item", ITEM.replace("-", "")),
        ("item", f"{ITEM}\n"),
        ("episode", "1"),
        ("episode", "\0"),
        ("provider", HARBOUR),
        ("provider", NOBODY),
        ("provider", ""),
        ("professional", NOBODY),
        ("professional", "x" * 5000),
        ("everything", "LAB"),
        ("", ""),
    ],
    ids=lambda value: f"{len(value)}-{value[:8]!a}",
)
def test_only_what_there_is_can_be_closed(
    who: Registered, actor: Actor, superuser: psycopg.Connection, kind: str, value: str
) -> None:
    can_be = (kind, value) in {("category", "LAB"), ("label", "HIV"), ("item", ITEM)}
    answer = state_closing(actor, who.person_id, kind, value)
    assert isinstance(answer, ClosingStated) is can_be
    assert answer == Missing("closable") or can_be
    assert len(_rows(superuser, who)) == len(_trail(superuser, who)) == can_be


@pytest.mark.parametrize("code", [HARBOUR, "PEAK", HA, OFFICE])
def test_deemed_providers_and_the_office_cannot_be_closed(who: Registered, actor: Actor, code: str) -> None:
    answer = state_closing(actor, who.person_id, "provider", _id(code))
    assert isinstance(answer, ClosingStated) is (code in {HARBOUR, "PEAK"})


def test_a_patient_is_no_professional(cast: Cast, who: Registered, actor: Actor) -> None:
    other = str(_actor(cast, cast.register()).account_id)
    assert state_closing(actor, who.person_id, "professional", other) == Missing("closable")
    doctor = str(cast.doctor.account_id)
    assert isinstance(state_closing(actor, who.person_id, "professional", doctor), ClosingStated)


def test_what_is_not_closed_cannot_be_opened_again(
    who: Registered, actor: Actor, superuser: psycopg.Connection
) -> None:
    for kind, value in (("category", "LAB"), ("category", "LAB\0"), ("nothing", "x" * 5000)):
        assert end_closing(actor, who.person_id, kind, value) == Missing("closing")
    state_closing(actor, who.person_id, "category", "LAB")
    assert isinstance(end_closing(actor, who.person_id, "category", "LAB"), ClosingStated)
    assert end_closing(actor, who.person_id, "category", "LAB") == Missing("closing")
    assert len(_rows(superuser, who)) == 2


@pytest.mark.parametrize("stated_as", ["", "parent"])
@pytest.mark.parametrize("is_own", [True, False])
def test_a_stranger_closes_and_opens_nothing(
    cast: Cast, who: Registered, actor: Actor, superuser: psycopg.Connection, *, is_own: bool, stated_as: str
) -> None:
    speaker = actor if is_own else _actor(cast, cast.register())
    may = is_own and not stated_as
    answer = state_closing(speaker, who.person_id, "label", "SEX", stated_as=stated_as)
    assert isinstance(answer, ClosingStated) is may
    state_closing(actor, who.person_id, "label", "SEX")
    answer = end_closing(speaker, who.person_id, "label", "SEX", stated_as=stated_as)
    assert isinstance(answer, ClosingStated) is may
    refused = [outcome for outcome, _ in _trail(superuser, who, "person:represent")]
    assert refused == ([] if may else ["refused"] * 2)


@pytest.mark.parametrize("account_id", [None, UUID(int=0)])
def test_nobody_and_made_up_accounts_close_nothing(who: Registered, account_id: UUID | None) -> None:
    for actor in (Actor("patient", account_id), HOST):
        assert state_closing(actor, who.person_id, "category", "LAB") == Missing("person")
        assert end_closing(actor, who.person_id, "category", "LAB") == Missing("person")


def test_nobody_is_told_whether_a_made_up_person_exists(actor: Actor) -> None:
    assert state_closing(actor, uuid4(), "category", "LAB") == Missing("person")


@pytest.mark.parametrize("age", [6, 15, 16])
def test_a_parent_closes_for_a_child_until_it_is_16_and_from_then_on_it_does(
    cast: Cast, superuser: psycopg.Connection, age: int
) -> None:
    child, parent = cast.register(born=_years_ago(age)), cast.register()
    cast.appoint(child, parent)
    is_child = age < 16
    answer = state_closing(_actor(cast, parent), child.person_id, "category", "DX", stated_as="parent")
    assert isinstance(answer, ClosingStated) is is_child
    answer = state_closing(_actor(cast, child), child.person_id, "category", "DX")
    assert isinstance(answer, ClosingStated) is not is_child
    assert [row[-1] for row in _rows(superuser, child)] == ["parent" if is_child else ""]
    assert _trail(superuser, child)[0][1].get("relation") == ("parent" if is_child else None)
    assert [outcome for outcome, _ in _trail(superuser, child, "person:represent")] == ["refused"]


@pytest.mark.parametrize("ended", [True, False])
@pytest.mark.parametrize("relation", ["parent", "guardian", "carer"])
def test_the_relation_is_judged_in_the_transaction_that_states(cast: Cast, relation: str, *, ended: bool) -> None:
    child, acting = cast.register(born=_years_ago(6)), cast.register()
    cast.appoint(child, acting, "parent")
    if ended:
        cast.dismiss(child, acting, "parent")
    answer = state_closing(_actor(cast, acting), child.person_id, "category", "DX", stated_as=relation)
    assert isinstance(answer, ClosingStated) is (relation == "parent" and not ended)


def test_who_was_shown_something_else_states_nothing_and_saying_it_twice_is_one_statement(
    who: Registered, actor: Actor, superuser: psycopg.Connection
) -> None:
    about = (actor, who.person_id, "category", "MED")
    assert state_closing(*about, seen=1) == Outdated()
    first = state_closing(*about, seen=0)
    again = state_closing(*about, seen=0)
    assert isinstance(first, ClosingStated)
    assert isinstance(again, ClosingStated)
    assert (again.version, again.is_new) == (1, False)
    assert end_closing(*about, seen=0) == Outdated()
    assert isinstance(end_closing(*about, seen=1), ClosingStated)
    assert end_closing(*about, seen=1) == Missing("closing")
    assert state_closing(*about, seen=0) == Outdated()  # the browser's own "back"
    assert len(_rows(superuser, who)) == 2


def test_of_forms_that_come_at_the_same_moment_one_is_a_statement(
    who: Registered, actor: Actor, superuser: psycopg.Connection
) -> None:
    with ThreadPoolExecutor(4) as threads:
        answers = [done.result() for done in [threads.submit(_close, actor, who) for _ in range(6)]]
    assert [isinstance(each, ClosingStated) and each.is_new for each in answers].count(True) == 1
    assert len(_rows(superuser, who)) == len(_trail(superuser, who)) == 1


def _close(actor: Actor, who: Registered) -> object:
    from django.db import connections

    try:
        return state_closing(actor, who.person_id, "category", "DX", seen=0)
    finally:
        connections.close_all()


def test_of_an_item_the_line_that_was_seen_is_kept_and_of_nothing_else(
    who: Registered, actor: Actor, superuser: psycopg.Connection
) -> None:
    state_closing(actor, who.person_id, "item", ITEM, title="Glucose\0\n 5.4   mmol/L " + "x" * 500)
    state_closing(actor, who.person_id, "category", "LAB", title="Laboratory reports")
    end_closing(actor, who.person_id, "item", ITEM)
    titles = [row[4] for row in _rows(superuser, who)]
    assert titles[0].startswith("Glucose 5.4 mmol/L xxx")
    assert len(titles[0]) == 200
    assert titles[1:] == ["", titles[0]]


@pytest.mark.parametrize(
    ("kind", "value", "version", "title"),
    [
        ("item", "1", 1, ""),
        ("episode", ITEM.upper(), 1, ""),
        ("category", "lab", 1, ""),
        ("provider", "HARBOUR", 1, ""),
        ("label", "PSY", 0, ""),
        ("label", "PSY", 1, "Depression"),
        ("everything", "LAB", 1, ""),
    ],
)
def test_the_database_holds_what_a_closing_is(
    who: Registered, superuser: psycopg.Connection, kind: str, value: str, version: int, title: str
) -> None:
    insert = "insert into control.closing_version values (%s, %s, %s, %s, true, %s, now(), %s, '')"
    superuser.execute(insert, [who.person_id, "label", "PSY", 7, "", who.person_id])
    with pytest.raises(psycopg.errors.CheckViolation):
        superuser.execute(insert, [who.person_id, kind, value, version, title, who.person_id])


_UNSAID = ("Mental", "Laboratory", "精神", "化驗", "Professional", "PSY", "LAB", ITEM, "Glucose")
_SAID = {
    "item": "About: one entry of your record",
    "episode": "About: one visit or stay",
    "category": "About: a part of your record",
    "label": "About: a part of your record",
    "provider": "About: Harbour Family Clinic",
    "professional": "About: one healthcare professional",
}


@pytest.mark.parametrize("kind", KINDS)
def test_the_message_says_of_what_kind_it_is_and_nothing_of_what_it_is_about(
    cast: Cast, who: Registered, actor: Actor, mail_folder: Path, kind: str
) -> None:
    value = _value(cast, kind)
    state_closing(actor, who.person_id, kind, value, title="Glucose 5.4 mmol/L")
    state_closing(actor, who.person_id, kind, value)  # a repetition: nothing is told
    end_closing(actor, who.person_id, kind, value)
    run_jobs()
    closed, opened = (each.get_content() for each in mail_to(mail_folder, who.email))
    is_somebody = kind in {"provider", "professional"}
    assert ("From now on your record is closed to them." if is_somebody else "From now on it is closed to") in closed
    assert "any more." in opened
    for body in (closed, opened):
        assert "You changed what you keep to yourself of your health record." in body
        assert _SAID[kind] in body
        assert "http" not in body
        assert not [word for word in _UNSAID if word in body]


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "Your parent, acting for you, changed what is kept closed"),
        ("zh-Hant", "你的父母代你更改了健康紀錄內不互通的資料。"),
        ("zh-Hans", "你的父母代你更改了健康纪录内不互通的资料。"),
    ],
)
def test_the_message_speaks_the_persons_language_and_says_who_stated_it(
    cast: Cast, mail_folder: Path, language: str, said: str
) -> None:
    child, parent = cast.register(born=_years_ago(6)), cast.register()
    cast.appoint(child, parent)
    persons.set_contact(actor=HOST, person_id=child.person_id, language=language)
    state_closing(_actor(cast, parent), child.person_id, "label", "PSY", stated_as="parent")
    run_jobs()
    [told] = mail_to(mail_folder, child.email)
    assert said in told.get_content()
    assert not [word for word in _UNSAID if word in told.get_content()]
    assert mail_to(mail_folder, parent.email) == []


def test_a_provider_that_is_closed_cannot_be_allowed_until_it_is_open_again(who: Registered, actor: Actor) -> None:
    state_closing(actor, who.person_id, "provider", _id(HARBOUR))
    assert give_consent(actor, who.person_id, UUID(_id(HARBOUR)), "one-year") == Missing("provider")
    assert isinstance(give_consent(actor, who.person_id, UUID(_id("PEAK")), "one-year"), Stated)
    end_closing(actor, who.person_id, "provider", _id(HARBOUR))
    assert isinstance(give_consent(actor, who.person_id, UUID(_id(HARBOUR)), "one-year"), Stated)


def test_a_preview_leaves_out_what_is_closed(cast: Cast, who: Registered) -> None:
    account = cast.patient_account(who)
    actor, session_id = Actor("patient", account.account_id), begin(account.account_id, None).session_id
    doctor = cast.professional("DOC", HARBOUR)

    def previewed() -> tuple[bool, bool, bool]:
        found = preview_consent(session_id, who.person_id, UUID(_id(HARBOUR)))
        [doctors] = [each for each in found.sights if each.profession == "DOC"]
        is_named = doctor.account_id in {each.account_id for each in doctors.clinicians}
        return "LAB" in doctors.sees, is_named, found.keeps

    assert previewed() == (True, True, False)
    state_closing(actor, who.person_id, "category", "LAB")
    assert previewed() == (False, True, True)
    state_closing(actor, who.person_id, "professional", str(doctor.account_id))
    assert previewed() == (False, False, True)
    end_closing(actor, who.person_id, "category", "LAB")
    assert previewed() == (True, False, True)


def test_what_was_closed_long_ago_is_still_closed(who: Registered, actor: Actor) -> None:
    state_closing(actor, who.person_id, "category", "LAB")
    with clock.travel(timedelta(days=9000)):
        assert [each.value for each in closings_of(who.person_id)] == ["LAB"]
