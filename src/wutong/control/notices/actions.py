"""Writes notices and sends them: none lost, none doubled."""

import json
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from django.db import connection, transaction

from wutong.control.audit.append import Actor, append
from wutong.control.notices import channels
from wutong.control.notices.models import Notice
from wutong.control.notices.wording import Wording
from wutong.core import clock, jobspec
from wutong.core.events import Event
from wutong.core.jobspec import JobSpec

_NAMESPACE = UUID("6a1f4f0e-2b1c-5d3e-9a77-3f0f5f6f9b10")  # ours; a notice about one thing has one id


@transaction.atomic
def queue_notice(
    *, person_id: UUID, kind: str, about_id: UUID, channel: str, address: str, language: str, wording: Wording
) -> UUID | None:
    """Write the notice and ask for its sending; None if this thing was told before."""
    notice_id = uuid5(_NAMESPACE, f"{person_id}/{kind}/{about_id}")
    _notice, is_new = Notice.objects.get_or_create(
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
            "queued_at": clock.now(),
        },
    )
    if not is_new:
        return None
    if address:
        # Its own lock: a mailbox that refuses one notice must not hold up the ones behind it.
        defer(jobspec.SEND_NOTICE, lock=str(notice_id), person_id=str(person_id), notice_id=str(notice_id))
    return notice_id


def defer(job: JobSpec, *, lock: str, **arguments: Any) -> None:
    """Ask for background work in the present transaction."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select gate.defer_v1(%s, %s, %s, %s::jsonb)", [job.task, job.queue, lock, json.dumps(arguments)]
        )


@transaction.atomic
def send(person_id: UUID, notice_id: UUID) -> datetime | None:
    """Send a queued notice under its row's lock; when it was sent (None: it is for the inbox alone)."""
    notice = Notice.objects.select_for_update().get(person_id=person_id, notice_id=notice_id)
    if notice.sent_at is None and notice.address:
        channels.hand_over(notice)
        notice.sent_at = clock.now()
        Notice.objects.filter(person_id=person_id, notice_id=notice_id).update(sent_at=notice.sent_at)
        detail = {"notice": str(notice_id), "channel": notice.channel, "kind": notice.kind}
        append(Event.NOTICE_SENT, actor=Actor("worker"), person_id=person_id, detail=detail)
    return notice.sent_at
