"""Reads closings."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from wutong.control.consent.models import ClosingVersion


@dataclass(frozen=True)
class ClosingFacts:
    """One version of a closing."""

    person_id: UUID
    kind: str
    value: str
    version: int
    is_closed: bool
    title: str
    stated_at: datetime
    stated_by: UUID
    stated_as: str


def closings_of(person_id: UUID) -> list[ClosingFacts]:
    """What is closed now, the newest statement first."""
    versions = ClosingVersion.objects.filter(person_id=person_id)
    newest = versions.order_by("kind", "value", "-version").distinct("kind", "value")
    closed = [facts_of(row) for row in newest if row.is_closed]
    return sorted(closed, key=lambda each: each.stated_at, reverse=True)


def closed_values(person_id: UUID, kind: str) -> frozenset[str]:
    """What of one kind is closed now."""
    return frozenset(each.value for each in closings_of(person_id) if each.kind == kind)


def closing_of(person_id: UUID, kind: str, value: str) -> ClosingFacts | None:
    """The newest version about one thing; None: nothing was ever said about it."""
    versions = ClosingVersion.objects.filter(person_id=person_id, kind=kind, value=value)
    row = versions.order_by("-version").first()
    return facts_of(row) if row else None


def closing_history_of(person_id: UUID, *, limit: int, offset: int = 0) -> list[ClosingFacts]:
    """Versions about anything, newest statement first."""
    rows = ClosingVersion.objects.filter(person_id=person_id).order_by("-stated_at", "kind", "value", "-version")
    return [facts_of(row) for row in rows[offset : offset + limit]]


def facts_of(row: ClosingVersion) -> ClosingFacts:
    """One version as it stands in the table."""
    return ClosingFacts(
        person_id=row.person_id,
        kind=row.kind,
        value=row.value,
        version=row.version,
        is_closed=row.is_closed,
        title=row.title,
        stated_at=row.stated_at,
        stated_by=row.stated_by,
        stated_as=row.stated_as,
    )
