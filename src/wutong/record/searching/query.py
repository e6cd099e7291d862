"""A search as the store is asked it: conditions on what is indexed, an order, and what comes along."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Literal
from uuid import UUID


@dataclass(frozen=True)
class Held:
    """One of these entries, exactly.

    `hidden`: those of identity numbers, by their keyed hash. They find a system's own deposits, and nothing for anybody
    to whom the number is masked: who may try numbers would read it digit by digit.
    """

    column: Literal["tokens", "strings"]
    entries: tuple[str, ...]
    hidden: tuple[str, ...] = ()

    @property
    def every(self) -> tuple[str, ...]:
        """For who reads the numbers."""
        return self.entries + self.hidden


@dataclass(frozen=True)
class Like:
    """An entry that fits one of these patterns of SQL's `like`."""

    column: Literal["tokens", "strings"]
    patterns: tuple[str, ...]


@dataclass(frozen=True)
class Name:
    """The name of a date or amount; a pattern where a composite leaves the system of its code open."""

    text: str
    is_pattern: bool = False


@dataclass(frozen=True)
class DateIs:
    """A date that stands so to the period from `begin` to `end` (the first instant after it)."""

    name: Name
    prefix: str
    begin: datetime
    end: datetime


@dataclass(frozen=True)
class Unit:
    """`system|code` as it stands, or a code or unit of any system; both empty: any."""

    exact: str = ""
    code: str = ""


@dataclass(frozen=True)
class AmountIs:
    """An amount that stands so to `exact`, which as it was written means from `low` to below `high`."""

    name: Name
    prefix: str
    exact: Decimal
    low: Decimal
    high: Decimal
    unit: Unit = field(default_factory=Unit)


@dataclass(frozen=True)
class SpanIs:
    """Of one amount, where it begins stands so to the one number, and where it ends so to the other."""

    begin: AmountIs
    end: AmountIs


@dataclass(frozen=True)
class TimeIs:
    """A column of the row that stands so to a period."""

    column: Literal["stored_at", "clinical_at"]
    prefix: str
    begin: datetime
    end: datetime


@dataclass(frozen=True)
class IdIs:
    """One of these ids."""

    ids: tuple[UUID, ...]


@dataclass(frozen=True)
class Present:
    """There is something that the parameter reads, whether it can be searched by or not."""

    name: str


@dataclass(frozen=True)
class TimePresent:
    """The column is not empty."""

    column: Literal["stored_at", "clinical_at"]


@dataclass(frozen=True)
class AnyOf:
    """One of the conditions holds."""

    conditions: tuple["Condition", ...]


@dataclass(frozen=True)
class Not:
    """It does not hold; also where there is nothing to ask it of."""

    condition: "Condition"


@dataclass(frozen=True)
class Chain:
    """The reference `name` points to a resource of that type of which the condition holds.

    `is_of_patient`: it is the reference that says whose record a resource belongs to, and it points to a Patient.
    `keys`: as of a Query.
    """

    name: str
    resource_type: str
    condition: "Condition"
    is_of_patient: bool = False
    keys: tuple[str, ...] | None = None


@dataclass(frozen=True)
class Has:
    """A resource of that type, of which the condition holds, points by its reference `name` to this one, a `target`.

    `is_of_patient`: as of a Chain.
    """

    resource_type: str
    name: str
    target: str
    condition: "Condition"
    is_of_patient: bool = False


Condition = Held | Like | DateIs | AmountIs | SpanIs | TimeIs | IdIs | Present | TimePresent | AnyOf | Not | Chain | Has


@dataclass(frozen=True)
class Sort:
    """By a parameter of that type, or by a column (`kind` "column")."""

    name: str
    kind: str
    is_descending: bool = False


@dataclass(frozen=True)
class Include:
    """What a hit's reference `name` points to (`resource_type`: only of that type)."""

    name: str
    resource_type: str = ""


@dataclass(frozen=True)
class ReverseInclude:
    """The resources of that type whose reference `name` points to a hit. `is_of_patient`: as of a Chain."""

    resource_type: str
    name: str
    is_of_patient: bool = False


@dataclass(frozen=True)
class Query:
    """One search; every condition must hold.

    `keys`: of a search by identifier, what a system's own deposits are looked up by (`Entries.keys`); None: no such.
    `counted`: how many hits are counted at most, beyond which there is no total; 0: it is not asked for, None: all.
    """

    resource_type: str
    has_patient: bool
    conditions: Sequence[Condition] = ()
    sorts: Sequence[Sort] = ()
    includes: Sequence[Include] = ()
    reverse_includes: Sequence[ReverseInclude] = ()
    keys: tuple[str, ...] | None = None
    count: int = 50
    counted: int | None = None
