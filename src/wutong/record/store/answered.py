"""What clients were answered to requests with a key of their own, for a day."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from psycopg import AsyncConnection
from psycopg.types.json import Jsonb

from wutong.record.gate.open import Opened

_FIND = """
select request_hash, kept from record.answered_request
 where client_id = %s and key_hash = %s and depositor_id = %s and answered_at > %s
"""
_FORGET = "delete from record.answered_request where client_id = %s and answered_at <= %s"
_KEEP = """
insert into record.answered_request (client_id, key_hash, request_hash, depositor_id, answered_at, kept)
values (%s, %s, %s, %s, %s, %s)
"""


@dataclass(frozen=True)
class Answered:
    """What was answered, and to which request (its keyed hash)."""

    request_hash: bytes
    kept: list[Any]


async def find(
    connection: AsyncConnection[Any], opened: Opened, key_hash: bytes, *, after: datetime
) -> Answered | None:
    """What this client was answered to a request with this key since `after`."""
    question = [opened.caller.caller_id, key_hash, opened.scope.depositor_id, after]
    row = await (await connection.execute(_FIND, question)).fetchone()
    return Answered(bytes(row[0]), row[1]) if row else None


async def keep(
    connection: AsyncConnection[Any],
    opened: Opened,
    key_hash: bytes,
    answered: Answered,
    *,
    at: datetime,
    after: datetime,
) -> None:
    """Note the answer, and forget what is older than `after`; raises UniqueViolation where another was first."""
    client_id = opened.caller.caller_id
    await connection.execute(_FORGET, [client_id, after])
    values = [client_id, key_hash, answered.request_hash, opened.scope.depositor_id, at, Jsonb(answered.kept)]
    await connection.execute(_KEEP, values)
