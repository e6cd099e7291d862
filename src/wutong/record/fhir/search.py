"""GET [base]/[type]?… and POST [base]/[type]/_search: search, the parameters that the pages need (a first cut)."""

from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl, urlencode
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response

from wutong.core import ids, json_text
from wutong.core.answers import Refused
from wutong.core.categories import DIRECTORY_TYPES
from wutong.record.fhir import answers, checking, requests
from wutong.record.flows.problems import Unacceptable, fault
from wutong.record.flows.search_records import Search, search_records
from wutong.record.store import identity
from wutong.record.store.index import TOKEN_PARAMETERS, name_token, period
from wutong.record.store.search import DATE_PREFIXES, DIRECTORY_SORTS, SORTS, Page, Query

_PATIENT = {"patient", "subject"}
_MOST, _USUAL = 500, 50
_KNOWN = frozenset({*_PATIENT, *TOKEN_PARAMETERS, "_id", "date", "_sort", "_count", "_offset", "_format"})
_KNOWN_IN_DIRECTORY = _KNOWN - {*_PATIENT, "date"} | {"name"}


async def search(request: Request) -> Response:
    """A Bundle of type `searchset`, cut to what the caller may see."""
    resource_type = request.path_params["type"]
    pairs = await _pairs(request)
    asked = _read(resource_type, pairs, requests.plane(request).store.sealer)
    answer = await search_records(requests.plane(request), requests.token(request), asked)
    if isinstance(answer, Refused):
        return answers.refused(answer)
    return answers.tree(_bundle(request.app.state.base, asked.query, pairs, answer))


def condition_search(resource_type: str, pairs: list[tuple[str, str]], sealer: Any) -> Search:
    """The search that a condition is, such as the parameters of If-None-Exist; raises Unacceptable."""
    return _read(resource_type, pairs, sealer)


async def _pairs(request: Request) -> list[tuple[str, str]]:
    pairs = list(request.query_params.multi_items())
    if request.method == "POST":
        pairs += parse_qsl(await requests.form(request), keep_blank_values=True)
    if any("\x00" in text for pair in pairs for text in pair):
        raise fault("value", "A search parameter contains a NUL character. Remove it.")
    return [(name, value) for name, value in pairs if value]


def _read(resource_type: str, pairs: list[tuple[str, str]], sealer: Any) -> Search:
    checking.known_type(resource_type)
    in_directory = resource_type in DIRECTORY_TYPES
    known = _KNOWN_IN_DIRECTORY if in_directory else _KNOWN
    unknown = sorted({name.partition(":")[0] for name, _ in pairs} - known)
    modified = [name for name, _ in pairs if ":" in name]
    if unknown or modified:
        raise _unsupported(unknown or modified, known)
    values: dict[str, list[str]] = {}
    for name, value in pairs:
        values.setdefault(name, []).append(value)
    patient_id = _patient(values)
    sorts, usual = (DIRECTORY_SORTS, "-_lastUpdated") if in_directory else (SORTS, "-date")
    query = Query(
        resource_type=resource_type,
        has_patient=patient_id is not None,
        tokens=[_tokens(name, value, sealer) for name in TOKEN_PARAMETERS for value in values.get(name, [])],
        names=[[name_token(each) for each in value.split(",")] for value in values.get("name", [])],
        dates=[_date(value) for value in values.get("date", [])],
        ids=[ids.read(each) or ids.NOBODY for value in values.get("_id", []) for each in value.split(",")],
        sort=_one_of(values.get("_sort", [usual])[-1], sorts, "_sort"),
        count=min(_number(values.get("_count", [str(_USUAL)])[-1], "_count"), _MOST),
        offset=_number(values.get("_offset", ["0"])[-1], "_offset"),
    )
    named = values.get("_tag", [])
    return Search(query, patient_id, tuple(sorted(values)), tuple(named[0].split(",")) if named else ())


def _patient(values: dict[str, list[str]]) -> UUID | None:
    named = {each.removeprefix("Patient/") for name in _PATIENT for each in values.get(name, [])}
    if len(named) > 1 or any("," in each for each in named):
        raise fault("invalid", "Name one patient: `patient` or `subject`, once, without commas.", place="patient")
    return next((_patient_id(each) for each in named), None)


def _patient_id(text: str) -> UUID:
    read = ids.read(text)
    if read is None:
        raise fault("value", "Name the patient by the id that this server gave, or as Patient/id.", place="patient")
    return read


def _tokens(name: str, value: str, sealer: Any) -> list[str]:
    found = []
    for each in value.split(","):
        system, _, code = each.rpartition("|")
        number = identity.value_of(system, code) if name == "identifier" else None
        found.append(identity.token(number, sealer) if number else f"{name}={each}")
    return found


def _date(value: str) -> tuple[str, datetime, datetime]:
    prefix, text = ("eq", value) if value[:2].isdigit() else (value[:2], value[2:])
    meant = period(text) if prefix in DATE_PREFIXES else None
    if meant is None:
        raise fault("value", "Write dates as 2024-01-01, or with eq, ge, gt, le or lt before them.", place="date")
    return prefix, *meant


def _number(text: str, name: str) -> int:
    if not (text.isascii() and text.isdigit()) or len(text) > 6:
        raise fault(
            "value", f"{name} must be a whole number, 0 to 999999; a page has {_MOST} hits at most.", place=name
        )
    return int(text)


def _one_of(value: str, allowed: frozenset[str], name: str) -> str:
    if value not in allowed:
        raise fault("value", f"{name} can be {', '.join(sorted(allowed))}.", place=name)
    return value


def _unsupported(names: list[str], known: frozenset[str]) -> Unacceptable:
    listed = ", ".join(names)
    sentence = f"This server does not know the search parameter {listed}. It knows: {', '.join(sorted(known))}."
    return fault("not-supported", sentence)


def _bundle(base: str, query: Query, pairs: list[tuple[str, str]], page: Page) -> dict[str, Any]:
    kept = [(name, value) for name, value in pairs if name != "_offset"]
    links = [{"relation": "self", "url": f"{base}/{query.resource_type}?{urlencode(pairs)}"}]
    behind = query.offset + len(page.rows)
    if page.rows and behind < page.total:
        following = urlencode([*kept, ("_offset", str(behind))])
        links.append({"relation": "next", "url": f"{base}/{query.resource_type}?{following}"})
    entries = [
        {
            "fullUrl": f"{base}/{row.resource_type}/{row.resource_id}",
            "resource": json_text.raw(row.body),
            "search": {"mode": "match"},
        }
        for row in page.rows
    ]
    bundle = {"resourceType": "Bundle", "type": "searchset", "total": page.total, "link": links}
    return {**bundle, "entry": entries} if entries else bundle
