"""What differs between the two worlds: nothing that anybody who asks may know. By the doors, at instants in between.

To add a difference: a function here, and its name in `_WAYS`.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from random import Random

from wutong.core import clock
from wutong.core.labels import LABEL_NAMES
from wutong.proving import people, rows, sight
from wutong.proving.filling import INSTANTS, Filler, drawn, instant, numbered_ids, open_record, stored
from wutong.proving.house import PEAK, UNSEEN, unseen_doctors
from wutong.proving.who import Json, Person, Row, World

_OBSERVED = ("OBS", "LAB", "RAD", "OIR", "BIRTH")  # what an Observation can be
_MOST = 12  # rows of a person at an instant, of which those that somebody sees are left out


def hide(filler: Filler, world: World, side: int) -> int:
    """All of it, in the one world (0) or in the other (1); how many rows."""
    count = len(world.hidden)
    for way in _WAYS:
        way(filler, world, side)
    return len(world.hidden) - count


def _new_rows(filler: Filler, world: World, side: int) -> None:
    """Of closed categories and labels, of closed visits, of types that nobody shares, of people who let nobody look."""
    for number in range(INSTANTS):
        with clock.standing(instant(filler.house, number + 0.3 + 0.2 * side)):
            made = stored(filler.depositor, _candidates(filler, world))
        world.hidden += [each.address for each in made]
        _later_versions(filler, made, instant(filler.house, number + 0.35 + 0.2 * side))


def _candidates(filler: Filler, world: World) -> list[Row]:
    made = []
    for person in world.people.values():
        for _ in range(filler.dice.randrange(_MOST // 3, _MOST)):
            category = filler.dice.choice([*rows.CATEGORIES, "", ""])
            made.append(drawn(filler.dice, world, person, filler.dice.choice(UNSEEN), category))
    return [each for each in made if sight.is_hidden(world, each)]


def _later_versions(filler: Filler, made: list[Row], at: datetime) -> None:
    """Some are changed, some deleted."""
    for row in made:
        with clock.standing(at):
            match filler.dice.randrange(4):
                case 0:
                    filler.depositor.changed(row.depositor, row.row_id, row.content | {"language": "en"})
                case 1:
                    filler.depositor.deleted(row.depositor, row.address)


def _changed_rows(filler: Filler, world: World, side: int) -> None:
    """Of rows that are in both worlds, and hidden in both: here one is changed, there another is deleted."""
    for row in world.rows:
        if row.depositor not in UNSEEN or not sight.is_hidden(world, row) or filler.dice.randrange(3):
            continue
        with clock.standing(instant(filler.house, INSTANTS + 1 + 0.2 * side)):
            if filler.dice.randrange(2):
                filler.depositor.deleted(row.depositor, row.address)
            else:
                filler.depositor.changed(row.depositor, row.row_id, row.content | {"language": f"zh-{side}"})


def _versions_between(filler: Filler, world: World, _: int) -> None:
    """What is seen in both worlds had a version in between that is not seen: another one here than there."""
    alike = Random("which rows, and of which kind, is alike in both worlds")
    for row in world.rows:
        if row.depositor != PEAK or row.kind != "Observation" or sight.is_hidden(world, row):
            continue
        person = world.people[row.person]
        kinds = [(category, label) for category in _OBSERVED for label in ("", *LABEL_NAMES)]
        unseen = [each for each in kinds if _is_unseen(world, person, replace(row, category=each[0], label=each[1]))]
        if unseen and alike.randrange(2):
            category, label = alike.choice(unseen)
            between = _observation(filler.dice, category, person.sources[PEAK], label)
            for number, content in ((1.4, between), (1.6, row.content | {"language": "en"})):
                with clock.standing(instant(filler.house, INSTANTS + number)):
                    filler.depositor.changed(PEAK, row.row_id, content)


def _is_unseen(world: World, person: Person, row: Row) -> bool:
    return not any(sight.sees(each, person, row) for each in world.callers)


def _observation(dice: Random, category: str, patient: str, label: str) -> Json:
    while (made := rows.made(dice, category, patient, label=label))["resourceType"] != "Observation":
        pass
    return made


def _masked_numbers(filler: Filler, world: World, side: int) -> None:
    """Rows whose identity numbers differ behind the mask, stored at one instant in both worlds."""
    for person in world.people.values():
        alike = numbered_ids(Random(f"seen in both worlds: {person.key}"))
        with clock.standing(instant(filler.house, INSTANTS + 0.5)), alike:
            visit = next(iter(world.visits.get(person.key, [])), "")
            content = rows.numbered(side, person.sources[PEAK], visit)
            made = filler.depositor.stored(PEAK, [content])
        world.hidden += [f"Observation/{each}" for each in made]


def _strangers(filler: Filler, world: World, side: int) -> None:
    """Other people, with consents and rows of their own; of one name with somebody of the world."""
    begin = 900_000 + filler.dice.randrange(10_000) * 8 + side
    for number in range(1 + side):
        with clock.standing(instant(filler.house, 0.1 + side)):
            stranger = rows.patient(people.number_of(begin + 2 * number), "CHAN OWN", "1961-02-02")
            patient = filler.depositor.stored(PEAK, [stranger])[0]
        world.hidden.append(f"Patient/{patient}")


def _words(filler: Filler, world: World, side: int) -> None:
    """Consents to, and closings of, providers that nobody asks from; where no patient who asks is told of them."""
    for person in world.people.values():
        if any(sight.hears_of(each, person) for each in world.callers):
            continue
        with clock.standing(instant(filler.house, INSTANTS + 1 + 0.1 * side)):
            for doctor in unseen_doctors(filler.house):
                if filler.dice.randrange(2) and ("professional", doctor.account_id) not in person.closed:
                    speaker = world.people[person.parent] if person.parent else person
                    people.close(filler.house, person, speaker, "professional", doctor.account_id)


def _looks(filler: Filler, world: World, side: int) -> None:
    """Somebody of another provider looks; where no patient who asks is told of it."""
    for person in world.people.values():
        if any(sight.hears_of(each, person) for each in world.callers):
            continue
        with clock.standing(datetime.fromisoformat(filler.house.at) - timedelta(minutes=3 - side)):
            for doctor in unseen_doctors(filler.house):
                if filler.dice.randrange(2):
                    open_record(filler.platform, doctor, person)


Way = Callable[[Filler, World, int], None]
_WAYS: tuple[Way, ...] = (
    _new_rows,
    _changed_rows,
    _versions_between,
    _masked_numbers,
    _strangers,
    _looks,
    _words,
)
