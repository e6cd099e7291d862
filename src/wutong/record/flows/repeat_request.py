"""A client sends a request again because the answer was lost. Page: docs/flows/repeat_request.md.

With the same key of its own the request changes nothing, and is answered as it was the first time. Source: the
Idempotency-Key header of draft-ietf-httpapi-idempotency-key-header.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from wutong.core import clock
from wutong.core.access import Act
from wutong.core.answers import Refused
from wutong.core.events import Event
from wutong.record.flows.changes import MOST_ANSWERED, Kept, Outcome
from wutong.record.flows.plane import Plane
from wutong.record.flows.problems import fault
from wutong.record.flows.spared import over_an_answer
from wutong.record.flows.versions import Work
from wutong.record.gate.facts import Target
from wutong.record.gate.open import Ask, Opened, open_record, open_records
from wutong.record.store import answered, read
from wutong.record.store.answered import Answered
from wutong.record.store.session import transaction

KEPT_FOR = timedelta(days=1)
_BODILESS = frozenset({Outcome.DELETED, Outcome.ABSENT})


@dataclass(frozen=True)
class Once:
    """A request that is to be carried out once: keyed hashes of the client's key and of all that it sent."""

    key_hash: bytes
    request_hash: bytes
    needs_bodies: bool  # whether its answer holds what was stored


async def repeated(plane: Plane, token: bytes, once: Once) -> list[Kept] | Refused | None:
    """What was answered the first time, or None; raises Unacceptable where the key was used with another request."""
    opened = await open_record(plane.gate, token, ask_to_write())
    if isinstance(opened, Refused):
        return opened
    async with transaction(opened, plane.store) as connection:
        found = await answered.find(connection, opened, once.key_hash, after=clock.now() - KEPT_FOR)
    if found is None:
        return None
    if found.request_hash != once.request_hash:
        sentence = "This Idempotency-Key was used with another request within a day. Send each request its own key."
        raise fault("conflict", sentence, status=422)
    kept = [_read(each) for each in found.kept]
    return await _with_bodies(plane, token, kept) if once.needs_bodies else kept


async def remember(work: Work, once: Once, kept: Sequence[Kept]) -> None:
    """Note the answer in the write's own transaction."""
    written = Answered(once.request_hash, [_written(each) for each in kept])
    after = work.at - KEPT_FOR
    await answered.keep(work.connection, work.opened, once.key_hash, written, at=work.at, after=after)


def ask_to_write() -> Ask:
    """The question whether the caller may write at all."""
    return Ask(Act.WRITE, Event.RECORD_WRITE, Target(), detail={"resources": {}})


async def _with_bodies(plane: Plane, token: bytes, kept: Sequence[Kept]) -> list[Kept] | Refused:
    """Each with the version that it was answered with, as its depositor reads it today."""
    asks = [ask_to_write(), Ask(Act.READ, Event.RECORD_READ, Target(), detail={"asked": "repeated request"})]
    opened = list[Opened]()
    for answer in await open_records(plane.gate, token, asks):
        if isinstance(answer, Refused):
            return answer
        opened.append(answer)
    together = opened[0].joined(opened[1])
    whole, left = list[Kept](), MOST_ANSWERED
    async with transaction(together, plane.store) as connection:
        for each in kept:
            whole.append(await _body(connection, together, plane, each))
            left -= len(whole[-1].body)
            if left < 0:
                raise over_an_answer()
    return whole


async def _body(connection: Any, opened: Opened, plane: Plane, kept: Kept) -> Kept:
    if kept.outcome in _BODILESS or kept.resource_id is None:
        return kept
    key = kept.resource_type, kept.resource_id
    row = await read.kept_version(connection, opened, plane.store, kept.patient_id, key, kept.version)
    return replace(kept, body=row.body)


def _written(kept: Kept) -> list[Any]:
    ids = [None if each is None else str(each) for each in (kept.resource_id, kept.patient_id)]
    return [kept.resource_type, *ids, kept.version, kept.stored_at.isoformat(), kept.outcome]


def _read(row: list[Any]) -> Kept:
    kind, resource_id, patient_id, version, at, outcome = row
    names = [None if each is None else UUID(each) for each in (resource_id, patient_id)]
    return Kept(kind, names[0], version, datetime.fromisoformat(at), Outcome(outcome), patient_id=names[1])
