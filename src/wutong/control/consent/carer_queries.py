"""Reads what people granted to carers."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from wutong.control.consent.models import CarerVersion
from wutong.core import clock

OFFERED, ACCEPTED, ENDED = CarerVersion.State.OFFERED, CarerVersion.State.ACCEPTED, CarerVersion.State.ENDED
WAITS_FOR = timedelta(days=14)  # an offer that nobody accepted lapses, whether the number was somebody's or not


@dataclass(frozen=True)
class CarerFacts:
    """One version of a grant to a carer."""

    person_id: UUID
    grant_id: UUID
    version: int
    carer_id: UUID | None
    called: str
    functions: tuple[str, ...]
    until: date
    state: str
    stated_at: datetime
    stated_by: UUID
    stated_as: str

    @property
    def holds(self) -> bool:
        """Whether the carer may see it today (the rule itself: core/representation.py)."""
        return self.state == ACCEPTED and clock.today() <= self.until

    @property
    def lapses_at(self) -> datetime:
        """Until when an offer can be accepted."""
        return self.stated_at + WAITS_FOR

    @property
    def waits(self) -> bool:
        """Whether it can still be accepted."""
        return self.state == OFFERED and clock.now() < self.lapses_at and clock.today() <= self.until


def grants_of(person_id: UUID) -> list[CarerFacts]:
    """What a person granted, or offered: of each grant the newest version, the newest statement first."""
    return _newest(CarerVersion.objects.filter(person_id=person_id))


def grants_to(carer_id: UUID) -> list[CarerFacts]:
    """The same of what was granted, or offered, to somebody."""
    return _newest(CarerVersion.objects.filter(carer_id=carer_id))


def carer_facts(row: CarerVersion) -> CarerFacts:
    """One version as it stands in the table."""
    return CarerFacts(
        person_id=row.person_id,
        grant_id=row.grant_id,
        version=row.version,
        carer_id=row.carer_id,
        called=row.called,
        functions=tuple(row.functions),
        until=row.until,
        state=row.state,
        stated_at=row.stated_at,
        stated_by=row.stated_by,
        stated_as=row.stated_as,
    )


def _newest(versions: Iterable[CarerVersion]) -> list[CarerFacts]:
    newest: dict[UUID, CarerFacts] = {}
    for row in map(carer_facts, versions):
        if row.grant_id not in newest or row.version > newest[row.grant_id].version:
            newest[row.grant_id] = row
    return sorted(newest.values(), key=lambda each: each.stated_at, reverse=True)
