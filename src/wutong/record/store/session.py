"""One transaction of role `wutong_plane` under the tickets of an `Opened`."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from psycopg import AsyncConnection
from psycopg_pool import AsyncConnectionPool

from wutong.core.sealing import Sealer
from wutong.record.gate.open import Opened

_SETTINGS = "select set_config('wutong.tickets', %s, true), set_config('statement_timeout', %s, true)"


@dataclass(frozen=True)
class Store:
    """Where the records are, and the key their identity numbers are sealed with."""

    pool: AsyncConnectionPool[AsyncConnection[Any]]
    sealer: Sealer


@asynccontextmanager
async def transaction(
    opened: Opened, store: Store, *, most_milliseconds: int = 0
) -> AsyncIterator[AsyncConnection[Any]]:
    """A transaction in which row security shows what `opened` opens; the settings end with the transaction.

    `most_milliseconds`: how long a statement may take (0: as long as it likes); beyond, it raises QueryCanceled.
    """
    async with store.pool.connection() as connection, connection.transaction():
        await connection.execute(_SETTINGS, [",".join(opened.tickets), str(most_milliseconds)])
        yield connection
