"""Puts the record plane together: settings, pools, routes. Everything but `metadata` needs a token."""

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from psycopg import AsyncConnection, InterfaceError, OperationalError
from psycopg_pool import AsyncConnectionPool
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from wutong.core import env
from wutong.core.access import Act
from wutong.core.events import Event
from wutong.core.sealing import Sealer
from wutong.record.fhir import answers
from wutong.record.fhir.callers import known_caller
from wutong.record.fhir.create import create, update
from wutong.record.fhir.history import history
from wutong.record.fhir.inventory import inventory
from wutong.record.fhir.metadata import metadata
from wutong.record.fhir.open import access, open_patient
from wutong.record.fhir.read import read, vread
from wutong.record.fhir.search import search
from wutong.record.fhir.transaction import transaction
from wutong.record.fhir.validate import validate
from wutong.record.flows.plane import Plane
from wutong.record.flows.problems import Fault, Unacceptable
from wutong.record.gate.facts import Policy
from wutong.record.gate.open import Gate
from wutong.record.store.session import Store

_log = logging.getLogger(__name__)

_UPLOAD = Act.WRITE, Event.RECORD_WRITE
_ROUTES = [
    Route("/metadata", metadata, methods=["GET"]),
    Route("/", known_caller(transaction, *_UPLOAD), methods=["POST"]),
    Route("/$validate", known_caller(validate, *_UPLOAD), methods=["POST"]),
    Route("/{type}/$validate", known_caller(validate, *_UPLOAD), methods=["POST"]),
    Route("/Patient/{id}/$open", known_caller(open_patient, Act.OPEN, Event.RECORD_OPEN), methods=["POST"]),
    Route("/Patient/{id}/$access", access, methods=["GET"]),
    Route("/Patient/{id}/$inventory", inventory, methods=["GET"]),
    Route("/{type}/_search", known_caller(search, Act.READ, Event.RECORD_SEARCH), methods=["POST"]),
    Route("/{type}/{id}/_history/{version}", vread, methods=["GET"]),
    Route("/{type}/{id}/_history", history, methods=["GET"]),
    Route("/{type}/{id}", read, methods=["GET"]),
    Route("/{type}/{id}", known_caller(update, *_UPLOAD), methods=["PUT"]),
    Route("/{type}", search, methods=["GET"]),
    Route("/{type}", known_caller(create, *_UPLOAD), methods=["POST"]),
]


def create_app() -> Starlette:
    """The plane as an ASGI app; its pools open with the lifespan."""
    app = Starlette(routes=_ROUTES, lifespan=lifespan, exception_handlers=_HANDLERS)
    app.router.redirect_slashes = False  # it would lead to whatever Host the caller made up
    app.state.base = env.read(env.PUBLIC_URL, env.safe_url) + "/fhir"
    return app


@asynccontextmanager
async def lifespan(app: Starlette) -> AsyncIterator[None]:
    """Open the gate's and the store's pools, each under its own role."""
    gate_pool = _pool(env.PDP_DSN)
    store_pool = _pool(env.PLANE_DSN)
    policy = Policy(
        deposit_requires_consent=env.read(env.DEPOSIT_REQUIRES_CONSENT, env.boolean),
        emergency_is_on=env.read(env.EMERGENCY_ACCESS, env.boolean),
    )
    sealer = Sealer(env.read(env.IDENTITY_KEY, env.key_32_bytes))
    async with gate_pool, store_pool:
        app.state.plane = Plane(Gate(gate_pool, policy), Store(store_pool, sealer))
        yield


def _pool(setting: env.Setting) -> AsyncConnectionPool[AsyncConnection[Any]]:
    dsn = env.read(setting, env.dsn)
    return AsyncConnectionPool(dsn, min_size=1, max_size=8, timeout=4, open=False, kwargs={"autocommit": True})


async def _unacceptable(_: Request, problem: Exception) -> Response:
    assert isinstance(problem, Unacceptable)  # noqa: S101 - registered for this type alone
    return answers.unacceptable(problem)


async def _http(_: Request, problem: Exception) -> Response:
    assert isinstance(problem, HTTPException)  # noqa: S101 - registered for this type alone
    sentence = {404: "There is no such address here.", 405: "This address does not know that method."}
    text = sentence.get(problem.status_code, problem.detail)
    return answers.outcome([Fault("not-supported", "", text)], status=problem.status_code, headers=problem.headers)


async def _unforeseen(_: Request, problem: Exception) -> Response:
    _log.error("unforeseen: %s", type(problem).__name__, exc_info=problem)
    sentence = "Something went wrong here; nothing was changed. Try again, and tell the eHR office if it goes on."
    return answers.outcome([Fault("exception", "", sentence)], status=500)


async def _away(_: Request, problem: Exception) -> Response:
    reason = (str(problem).strip() or type(problem).__name__).splitlines()[0]
    _log.error("the database does not answer: %s", reason)
    sentence = "The database does not answer. Try again in a minute; what you sent may not have been kept."
    return answers.outcome([Fault("transient", "", sentence)], status=503, headers={"retry-after": "60"})


_HANDLERS = {
    OperationalError: _away,
    InterfaceError: _away,
    Unacceptable: _unacceptable,
    HTTPException: _http,
    Exception: _unforeseen,
}
