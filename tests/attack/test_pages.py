"""Unauthorised requests at every page of the people plane, by everybody whose page it is not: none succeeds."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode, urlsplit
from uuid import uuid4

import psycopg
import pytest
from cast import Cast
from django.test import override_settings
from roaming import patterns
from role_changes import forgetting

from attack.judge import Answer, Judge, Success
from attack.visitors import CARER, ENTITLED, Office, Visitor
from wutong.control.project.rules import rules
from wutong.core.routes import Comers

pytestmark = pytest.mark.timeout(300)
_OPEN_TO_ALL = {Comers.ANYBODY}
_FORM = {"content-type": "application/x-www-form-urlencoded"}
_OTHERS = ("HEAD", "PUT", "DELETE", "PATCH")
_FORGERS = 3  # each sends a form without its token to every third address
# Good answers to the questions of several forms.
_TYPED = {"kind": "indefinite", "seen": "0", "common": "here", "outcome": "justified", "again": "1"}
# What no page led anybody to, with ids of its own.
_MADE_UP = {
    "<slug:code>": "results",
    "<slug:label>": "pages",
    "<slug:profession>": "pha",
    "<slug:channel>": "email",
    "<slug:failure>": "no-answer",
    "<slug:test>": "0123456789abcdef",
    "<slug:kind>": "DocumentReference",
    "<int:number>": "0",
    "<int:job_id>": "1",
    "<int:micros>": "1764403200000000",
    "<str:consent_id>": "00000000-0000-0000-0000-000000000000",
    "<str:version>": "1",
    "<path:rest>": "Patient",
}
# A secret or a bearer token takes the place of the form's token; with tokens, the registry is attacked in test_registry.py.
_MACHINES = {Comers.CLIENT, Comers.BEARER}
_FORMS = [each for each in patterns() if rules()[each] not in _MACHINES and each != "pcf/<path:rest>"]
_PATIENT, _EMERGENCY = "clinic/patient/<uuid:person_id>/", "clinic/patient/<uuid:person_id>/emergency/"
# The gallery is led to by no page, nor is what is for machines.
TOLD_TO_NOBODY = [each for each in patterns() if each.startswith(("components/<", "pcf/")) and "<" in each]
# Whoever the role lets in sees what is their own there, and nothing of the hidden record: nothing to refuse.
_OWN = {
    "clinic/": "a search, which is judged by what it finds",
    _PATIENT: "whoever finds a person may state why, or is told why not",
    _EMERGENCY: "an emergency opens any record, loudly",
    "clinic/desk/": "a search, which is judged by what it finds",
    "clinic/desk/<uuid:person_id>/": "whoever finds a person may take their consent to the own provider",
    "clinic/desk/<uuid:person_id>/key/": "the same: without the right key nothing is given",
    "clinic/desk/<uuid:person_id>/code/": "the same: a code gives nothing by being shown",
    "clinic/desk/<uuid:person_id>/form/": "the same: without a signed form nothing is recorded",
    "clinic/desk/<uuid:person_id>/form/print/": "the same: an empty form",
    "console/": "how much waits at one's own provider",
    "console/emergencies/": "one's own provider's",
    "console/trail/": "one's own provider's",
    "console/trail/export/": "one's own provider's",
    "console/roles/": "the same for every officer",
    "console/roles/export/": "the same for every officer",
}
# A permission shows the name before anything is stated, so that it is the right person who is opened.
# What was granted to a carer is theirs, and nothing beside it.
_OF_CARER = ("portal/", "portal/carers/", "portal/for/<uuid:for_id>/", "portal/for/<uuid:for_id>/messages/")
_SHOWN = {(ENTITLED, _PATIENT), *((CARER, each) for each in _OF_CARER)}
# The form alone grants nothing, whoever may not send it: only what is sent is in the trail (docs/flows/break_glass.md).
_NOT_IN_TRAIL = {_EMERGENCY}


@pytest.fixture(scope="module")
def office(cast: Cast, superuser: psycopg.Connection) -> Iterator[Office]:
    """The hidden record, and the addresses that those who may see it were told."""
    made = Office(cast, superuser)
    with override_settings(PRINTS_LETTERS=True), forgetting(superuser):
        made.walk()
        yield made
    for browser in made.leaving:
        browser.close()


@pytest.fixture(scope="module")
def visitors(office: Office) -> list[Visitor]:
    return office.visitors()


def addresses(office: Office, pattern: str) -> list[str]:
    """Those that were told, else one with the hidden record's ids."""
    if told := office.addresses.get(pattern):
        return sorted(told)
    made = pattern
    for name, value in _MADE_UP.items():
        made = made.replace(name, value)
    for name, value in (("person_id", office.about.who.person_id), ("for_id", office.child.person_id)):
        made = made.replace(f"<uuid:{name}>", str(value))
    for name in ("provider_id", "notice_id", "grant_id", "entry_id", "document_id", "handshake_id"):
        made = made.replace(f"<uuid:{name}>", str(uuid4()))
    return [f"/{made}"]


