"""Somebody reads all of a person's record that is open to them. Page: docs/flows/read_everything.md."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from wutong.core.access import Act
from wutong.core.answers import Missing, Refused
from wutong.core.categories import CATEGORIES_OF_TYPE, CATEGORY_NAMES, DIRECTORY_TYPES
from wutong.core.events import Event
from wutong.record.flows import person_projection
from wutong.record.flows.plane import Plane
from wutong.record.flows.problems import fault
from wutong.record.flows.search_records import stale
from wutong.record.gate.facts import Target
from wutong.record.gate.open import Ask, open_record
from wutong.record.store.rows import Stored
from wutong.record.store.search import TooCostly, Wanted, everything, links
from wutong.record.store.search.links import Link


@dataclass(frozen=True)
class Everything:
    """What the door read; `about`: whose record, as a link says it; `link`: of the page that it goes on with."""

    wanted: Wanted
    pairs: Sequence[tuple[str, str]]
    about: str
    link: Link | None = None


@dataclass(frozen=True)
class Record:
    """One page; `along`: what the record names; `total`: where all is on this page; `next_link`: empty at the end."""

    rows: list[Stored] = field(default_factory=list)
    along: list[Stored] = field(default_factory=list)
    total: int | None = None
    next_link: str = ""


async def read_everything(plane: Plane, token: bytes, asked: Everything) -> Record | Refused | Missing:
    """One page of the record, cut to what the caller may see; raises Unacceptable where it cannot be answered."""
    opened = await open_record(plane.gate, token, _ask(asked))
    if isinstance(opened, Refused):
        return opened
    if opened.person_id is None:
        return Missing(asked.about)
    if asked.link and asked.link.bound != links.bound(opened):
        raise stale()
    try:
        part = await everything(opened, plane.store, asked.wanted, asked.link.asked if asked.link else None)
    except TooCostly:
        sentence = "The record takes too long to gather. Ask for less of it: _type=…, start=… and end=…, or _since=…"
        raise fault("too-costly", sentence, status=422) from None
    person = [person_projection.as_patient(part.person)] if part.person else []
    rows = [*person, *part.rows]
    sealer = plane.store.sealer
    following = links.write(asked.pairs, part.following, opened, asked.about, sealer) if part.following else ""
    return Record(rows, part.along, len(rows) if part.is_whole else None, following)


def _ask(asked: Everything) -> Ask:
    """The categories of the types that are asked for; what is named in the record can be named in any."""
    wanted = asked.wanted
    is_any = not wanted.types or not wanted.types.isdisjoint(DIRECTORY_TYPES)
    of_types = [CATEGORIES_OF_TYPE.get(each, frozenset()) for each in wanted.types]
    return Ask(
        Act.READ,
        Event.RECORD_EVERYTHING,
        Target(patient_id=wanted.patient_id),
        frozenset(CATEGORY_NAMES) if is_any else frozenset().union(*of_types),
        detail={"asked": sorted(wanted.types), "by": sorted({name for name, _ in asked.pairs})},
    )
