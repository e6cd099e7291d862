"""GET [base]/[type]?… and POST [base]/[type]/_search: search. Source: HL7 FHIR R4, search and http pages."""

import asyncio
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode

from starlette.requests import Request
from starlette.responses import Response

from wutong.core.answers import Refused
from wutong.record.fhir import answers, bodies, checking, requests
from wutong.record.fhir.subset import Subset, cut
from wutong.record.flows.plane import Plane
from wutong.record.flows.problems import Fault, fault, in_request
from wutong.record.flows.search_records import Hits, Search, search_records, stale
from wutong.record.searching import reading
from wutong.record.searching.conditions import Surroundings
from wutong.record.searching.reading import Question
from wutong.record.searching.writing import Unreadable
from wutong.record.store import identity
from wutong.record.store.rows import Stored
from wutong.record.store.search import links

Pairs = list[tuple[str, str]]


async def search(request: Request) -> Response:
    """A Bundle of type `searchset`, cut to what the caller may see."""
    resource_type = request.path_params["type"]
    checking.known_type(resource_type)
    asked = _asked(request, resource_type, await _pairs(request))
    found = await search_records(requests.plane(request), requests.token(request), asked)
    if isinstance(found, Refused):
        return answers.refused(found)
    told = f"{request.app.state.base}/{resource_type}", request.app.state.base, asked, found
    if _subset(asked).is_whole:
        return answers.tree(_bundle(*told))
    return answers.tree(await asyncio.to_thread(_bundle, *told))  # each row is read and cut


def condition_search(resource_type: str, pairs: Pairs, plane: Plane) -> Question:
    """The search that a condition is, such as the parameters of If-None-Exist; raises Unacceptable."""
    return _question(resource_type, pairs, _around(plane), is_lenient=False)


async def _pairs(request: Request) -> Pairs:
    pairs = list(request.query_params.multi_items())
    if request.method == "POST":
        pairs += parse_qsl(await bodies.form(request), keep_blank_values=True)
    if any("\x00" in text for pair in pairs for text in pair):
        raise fault("value", "A search parameter contains a NUL character. Remove it.")
    return pairs


def _asked(request: Request, resource_type: str, pairs: Pairs) -> Search:
    """The search as it was written, or the one that a link to a further page goes on with."""
    around, link = _around(requests.plane(request)), None
    if named := [value for name, value in pairs if name == links.PARAMETER and value]:
        link = _link(request, named[0], resource_type)
        pairs = list(link.pairs)
    question = _question(resource_type, pairs, around, is_lenient=requests.is_strict(request) is False)
    ignored = set(question.ignored)
    kept = [pair for pair in pairs if pair not in ignored]
    if sum(len(name) + len(value) for name, value in kept) > links.MOST_QUESTION:
        sentence = f"The parameters have over {links.MOST_QUESTION} characters. Ask in several searches."
        raise fault("too-long", sentence, status=413)
    return Search(question, kept, link)


def _link(request: Request, text: str, resource_type: str) -> links.Link:
    try:
        return links.read(text, resource_type, requests.plane(request).store.sealer)
    except links.Stale:
        raise stale() from None


def _question(resource_type: str, pairs: Pairs, around: Surroundings, *, is_lenient: bool) -> Question:
    try:
        return reading.read(resource_type, pairs, around, is_lenient=is_lenient)
    except Unreadable as wrong:
        raise fault(wrong.code, wrong.message, place=in_request(wrong.name) if wrong.name else "") from wrong


def _around(plane: Plane) -> Surroundings:
    sealer = plane.store.sealer
    return Surroundings(
        base=plane.base,
        numbers=lambda system, number: identity.suffixes_asked(system, number, sealer),
        number_of_type=lambda code, number: (
            identity.of_type_suffix(code, number, sealer) if identity.is_kind(code) else None
        ),
    )


def _bundle(address: str, base: str, asked: Search, found: Hits) -> dict[str, Any]:
    told = [{"relation": "self", "url": f"{address}?{urlencode(asked.pairs, quote_via=quote)}"}]
    if found.next_link:
        told.append({"relation": "next", "url": f"{address}?{links.PARAMETER}={found.next_link}"})
    entries = [_entry(base, row, "match", asked) for row in found.rows]
    entries += [_entry(base, row, "include", asked) for row in found.along]
    if asked.question.ignored:
        entries.append(_told(asked))
    bundle: dict[str, Any] = {"resourceType": "Bundle", "type": "searchset", "link": told}
    if found.total is not None:
        bundle["total"] = found.total
    return {**bundle, "entry": entries} if entries else bundle


def _subset(asked: Search) -> Subset:
    results = asked.question.results
    return Subset("false" if results.summary == "count" else results.summary, frozenset(results.elements))


def _entry(base: str, row: Stored, mode: str, asked: Search) -> dict[str, Any]:
    wanted = _subset(asked)
    return answers.found(base, row if wanted.is_whole else cut(row, wanted), mode)


def _told(asked: Search) -> dict[str, Any]:
    """What lenient reading passed over: without it, the caller would take the hits for what was asked for."""
    names = ", ".join(dict.fromkeys(name[:64] for name, _ in asked.question.ignored))
    sentence = f"These parameters are not known here or have no value, and were passed over: {names}."
    return {
        "resource": answers.outcome_tree([Fault("not-supported", "", sentence)], severity="warning"),
        "search": {"mode": "outcome"},
    }
