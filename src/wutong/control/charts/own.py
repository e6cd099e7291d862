"""A record as its own person sees it: every entry by itself, with what closes it."""

from dataclasses import dataclass
from uuid import UUID

from wutong.control.charts import chart, client, elements, papers, reading
from wutong.control.charts.client import Closed, Found, Unreachable
from wutong.control.charts.elements import Resource
from wutong.control.charts.item import Item
from wutong.core.closings import MARK, episodes_of, marks_of

EPISODES = ("Encounter", "EpisodeOfCare")
TYPES = frozenset(kind for plan in chart.SECTIONS.values() for kind in plan.types)


@dataclass(frozen=True)
class Entry:
    """One resource. `marks`: the values of the closings that hide it; `episodes`: to which it belongs, (Type, id)."""

    item: Item
    resource_type: str
    resource_id: str
    marks: frozenset[str]
    episodes: tuple[tuple[str, UUID], ...] = ()

    @property
    def is_episode(self) -> bool:
        """Whether it is a visit or a stay itself, which is closed with all that belongs to it."""
        return self.resource_type in EPISODES


@dataclass(frozen=True)
class Entries:
    """One part of a record, newest first; `closed` holds the reason code of a refusal."""

    entries: tuple[Entry, ...] = ()
    closed: str = ""
    is_failed: bool = False
    is_cut: bool = False


def fetch_entries(token: str, person_id: UUID, code: str) -> Entries:
    """Everything of one section."""
    told = [chart.ask(token, person_id, code, kind) for kind in chart.SECTIONS[code].types]
    if closed := next((each.reason for each in told if isinstance(each, Closed)), ""):
        return Entries(closed=closed)
    found = [each for each in told if isinstance(each, Found)]
    held = [entry_of(each) for answer in found for each in answer.resources if not elements.is_void(each)]
    newest_first = sorted(held, key=lambda each: elements.sort_key(each.item.at), reverse=True)
    is_cut = any(each.is_cut for each in found)
    return Entries(tuple(newest_first), is_failed=len(found) < len(told), is_cut=is_cut)


def fetch_entry(
    token: str, person_id: UUID, resource_type: str, resource_id: UUID
) -> Entry | Closed | Unreachable | None:
    """One entry of this person's record; None: there is none with that id."""
    asked = {"patient": str(person_id), "_id": str(resource_id)}
    answer = client.search(token, resource_type, asked, lighten=papers.leave_out_files)
    if not isinstance(answer, Found):
        return answer
    return entry_of(answer.resources[0]) if answer.resources else None


def entry_of(resource: Resource) -> Entry:
    """As the clinic's pages name it."""
    resource_type, resource_id = str(resource["resourceType"]), str(resource["id"])
    marks = {mark.removeprefix(MARK) for mark in marks_of(resource)} | {resource_id}
    item = chart.read_item(resource) or reading.statement_of_none(resource)
    return Entry(item, resource_type, resource_id, frozenset(marks), tuple(episodes_of(resource)))
