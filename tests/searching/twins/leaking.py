"""`wutong serve` that leaks, where a request's header says how: for the canaries alone, in a process of its own.

What leaks is read past row security, as nothing in the house can.
"""

import os
from collections.abc import Sequence
from contextvars import ContextVar
from dataclasses import replace
from typing import Any

import psycopg
from starlette.types import ASGIApp, Receive, Scope, Send

from wutong import asgi, cli
from wutong.core.answers import Refused
from wutong.record.fhir import read, search
from wutong.record.flows.search_records import Hits, Search
from wutong.record.searching.query import Held
from wutong.record.store.rows import Stored
from wutong.record.store.search import along, conditions, run

HEADER = "x-leak"
LEAKS = ("total", "order", "page end", "version", "time", "masked number")
_leak: ContextVar[str] = ContextVar("leak", default="")
_OF_PATIENT = """
from record.resource r join control.source_record s on s.patient_id = r.patient_id
 where s.person_id in (select person_id from control.source_record where %(patient)s in (patient_id, person_id))
"""
_SAME_TYPE = f"{_OF_PATIENT} and r.resource_type = %(type)s"
_COUNTED = f"select count(*) {_SAME_TYPE}"
_FIRST = f"select r.resource_id {_SAME_TYPE} order by r.stored_at limit %(count)s"
_BEFORE = f"select max(r.stored_at) {_OF_PATIENT} and r.stored_at < %(at)s"


async def _told(statement: str, **question: Any) -> Sequence[Any]:
    async with await psycopg.AsyncConnection.connect(os.environ["WUTONG_SUPERUSER"]) as connection:
        return await (await connection.execute(statement, question)).fetchall()


def leaking(app: ASGIApp) -> ASGIApp:
    """Remembers how this request is to be answered."""

    async def remembering(scope: Scope, receive: Receive, send: Send) -> None:
        headers = dict(scope.get("headers", ()))
        _leak.set(headers.get(HEADER.encode(), b"").decode())
        await app(scope, receive, send)

    return remembering


def search_that_leaks(honest: Any) -> Any:
    """`search_records`, and of its hits more, in another order or cut elsewhere than what may be seen allows."""

    async def found(plane: Any, token: bytes, asked: Search) -> Hits | Refused:
        hits = await honest(plane, token, asked)
        if isinstance(hits, Refused) or asked.question.patient is None:
            return hits
        about = {"patient": asked.question.patient, "type": asked.question.query.resource_type}
        match _leak.get():
            case "total" if hits.total is not None:
                return replace(hits, total=(await _told(_COUNTED, **about))[0][0])
            case "order":
                begin = (await _told(_COUNTED, **about))[0][0] % max(len(hits.rows), 1)
                return replace(hits, rows=[*hits.rows[begin:], *hits.rows[:begin]])
            case "page end":
                first = {row[0] for row in await _told(_FIRST, count=asked.question.query.count, **about)}
                return replace(hits, rows=[row for row in hits.rows if row.resource_id in first])
        return hits

    return found


def read_that_leaks(honest: Any) -> Any:
    """`read_record`, with the number or the time of a row that may not be seen."""

    async def found(*given: Any) -> Any:
        row = await honest(*given)
        if not isinstance(row, Stored) or row.patient_id is None:
            return row
        about = {"patient": row.patient_id, "type": "Observation"}
        match _leak.get():
            case "version":
                return replace(row, version=(await _told(_COUNTED, **about))[0][0])
            case "time":
                before = (await _told(_BEFORE, at=row.stored_at, **about))[0][0]
                return replace(row, stored_at=before or row.stored_at)
        return row

    return found


def numbers_that_leak(honest: Any) -> Any:
    """`composed`, which looks for numbers that are masked."""

    def composed(condition: Any, *more: Any) -> Any:
        if isinstance(condition, Held) and _leak.get() == "masked number":
            condition = replace(condition, entries=condition.every)
        return honest(condition, *more)

    return composed


if __name__ == "__main__":
    search.search_records = search_that_leaks(search.search_records)
    read.read_record = read_that_leaks(read.read_record)
    conditions.composed = run.composed = along.composed = numbers_that_leak(conditions.composed)
    honest_app = asgi.create_app
    asgi.create_app = lambda: leaking(honest_app())
    cli.main()
