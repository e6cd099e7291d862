"""Reads notices for the portal's inbox."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from wutong.control.notices.models import Notice


@dataclass(frozen=True)
class NoticeFacts:
    """One notice as the inbox shows it."""

    subject: str
    body: str
    channel: str
    queued_at: datetime
    sent_at: datetime | None
    is_to_be_sent: bool  # by its channel; else it stands in the inbox alone


def notices_of(person_id: UUID, *, limit: int, offset: int = 0) -> list[NoticeFacts]:
    """The newest first."""
    rows = Notice.objects.filter(person_id=person_id).order_by("-queued_at", "notice_id")[offset : offset + limit]
    return [
        NoticeFacts(row.subject, row.body, row.channel, row.queued_at, row.sent_at, bool(row.address)) for row in rows
    ]


def told_of(kind: str, person_ids: Collection[UUID]) -> set[tuple[UUID, UUID]]:
    """What these persons have notices of that kind about: pairs of person and thing."""
    rows = Notice.objects.filter(person_id__in=person_ids, kind=kind)
    return set(rows.values_list("person_id", "about_id"))


def notice_ids_of(person_id: UUID) -> set[UUID]:
    """What the person's notices are called; the oldest and the newest."""
    return set(Notice.objects.filter(person_id=person_id).values_list("notice_id", flat=True))
