"""Reads notices: for the portal's inbox, for whoever looks after those that could not be sent, and for the printer."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Count, Min, Q

from wutong.control.notices.models import Notice

_DEAD_JOBS = "select job_id, task, attempts, failed_at from gate.dead_job_v1"
_TO_PRINT = Q(channel="post", posted_at=None, sent_at__isnull=False)


@dataclass(frozen=True)
class NoticeKey:
    """Which notice of which person."""

    person_id: UUID
    notice_id: UUID


@dataclass(frozen=True)
class NoticeFacts:
    """One notice as the inbox shows it."""

    subject: str
    body: str
    channel: str
    queued_at: datetime
    sent_at: datetime | None
    is_to_be_sent: bool  # by its channel; else it stands in the inbox alone
    failure: str = ""  # why it was given up; empty: it was not
    posted_at: datetime | None = None
    kind: str = ""
    about_id: UUID | None = None


@dataclass(frozen=True)
class DeadNotice:
    """A notice that could not be sent."""

    key: NoticeKey
    kind: str
    channel: str
    failure: str
    attempts: int
    queued_at: datetime
    failed_at: datetime


@dataclass(frozen=True)
class DeadGroup:
    """How many notices of one channel could not be sent for one reason, and since when."""

    channel: str
    failure: str
    number: int
    since: datetime


@dataclass(frozen=True)
class DeadJob:
    """Background work that failed too often."""

    job_id: int
    task: str
    attempts: int
    failed_at: datetime | None


@dataclass(frozen=True)
class LetterFacts:
    """A notice as a letter to print; `to`: the name, then the address, in lines."""

    key: NoticeKey
    language: str
    to: str
    subject: str
    body: str
    queued_at: datetime
    posted_at: datetime | None
    has_address: bool = True  # False: its person took the address away since


def notices_of(person_id: UUID, *, limit: int, offset: int = 0) -> list[NoticeFacts]:
    """The newest first."""
    rows = Notice.objects.filter(person_id=person_id).order_by("-queued_at", "notice_id")[offset : offset + limit]
    return [
        NoticeFacts(
            row.subject,
            row.body,
            row.channel,
            row.queued_at,
            row.sent_at,
            is_to_be_sent=bool(row.address),
            failure=row.failure,
            posted_at=row.posted_at,
            kind=row.kind,
            about_id=row.about_id,
        )
        for row in rows
    ]


def channel_of_dead(key: NoticeKey) -> str:
    """The channel by which a notice could not be sent; empty where there is no such notice."""
    found = Notice.objects.filter(person_id=key.person_id, notice_id=key.notice_id).exclude(failed_at=None)
    return found.values_list("channel", flat=True).first() or ""


def dead_groups(channel: str = "") -> list[DeadGroup]:
    """Notices that could not be sent, by channel and reason, the most frequent first."""
    grouped = _dead(channel).values("channel", "failure").annotate(number=Count("notice_id"), since=Min("failed_at"))
    return [DeadGroup(**row) for row in grouped.order_by("-number", "channel", "failure")]


def dead_notices(channel: str = "", *, limit: int, offset: int = 0) -> list[DeadNotice]:
    """One by one, the latest first."""
    rows = _dead(channel).order_by("-failed_at", "notice_id")[offset : offset + limit]
    return [
        DeadNotice(_key(row), row.kind, row.channel, row.failure, row.attempts, row.queued_at, row.failed_at)
        for row in rows
        if row.failed_at
    ]


def dead_keys(channel: str, failure: str, *, limit: int) -> list[NoticeKey]:
    """Notices of one channel that could not be sent for one reason, the oldest first."""
    rows = _dead(channel).filter(failure=failure).order_by("failed_at", "notice_id")[:limit]
    return [_key(row) for row in rows]


def dead_jobs(*, limit: int, offset: int = 0) -> list[DeadJob]:
    """Background work of every kind that failed too often, the latest first."""
    return _jobs(f"{_DEAD_JOBS} order by failed_at desc nulls last, job_id limit %s offset %s", [limit, offset])


def dead_job(job_id: int) -> DeadJob | None:
    """One of them."""
    return next(iter(_jobs(f"{_DEAD_JOBS} where job_id = %s", [job_id])), None)


def count_dead_jobs() -> int:
    """How many there are."""
    with connection.cursor() as cursor:
        cursor.execute("select count(*) from gate.dead_job_v1")
        [number] = cursor.fetchone()
    return int(number)


def count_letters() -> int:
    """How many letters wait to be printed and posted."""
    return Notice.objects.filter(_TO_PRINT).count()


def letters_to_print(*, limit: int, offset: int = 0) -> list[LetterFacts]:
    """Letters that wait to be printed and posted, the oldest first."""
    rows = Notice.objects.filter(_TO_PRINT).order_by("sent_at", "notice_id")[offset : offset + limit]
    return [_letter(row) for row in rows]


def letters_posted(*, limit: int, offset: int = 0) -> list[LetterFacts]:
    """Letters that were posted, the latest first."""
    posted = Notice.objects.exclude(posted_at=None).order_by("-posted_at", "notice_id")
    return [_letter(row) for row in posted[offset : offset + limit]]


def letters_of(person_id: UUID) -> list[LetterFacts]:
    """A person's letters, waiting or posted."""
    return [_letter(row) for row in Notice.objects.filter(person_id=person_id, channel="post").exclude(sent_at=None)]


def letters(keys: Sequence[NoticeKey]) -> list[LetterFacts]:
    """Those of the notices that are letters, waiting or posted, in the order of their keys."""
    found = [_one(key) for key in keys]
    return [_letter(row) for row in found if row and row.channel == "post" and row.sent_at]


def _one(key: NoticeKey) -> Notice | None:
    return Notice.objects.filter(person_id=key.person_id, notice_id=key.notice_id).first()


def _dead(channel: str) -> Any:
    rows = Notice.objects.exclude(failed_at=None)
    return rows.filter(channel=channel) if channel else rows


def _jobs(query: str, values: list[int]) -> list[DeadJob]:
    with connection.cursor() as cursor:
        cursor.execute(query, values)
        return [DeadJob(*row) for row in cursor.fetchall()]


def _key(row: Notice) -> NoticeKey:
    return NoticeKey(row.person_id, row.notice_id)


def _letter(row: Notice) -> LetterFacts:
    return LetterFacts(_key(row), row.language, row.address, row.subject, row.body, row.queued_at, row.posted_at)


def told_of(kind: str, person_ids: Collection[UUID]) -> set[tuple[UUID, UUID]]:
    """What these persons have notices of that kind about: pairs of person and thing."""
    rows = Notice.objects.filter(person_id__in=person_ids, kind=kind)
    return set(rows.values_list("person_id", "about_id"))
