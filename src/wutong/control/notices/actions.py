"""Writes notices and sends them: none lost, none doubled."""

import json
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from django.db import connection, transaction

from wutong.control.audit.append import Actor, append
from wutong.control.notices import authorisation_wording, channels
from wutong.control.notices.channels import NotTaken
from wutong.control.notices.models import Notice
from wutong.control.notices.queries import NoticeKey
from wutong.control.notices.wording import Wording
from wutong.core import clock, jobspec
from wutong.core.events import Event
from wutong.core.jobspec import JobSpec

_NAMESPACE = UUID("6a1f4f0e-2b1c-5d3e-9a77-3f0f5f6f9b10")  # ours; a notice about one thing has one id
CodeOf = Callable[[UUID, datetime], str]
_URGENT, _ORDINARY = 10, 0  # priorities of the queue: the higher is taken first


@transaction.atomic
def queue_notice(
    *,
    person_id: UUID,
    kind: str,
    about_id: UUID,
    channel: str,
    address: str,
    language: str,
    wording: Wording,
    is_urgent: bool = False,
) -> UUID | None:
    """Write the notice and ask for its sending, before all others if urgent; None if this thing was told before."""
    notice_id = uuid5(_NAMESPACE, f"{person_id}/{kind}/{about_id}")
    notice, is_new = Notice.objects.get_or_create(
        person_id=person_id,
        notice_id=notice_id,
        defaults={
            "kind": kind,
            "about_id": about_id,
            "channel": channel,
            "address": address,
            "language": language,
            "subject": wording.subject,
            "body": wording.body,
            "is_urgent": is_urgent,
            "queued_at": clock.now(),
        },
    )
    if not is_new:
        return None
    if address:
        _ask_for_sending(notice)
    return notice_id


def defer(job: JobSpec, *, lock: str, is_urgent: bool = False, **arguments: Any) -> None:
    """Ask for background work in the present transaction."""
    priority = _URGENT if is_urgent else _ORDINARY
    with connection.cursor() as cursor:
        cursor.execute(
            "select gate.defer_v1(%s, %s, %s, %s::jsonb, %s)",
            [job.task, job.queue, lock, json.dumps(arguments), priority],
        )


@transaction.atomic
def send(
    person_id: UUID, notice_id: UUID, *, code_of: CodeOf, attempts: int = 1, is_last: bool = False
) -> datetime | None:
    """Send a waiting notice under its row's lock; when it was sent (None: for the inbox alone, or given up).

    Raises NotTaken where another try may help. `attempts`: with this one; `is_last`: give it up rather than raise.
    `code_of`: the one-time code that a message brings, from what it is about and when it was queued; empty: it is over.
    """
    notice = Notice.objects.select_for_update().get(person_id=person_id, notice_id=notice_id)
    if notice.sent_at or notice.failed_at or not notice.address:
        return notice.sent_at
    try:
        channels.hand_over(notice, _said(notice, code_of))
    except NotTaken as failed:
        if not (failed.is_permanent or is_last):
            raise
        _give_up(notice, failed.failure, attempts)
        return None
    return _note_sent(notice)


@transaction.atomic
def replay(*, actor: Actor, person_id: UUID, notice_id: UUID, address: str) -> bool:
    """Let a dead letter wait again; False where it is none. `address`: the present one; empty: to the inbox alone."""
    rows = Notice.objects.select_for_update()
    notice = rows.filter(person_id=person_id, notice_id=notice_id).exclude(failed_at=None).first()
    if notice is None:
        return False
    _rows(notice).update(failed_at=None, failure="", attempts=0, address=address)
    if address:
        _ask_for_sending(notice)
    _append(Event.NOTICE_REPLAY, notice, actor, failure=notice.failure, to="channel" if address else "inbox")
    return True


@transaction.atomic
def replay_job(*, actor: Actor, job_id: int, task: str) -> bool:
    """Let background work that failed be done again; False where it has not failed."""
    with connection.cursor() as cursor:
        cursor.execute("select gate.replay_job_v1(%s)", [job_id])
        [is_replayed] = cursor.fetchone()
    if is_replayed:
        append(Event.JOB_REPLAY, actor=actor, detail={"job": job_id, "task": task})
    return bool(is_replayed)


def note_listed(*, actor: Actor, keys: Sequence[NoticeKey]) -> None:
    """Write down that somebody was shown a list with these letters' receivers: one entry, of nobody in particular."""
    append(Event.NOTICE_LISTED, actor=actor, detail={"notices": [str(each.notice_id) for each in keys]})


@transaction.atomic
def note_printed(*, actor: Actor, key: NoticeKey) -> None:
    """Write down that somebody had a letter in hand."""
    _append(Event.NOTICE_PRINTED, Notice.objects.get(person_id=key.person_id, notice_id=key.notice_id), actor)


@transaction.atomic
def mark_posted(*, actor: Actor, key: NoticeKey) -> bool:
    """Take a letter out of the print queue; False where it is not in it."""
    rows = Notice.objects.select_for_update()
    in_queue = rows.filter(channel="post", posted_at=None).exclude(sent_at=None)
    notice = in_queue.filter(person_id=key.person_id, notice_id=key.notice_id).first()
    if notice is None:
        return False
    _rows(notice).update(posted_at=clock.now())
    _append(Event.NOTICE_POSTED, notice, actor)
    return True


def _ask_for_sending(notice: Notice) -> None:
    # Its own lock: a mailbox that refuses one notice must not hold up the ones behind it.
    defer(
        jobspec.SEND_NOTICE,
        lock=str(notice.notice_id),
        is_urgent=notice.is_urgent,
        person_id=str(notice.person_id),
        notice_id=str(notice.notice_id),
    )


def _said(notice: Notice, code_of: CodeOf) -> str:
    """What leaves: a code is put in now, since it stands in no table; raises NotTaken once it is over."""
    if notice.kind != authorisation_wording.KIND:
        return notice.body
    code = code_of(notice.about_id, notice.queued_at)
    if not code:
        raise NotTaken("The one-time code that the message brings is over.", "code-over", is_permanent=True)
    return notice.body.replace(authorisation_wording.CODE, code)


def _note_sent(notice: Notice) -> datetime:
    at = clock.now()
    _rows(notice).update(sent_at=at)
    _append(Event.NOTICE_SENT, notice, Actor("worker"))
    return at


def _give_up(notice: Notice, failure: str, attempts: int) -> None:
    _rows(notice).update(failed_at=clock.now(), failure=failure, attempts=attempts)
    _append(Event.NOTICE_FAILED, notice, Actor("worker"), failure=failure)


def _rows(notice: Notice) -> Any:
    return Notice.objects.filter(person_id=notice.person_id, notice_id=notice.notice_id)


def _append(event: Event, notice: Notice, actor: Actor, **more: str) -> None:
    detail = {"notice": str(notice.notice_id), "channel": notice.channel, "kind": notice.kind, **more}
    append(event, actor=actor, person_id=notice.person_id, detail=detail)
