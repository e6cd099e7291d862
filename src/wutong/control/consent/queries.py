"""Reads sharing consents."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from wutong.control.consent.models import ConsentVersion
from wutong.core import clock


@dataclass(frozen=True)
class ConsentFacts:
    """One version of a consent."""

    provider_id: UUID
    version: int
    is_given: bool
    kind: str
    stated_at: datetime
    valid_until: date | None

    @property
    def is_in_force(self) -> bool:
        """Given, and not over today."""
        return self.is_given and (self.valid_until is None or clock.today() <= self.valid_until)


def history_of(person_id: UUID) -> list[ConsentFacts]:
    """All versions, newest statement first."""
    rows = ConsentVersion.objects.filter(person_id=person_id).order_by("-stated_at", "-version")
    return [_facts(row) for row in rows]


def newest_of(person_id: UUID) -> dict[UUID, ConsentFacts]:
    """The newest version to each provider."""
    found: dict[UUID, ConsentFacts] = {}
    for facts in sorted(history_of(person_id), key=lambda each: each.version):
        found[facts.provider_id] = facts
    return found


def _facts(row: ConsentVersion) -> ConsentFacts:
    is_given = row.state == ConsentVersion.State.GIVEN
    return ConsentFacts(row.provider_id, row.version, is_given, row.kind, row.stated_at, row.valid_until)
