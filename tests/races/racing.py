"""One round: every way is on its way at once while the patient withdraws, and every way is asked again afterwards."""

import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from random import Random
from typing import Protocol

import psycopg
from cast import Registered

from races.asking import Asked, Asker, Told
from races.ways import WAYS, Known, Way

_PATIENCE_SECONDS = 20


class Point(StrEnum):
    """Where the withdrawal finds the questions: wherever they are, before the decision, or before their rows are read."""

    ANYWHERE = "anywhere"
    DECIDING = "before the decision"
    READING = "before the rows"


_HELD = {
    Point.DECIDING: "lock table control.access_token in access exclusive mode",
    Point.READING: "lock table record.resource, record.superseded, record.directory in access exclusive mode",
}
_ROLE = {Point.DECIDING: "wutong_pdp", Point.READING: "wutong_plane"}
_WAITING = """
select count(*) from pg_stat_activity
 where usename = %s and wait_event_type = 'Lock' and datname = current_database()
"""


@dataclass(frozen=True)
class Round:
    """The answers to what was begun before the withdrawal had committed, and to what was begun afterwards."""

    on_their_way: Sequence[Asked]
    afterwards: Sequence[Asked]


class Word(Protocol):
    """By what a person lets the asker look: a consent to the clinic, or to more than it."""

    def allow(self, who: Registered) -> None:
        """It is given."""

    def withdraw(self, who: Registered) -> object:
        """It is taken back."""


def race(word: Word, asker: Asker, who: Registered, known: Known, point: Point, seed: int, dsn: str) -> Round:
    """Allow, open, ask everything at once, withdraw at `point`, and ask everything again."""
    begin(word, asker, who, known)
    known, order = asker.links(known), Random(seed)
    ways = order.sample(WAYS, len(WAYS))
    with ThreadPoolExecutor(len(WAYS)) as threads:
        with _held(point, dsn) as is_there:
            asked = [threads.submit(asker.ask, way, known) for way in ways]
            is_there(asked, order.randrange(len(ways)))
            word.withdraw(who)
            withdrawn = time.monotonic()
        on_their_way = [each.result() for each in asked]
        late = [each for each in on_their_way if each.begun > withdrawn]
        again = threads.map(lambda way: asker.ask(way, known), ways)
        return Round([each for each in on_their_way if each not in late], [*late, *again])


def begin(word: Word, asker: Asker, who: Registered, known: Known) -> None:
    """The record is open."""
    word.allow(who)
    asker.renew()
    asker.open(known)


def disclosing(asked: Sequence[Asked], closed: Mapping[Way, Told]) -> list[Asked]:
    """The answers that tell more than the same question is told about somebody who withdrew and has no record."""
    return [each for each in asked if each.told != closed[each.way]]


@contextmanager
def _held(point: Point, dsn: str) -> Iterator["_Until"]:
    """Inside, whatever comes to the point stays there; gives what waits until something is there."""
    with psycopg.connect(dsn) as hold, psycopg.connect(dsn, autocommit=True) as watch:
        if point in _HELD:
            hold.execute(_HELD[point])
        yield _Until(point, watch)


@dataclass(frozen=True)
class _Until:
    point: Point
    watch: psycopg.Connection

    def __call__(self, asked: Sequence["Future[Asked]"], answered: int) -> None:
        """Return when all are asked and one stands at the point, or (anywhere) when so many were answered."""
        until = time.monotonic() + _PATIENCE_SECONDS
        while not self._is_so(asked, answered):
            assert time.monotonic() < until, f"nothing is {self.point}"
            threading.Event().wait(0.001)

    def _is_so(self, asked: Sequence["Future[Asked]"], answered: int) -> bool:
        if self.point is Point.ANYWHERE:
            return sum(each.done() for each in asked) >= answered
        if not all(each.running() or each.done() for each in asked):
            return False
        [waiting] = self.watch.execute(_WAITING, [_ROLE[self.point]]).fetchone() or (0,)
        return bool(waiting)
