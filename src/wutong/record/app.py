"""Puts the record plane together: settings, pools, doors. Everything needs a token, but what describes the plane."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any

from psycopg import AsyncConnection, DatabaseError, InterfaceError, OperationalError
from psycopg_pool import AsyncConnectionPool, PoolTimeout
from starlette.datastructures import State
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from wutong.core import env, strength
from wutong.core.sealing import Sealer
from wutong.record.fhir import answers, openapi
from wutong.record.fhir.callers import ANYBODY
from wutong.record.fhir.doors import Doors
from wutong.record.fhir.interactions import places
from wutong.record.fhir.metadata import metadata
from wutong.record.flows.plane import Plane
from wutong.record.flows.problems import Fault, Unacceptable
from wutong.record.gate.facts import Policy
from wutong.record.gate.open import Gate
from wutong.record.store.read import batched
from wutong.record.store.session import Store

PUBLIC = {"/metadata": metadata, openapi.PATH: openapi.openapi}
_CONNECTIONS, _PATIENCE_SECONDS = 8, 4  # of each pool
_SEARCHES = 5  # at once: the other connections are for reads by id and for writes
_WITHDRAWN = "WU004"  # raised by audit.opened_v1
_log = logging.getLogger(__name__)


class RecordPlane:
    """The plane as an ASGI app for HTTP: one door a request, and one place where problems become answers.

    Starlette's requests and responses, without its router and its layers of middleware, which took as long as the rest.
    """

    def __init__(self, base: str) -> None:
        self.state = State()
        self.state.base = base
        public = [("GET", path, door, ANYBODY) for path, door in PUBLIC.items()]
        self.doors = Doors([*public, *places()])

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request; the lifespan is `run`."""
        scope["app"] = self
        response = await self._answer(Request(scope, receive))
        await response(scope, receive, send)

    async def _answer(self, request: Request) -> Response:
        scope = request.scope
        try:
            path = scope["path"].removeprefix(scope.get("root_path", "")) or "/"
            door, scope["path_params"] = self.doors.find(scope["method"], path)
            try:
                return await door(request)
            except DatabaseError as problem:
                if not _is_withdrawn(problem) or scope["method"] not in {"GET", "HEAD"}:
                    raise
                return await door(request)  # decided anew, and refused with its reason
        except Exception as problem:
            return self.told(problem)

    def told(self, problem: Exception) -> Response:
        """What a caller is told of a problem, of a request of its own or of an entry of a batch."""
        handler = next(_HANDLERS[kind] for kind in type(problem).__mro__ if kind in _HANDLERS)
        return handler(problem)

    @asynccontextmanager
    async def run(self) -> AsyncIterator[None]:
        """Open the gate's and the store's pools, each under its own role, for as long as the plane runs."""
        gate_pool, store_pool = _pool(env.PDP_DSN), _pool(env.PLANE_DSN)
        policy = Policy(
            deposit_requires_consent=env.read(env.DEPOSIT_REQUIRES_CONSENT, env.boolean),
            emergency_is_on=env.read(env.EMERGENCY_ACCESS, env.boolean),
            emergency_needs=env.read(env.EMERGENCY_NEEDS, strength.known),
        )
        sealer = Sealer(env.read(env.IDENTITY_KEY, env.key_32_bytes))
        async with gate_pool, store_pool:
            store = Store(store_pool, sealer, batched(store_pool), asyncio.Semaphore(_SEARCHES))
            self.state.plane = Plane(Gate(gate_pool, policy), store, self.state.base)
            yield


def create_app() -> RecordPlane:
    """The plane; `run` opens its pools."""
    return RecordPlane(env.read(env.PUBLIC_URL, env.safe_url) + "/fhir")


def _pool(setting: env.Setting) -> AsyncConnectionPool[AsyncConnection[Any]]:
    dsn = env.read(setting, env.dsn)
    kept = {"autocommit": True}
    return AsyncConnectionPool(
        dsn, min_size=1, max_size=_CONNECTIONS, timeout=_PATIENCE_SECONDS, open=False, kwargs=kept
    )


def _unacceptable(problem: Exception) -> Response:
    assert isinstance(problem, Unacceptable)  # noqa: S101 - registered for this type alone
    return answers.unacceptable(problem)


def _http(problem: Exception) -> Response:
    assert isinstance(problem, HTTPException)  # noqa: S101 - registered for this type alone
    sentence = {404: "There is no such address here.", 405: "This address does not know that method."}
    text = sentence.get(problem.status_code, problem.detail)
    return answers.outcome([Fault("not-supported", "", text)], status=problem.status_code, headers=problem.headers)


def _is_withdrawn(problem: Exception) -> bool:
    return getattr(problem, "sqlstate", None) == _WITHDRAWN


def _told_by_database(problem: Exception) -> Response:
    if not _is_withdrawn(problem):
        return _unforeseen(problem)
    sentence = "What is open to you has changed while this was answered. Ask again."
    return answers.outcome([Fault("conflict", "", sentence)], status=409)


def _unforeseen(problem: Exception) -> Response:
    _log.error("unforeseen: %s", type(problem).__name__, exc_info=problem)
    sentence = "Something went wrong here; nothing was changed. Try again, and tell the eHR office if it goes on."
    return answers.outcome([Fault("exception", "", sentence)], status=500)


def _left(_: Exception) -> Response:
    """Nobody hears it; a body that ended too early is no trouble of ours to look into."""
    return answers.outcome([Fault("incomplete", "", "The body did not arrive whole. Send it again.")], status=400)


def _busy(problem: Exception) -> Response:
    """No connection in time: whatever was asked for has not begun, or was undone."""
    _log.error("no connection to the database was free: %s", problem)
    sentence = "This server is busy, or its database is away. Nothing was done: send it again in a few seconds."
    return answers.outcome([Fault("transient", "", sentence)], status=503, headers={"retry-after": "5"})


def _away(problem: Exception) -> Response:
    reason = (str(problem).strip() or type(problem).__name__).splitlines()[0]
    _log.error("the database does not answer: %s", reason)
    sentence = "The database does not answer. Try again in a minute; what you sent may not have been kept."
    return answers.outcome([Fault("transient", "", sentence)], status=503, headers={"retry-after": "60"})


_HANDLERS: Mapping[type[BaseException], Callable[[Exception], Response]] = {
    PoolTimeout: _busy,
    OperationalError: _away,
    DatabaseError: _told_by_database,
    InterfaceError: _away,
    Unacceptable: _unacceptable,
    HTTPException: _http,
    ClientDisconnect: _left,
    Exception: _unforeseen,
}
