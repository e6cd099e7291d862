"""A withdrawal against reads on every way that something of a record leaves by (races/ways.py).

What is promised: whoever asks after a withdrawal has committed is told nothing - not a row, count, order, size, status or
header that a person without a record, who withdrew as well, would not have been told. What was asked before and is decided
after it is told nothing either. Only an answer that was decided before may still be on its way: its ticket is good for a
minute at most, for that one request.

What is withdrawn is a consent to the clinic, or in turn one to a group, a programme, or whoever treats the person; or the
person leaves the system, and the consent stays as it is. A withdrawal and one way of reading are one interleaving. WUTONG_WITHDRAWALS: how many.
"""

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import groups
import psycopg
import pytest
from cast import HARBOUR, Cast, Registered, Somebody

from races import remembering
from races.apart import served
from races.asking import Asker, Told, filled_record, nobody_knows, own_deposit
from races.racing import Point, Word, begin, disclosing, race
from races.ways import WAYS, Known, Way
from wutong.control.consent.past import left_at

_INTERLEAVINGS = int(os.environ.get("WUTONG_WITHDRAWALS", "1000"))
ROUNDS = -(-_INTERLEAVINGS // len(WAYS))

# What a server remembers that should ask anew, and some of the ways by which that discloses.
_FOUND: Mapping[str, set[str]] = {
    "": set(),
    remembering.DECISIONS: {"read", "search", "history", "include", "everything", "access"},
    "pages": {"record page", "results page", "test page", "document page", "document's file"},
    "exports": {"everything", "everything's next page"},
    "links": {"next page", "type's history's next page", "history's next page", "everything's next page"},
    "heads": {"head", "search's head", "projection's head"},
    "unchanged": {"unchanged", "unchanged since"},
    "compressed": {"compressed"},
}


@dataclass(frozen=True)
class Scene:
    """Who is asked about, by what they allow it, what is known of them, and what is told about somebody who withdrew and
    has no record.
    """

    who: Registered
    word: Word
    known: Known
    closed: Mapping[Way, Told]


@dataclass(frozen=True)
class Joining:
    """Joining itself: whoever leaves lets nobody look, whatever they said before."""

    cast: Cast

    def allow(self, who: Registered) -> None:
        """They are in, and allow the clinic; said again, it changes nothing."""
        if left_at(who.person_id, None):
            self.cast.rejoin(who)
        self.cast.allow(who)

    def withdraw(self, who: Registered) -> None:
        """They leave."""
        self.cast.leave(who)


def _doctor(cast: Cast) -> Somebody:
    """Of two servers each has its own; pages show the name."""
    return cast.professional("DOC", HARBOUR, name_en="WONG Ka Yan")


@pytest.fixture(scope="module")
def asker(cast: Cast) -> Asker:
    return Asker(cast, cast.server, _doctor(cast), cast.harbour)


@pytest.fixture(scope="module")
def scenes(cast: Cast, asker: Asker) -> Iterator[list[Scene]]:
    """Of each kind of consent that reaches the clinic one; nobody of them has another."""
    words: list[Word] = [cast, groups.make("group", HARBOUR), groups.make("programme", HARBOUR), groups.whoever()]
    words.append(Joining(cast))
    made = [_scene(cast, asker, word) for word in words]
    yield made
    with psycopg.connect(os.environ["WUTONG_JOBS_DSN"]) as queue:  # of all these changes nobody need be told
        waiting = "delete from procrastinate_jobs where status = 'todo' and args ->> 'person_id' = any (%s)"
        queue.execute(waiting, [[each.known.ids["person"] for each in made]])


@pytest.fixture(scope="module")
def scene(scenes: list[Scene]) -> Scene:
    """The one with a consent to the clinic."""
    return scenes[0]


def _scene(cast: Cast, asker: Asker, word: Word) -> Scene:
    who, other = cast.register(), cast.register()
    own = {}
    for each in (who, other):
        word.allow(each)
        own[each.person_id] = own_deposit(cast, each)
    word.withdraw(other)
    guessed = nobody_knows(other, own[other.person_id])
    closed = {way: asker.ask(way, guessed).told for way in WAYS}
    return Scene(who, word, filled_record(cast, who, own[who.person_id]), closed)


@pytest.fixture(scope="module")
def forgetful(cast: Cast, asker: Asker) -> Iterator[Asker]:
    """The same people at a server that remembers what it should ask anew (races/remembering.py)."""
    with served("-m", "races.remembering") as address:
        yield Asker(cast, address, _doctor(cast), cast.harbour)


@pytest.fixture(scope="module")
def owner(superuser: psycopg.Connection) -> str:
    return superuser.info.dsn + f" password={superuser.info.password}"


def test_every_way_tells_something_while_the_record_is_open(cast: Cast, asker: Asker, scene: Scene) -> None:
    begin(scene.word, asker, scene.who, scene.known)
    known = asker.links(scene.known)
    told = [asker.ask(way, known) for way in WAYS]
    assert [each.way.name for each in told if each.told.status >= 400] == []
    assert len(disclosing(told, scene.closed)) == len(WAYS)
    cast.withdraw(scene.who)


@pytest.mark.parametrize("number", range(ROUNDS))
def test_r01_nothing_is_disclosed_once_the_withdrawal_has_committed(
    asker: Asker, scenes: list[Scene], owner: str, number: int
) -> None:
    point, scene = list(Point)[number % len(Point)], scenes[number // len(Point) % len(scenes)]
    told = race(scene.word, asker, scene.who, scene.known, point, number, owner)
    assert [each.way.name for each in disclosing(told.afterwards, scene.closed)] == []
    assert {each.way for each in told.afterwards} == set(WAYS)
    assert [each.way.name for each in told.on_their_way if each.told.status >= 500] == []
    if point is Point.DECIDING:
        assert [each.way.name for each in disclosing(told.on_their_way, scene.closed)] == []


def test_every_version_is_kept(cast: Cast, scene: Scene, superuser: psycopg.Connection) -> None:
    """Given and withdrawn, one after the other, as often as it was said, above too."""
    cast.allow(scene.who)
    cast.withdraw(scene.who)
    told = "select version, state from control.consent_version where person_id = %s order by version"
    versions = superuser.execute(told, [scene.who.person_id]).fetchall()
    assert len(versions) >= 2
    assert versions == [(number, ("withdrawn", "given")[number % 2]) for number in range(1, len(versions) + 1)]


def _disclosed_after(cast: Cast, asker: Asker, scene: Scene, defect: str) -> set[str]:
    """The ways that disclose at a server with that defect, each asked before the withdrawal and again after it."""
    begin(cast, asker, scene.who, scene.known)
    with asker.client() as http:
        http.get("/fhir/metadata", headers={remembering.HEADER: defect})
    known = asker.links(scene.known)
    told = [asker.ask(way, known) for way in WAYS]
    assert all(each.told.status < 500 for each in told)
    cast.withdraw(scene.who)
    return {each.way.name for each in disclosing([asker.ask(way, known) for way in WAYS], scene.closed)}


@pytest.mark.parametrize("defect", _FOUND)
def test_a_server_that_remembers_is_found(cast: Cast, forgetful: Asker, scene: Scene, defect: str) -> None:
    """The canaries; without a defect, the same server discloses nothing."""
    disclosed = _disclosed_after(cast, forgetful, scene, defect)
    assert _FOUND[defect] <= disclosed
    assert bool(disclosed) is bool(defect)
