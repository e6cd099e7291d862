"""A chart: the sections of a record's summary, each loaded, closed or failed; every item with its sender and time."""

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import groupby
from typing import Any
from uuid import UUID

from wutong.control.charts import client, reading
from wutong.control.charts.client import Closed, Found, Unreachable
from wutong.control.charts.reading import Item
from wutong.core.categories import CATEGORY_TAG


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
        """What counts today, each once: of results the newest of each test, of vaccines the last of each."""
        now = _marked_first(self.code, [item for item in self.items if not item.is_past])
        return tuple(_first_of_each(now, _ONCE.get(self.code, _sameness)))


@dataclass(frozen=True)
class _Plan:
    resource_type: str
    category: str  # alone asked for, so that the trail names what could be seen and no more
    read: Callable[[dict[str, Any]], Item | None]


SECTIONS = {
    "allergies": _Plan("AllergyIntolerance", "ALG", reading.allergy),
    "problems": _Plan("Condition", "DX", reading.problem),
    "medicines": _Plan("MedicationRequest", "MED", reading.medicine),
    "results": _Plan("Observation", "LAB", reading.result),
    "immunisations": _Plan("Immunization", "IMM", reading.immunisation),
    "encounters": _Plan("Encounter", "ENC", reading.encounter),
}

_AT_ONCE = 3  # measured: more threads gain nothing, and other pages want answers too


def fetch_sections(token: str, person_id: UUID, codes: Iterable[str] = tuple(SECTIONS)) -> list[Section]:
    """Load sections under the caller's own rights, side by side: the record plane decides and audits each one."""
    named = list(codes)
    with ThreadPoolExecutor(_AT_ONCE) as threads:
        answers = list(threads.map(lambda code: _ask(token, person_id, SECTIONS[code]), named))
    return [_section(code, answer) for code, answer in zip(named, answers, strict=True)]


def _ask(token: str, person_id: UUID, plan: _Plan) -> Found | Closed | Unreachable:
    asked = {"patient": str(person_id), "_tag": f"{CATEGORY_TAG}|{plan.category}"}
    return client.search(token, plan.resource_type, asked | {"_count": "500", "_sort": "-date"})


def _section(code: str, answer: Found | Closed | Unreachable) -> Section:
    match answer:
        case Closed(reason=reason):
            return Section(code, closed=reason)
        case Unreachable():
            return Section(code, is_failed=True)
    held = [resource for resource in answer.resources if not reading.is_void(resource)]
    read = [item for resource in held if (item := SECTIONS[code].read(resource))]
    items = sorted(_first_of_each(read, _sameness), key=lambda item: (item.is_past, item.is_aside))
    return Section(code, tuple(items), is_cut=answer.is_cut, none_known=_none_known(code, items, held))


def _none_known(code: str, items: list[Item], held: list[dict[str, Any]]) -> Item | None:
    """The newest statement that there are no allergies, unless somebody tells of one."""
    if code != "allergies" or any(not item.is_past and not item.is_absence for item in items):
        return None
    return next((reading.statement_of_none(each) for each in held if reading.says_none_known(each)), None)


def _sameness(item: Item) -> object:
    # One thing that a sender's systems told twice on a day is one line; another dose or value is another line.
    return item.name, item.detail, item.mark, item.reference, item.day, item.sender_code, item.is_past


# What counts as the same thing in the summary; everything stands on the section's own page.
_ONCE: dict[str, Callable[[Item], object]] = {
    "problems": lambda item: (item.name, item.sender_code),
    "medicines": lambda item: (item.name, item.detail, item.sender_code),
    "results": lambda item: item.name,
    "immunisations": lambda item: item.name,
}


def _marked_first(code: str, items: list[Item]) -> list[Item]:
    """What is to be seen at once goes first: among all allergies, among the results of one day."""
    if code not in {"allergies", "results"}:
        return items
    days = groupby(items, key=lambda item: (item.is_aside, item.day if code == "results" else None))
    return [item for _day, group in days for item in sorted(group, key=lambda item: not item.mark)]


def _first_of_each(items: list[Item], key: Callable[[Item], object]) -> list[Item]:
    seen: dict[object, Item] = {}
    for item in items:
        seen.setdefault(key(item), item)
    return list(seen.values())
