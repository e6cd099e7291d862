"""Planted defects, each of which turns the attacks red: an attack that finds nothing must be able to find something."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass

import psycopg
import pytest
from cast import Cast

from attack import test_pages as pages
from attack.apart import broken
from attack.attackers import Attacker, attackers
from attack.hidden import Links
from attack.judge import Judge, Success, Wire
from attack.test_doors import attacks
from attack.visitors import Office, Visitor
from wutong.record.fhir.interactions import TABLE


@pytest.fixture(scope="module")
def known(cast: Cast, superuser: psycopg.Connection) -> dict[str, Attacker]:
    """Attackers of a record of their own: some of the defects change it."""
    return {each.name: each for each in attackers(cast, superuser)}


@dataclass(frozen=True)
class Defect:
    """What is planted, who finds it, at which door, and what is said then."""

    name: str
    attacker: str
    door: str
    said: str


_BESIDE = "roles,consent,suspension"  # in one server: who finds the one never comes to the others
_DEFECTS = {
    _BESIDE: (
        Defect("consent", "no consent", "POST /Patient/{id}/$open", r"\$open.*: 200 "),
        Defect("suspension", "provider suspended", "GET /{type}/{id}", "provider suspended: GET .*: 200 "),
        Defect("suspension", "suspended provider's system", "POST /{type}", "0 in the trail"),
        Defect("roles", "role closes", "GET /{type}", "told to role closes"),
        Defect("roles", "role restricts", "GET /Patient/{id}/$everything", "told to role restricts"),
    ),
    "caller": (
        Defect("caller", "no token", "GET /{type}/{id}", "no token: GET .*: 200 "),
        Defect("caller", "expired token", "POST /{type}/_search", "expired token: POST .*: 200 "),
        Defect("caller", "another person", "DELETE /{type}/{id}", "another person: DELETE .*: 409 "),
    ),
    "trail,rules": (
        Defect("trail", "no consent", "GET /{type}", "0 in the trail"),
        Defect("trail", "garbled token", "GET /{type}/{id}", "0 in the trail"),
        Defect("rules", "no token", "POST /$validate", "no token: POST .*: 200 "),
    ),
    "hiding": (Defect("hiding", "consent withdrawn", "GET /{type}/{id}", "consent withdrawn: GET .*: 403 "),),
}


def _attack(judge: Judge, known: dict[str, Attacker], defect: Defect) -> None:
    at = next(each for each in TABLE if f"{each.method} {each.path}" == defect.door)
    attacker = known[defect.attacker]
    authorization = attacker.authorization()
    with judge.watching():
        for number in range(4):  # as if several came for the same reason
            for knock in attacks(attacker, at, number, Links()):
                judge.knock(attacker, authorization, knock)


@pytest.mark.parametrize("planted", _DEFECTS)
def test_a_defect_of_the_record_plane_is_seen(
    cast: Cast, superuser: psycopg.Connection, known: dict[str, Attacker], planted: str
) -> None:
    with broken(planted, CANARY_TOKEN=cast.ha) as address, closing(Wire(address)) as wire:
        judge = Judge(wire, superuser)
        for defect in _DEFECTS[planted]:
            with pytest.raises(Success, match=defect.said):
                _attack(judge, known, defect)


def test_a_row_that_changes_is_seen(cast: Cast, superuser: psycopg.Connection, server: str) -> None:
    with closing(Wire(server)) as wire:
        judge = Judge(wire, superuser)
        with pytest.raises(Success, match=r"changed: .*'control.person'.*'record.resource'"), judge.watching():
            who = cast.register()
        with pytest.raises(Success, match=r"changed: \['control.consent_version'"), judge.watching():
            cast.allow(who)


@pytest.fixture(scope="module")
def office(cast: Cast, superuser: psycopg.Connection) -> Iterator[Office]:
    made = Office(cast, superuser)
    yield made
    for browser in made.leaving:
        browser.close()


def test_a_defect_of_the_people_plane_is_seen(office: Office, superuser: psycopg.Connection) -> None:
    visitors = {each.name: each for each in office.visitors()}
    seen = {
        "console/letters/": ("administrator", "console/letters/: 200"),
        "clinic/record/<uuid:person_id>/": ("another person", "another person: GET .*: (200|403|500)"),
        "portal/for/<uuid:for_id>/": ("former parent", "told to former parent"),
    }
    with broken("guard,forms,parents") as address, closing(Wire(address)) as wire:
        judge = Judge(wire, superuser)
        for pattern, (name, said) in seen.items():
            with pytest.raises(Success, match=said):
                _visit(judge, office, visitors[name], pattern)
        with pytest.raises(AssertionError, match=": 302"):
            pages.test_no_form_is_taken_without_its_token(office, judge, "sign-out/", [visitors["carer"]])


def _visit(judge: Judge, office: Office, visitor: Visitor, pattern: str) -> None:
    for address in pages.addresses(office, pattern):
        pages.visit(judge, office, visitor, pattern, "GET", address)
