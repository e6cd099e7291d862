"""What the gate is measured against, here and nowhere else: servers that show any row to anybody.

`python bench/ungated.py bare PORT`: a bare ASGI handler and one SELECT by primary key. `… twin PORT`: the record plane
itself, but for its gate, which opens everything without facts, decision and entry. The address of the database
(`WUTONG_BENCH_DSN`) is the superuser's, whom row security does not bind.
"""

import asyncio
import os
import sys
from typing import Any
from uuid import UUID

import uvicorn
import uvloop
from psycopg_pool import AsyncConnectionPool

from wutong.core.access import Ground, Scope
from wutong.core.facts import Caller, CallerKind
from wutong.core.ids import NOBODY
from wutong.core.sealing import Sealer
from wutong.record.app import RecordPlane
from wutong.record.flows.plane import Plane
from wutong.record.gate.open import Ask, Opened, Request
from wutong.record.store.read import batched
from wutong.record.store.session import Store

_SELECT = "select body from record.resource where patient_id = %s and resource_type = %s and resource_id = %s"
DSN = "WUTONG_BENCH_DSN"


def bare() -> Any:
    """The handler; its address is /patient/type/id."""
    pool = AsyncConnectionPool(os.environ[DSN], min_size=8, max_size=8, open=False, kwargs={"autocommit": True})

    async def answer(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":
            await receive()
            await pool.open(wait=True)
            await send({"type": "lifespan.startup.complete"})
            await receive()
            await pool.close()
            await send({"type": "lifespan.shutdown.complete"})
            return
        patient_id, resource_type, resource_id = scope["path"].split("/")[1:]
        async with pool.connection() as connection:
            found = await connection.execute(_SELECT, [UUID(patient_id), resource_type, UUID(resource_id)])
            [(body,)] = await found.fetchall()
        length = str(len(body)).encode()
        headers = [(b"content-type", b"application/fhir+json"), (b"content-length", length)]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    return answer


class _Open:
    """A gate that stands open: it knows by heart whose each resource is, and asks nobody."""

    def __init__(self, patients: dict[UUID, UUID], provider_id: UUID) -> None:
        self._patients, self._caller = patients, Caller(CallerKind.SYSTEM, provider_id, provider_id)
        self.requests = self

    async def ask(self, request: Request) -> list[Opened]:
        """Whatever is asked."""
        return [self._opened(ask) for ask in request[1]]

    def _opened(self, ask: Ask) -> Opened:
        patient_id = self._patients[ask.target.resource_id or NOBODY]
        scope = Scope((patient_id,), depositor_id=self._caller.provider_id)
        return Opened(self._caller, Ground.OWN_DEPOSIT, scope, ("",), row_patient_id=patient_id)


def twin() -> Any:
    """The record plane behind that gate."""
    plane = RecordPlane("http://127.0.0.1/fhir")

    async def answer(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "lifespan":
            await plane({**scope, "root_path": "/fhir"}, receive, send)
            return
        await receive()
        async with AsyncConnectionPool(os.environ[DSN], min_size=8, open=False, kwargs={"autocommit": True}) as pool:
            async with pool.connection() as connection:
                found = await connection.execute("select resource_id, patient_id, depositor_id from record.resource")
                rows = await found.fetchall()
            gate: Any = _Open({resource: patient for resource, patient, _ in rows}, rows[0][2])
            store = Store(pool, Sealer(bytes(32)), batched(pool), asyncio.Semaphore(5))
            plane.state.plane = Plane(gate, store, plane.state.base)
            await send({"type": "lifespan.startup.complete"})
            await receive()
        await send({"type": "lifespan.shutdown.complete"})

    return answer


async def serve(app: Any, port: int) -> None:
    """As `wutong serve` does, in short."""
    config = uvicorn.Config(app, port=port, log_level="warning", access_log=False, server_header=False, ws="none")
    await uvicorn.Server(config).serve()


if __name__ == "__main__":
    uvloop.run(serve({"bare": bare, "twin": twin}[sys.argv[1]](), int(sys.argv[2])))
