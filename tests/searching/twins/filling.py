"""Fills the database of a world by the doors: first with what both have, then with what one of them has.

The clock stands still where something is stored, so that what is stored in both worlds has the same time in both.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

import httpx
from cast import HARBOUR, Cast, Registered, patient

from searching.twins import rows
from wutong.core import clock

CALLERS = ("DOC", "NUR", "PHA", "OPT", "OT", "PATIENT")
SEED = int(os.environ.get("WUTONG_SEED", "20261129"))
_INSTANTS, _BEFORE, _STEP = 8, timedelta(minutes=50), timedelta(minutes=5)
_AHEAD = timedelta(hours=3)  # tokens are given then, so that they last
_HIDDEN = (5, 2)  # rows of a person at each instant, in the one and in the other world
Json = dict[str, Any]


@dataclass
class Person:
    """Whose record a caller has open; its sources: the hospital's, the caller's clinic's, and `peak`, which deposits
    what he may not see."""

    person: str
    ha: str
    peak: str
    harbour: str
    hkid: str
    visits: list[str] = field(default_factory=list)
    birth: str = ""
    changing: str = ""  # seen, but for one of its versions
    numbered: list[str] = field(default_factory=list)
    seen: list[str] = field(default_factory=list)  # `Type/id`


@dataclass
class World:
    """Who is who in both; `ids`: of rows by type, that somebody may ask for; `peak`: the token that fills."""

    begin: str
    peak: str = ""
    tokens: dict[str, str] = field(default_factory=dict)
    people: dict[str, Person] = field(default_factory=dict)
    ids: dict[str, list[str]] = field(default_factory=dict)
    doctors: list[str] = field(default_factory=list)

    @classmethod
    def of(cls, told: Json) -> "World":
        """As the file has it."""
        people = {name: Person(**each) for name, each in told.pop("people").items()}
        return cls(people=people, **told)

    def at(self, number: float) -> datetime:
        """The instant of that number; halves are between."""
        return datetime.fromisoformat(self.begin) + _STEP * number


class Again(Cast):
    """The cast of a database that knows it already."""

    def __post_init__(self) -> None:
        self.http = httpx.Client(base_url=self.server, timeout=60, trust_env=False)


@contextmanager
def stopped(at: datetime) -> Iterator[None]:
    """The clock of this process, the server's in it too, stands still."""
    honest = clock.now
    clock.now = lambda: at
    try:
        yield
    finally:
        clock.now = honest


def both(cast: Cast) -> World:
    """What both worlds have."""
    world = World((clock.now() - _BEFORE).isoformat())
    with stopped(clock.now() + _AHEAD):
        world.peak = cast.client_token("PEAK", may_register=True)
        world.tokens = {"HA": cast.client_token("HA"), HARBOUR: cast.client_token(HARBOUR)}
    with stopped(world.at(0)):
        of_both = (cast.ha, "A"), (world.peak, "B")
        world.doctors = [_kept(cast, world, token, [_doctor(name)])[0] for token, name in of_both]
        for caller in CALLERS:
            _enter(cast, world, caller)
    dice = Random(SEED)
    for number in range(1, _INSTANTS):
        with stopped(world.at(number)):
            _deposit_seen(cast, world, dice)
    for caller in set(CALLERS) - {"PATIENT"}:
        assert cast.open(world.tokens[caller], UUID(world.people[caller].person)).status_code == 200
    return world


def _doctor(name: str) -> Json:
    return {"resourceType": "Practitioner", "name": [{"family": f"Doctor {name}"}]}


def _enter(cast: Cast, world: World, caller: str) -> None:
    """The caller, and a person who lets the clinic look; of a patient, himself."""
    who = cast.register(family=f"CHAN {caller}", born="1960-01-01")
    for provider in (HARBOUR, "PEAK"):  # a clinic may not deposit without it either
        cast.allow(who, provider)
    own = patient(who.hkid, family=f"CHAN {caller}", born="1960-01-01")
    sources = [cast.fhir(token, "POST", "Patient", json=own).json()["id"] for token in (world.peak, cast.harbour)]
    made = Person(str(who.person_id), str(who.patient_id), *sources, who.hkid)
    made.visits = _kept(cast, world, cast.ha, [rows.encounter(who.patient_id) for _ in range(3)])
    birth = rows.encounter(UUID(made.peak), is_birth=True)
    made.birth, made.changing = _kept(cast, world, world.peak, [birth, _changing(world, made)])
    world.people[caller] = made
    world.tokens[caller] = _token(cast, who, caller)


def _token(cast: Cast, who: Registered, caller: str) -> str:
    somebody = cast.patient_account(who) if caller == "PATIENT" else cast.professional(caller, HARBOUR)
    with stopped(clock.now() + _AHEAD):
        return cast.portal_token(somebody) if caller == "PATIENT" else cast.session_token(somebody)