def test_the_addresses_are_those_of_allowed_answers(office: Office) -> None:
    lost = [each for each in patterns() if not office.addresses.get(each) and "<" in each]
    assert lost == TOLD_TO_NOBODY, lost


def comers_of(pattern: str) -> Comers:
    return rules()[pattern]


@pytest.mark.parametrize("pattern", [each for each in patterns() if comers_of(each) not in _OPEN_TO_ALL])
def test_no_page_opens_to_whom_it_must_not(office: Office, visitors: list[Visitor], judge: Judge, pattern: str) -> None:
    with judge.watching():
        for number, visitor in enumerate(each for each in visitors if _is_attack(each, pattern)):
            for address in addresses(office, pattern):
                others = () if _is_own(visitor, pattern) else ("POST", _OTHERS[number % len(_OTHERS)])
                for method in ("GET", *others):
                    visit(judge, office, visitor, pattern, method, address)


def _is_attack(visitor: Visitor, pattern: str) -> bool:
    return comers_of(pattern) not in visitor.owns and (visitor.name, pattern) not in _SHOWN


def visit(judge: Judge, office: Office, visitor: Visitor, pattern: str, method: str, address: str) -> None:
    """One attack; raises Success."""
    body = urlencode(_TYPED | {"csrfmiddlewaretoken": visitor.token}) if method == "POST" else ""
    headers = _FORM | {"cookie": visitor.cookies, "x-csrftoken": visitor.token}
    answer = judge.wire.ask(method, address, body, headers)
    judge.sent += 1
    told = f"{visitor.name}: {method} {address}: {answer.status} {answer.location} {answer.body[-300:]!r}"
    if words := answer.tells(office.secrets):
        raise Success(f"{words} told to {told}")
    if not _is_refused(visitor, comers_of(pattern), pattern, answer):
        raise Success(told)
    is_within = comers_of(pattern) in visitor.is_let_in and pattern not in _NOT_IN_TRAIL
    if visitor.reason and is_within and answer.status == (404 if "for_id" in pattern else 403):
        judge.refused[visitor.account_id, frozenset({visitor.reason})] += 1


def _is_refused(visitor: Visitor, comers: Comers, pattern: str, answer: Answer) -> bool:
    if comers in _MACHINES:
        return answer.status in {400, 401, 405}
    if comers not in visitor.is_let_in:
        away = {visitor.home or "/sign-in/", "/sign-in/", "/"}
        return answer.status == 405 or (answer.status == 302 and urlsplit(answer.location).path in away)
    return _is_own(visitor, pattern) or answer.status in {403, 404, 405}


def _is_own(visitor: Visitor, pattern: str) -> bool:
    """Whether they are let in, and see what is theirs: none of the hidden record's words."""
    is_of_patient = comers_of(pattern) is Comers.PATIENT and "for_id" not in pattern
    return comers_of(pattern) in visitor.is_let_in and (pattern in _OWN or is_of_patient)


@pytest.mark.parametrize("pattern", _FORMS)
def test_no_form_is_taken_without_its_token(office: Office, judge: Judge, pattern: str, visitors: Any) -> None:
    """From nobody: not from those whose page it is either."""
    with judge.watching():
        for number, address in enumerate(addresses(office, pattern)):
            for visitor in visitors[number % _FORGERS :: _FORGERS]:
                cookies = visitor.cookies
                for body in ("x=1", urlencode({"csrfmiddlewaretoken": "a" * 64})):
                    answer = judge.wire.ask("POST", address, body, _FORM | {"cookie": cookies})
                    judge.sent += 1
                    assert answer.status == 403, f"{visitor.name} {address}: {answer.status}"
                    assert not answer.tells(office.secrets)
