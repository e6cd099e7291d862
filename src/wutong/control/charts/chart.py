"""A chart: the sections of a record's summary, each loaded, closed or failed; every item with its sender and time."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from wutong.control.charts import client, reading
from wutong.control.charts.client import Closed, Unreachable
from wutong.control.charts.reading import Item


@dataclass(frozen=True)
class Section:
    """One section: current items before past ones, newest first; `closed` holds the reason code.

    `none_known` is a sender's statement that there is nothing to list; an empty list says only that nobody told.
    """

    code: str
    items: tuple[Item, ...] = ()
    closed: str = ""
    is_failed: bool = False
    is_cut: bool = False
    none_known: Item | None = None

    @property
    def current(self) -> tuple[Item, ...]:
        """What counts today; of results, the newest of each test."""
        now = [item for item in self.items if not item.is_past]
        return tuple(_first_of_each(now, lambda item: item.name) if self.code == "results" else now)


@dataclass(frozen=True)
class _Plan:
    resource_type: str
    parameters: dict[str, str]
    read: Callable[[dict[str, Any]], Item | None]


SECTIONS = {
    "allergies": _Plan("AllergyIntolerance", {}, reading.allergy),
    "problems": _Plan("Condition", {}, reading.problem),
    "medicines": _Plan("MedicationRequest", {}, reading.medicine),
    "results": _Plan("Observation", {"category": "laboratory"}, reading.result),
    "immunisations": _Plan("Immunization", {}, reading.immunisation),
    "encounters": _Plan("Encounter", {}, reading.encounter),
}


def fetch_section(token: str, person_id: UUID, code: str) -> Section:
    """Load one section under the caller's own rights."""
    plan = SECTIONS[code]
    asked = {"patient": str(person_id), "_count": "500", "_sort": "-date", **plan.parameters}
    answer = client.search(token, plan.resource_type, asked)
    match answer:
        case Closed(reason=reason):
            return Section(code, closed=reason)
        case Unreachable():
            return Section(code, is_failed=True)
    held = [resource for resource in answer.resources if not reading.is_void(resource)]
    items = _first_of_each([item for resource in held if (item := plan.read(resource))], _sameness)
    is_told = code == "allergies" and not any(not item.is_past for item in items)
    return Section(
        code,
        tuple(sorted(items, key=lambda item: item.is_past)),
        is_cut=answer.is_cut,
        none_known=next(map(reading.statement_of_none, filter(reading.says_none_known, held)), None)
        if is_told
        else None,
    )


def _sameness(item: Item) -> object:
    # One thing that a sender's systems told twice on a day is one line; another dose or value is another line.
    return item.name, item.detail, item.reference, item.day, item.sender_code, item.is_past


def _first_of_each(items: list[Item], key: Callable[[Item], object]) -> list[Item]:
    seen: dict[object, Item] = {}
    for item in items:
        seen.setdefault(key(item), item)
    return list(seen.values())
