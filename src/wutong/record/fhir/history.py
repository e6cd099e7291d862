"""GET [base]/[type]/[id]/_history and GET [base]/[type]/_history: versions, newest first, a page at a time."""

import re
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response

from wutong.core import clock, ids, json_text
from wutong.core.answers import Refused
from wutong.record.fhir import answers, checking, requests
from wutong.record.flows.problems import fault, in_request
from wutong.record.flows.read_history import read_history, read_type_history
from wutong.record.searching.dates import instant
from wutong.record.searching.reading import PATIENT, whose
from wutong.record.searching.writing import Unreadable
from wutong.record.store.history import END, Mark, Pages, Versions
from wutong.record.store.rows import Stored

_USUAL, _MOST = 50, 500
SHAPING = frozenset({"_count", "_since", "_after", "_format"})
_MARK = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z)~([0-9a-f-]{36})~(\d{1,9})")


async def history(request: Request) -> Response:
    """All versions of a resource, deletions among them."""
    path = request.path_params
    checking.known_type(path["type"])
    pages = _pages(_parameters(request, SHAPING))
    found = await read_history(requests.plane(request), requests.token(request), path["type"], path["id"], pages)
    if not isinstance(found, Versions):
        return answers.hidden(found)
    return _bundle(request, f"{path['type']}/{path['id']}/_history", found)


async def type_history(request: Request) -> Response:
    """All versions of what the caller's provider deposited of a type, or of a patient's."""
    kind = request.path_params["type"]
    checking.known_type(kind)
    given = _parameters(request, SHAPING | PATIENT)
    pages, patient_id = _pages(given), _patient(given, requests.plane(request).base)
    found = await read_type_history(requests.plane(request), requests.token(request), kind, patient_id, pages)
    if isinstance(found, Refused):
        return answers.refused(found)
    return _bundle(request, f"{kind}/_history", found)


def _parameters(request: Request, known: frozenset[str]) -> dict[str, str]:
    given: dict[str, str] = {}
    for name, value in request.query_params.multi_items():
        if name not in known or name in given:
            sentence = f"A history knows these parameters, each once: {', '.join(sorted(known))}; not {name[:64]!r}."
            raise fault("not-supported", sentence, place=in_request(name))
        given[name] = value
    return given


def _pages(given: dict[str, str]) -> Pages:
    count = requests.page_size(given.get("_count", str(_USUAL)), _MOST)
    since = given.get("_since")
    begin = instant(since) if since is not None else None
    if since is not None and begin is None:
        sentence = "Write _since as an instant, such as 2026-01-31T08:00:00Z (the + of an offset as %2B)."
        raise fault("value", sentence, place=in_request("_since"))
    return Pages(count, begin, _after(given["_after"]) if "_after" in given else END)


def _after(text: str) -> Mark:
    match = _MARK.fullmatch(text)
    at = instant(match[1]) if match else None
    resource_id = ids.read(match[2]) if match else None
    if match is None or at is None or resource_id is None:
        sentence = "Follow the link `next` of a page as it stands: its _after is not to be made by hand."
        raise fault("value", sentence, place=in_request("_after"))
    return Mark(at, resource_id, int(match[3]))


def _patient(given: dict[str, str], base: str) -> UUID | None:
    try:
        return whose([value for name, value in given.items() if name in PATIENT], base)
    except Unreadable as wrong:
        raise fault(wrong.code, wrong.message, place=in_request(wrong.name)) from wrong


def _bundle(request: Request, path: str, found: Versions) -> Response:
    base, pairs = request.app.state.base, request.query_params.multi_items()
    links = [{"relation": "self", "url": _address(base, path, pairs)}]
    if found.has_more and found.rows:
        onward = [pair for pair in pairs if pair[0] != "_after"]
        links.append({"relation": "next", "url": _address(base, path, [*onward, ("_after", _mark(found.rows[-1]))])})
    bundle: dict[str, Any] = {"resourceType": "Bundle", "type": "history", "link": links}
    if found.total is not None:
        bundle["total"] = found.total
    if found.rows:
        bundle["entry"] = [_entry(base, row) for row in found.rows]
    return answers.tree(bundle)


def _address(base: str, path: str, pairs: list[tuple[str, str]]) -> str:
    return f"{base}/{path}?{urlencode(pairs)}" if pairs else f"{base}/{path}"


def _mark(row: Stored) -> str:
    at = answers.utc(row.stored_at).isoformat(timespec="microseconds").replace("+00:00", "Z")
    return f"{at}~{row.resource_id}~{row.version}"


def _entry(base: str, row: Stored) -> dict[str, Any]:
    name = f"{row.resource_type}/{row.resource_id}"
    method, status = ("DELETE", "204") if row.is_deleted else ("POST", "201") if row.version == 1 else ("PUT", "200")
    entry: dict[str, Any] = {"fullUrl": f"{base}/{name}"}
    if not row.is_deleted:
        entry["resource"] = json_text.raw(row.body)
    response = {"status": status, "etag": row.etag, "lastModified": clock.written(row.stored_at)}
    url = row.resource_type if method == "POST" else name
    return entry | {"request": {"method": method, "url": url}, "response": response}