def _deposit_seen(cast: Cast, world: World, dice: Random) -> None:
    """By the hospital, the caller's own clinic and the other one."""
    for who in world.people.values():
        visit, [ours, theirs] = dice.choice(who.visits), world.doctors
        seen = [rows.observation(dice, UUID(who.ha), "OBS", dice.choice([visit, who.birth]), ours) for _ in range(2)]
        seen += dice.sample(rows.others(dice, UUID(who.ha)), dice.randrange(6))
        ids = _kept(cast, world, cast.ha, seen)
        who.seen += [f"{each['resourceType']}/{made}" for each, made in zip(seen, ids, strict=True)]
        _kept(cast, world, cast.harbour, [rows.observation(dice, UUID(who.harbour), "OBS", visit, ours)])
        who.numbered += _kept(cast, world, world.peak, [rows.numbered(dice, UUID(who.peak), visit, theirs, 0)])


def _kept(cast: Cast, world: World, token: str, resources: list[Json]) -> list[str]:
    made = _stored(cast, token, resources)
    for resource, resource_id in zip(resources, made, strict=True):
        world.ids.setdefault(resource["resourceType"], []).append(resource_id)
    return made


def rest(cast: Cast, world: World, twin: int) -> None:
    """What the callers of this world may not see, and what they see alike in both but for a mask."""
    dice = Random(SEED + twin)
    for number in range(1, _INSTANTS):
        with stopped(world.at(number - 0.4 + 0.1 * twin)):
            _deposit_hidden(cast, world, dice, twin)
            _deposit_about_strangers(cast, world, dice, twin)
    _change(cast, world, twin)


def _deposit_hidden(cast: Cast, world: World, dice: Random, twin: int) -> None:
    doctor = _kept(cast, world, world.peak, [_doctor(f"of world {twin}")] * (1 + twin))[0]
    for caller, who in world.people.items():
        closed = rows.closed_to(caller)
        of_peak, number = UUID(who.peak), 0 if caller == "PATIENT" else _HIDDEN[twin]  # who counts all of his own
        visits = [who.visits[twin], who.birth]  # by its visits' own rows a caller could tell the worlds apart
        made = [rows.hidden(dice, of_peak, closed, dice.choice(visits), doctor) for _ in range(number)]
        _later_versions(cast, world, made, _kept(cast, world, world.peak, made) if made else [])


def _later_versions(cast: Cast, world: World, made: list[Json], stored: list[str]) -> None:
    """The first is changed, the second deleted."""
    for resource, resource_id, method in zip(made, stored, ("PUT", "DELETE"), strict=False):
        more = {"json": resource | {"id": resource_id, "language": "en"}} if method == "PUT" else {}
        answer = cast.fhir(world.peak, method, f"{resource['resourceType']}/{resource_id}", **more)
        assert answer.status_code in {200, 204}, answer.text


def _deposit_about_strangers(cast: Cast, world: World, dice: Random, twin: int) -> None:
    """Others, of whom the caller has opened none, whether they let his clinic look or do so no more."""
    for _ in range(1 + twin):
        cast.ha = world.peak  # by whom the cast registers
        who = cast.register(family="CHAN OT", born="1960-01-01")
        cast.allow(who)
        cast.allow(who, "PEAK")
        if dice.randrange(2):
            cast.withdraw(who)
        seen = [rows.observation(dice, who.patient_id, "OBS", dice.choice(_visits(world)), world.doctors[1])]
        _kept(cast, world, world.peak, seen)


def _visits(world: World) -> list[str]:
    """Those of the persons: strangers' rows name them too."""
    return [each for who in world.people.values() for each in who.visits]


def _change(cast: Cast, world: World, twin: int) -> None:
    """Alike in both worlds and at one time: but numbers that are masked, and a version in a category that is closed."""
    for caller, who in world.people.items():
        of_peak, is_closed = UUID(who.peak), "BIRTH" in rows.closed_to(caller)
        if is_closed:
            _put(
                cast, world, who.birth, rows.encounter(of_peak, is_birth=True, status=("finished", "arrived")[twin]), 9
            )
        between = _changing(world, who, *(("BIRTH", twin) if is_closed else ("OBS", 2)))
        _put(cast, world, who.changing, between, 9)
        _put(cast, world, who.changing, _changing(world, who), 9.5)
        for number, resource_id in enumerate(who.numbered):
            made = rows.numbered(Random(number), of_peak, who.visits[0], world.doctors[1], twin)
            _put(cast, world, resource_id, made, number + 1.3)


def _changing(world: World, who: Person, category: str = "OBS", number: int = 3) -> Json:
    return rows.observation(Random(SEED + number), UUID(who.peak), category, who.visits[0], world.doctors[1])


def _put(cast: Cast, world: World, resource_id: str, resource: Json, number: float) -> None:
    with stopped(world.at(number)):
        path = f"{resource['resourceType']}/{resource_id}"
        answer = cast.fhir(world.peak, "PUT", path, json=resource | {"id": resource_id})
        assert answer.status_code == 200, answer.text


def _stored(cast: Cast, token: str, resources: list[Json]) -> list[str]:
    entries = [{"resource": each, "request": {"method": "POST", "url": each["resourceType"]}} for each in resources]
    bundle = {"resourceType": "Bundle", "type": "transaction", "entry": entries}
    answer = cast.fhir(token, "POST", "", json=bundle)
    assert answer.status_code == 200, answer.text
    return [entry["response"]["location"].split("/")[1] for entry in answer.json()["entry"]]
