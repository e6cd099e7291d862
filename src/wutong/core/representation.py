"""Who may act for a person: decide in their place, by the law, or see what they granted. Rules, and nothing but. Pure.

Source: domain dossier 2.3 (Cap. 625, substitute decision makers, in the order of the law) and 7 (carers). From 16 on a
person who is capable decides alone, and nobody needs to end a link for it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import MAXYEAR, date
from enum import StrEnum

AGE_OF_DECISION = 16
AGE_OF_DISCRETION = 11  # security dossier 4, abuse 11: from 11 to 15, what is sensitive is not shown to parents
OWN_WORD = ""  # as what somebody speaks who speaks for themselves
LAST_RESORT = "provider"  # a healthcare provider that treats or will treat the person; there always may be one


class Capacity(StrEnum):
    """Why somebody else decides."""

    UNDER_AGE = "under-age"
    INCAPABLE = "incapable"


# Who may decide instead, in the order of the law (dossier 2.3, (a) to (e)); those of one rank stand side by side.
ORDER: Mapping[Capacity, tuple[frozenset[str], ...]] = {
    Capacity.UNDER_AGE: (
        frozenset({"parent"}),
        frozenset({"guardian"}),
        frozenset({"court-appointed"}),
        frozenset({"family-member", "co-resident"}),
        frozenset({LAST_RESORT}),
    ),
    Capacity.INCAPABLE: (
        frozenset({"guardian"}),
        frozenset({"statutory-guardian"}),  # the Director of Social Welfare, or another guardian under Cap. 136
        frozenset({"court-appointed"}),
        frozenset({"family-member", "co-resident"}),
        frozenset({LAST_RESORT}),
    ),
}


class Function(StrEnum):
    """What a person may grant to a carer, one by one. To consent and to close is never a carer's."""

    INVENTORY = "inventory"  # how many items there are of each category
    LOOKS = "looks"  # who looked
    MESSAGES = "messages"


@dataclass(frozen=True)
class Birth:
    """A date of birth as far as it is known: by day ("D"), by month ("M") or by year ("Y")."""

    on: date | None
    precision: str = "D"

    @property
    def earliest(self) -> date | None:
        """The first day that it may have been."""
        if self.on is None or self.precision == "D":
            return self.on
        return self.on.replace(day=1) if self.precision == "M" else self.on.replace(month=1, day=1)


@dataclass(frozen=True)
class Link:
    """Somebody stands in a relation to a person who is under age, or incapable."""

    relation: str
    capacity: str = Capacity.UNDER_AGE


@dataclass(frozen=True)
class Representation:
    """How somebody stands to a person now, with all that this rests on.

    `held`: the acting person's links; `standing`: everybody's, theirs among them. `granted`: the functions that the
    person granted to them as a carer, each with its last day.
    """

    held: frozenset[Link] = frozenset()
    standing: frozenset[Link] = frozenset()
    birth: Birth = Birth(None)
    granted: Mapping[str, date] = field(default_factory=dict)


def decides_alone_from(birth: Birth) -> date | None:
    """The first day on which the person may be 16: in doubt the earliest; None where no day of birth says so."""
    return _reaches(AGE_OF_DECISION, birth)


def keeps_from_parents(birth: Birth, *, today: date) -> bool:
    """Whether what is sensitive is kept from whoever decides for the person: a child who may be old enough for that."""
    since = _reaches(AGE_OF_DISCRETION, birth) or today
    return capacity_of(birth, today=today) is Capacity.UNDER_AGE and since <= today


def _reaches(age: int, birth: Birth) -> date | None:
    """The first day on which the person may have that age; None where no day of birth says so."""
    earliest = birth.earliest
    if earliest is None or earliest.year > MAXYEAR - age:  # such as the year 9999 of a sender
        return None
    try:
        return earliest.replace(year=earliest.year + age)
    except ValueError:  # 29 February, in a year that has none
        return earliest.replace(year=earliest.year + age, day=28)


def capacity_of(birth: Birth, *, today: date, is_incapable: bool = False) -> Capacity | None:
    """Why the person does not decide alone; None: they do."""
    alone_from = decides_alone_from(birth)
    if alone_from is not None and today < alone_from:
        return Capacity.UNDER_AGE
    return Capacity.INCAPABLE if is_incapable else None


def who_decides(relations: Iterable[str], birth: Birth, *, today: date, is_incapable: bool = False) -> frozenset[str]:
    """As what something may be stated for the person: `OWN_WORD`, or the relations of the first rank that is there.

    `relations`: all in which anybody is known to stand to the person. Where nobody is, a provider is the last resort.
    """
    capacity = capacity_of(birth, today=today, is_incapable=is_incapable)
    if capacity is None:
        return frozenset({OWN_WORD})
    there = {*relations, LAST_RESORT}
    return next(rank & there for rank in ORDER[capacity] if rank & there)


def who_decides_of(standing: Iterable[Link], birth: Birth, *, today: date) -> frozenset[str]:
    """The same from a register's links: whom one makes incapable is so as long as it stands."""
    links = frozenset(standing)
    capacity = _capacity(links, birth, today)
    is_incapable = capacity is Capacity.INCAPABLE
    return who_decides(_relations(links, capacity), birth, today=today, is_incapable=is_incapable)


def who_signs(standing: Iterable[Link], birth: Birth, *, today: date) -> tuple[str, ...]:
    """As what somebody may sign for the person on paper, in the order of the law; `OWN_WORD` alone: they themselves.

    No register knows every parent: whom nobody known outranks may sign, but no provider, which takes the paper.
    """
    links = frozenset(standing)
    capacity = _capacity(links, birth, today)
    if capacity is None:
        return (OWN_WORD,)
    known, signs = _relations(links, capacity), list[str]()
    for rank in ORDER[capacity]:
        signs += sorted(rank - {LAST_RESORT})
        if rank & known:
            break
    return tuple(signs)


def decides_as(found: Representation, *, today: date) -> str | None:
    """In which relation the acting person may decide; None: in none, or somebody ranks before them."""
    held = _relations(found.held, _capacity(found.standing, found.birth, today))
    deciding = who_decides_of(found.standing, found.birth, today=today)
    return min(held & deciding - {LAST_RESORT}, default=None)


def carer_functions(found: Representation, *, today: date) -> frozenset[str]:
    """What the acting person may see as a carer: what was granted to them, until its last day is over."""
    return frozenset(function for function, until in found.granted.items() if today <= until)


def _capacity(standing: frozenset[Link], birth: Birth, today: date) -> Capacity | None:
    is_incapable = any(link.capacity == Capacity.INCAPABLE for link in standing)
    return capacity_of(birth, today=today, is_incapable=is_incapable)


def _relations(links: Iterable[Link], capacity: Capacity | None) -> frozenset[str]:
    return frozenset(link.relation for link in links if link.capacity == capacity)


def representation_of(
    links: Iterable[Iterable[str]] | None,
    granted: Iterable[Iterable[str]] | None,
    born: date | None,
    precision: str | None,
) -> Representation:
    """From what `gate.represents_v1` says: links as ("true" where it is theirs, relation, capacity), granted as
    (function, last day)."""
    found = [(is_held, Link(relation, capacity)) for is_held, relation, capacity in links or ()]
    return Representation(
        held=frozenset(link for is_held, link in found if is_held == "true"),
        standing=frozenset(link for _, link in found),
        birth=Birth(born, precision or "D"),
        granted={function: date.fromisoformat(until) for function, until in granted or ()},
    )
