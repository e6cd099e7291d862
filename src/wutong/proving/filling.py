"""A world by chance: four people, what they allow and close, who has a look at whom, and what was deposited when."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from random import Random
from uuid import UUID

from wutong.core import clock, ids
from wutong.proving import people, rows
from wutong.proving.depositing import Depositor
from wutong.proving.house import HA, HARBOUR, HILL, LAKE, UNSEEN, House
from wutong.proving.platform import Platform
from wutong.proving.who import Caller, Person, Row, World

_SAID, _BEGIN, _STEP = timedelta(minutes=55), timedelta(minutes=50), timedelta(minutes=5)
_LOOKED = timedelta(minutes=5)
INSTANTS = 6
_STAFF, _SYSTEMS = 6, (HA, HARBOUR)
_SEE_NOTHING = ("DHY", "CHI")
_WORDS = ("", "one-year", "indefinite", "indefinite", "indefinite", "withdrawn")
NOBODY = Caller("nobody", "nobody")
_PURPOSE = b'{"resourceType":"Parameters","parameter":[{"name":"purpose","valueCode":"TREAT"}'
_OPEN = _PURPOSE + b',{"name":"reason","valueString":"A follow-up of what was found"}]}'
_IN_EMERGENCY = _PURPOSE.replace(b"TREAT", b"ETREAT") + b"]}"


@dataclass(frozen=True)
class Filler:
    """Fills one world."""

    platform: Platform
    house: House
    dice: Random

    @property
    def depositor(self) -> Depositor:
        """By the systems of all providers."""
        return Depositor(self.platform, {each.provider: each.bearer for each in self.house.systems})


def instant(house: House, number: float) -> datetime:
    """The moment of that number, of which the last ones are just before the house signed in."""
    return datetime.fromisoformat(house.at) - _BEGIN + _STEP * number


@contextmanager
def numbered_ids(dice: Random) -> Iterator[None]:
    """Ids come from the dice inside the block: the same ones where it is done again."""
    with ids.made_by(lambda: UUID(int=dice.getrandbits(128), version=4)):
        yield


def fill(platform: Platform, house: House, dice: Random) -> World:
    """What both worlds have."""
    filler = Filler(platform, house, dice)
    with clock.standing(datetime.fromisoformat(house.at) - _SAID):
        world = _people(filler)
    for number in range(INSTANTS):
        with clock.standing(instant(house, number)):
            _deposit(filler, world)
    with clock.standing(datetime.fromisoformat(house.at) - _LOOKED - timedelta(minutes=1)):
        _close_parts(filler, world)
        _emergency(filler, world)
    with clock.standing(datetime.fromisoformat(house.at) - _LOOKED):
        _look(filler, world)
    world.statements = [each for person in world.people.values() for each in _statements(filler, person)]
    if dice.randrange(3):  # in the other worlds no patient counts what there is
        world.callers.insert(0, people.signed_in(platform, world.people["own"]))
    return world


def _people(filler: Filler) -> World:
    house, dice = filler.house, filler.dice
    begin = dice.randrange(100_000) * 8
    found = {key: people.enter(filler.depositor, key, begin + order) for order, key in enumerate(people.KEYS)}
    own = found["own"]
    people.appoint(found["child"], own)
    for each in found.values():
        if not each.parent:
            people.account(each)
    staff = _staff(filler)
    for person in found.values():
        _say(filler, person, own if person.parent else person, staff)
        people.known_to(filler.depositor, person)
    asking = (*_SYSTEMS, HILL) if not dice.randrange(4) else _SYSTEMS
    systems = [each for each in house.systems if each.provider in asking]
    officers = [each for each in house.officers if each.provider in {HARBOUR, LAKE}]
    bearers = {each.provider: each.bearer for each in house.systems}
    return World([*staff, *systems, *officers, NOBODY], found, bearers)


def _staff(filler: Filler) -> list[Caller]:
    """Mostly those who may see something."""
    asking = [each for each in filler.house.staff if each.provider not in UNSEEN]
    idle = [each for each in asking if each.is_over or each.provider == HILL or each.profession in _SEE_NOTHING]
    return [*filler.dice.sample([each for each in asking if each not in idle], _STAFF - 1), filler.dice.choice(idle)]


def _say(filler: Filler, person: Person, speaker: Person, staff: list[Caller]) -> None:
    """Words to each provider, then closings: what is closed cannot be allowed."""
    for provider in (HARBOUR, LAKE):
        if kind := filler.dice.choice(_WORDS if provider == LAKE else _WORDS[1:]):
            people.allow(filler.house, person, speaker, provider, kind)
    for provider in UNSEEN:
        people.allow(filler.house, person, speaker, provider, "indefinite")
    for kind, value in people.what_to_close(filler.dice, staff):
        people.close(filler.house, person, speaker, kind, value)


def _deposit(filler: Filler, world: World) -> None:
    """By each provider that may, about each person, at this instant."""
    for provider in (HA, HARBOUR, *UNSEEN):
        if provider not in world.doctors:
            made = filler.depositor.stored(provider, [rows.practitioner(f"Doctor of {provider}")])
            world.doctors[provider] = made[0]
        drawn = [row for person in world.people.values() for row in _drawn(filler, world, person, provider)]
        world.rows += stored(filler.depositor, drawn)
    for row in world.rows:
        if row.kind == "Encounter" and row.row_id not in world.visits.setdefault(row.person, []):
            world.visits[row.person].append(row.row_id)


def _drawn(filler: Filler, world: World, person: Person, provider: str) -> Iterator[Row]:
    if provider not in person.sources:
        return
    number = filler.dice.randrange(4) if provider == HA else filler.dice.randrange(2)
    if provider == HA and not world.visits.get(person.key):
        yield drawn(filler.dice, world, person, provider, "ENC")
    for _ in range(number):
        yield drawn(filler.dice, world, person, provider, filler.dice.choice([*rows.CATEGORIES, "OBS", "OBS", ""]))


def drawn(dice: Random, world: World, person: Person, provider: str, category: str) -> Row:
    """A row of that category, not stored yet."""
    visits = world.visits.get(person.key, [])
    visit = dice.choice(visits) if visits and dice.randrange(2) else ""
    label = rows.any_label(dice, 4)
    doctor = world.doctors.get(provider, "") if dice.randrange(2) else ""
    content = rows.made(dice, category, person.sources[provider], visit=visit, doctor=doctor, label=label)
    return Row(content["resourceType"], person.key, provider, category, label, rows.visit_of(content), content)


def stored(depositor: Depositor, drawn: list[Row]) -> list[Row]:
    """By their depositors, with the ids that they got."""
    made = []
    for provider in sorted({each.depositor for each in drawn}):
        its = [each for each in drawn if each.depositor == provider]
        named = zip(its, depositor.stored(provider, [each.content for each in its]), strict=True)
        made += [replace(each, row_id=row_id) for each, row_id in named]
    return made


def _close_parts(filler: Filler, world: World) -> None:
    """Single items, and visits."""
    for person in world.people.values():
        speaker = world.people[person.parent] if person.parent else person
        its = [each for each in world.rows if each.person == person.key and each.category not in {"", "PID"}]
        for row in filler.dice.sample(its, min(len(its), filler.dice.randrange(3))):
            kind = "episode" if row.kind == "Encounter" else "item"
            people.close(filler.house, person, speaker, kind, row.row_id)


def _emergency(filler: Filler, world: World) -> None:
    """In some worlds one professional at one person."""
    staff = [each for each in world.callers if each.kind == "professional" and not each.is_over]
    if filler.dice.randrange(2):
        person, who = filler.dice.choice(list(world.people.values())), filler.dice.choice(staff)
        people.break_glass(filler.house, person, who, frozenset(filler.dice.sample(rows.CATEGORIES, 3)))


def _look(filler: Filler, world: World) -> None:
    """Every professional at most of the people, as far as each may."""
    for caller in world.callers:
        for person in world.people.values():
            if caller.kind == "professional" and filler.dice.randrange(8):
                open_record(filler.platform, caller, person)


def _statements(filler: Filler, person: Person) -> Iterator[str]:
    """What the providers' systems read about themselves in the Consent Registry."""
    for system in filler.house.systems:
        path = f"/pcf/Consent?patient={person.person_id}"
        told = filler.platform.ask("GET", path, headers={"authorization": system.bearer})
        yield from (each["resource"]["id"] for each in json.loads(told.body).get("entry", []))


def open_record(platform: Platform, caller: Caller, person: Person) -> None:
    """State why; where it is refused, it stays closed."""
    headers = {"content-type": "application/fhir+json", "authorization": caller.bearer}
    bodies = [_OPEN, *([_IN_EMERGENCY] if caller.account_id in person.emergencies else [])]
    for body in bodies:
        platform.ask("POST", f"/fhir/Patient/{person.person_id}/$open", headers=headers, body=body)
