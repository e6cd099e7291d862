"""One request by one caller, and what a maker of requests may know of the world."""

from dataclasses import dataclass, field
from random import Random

from wutong.proving.who import Caller, Json, Person, Row, World


@dataclass(frozen=True)
class Question:
    """`interaction`: of the record plane, as the CapabilityStatement calls it; empty for a page.

    `steps`: of a page, which of its links are followed, one after another, each by a number.
    """

    caller: Caller
    method: str
    path: str
    interaction: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    body: str = ""
    steps: tuple[int, ...] = ()

    @property
    def is_of_a_client(self) -> bool:
        """Whether a program asks, which follows pages of an answer; not a person, who follows links."""
        return bool(self.interaction)

    def __str__(self) -> str:
        followed = f" then its links {self.steps}" if self.steps else ""
        more = f" {self.headers}" if self.headers else ""
        return f"{self.caller.name}: {self.method} {self.path}{followed}{more} {self.body[:1000]}".rstrip()


@dataclass(frozen=True)
class About:
    """`parameters`: of each type, its search parameters, name and type, as the CapabilityStatement has them.

    `case`: the number of the question, so that what is to be asked in turn comes round.
    """

    case: int
    world: World
    dice: Random
    parameters: dict[str, list[tuple[str, str]]]
    provider_ids: dict[str, str]

    def caller(self, *kinds: str) -> Caller:
        """Somebody of these kinds; or anybody who may ask for records, seldom somebody without a token."""
        if not kinds and self.chance(30):
            kinds = ("nobody",)
        return self.dice.choice([each for each in self.world.callers if (each.kind in kinds if kinds else each.bearer)])

    def person(self) -> Person:
        """Somebody of whom there is a record."""
        return self.dice.choice(list(self.world.people.values()))

    def patient_id(self, person: Person) -> str:
        """How the person can be named: by the index's own id, or by a sender's."""
        return self.dice.choice([person.person_id, person.person_id, *person.sources.values()])

    def row(self) -> Row:
        """One that is in both worlds."""
        return self.dice.choice(self.world.rows)

    def address(self) -> str:
        """`Type/id` of anything: there, hidden, or in one world alone; a directory's, a Patient's."""
        match self.dice.randrange(10):
            case 0 if self.world.hidden:
                return self.dice.choice(self.world.hidden)
            case 1:
                return f"Practitioner/{self.dice.choice(list(self.world.doctors.values()))}"
            case 2:
                return f"Patient/{self.patient_id(self.person())}"
        return self.row().address

    def chance(self, one_in: int) -> bool:
        """One time of so many."""
        return not self.dice.randrange(one_in)


Pairs = list[tuple[str, str]]
Content = Json
