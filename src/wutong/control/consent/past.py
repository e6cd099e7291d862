"""Reads what a person's statements came to at an instant of the past: of each thing, the newest made by then."""

from datetime import datetime
from uuid import UUID

from wutong.control.consent import closing_queries
from wutong.control.consent.closing_queries import ClosingFacts
from wutong.control.consent.joining_queries import newest_joining
from wutong.control.consent.models import ClosingVersion
from wutong.control.consent.queries import Word, words_at


def left_at(person_id: UUID, at: datetime | None) -> datetime | None:
    """Since when the person had left the system at that instant (None: now); None: they had not."""
    joining = newest_joining(person_id, at=at)
    return None if joining is None or joining.is_given else joining.stated_at


def consents_at(person_id: UUID, at: datetime) -> dict[UUID, Word]:
    """By provider, the word that held at that instant; given or withdrawn, over or not."""
    return words_at(person_id, at)


def closings_at(person_id: UUID, at: datetime) -> list[ClosingFacts]:
    """What was closed at that instant, by kind and value."""
    rows = ClosingVersion.objects.filter(person_id=person_id, stated_at__lte=at)
    newest = rows.order_by("kind", "value", "-version").distinct("kind", "value")
    return [closing_queries.facts_of(row) for row in newest if row.is_closed]
