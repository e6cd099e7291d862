"""Every door of the consent registry, asked by everybody who may not: none succeeds, and nothing of a Consent is told."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import psycopg
import pytest
from cast import HARBOUR, Cast, Registered
from registry import ACT_CODE, Registry, Tree, consent, deny, owner, permit

from attack.attackers import Workplaces
from attack.judge import rows
from wutong.control.pcf import interactions
from wutong.core import clock

PEAK = "PEAK"
_HELD = ["harbour", "closed part", "child"]


@dataclass(frozen=True)
class Stated:
    """What is attacked, and whose it is."""

    who: Registered
    child: Registered
    consents: dict[str, Tree]

    def person(self, name: str) -> Registered:
        """Whom it is about."""
        return self.child if name == "child" else self.who


@pytest.fixture(scope="module")
def stated(cast: Cast) -> Stated:
    """Statements of a person about herself and about her child."""
    who, child = cast.register(), cast.register(born="2019-05-31")
    cast.appoint(child, who)
    own = owner(cast, who)
    label = deny(securityLabel=[{"system": ACT_CODE, "code": "SDV"}])
    made = {
        "harbour": own.create(consent(who.person_id, permit())).json(),
        "closed part": own.create(consent(who.person_id, label)).json(),
        "child": own.create(consent(child.person_id, permit())).json(),
    }
    assert all(each["meta"]["versionId"] == "1" for each in made.values())
    return Stated(who, child, made)


Attackers = dict[str, tuple[str, int, frozenset[str]]]


@pytest.fixture(scope="module")
def attackers(cast: Cast, superuser: psycopg.Connection, stated: Stated) -> Attackers:
    """Each a token, with which status it is refused where a person is named, and what of it is theirs to read."""
    return dict(_attackers(cast, superuser, stated))


def _attackers(
    cast: Cast, superuser: psycopg.Connection, stated: Stated
) -> Iterator[tuple[str, tuple[str, int, frozenset[str]]]]:
    nothing, theirs = frozenset[str](), frozenset({"harbour", "child"})
    places = Workplaces(cast, superuser)
    yield "nobody", ("", 401, nothing)
    yield "a made-up token", ("x" * 43, 401, nothing)
    for name, change in _ENDED.items():
        doctor = cast.professional("DOC", HARBOUR)
        token = cast.session_token(doctor)
        superuser.execute(change, [doctor.account_id])
        yield name, (token, 401, nothing)
    yield "another person", (owner(cast, cast.register()).token, 403, nothing)
    for relation, is_over in (("carer", False), ("parent", True)):
        acting = cast.register()
        cast.appoint(stated.child, acting, relation)
        if is_over:
            cast.dismiss(stated.child, acting, relation)
        yield f"{relation} (over: {is_over})", (owner(cast, acting).token, 403, nothing)
    grown = cast.register(born="2005-05-31")
    cast.appoint(stated.who, grown)
    yield "who decides for nobody over 16", (owner(cast, grown).token, 403, nothing)
    yield "a clinician elsewhere", (cast.session_token(cast.professional("DOC", PEAK)), 200, nothing)
    yield "a system elsewhere", (cast.ha, 200, nothing)
    yield "the clinic's own clinician", (cast.session_token(cast.professional("DOC", HARBOUR)), 200, theirs)
    struck = cast.professional("DOC", HARBOUR)
    yesterday = clock.today() - timedelta(days=1)
    superuser.execute(
        "update control.professional set registered_until = %s where account_id = %s", [yesterday, struck.account_id]
    )
    yield "a clinician struck off", (cast.session_token(struck), 403, nothing)
    code = places.provider()
    suspended = cast.session_token(cast.professional("DOC", code))
    places.suspend(code)
    yield "a clinician suspended", (suspended, 403, nothing)


_ENDED = {
    "signed out": "update control.sign_in_session set ended_at = now() where account_id = %s",
    "account closed": "update control.account set is_active = false where account_id = %s",
    "place of work over": "update control.affiliation set ended_at = now() where account_id = %s",
    "token over": "update control.access_token set expires_at = now() where session_id in "
    "(select session_id from control.sign_in_session where account_id = %s)",
    "token revoked": "update control.access_token set revoked_at = now() where session_id in "
    "(select session_id from control.sign_in_session where account_id = %s)",
}


def _knocks(person: Registered, made: Tree) -> dict[str, Callable[[Registry], Any]]:
    """One of each interaction, about one Consent."""
    one, changed = f"Consent/{made['id']}", made | {"status": "inactive"}
    return {
        "search-type": lambda by: by.ask("GET", f"Consent?patient={person.person_id}&_id={made['id']}"),
        "create": lambda by: by.create(consent(person.person_id, permit(PEAK))),
        "read": lambda by: by.ask("GET", one),
        "update": lambda by: by.update(changed),
        "history-instance": lambda by: by.ask("GET", f"{one}/_history"),
        "vread": lambda by: by.ask("GET", f"{one}/_history/1"),
    }


def test_each_interaction_is_attacked(stated: Stated) -> None:
    assert {each.code for each in interactions.TABLE} == set(_knocks(stated.who, stated.consents["harbour"]))


@pytest.mark.parametrize("code", [each.code for each in interactions.TABLE])
@pytest.mark.parametrize("name", _HELD)
def test_nobody_reads_or_states_what_is_not_theirs(
    cast: Cast, superuser: psycopg.Connection, stated: Stated, attackers: Attackers, name: str, code: str
) -> None:
    made, person = stated.consents[name], stated.person(name)
    before = rows(superuser)
    for attacker, (token, status, theirs) in attackers.items():
        if name in theirs and code not in {"create", "update"}:
            continue
        answer = _knocks(person, made)[code](Registry(cast, token))
        assert answer.status_code in _refusals(code, status), (attacker, answer.status_code, answer.text)
        for word in (made["id"], made["dateTime"], "SDV"):
            assert word not in answer.text.replace(answer.request.url.query.decode(), ""), attacker
    assert rows(superuser) == before


def _refusals(code: str, status: int) -> set[int]:
    """By id a refusal looks like nothing there; a provider finds nothing, and states nothing."""
    if status == 401:
        return {401}
    if code == "search-type":
        return {status}
    return {403} if code == "create" else {404}


def test_what_is_read_is_of_the_reader(cast: Cast, stated: Stated, attackers: Attackers) -> None:
    """The same questions, answered where they may be: no attack above was refused for another reason."""
    reader = Registry(cast, attackers["the clinic's own clinician"][0])
    for name in ("harbour", "child"):
        for code, knock in _knocks(stated.person(name), stated.consents[name]).items():
            if code not in {"create", "update"}:
                answer = knock(reader)
                assert (answer.status_code, stated.consents[name]["id"] in answer.text) == (200, True), code
