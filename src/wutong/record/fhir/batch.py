"""POST [base]: a Bundle of type `batch`, each entry for itself; and the entries of a transaction that read.

Each entry is answered by the very door that would answer it alone. Source: HL7 FHIR R4, http page
("batch/transaction").
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Any
from urllib.parse import unquote

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from wutong.core import clock, json_text
from wutong.record.fhir import answers, bodies, entries, repeats, requests
from wutong.record.fhir.callers import Door
from wutong.record.fhir.doors import Doors
from wutong.record.fhir.entries import Reading
from wutong.record.flows.changes import MOST_ANSWERED
from wutong.record.flows.plane import Plane
from wutong.record.flows.problems import Fault, Unacceptable, fault
from wutong.record.searching.dates import instant

MOST_IN_BATCH = 500
MOST_SECONDS = 30.0  # of all entries together: five hundred searches could take half an hour
# FHIR's own order, whatever the entries' is; reading comes last.
_ORDER = {"DELETE": 0, "POST": 1, "PUT": 2, "PATCH": 2, "GET": 3, "HEAD": 3}
_HEADERS = {"ifMatch": b"if-match", "ifNoneMatch": b"if-none-match", "ifNoneExist": b"if-none-exist"}
_NO_RESOURCE = frozenset({"/", "/openapi.json"})  # no answer that an entry could hold
_CARRIED = (b"authorization", b"prefer")
_KEPT = ("type", "scheme", "server", "client", "app", "http_version", requests.PLANE)


@dataclass
class Answers:
    """The answers to the entries of one Bundle, within bounds."""

    request: Request
    left: int = MOST_ANSWERED
    until: float = field(default_factory=lambda: time.monotonic() + MOST_SECONDS)

    async def to(self, method: str, url: str, headers: dict[str, Any], content: Any = None) -> dict[str, Any]:
        """The answer to one entry, as an entry of a response Bundle."""
        return _entry(self.request, method, await self.response(method, url, headers, content))

    async def response(self, method: str, url: str, headers: dict[str, Any], content: Any = None) -> Response:
        """The answer to one entry, as its door gives it."""
        if self.left < 0:
            sentence = f"The answers are over {MOST_ANSWERED // 1024 // 1024} MiB together. Ask for this one by itself."
            return answers.outcome([Fault("too-costly", "", sentence)], status=413)
        if time.monotonic() > self.until:
            sentence = (
                f"The entries took over {MOST_SECONDS:.0f} seconds together. This one was not begun: send it anew."
            )
            return answers.outcome([Fault("too-costly", "", sentence)], status=503)
        response = await _respond(self.request, method, url, headers, content)
        self.left -= len(response.body)
        return response


async def batch(request: Request, listed: Sequence[Any]) -> Response:
    """A Bundle of type `batch-response`, in the order of the entries."""
    if repeats.HEADER in request.headers:
        sentence = "A batch is carried out entry by entry, so that no key holds for all of it. Send a transaction."
        raise fault("not-supported", sentence, place="Bundle.type")
    refuse_many(len(listed))
    answered, kept = Answers(request), dict[int, dict[str, Any]]()
    for number in sorted(range(len(listed)), key=lambda number: _place(listed[number])):
        kept[number] = await _answer(answered, number, listed[number])
    whole = [kept[number] for number in range(len(listed))]
    return answers.bundle("batch-response", whole)


async def readings(
    request: Request, asked: Sequence[Reading], plane: Plane, *, is_done: bool = False
) -> list[dict[str, Any]]:
    """The answers to the entries of a transaction that read, after what it writes.

    Raises Unacceptable at the first that fails, since of a transaction all is done, or nothing; not where `is_done`: it
    was written when the same request came before.
    """
    within = Request({**request.scope, requests.PLANE: plane}, request.receive)
    answered, kept = Answers(within), list[dict[str, Any]]()
    for each in asked:
        response = await answered.response(each.method, each.url, each.request)
        if response.status_code >= 400 and not is_done:
            raise _failed(each, response)
        kept.append(_entry(within, each.method, response))
    return kept


def _failed(reading: Reading, response: Response) -> Unacceptable:
    status = HTTPStatus(response.status_code)
    [issue, *_] = json_text.parse(bytes(response.body))["issue"]
    why = f"{issue['details']['text']} ({status.value} {status.phrase})"
    message = f"This entry cannot be read, so that nothing of the transaction was kept: {why}"
    return Unacceptable([Fault(issue["code"], reading.place, message)], status=status.value)


def refuse_many(count: int) -> None:
    """Raise where more is asked for than one answer can hold."""
    if count > MOST_IN_BATCH:
        sentence = f"A batch may have {MOST_IN_BATCH} entries, and a transaction as many that read. Send several."
        raise fault("too-costly", sentence, place="Bundle.entry", status=413)


def refuse_odd(request: Request, asked: Sequence[Reading]) -> None:
    """Raise where a reading entry leads nowhere: a transaction is then not carried out."""
    refuse_many(len(asked))
    for each in asked:
        if _door(_scope(request, each.method, each.url, {})) is None:
            sentence = f"The url {each.url[:200]} leads to nothing that can be read here."
            raise fault("not-supported", sentence, place=each.place, status=422)


def _place(entry: Any) -> int:
    asked = entry.get("request") if isinstance(entry, dict) else None
    method = asked.get("method") if isinstance(asked, dict) else None
    return _ORDER.get(method, 0) if isinstance(method, str) else 0


async def _answer(answered: Answers, number: int, entry: Any) -> dict[str, Any]:
    if faults := entries.request_faults(number, entry):
        return _entry(answered.request, "", answers.outcome(faults, status=400))
    asked, content = entry["request"], entry.get("resource")
    if asked["method"] == "PATCH":
        try:
            content = entries.patch_in(content or {}, f"Bundle.entry[{number}].resource")
        except Unacceptable as problem:
            return _entry(answered.request, "", answers.unacceptable(problem))
    return await answered.to(asked["method"], asked["url"], asked, content)


async def _respond(request: Request, method: str, url: str, headers: dict[str, Any], content: Any) -> Response:
    scope = _scope(request, method, url, headers)
    if method not in {"GET", "HEAD", "DELETE"}:
        scope[bodies.READY] = content
    door = _door(scope)
    if door is None:
        return answers.outcome([Fault("not-supported", "", "There is no such address here.")], status=404)
    try:
        return await door(Request(scope, request.receive))
    except Exception as problem:  # one entry's trouble is not another's
        told: Response = request.app.told(problem)
        return told


def _scope(request: Request, method: str, url: str, headers: dict[str, Any]) -> dict[str, Any]:
    path, _, query = url.partition("?")
    carried = [(name, value) for name, value in request.scope["headers"] if name in _CARRIED]
    if all(name != b"prefer" for name, _ in carried):
        carried.append((b"prefer", b"return=minimal"))
    own = [(name, headers[key].encode()) for key, name in _HEADERS.items() if headers.get(key) is not None]
    if since := instant(headers.get("ifModifiedSince") or ""):
        own.append((b"if-modified-since", answers.http_date(since).encode()))
    kept = {name: request.scope[name] for name in _KEPT if name in request.scope}
    place = {"path": "/" + unquote(path), "raw_path": b"/" + path.encode(), "root_path": ""}
    asked = {"method": method, "query_string": query.encode(), "headers": carried + own}
    return kept | place | asked


def _door(scope: dict[str, Any]) -> Door | None:
    """The door that answers this; it finds the parts of the path in the scope."""
    if scope["path"] in _NO_RESOURCE:
        return None
    try:
        doors: Doors = scope["app"].doors
        door, scope["path_params"] = doors.find(scope["method"], scope["path"])
    except HTTPException:
        return None
    return door


def _entry(request: Request, method: str, answer: Response) -> dict[str, Any]:
    status = HTTPStatus(answer.status_code)
    response: dict[str, Any] = {"status": f"{status.value} {status.phrase}"}
    if location := answer.headers.get("location"):
        response["location"] = location.removeprefix(f"{request.app.state.base}/")
    if etag := answer.headers.get("etag"):
        response["etag"] = etag
    if modified := answer.headers.get("last-modified"):
        response["lastModified"] = clock.written(parsedate_to_datetime(modified))
    if not answer.body or method == "HEAD":
        return {"response": response}
    content = json_text.raw(bytes(answer.body))
    is_outcome = method != "GET" and bytes(answer.body).startswith(b'{"resourceType":"OperationOutcome"')
    if is_outcome or status >= 400:
        return {"response": response | {"outcome": content}}
    return {"resource": content, "response": response}
