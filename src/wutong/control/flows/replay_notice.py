"""The office has messages sent again that could not be sent. Page: docs/flows/replay_notice.md."""

from uuid import UUID

from django.db import transaction

from wutong.control.audit.append import Actor
from wutong.control.flows.tell_patient import address_by
from wutong.control.notices import actions, queries
from wutong.control.notices.queries import NoticeKey
from wutong.core.answers import Missing

MOST = 500  # at a time, each in a transaction of its own: some seconds


@transaction.atomic
def replay_notice(actor: Actor, person_id: UUID, notice_id: UUID) -> Missing | None:
    """Let one wait again, to the person's present address. Missing: it does not lie there (any more)."""
    channel = queries.channel_of_dead(NoticeKey(person_id, notice_id))
    address = address_by(channel, person_id) if channel else ""
    is_replayed = actions.replay(actor=actor, person_id=person_id, notice_id=notice_id, address=address)
    return None if is_replayed else Missing("notice")


def replay_all(actor: Actor, channel: str, failure: str) -> int:
    """Let those of one channel and reason wait again, the oldest first, `MOST` at a time; how many."""
    keys = queries.dead_keys(channel, failure, limit=MOST)
    answers = [replay_notice(actor, key.person_id, key.notice_id) for key in keys]
    return sum(answer is None for answer in answers)


def replay_job(actor: Actor, job_id: int) -> Missing | None:
    """Let other background work that failed be done again. Missing: it does not lie there (any more)."""
    found = queries.dead_job(job_id)
    if found is None or not actions.replay_job(actor=actor, job_id=job_id, task=found.task):
        return Missing("job")
    return None
