"""GET and POST [base]/Patient/[id]/$everything: all of a person's record, a page at a time.

Source: HL7 FHIR R4, OperationDefinition Patient-everything.
"""

from typing import Any
from urllib.parse import quote, urlencode

from starlette.requests import Request
from starlette.responses import Response

from wutong.core import ids
from wutong.core.answers import Missing, Refused
from wutong.record.definitions import r4
from wutong.record.fhir import answers, bodies, checking, requests
from wutong.record.flows.problems import Unacceptable, fault, in_request
from wutong.record.flows.read_everything import Everything, Record, read_everything
from wutong.record.flows.search_records import stale
from wutong.record.searching.dates import instant, period
from wutong.record.store.search import Wanted, links

USUAL, MOST = 500, 1000
_TIMES = ("start", "end", "_since")
_NAMES = (*_TIMES, "_type", "_count", links.PARAMETER)
_NO_PARAMETERS = frozenset({"_format"})  # what only shapes the answer
_EXAMPLES = {"start": "2026-01-31", "end": "2026-01-31", "_since": "2026-01-31T08:00:00Z"}

Pairs = list[tuple[str, str]]


async def everything(request: Request) -> Response:
    """A Bundle of type `searchset`, cut to what the caller may see; the Patient comes first."""
    asked = _asked(request, await _pairs(request))
    found = await read_everything(requests.plane(request), requests.token(request), asked)
    if isinstance(found, Refused):
        return answers.refused(found)
    if isinstance(found, Missing):
        return answers.hidden(found)
    return answers.tree(_bundle(request.app.state.base, asked, found))


async def _pairs(request: Request) -> Pairs:
    pairs = [pair for pair in request.query_params.multi_items() if pair[0] not in _NO_PARAMETERS]
    if request.method == "POST":
        pairs += await _posted(request)
    for name, value in pairs:
        if name not in _NAMES or (name != "_type" and [other for other, _ in pairs].count(name) > 1):
            sentence = f"$everything knows these parameters: {', '.join(_NAMES)}; each once, but for _type."
            raise fault("not-supported", sentence, place=in_request(name.replace("\x00", "?")))
        if "\x00" in value:
            raise fault("value", "A parameter contains a NUL character. Remove it.", place=in_request(name))
        if not value.strip():
            raise fault("value", f"{name} has no value. Write it, or leave it out.", place=in_request(name))
    return pairs


async def _posted(request: Request) -> Pairs:
    parameters = await bodies.body(request)
    checking.checked(parameters, resource_type="Parameters", place="Parameters")
    return [_posted_pair(each) for each in parameters.get("parameter", [])]


def _posted_pair(parameter: dict[str, Any]) -> tuple[str, str]:
    """The value of whatever type, as an address would write it."""
    values = [value for name, value in parameter.items() if name.startswith("value")]
    if len(values) != 1 or not isinstance(values[0], str | int):
        place = f"Parameters.parameter.where(name='{parameter['name'][:64]}')"
        raise fault("value", "A parameter has one plain value, such as valueDate or valueCode.", place=place)
    return parameter["name"], str(values[0])


def _asked(request: Request, pairs: Pairs) -> Everything:
    """What was written, or what a link to a further page goes on with."""
    about, link = f"Patient/{request.path_params['id']}/$everything", None
    if named := dict(pairs).get(links.PARAMETER):
        try:
            link = links.read(named, about, requests.plane(request).store.sealer)
        except links.Stale:
            raise stale() from None
        pairs = list(link.pairs)
    if sum(len(name) + len(value) for name, value in pairs) > links.MOST_QUESTION:
        raise fault("too-long", f"The parameters have over {links.MOST_QUESTION} characters.", status=413)
    return Everything(_wanted(request.path_params["id"], pairs), pairs, about, link)


def _wanted(patient_id: str, pairs: Pairs) -> Wanted:
    given = dict(pairs)
    for name in _TIMES:
        if name in given and instant(given[name]) is None:
            raise _no_time(name)
    return Wanted(
        patient_id=ids.read(patient_id) or ids.NOBODY,
        types=frozenset(_types([value for name, value in pairs if name == "_type"])),
        since=instant(given["_since"]) if "_since" in given else None,
        start=instant(given["start"]) if "start" in given else None,
        end=_end(given["end"]) if "end" in given else None,
        count=requests.page_size(given.get("_count", str(USUAL)), MOST),
    )


def _no_time(name: str) -> Unacceptable:
    sentence = f"Write {name} like {_EXAMPLES[name]} (the + of an offset as %2B)."
    return fault("value", sentence, place=in_request(name))


def _end(text: str) -> Any:
    """The first instant after the day, month, year or time that is written."""
    covered = period(text)
    return covered[1] if covered else None


def _types(texts: list[str]) -> list[str]:
    named = [each.strip() for text in texts for each in text.split(",") if each.strip()]
    for each in named:
        if not r4().is_resource(each):
            raise fault("not-supported", f"FHIR R4 has no resource type {each[:64]!r}.", place=in_request("_type"))
    return named


def _bundle(base: str, asked: Everything, found: Record) -> dict[str, Any]:
    address = f"{base}/{asked.about}"
    query = urlencode(asked.pairs, quote_via=quote)
    told = [{"relation": "self", "url": f"{address}?{query}" if query else address}]
    if found.next_link:
        told.append({"relation": "next", "url": f"{address}?{links.PARAMETER}={found.next_link}"})
    bundle: dict[str, Any] = {"resourceType": "Bundle", "type": "searchset", "link": told}
    if found.total is not None:
        bundle["total"] = found.total
    entries = [answers.found(base, row, "match") for row in found.rows]
    entries += [answers.found(base, row, "include") for row in found.along]
    return {**bundle, "entry": entries} if entries else bundle
