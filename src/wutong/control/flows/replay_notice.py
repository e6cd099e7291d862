"""The office has messages sent again that could not be sent. Page: docs/flows/replay_notice.md."""

from dataclasses import dataclass
from uuid import UUID

from django.db import transaction

from wutong.control.audit.append import Actor
from wutong.control.flows.tell_patient import address_by
from wutong.control.notices import actions, queries
from wutong.control.notices.queries import NoticeKey
from wutong.core.answers import Missing

MOST = 500  # at a time, each in a transaction of its own: some seconds


@dataclass(frozen=True)
class Replayed:
    """How many wait again, and how many stand in their person's inbox alone: nobody knows an address for them now."""

    waiting: int
    inbox_only: int


@transaction.atomic
def replay_notice(actor: Actor, person_id: UUID, notice_id: UUID) -> Replayed:
    """Let one wait again, to the person's present address; never to one that the person took away."""
    channel = queries.channel_of_dead(NoticeKey(person_id, notice_id))
    address = address_by(channel, person_id) if channel else ""
    is_replayed = actions.replay(actor=actor, person_id=person_id, notice_id=notice_id, address=address)
    return Replayed(int(is_replayed and bool(address)), int(is_replayed and not address))


def replay_all(actor: Actor, channel: str, failure: str) -> Replayed:
    """Let those of one channel and reason wait again, the oldest first, `MOST` at a time."""
    keys = queries.dead_keys(channel, failure, limit=MOST)
    answers = [replay_notice(actor, key.person_id, key.notice_id) for key in keys]
    return Replayed(sum(each.waiting for each in answers), sum(each.inbox_only for each in answers))


def replay_job(actor: Actor, job_id: int) -> Missing | None:
    """Let other background work that failed be done again. Missing: it does not lie there (any more)."""
    found = queries.dead_job(job_id)
    if found is None or not actions.replay_job(actor=actor, job_id=job_id, task=found.task):
        return Missing("job")
    return None
