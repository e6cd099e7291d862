"""Somebody searches one resource type. Page: docs/flows/search_records.md."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from wutong.core.access import Act
from wutong.core.answers import Refused
from wutong.core.categories import CATEGORIES_OF_TYPE, categories_asked
from wutong.core.events import Event
from wutong.record.flows.plane import Plane
from wutong.record.flows.problems import Unacceptable, fault, in_request
from wutong.record.gate.facts import Target
from wutong.record.gate.open import Ask, Opened, open_record
from wutong.record.searching.reading import Question
from wutong.record.store.rows import Stored
from wutong.record.store.search import Asked, TooCostly, TooMuch, links, search
from wutong.record.store.search.links import Link


@dataclass(frozen=True)
class Search:
    """A search as the door read it; `link`: of the page that it goes on with."""

    question: Question
    pairs: Sequence[tuple[str, str]]
    link: Link | None = None


@dataclass(frozen=True)
class Hits:
    """One page; `next_link`: the text that asks for the next one, empty at the end."""

    rows: list[Stored] = field(default_factory=list)
    along: list[Stored] = field(default_factory=list)
    total: int | None = None
    next_link: str = ""


async def search_records(plane: Plane, token: bytes, asked: Search) -> Hits | Refused:
    """One page of hits, cut to what the caller may see; raises Unacceptable where it cannot be answered."""
    opened = await open_record(plane.gate, token, _ask(asked.question))
    if isinstance(opened, Refused):
        return opened
    link = asked.link
    if link and link.bound != links.bound(opened):
        raise stale()
    query = asked.question.query
    try:
        page = await search(opened, plane.store, query, link.asked if link else None)
    except TooCostly:
        raise _too_costly() from None
    except TooMuch:
        raise _too_much() from None
    following = _next(plane, opened, asked, page.following) if page.following else ""
    return Hits(page.rows, page.along, page.total, following)


def stale() -> Unacceptable:
    """What is wrong with a link that is not good any more; who may know asks for the first page anew."""
    sentence = (
        "This link to a further page is not good any more: it was given to another caller, or what is open has changed "
        "since. Ask for the first page again."
    )
    return fault("expired", sentence, place=in_request(links.PARAMETER), status=410)


def _ask(question: Question) -> Ask:
    """What is asked for: the type's categories; with them, those of what a chain looks at and of what comes along."""
    resource_type = question.query.resource_type
    others = [CATEGORIES_OF_TYPE.get(each, frozenset()) for each in question.other_types]
    return Ask(
        Act.READ,
        Event.RECORD_SEARCH,
        Target(patient_id=question.patient),
        categories_asked(resource_type, question.tags),
        also=frozenset().union(*others),
        detail={"asked": resource_type, "by": list(question.names)},
    )


def _next(plane: Plane, opened: Opened, asked: Search, following: Asked) -> str:
    resource_type = asked.question.query.resource_type
    return links.write(asked.pairs, following, opened, resource_type, plane.store.sealer)


def _too_costly() -> Unacceptable:
    sentence = (
        "This search takes too long. Narrow it: name the patient, search by identifier, add a period "
        "(_lastUpdated=ge…), or leave out the count (_total=none)."
    )
    return fault("too-costly", sentence, status=422)


def _too_much() -> Unacceptable:
    sentence = (
        "More comes along with these hits than one answer holds. Ask for fewer hits a page (_count), or search for "
        "what comes along by itself."
    )
    return fault("too-costly", sentence, place=in_request("_include"), status=422)
