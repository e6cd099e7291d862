"""Somebody searches one resource type. Page: docs/flows/search_records.md."""

from dataclasses import dataclass
from uuid import UUID

from wutong.core.access import Act
from wutong.core.answers import Refused
from wutong.core.categories import categories_asked
from wutong.core.events import Event
from wutong.record.flows.plane import Plane
from wutong.record.gate.facts import Target
from wutong.record.gate.open import Ask, open_record
from wutong.record.store import search
from wutong.record.store.search import Page, Query


@dataclass(frozen=True)
class Search:
    """A search as the door read it; `patient_id` None: over the caller's own deposits."""

    query: Query
    patient_id: UUID | None
    names: tuple[str, ...]  # of the parameters, for the trail: their values may tell too much
    tags: tuple[str, ...] = ()  # of which every hit must have one


async def search_records(plane: Plane, token: bytes, asked: Search) -> Page | Refused:
    """One page of hits, cut to what the caller may see."""
    resource_type = asked.query.resource_type
    ask = Ask(
        Act.READ,
        Event.RECORD_SEARCH,
        Target(patient_id=asked.patient_id),
        categories_asked(resource_type, asked.tags),
        detail={"asked": resource_type, "by": list(asked.names)},
    )
    opened = await open_record(plane.gate, token, ask)
    if isinstance(opened, Refused):
        return opened
    return await search.search(opened, plane.store, asked.query)
