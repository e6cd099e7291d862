"""The proof: in each round one world by chance, copied, and asked twice with what is hidden changed in between."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from random import Random
from time import monotonic
from typing import TypeVar

from wutong.core import clock
from wutong.proving import cluster as clusters
from wutong.proving import filling, hiding
from wutong.proving.asking import Asked, ask
from wutong.proving.cluster import ALIKE, HOUSE, USED, Cluster
from wutong.proving.coverage import Capability, Coverage
from wutong.proving.differing import ROUND, Difference
from wutong.proving.filling import Filler, numbered_ids
from wutong.proving.house import House, build
from wutong.proving.platform import Platform, platform
from wutong.proving.questions.all import ask as make_question
from wutong.proving.questions.question import About, Question
from wutong.proving.who import World

MOST_DIFFERENCES = 5  # in a report
_AHEAD = timedelta(hours=1)  # everything happens then: later than whatever the database's own clock writes
Answers = TypeVar("Answers")
Say = Callable[[str], None]


@dataclass
class Proof:
    """What was found. `hidden`: rows that one world had and the other had not."""

    seed: int
    cases: int = 0
    hidden: int = 0
    seconds: float = 0
    coverage: Coverage = field(default_factory=Coverage)
    differences: list[Difference] = field(default_factory=list)
    never_asked: list[str] = field(default_factory=list)

    @property
    def is_enough(self) -> bool:
        """Whether there are so many differences that more would tell nothing."""
        return len(self.differences) >= MOST_DIFFERENCES


@dataclass(frozen=True)
class Ground:
    """What all worlds stand on: the database with those who work somewhere, and what can be asked."""

    cluster: Cluster
    house: House
    capability: Capability


@contextmanager
def ground(cluster: Cluster, migrate: Callable[[], None]) -> Iterator[Ground]:
    """Made from an empty database; the clock stands still inside the block."""
    migrate()
    clusters.refuse_people(cluster)
    with clock.standing((clock.now() + _AHEAD).replace(second=0, microsecond=0)):
        with platform() as running, numbered_ids(Random("house")):
            made = Ground(cluster, build(cluster, running), Capability(running))
        cluster.copy(USED, HOUSE)
        yield made


def prove(on: Ground, *, first: int, cases: int, seed: int, say: Say) -> Proof:
    """Ask so many cases, from number `first` on; ends early after a few differences."""
    proof, began = Proof(seed), monotonic()
    for number in range(first // ROUND, -(-(first + cases) // ROUND)):
        wanted = range(max(first, number * ROUND), min(first + cases, (number + 1) * ROUND))
        Round(on, proof, number, wanted).run()
        proof.seconds = monotonic() - began
        say(f"  {proof.cases:,} cases, {proof.coverage.requests:,} requests, {len(proof.differences)} differences")
        if proof.is_enough:
            return proof
    proof.never_asked = proof.coverage.missing(on.capability)
    return proof


@dataclass(frozen=True)
class Round:
    """One world. `wanted`: the numbers of its cases."""

    on: Ground
    proof: Proof
    number: int
    wanted: range

    def run(self) -> None:
        """Ask both copies, and compare."""
        self.compare(*self.asked(self.answers))

    def asked(self, ask: Callable[[Platform, list[Question]], Answers]) -> tuple[list[Question], Answers, Answers]:
        """Fill a world, copy it, and `ask` each copy."""
        with self._running(HOUSE) as running, numbered_ids(self._dice("ids")):
            world = filling.fill(running, self.on.house, self._dice("world"))
        self.on.cluster.copy(USED, ALIKE)
        with self._running(ALIKE) as running:
            self._hide(running, world, 0)
            questions = [self._question(world, case) for case in self.wanted]
            one = ask(running, questions)
        with self._running(ALIKE) as running:
            self._hide(running, world, 1)
            return questions, one, ask(running, questions)

    @contextmanager
    def _running(self, template: str) -> Iterator[Platform]:
        self.on.cluster.copy(template, USED)
        with platform() as running:
            yield running

    def _hide(self, running: Platform, world: World, side: int) -> None:
        with numbered_ids(self._dice(f"hidden ids {side}")):
            self.proof.hidden += hiding.hide(Filler(running, self.on.house, self._dice(f"hidden {side}")), world, side)

    def _question(self, world: World, case: int) -> Question:
        about = About(
            case, world, self._dice(f"case {case}"), self.on.capability.parameters, self.on.house.provider_ids
        )
        return make_question(about, self.on.capability.routes)

    def answers(self, running: Platform, questions: list[Question], *, again: str = "") -> list[Asked]:
        """In their order, but officers first: what a clinic's page asks at once stands in the trail in any order.

        `again`: another word each time where the same copy is asked more than once: ids are not given twice.
        """
        places = sorted(range(len(questions)), key=lambda place: questions[place].caller.kind != "officer")
        answers = {place: ask(running, questions[place], f"{self.wanted[place]} answers {again}") for place in places}
        return [answers[place] for place in range(len(questions))]

    def compare(self, questions: list[Question], one: list[Asked], other: list[Asked]) -> None:
        """Keep what differs."""
        for case, question, here, there in zip(self.wanted, questions, one, other, strict=True):
            self.proof.cases += 1
            self.proof.coverage.add(question, here)
            if (here.answers != there.answers or here.is_broken) and not self.proof.is_enough:
                self.proof.differences.append(Difference(self.proof.seed, case, question, here, there))

    def _dice(self, what: str) -> Random:
        return Random(f"{self.proof.seed}: round {self.number}: {what}")
