"""One transaction of role `wutong_plane` under the tickets of an `Opened`."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from typing import Any, Protocol
from uuid import UUID

from psycopg import AsyncConnection, IsolationLevel
from psycopg.pq import TransactionStatus
from psycopg_pool import PoolTimeout

from wutong.core.sealing import Sealer
from wutong.record.gate.batches import Batches
from wutong.record.gate.open import Opened
from wutong.record.store.rows import Stored


class Pool(Protocol):
    """Where connections come from (psycopg_pool's AsyncConnectionPool); `timeout`: how long one waits, in seconds."""

    timeout: float

    def connection(self) -> AbstractAsyncContextManager[AsyncConnection[Any]]:
        """A connection, for as long as it is needed."""
        ...


ReadAsked = tuple[Opened, str, UUID]  # one resource, by its type and id
ReadFound = tuple[Stored, bool]  # and whether it is long: then its body is left out
_SETTINGS = "select set_config('wutong.tickets', %s, true), set_config('statement_timeout', %s, true)"


@dataclass(frozen=True)
class Store:
    """Where the records are, the key their identity numbers are sealed with, and who waits for a single resource.

    `places`: as many as may search and page through histories at once, which is fewer than there are connections.
    """

    pool: Pool
    sealer: Sealer
    reads: Batches[ReadAsked, ReadFound | None]
    places: asyncio.Semaphore


class Under:
    """The connection of a transaction that goes on, in place of a pool: what reads there sees what was written so far.

    One after the other; nothing that is set or written there stays.
    """

    def __init__(self, connection: AsyncConnection[Any], timeout: float) -> None:
        self._connection, self.timeout = connection, timeout

    @asynccontextmanager
    async def connection(self) -> AsyncIterator[AsyncConnection[Any]]:
        """The connection, within a savepoint."""
        async with self._connection.transaction(force_rollback=True):
            yield self._connection


@asynccontextmanager
async def transaction(
    opened: Opened, store: Store, *, most_milliseconds: int = 0, is_of_one_moment: bool = False
) -> AsyncIterator[AsyncConnection[Any]]:
    """A transaction in which row security shows what `opened` opens; the settings end with the transaction.

    `most_milliseconds`: how long a statement may take (0: as long as it likes); beyond, it raises QueryCanceled.
    `is_of_one_moment`: all statements see what was committed when the first began; for what only reads. Within a
    transaction that goes on (Under) it is that one's to say.
    """
    async with store.pool.connection() as connection:
        # Said of each transaction, in its BEGIN: whoever had the connection before may have left the other.
        if connection.info.transaction_status is TransactionStatus.IDLE:
            await connection.set_isolation_level(IsolationLevel.REPEATABLE_READ if is_of_one_moment else None)
        async with connection.transaction():
            await connection.execute(_SETTINGS, [",".join(opened.tickets), str(most_milliseconds)])
            yield connection


@asynccontextmanager
async def place(store: Store) -> AsyncIterator[None]:
    """A place among those who read what may take long: reads by id and writes keep connections beside them.

    Raises PoolTimeout where none is free as long as one waits for a connection.
    """
    try:
        async with asyncio.timeout(store.pool.timeout):
            await store.places.acquire()
    except TimeoutError:
        raise PoolTimeout("too many searches at once") from None
    try:
        yield
    finally:
        store.places.release()
