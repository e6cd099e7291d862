"""A chart: the sections of a record, each loaded, closed or failed; every item with its sender and time.

A section is one data category, so that opening one opens no other (R-03). The summary asks for what it shows; the
section's own page asks for every kind of resource that the category has.
"""

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import groupby
from uuid import UUID

from wutong.control.charts import client, elements, papers, reading
from wutong.control.charts.client import Closed, Found, Unreachable
from wutong.control.charts.elements import Resource
from wutong.control.charts.item import Item
from wutong.core.categories import CATEGORY_TAG


@dataclass(frozen=True)
class Section:
    """One section: current items before past ones, newest first; `closed` holds the reason code.

    `none_known` is a sender's statement that there is nothing to list; an empty list says only that nobody told.
    `held`: the resources behind the items, for whoever reads more of them than a line.
    """

    code: str
    items: tuple[Item, ...] = ()
    closed: str = ""
    is_failed: bool = False
    is_cut: bool = False
    none_known: Item | None = None
    held: tuple[Resource, ...] = ()

    @property
    def current(self) -> tuple[Item, ...]:
        """What counts today, each once: of results the newest of each test, of vaccines the last of each."""
        now = _marked_first(self.code, [item for item in self.items if not item.is_past])
        return tuple(_first_of_each(now, _ONCE.get(self.code, _sameness)))


@dataclass(frozen=True)
class Plan:
    """What a section asks for: of one category, so that the trail names what could be seen and no more."""

    category: str
    types: tuple[str, ...]
    at_first: int = 1  # so many of the types are asked for the summary


SECTIONS = {
    "allergies": Plan("ALG", ("AllergyIntolerance",)),
    "problems": Plan("DX", ("Condition",)),
    "medicines": Plan(
        "MED", ("MedicationRequest", "MedicationStatement", "MedicationDispense", "MedicationAdministration"), 2
    ),
    "results": Plan("LAB", ("Observation", "DiagnosticReport", "DocumentReference", "Composition")),
    "immunisations": Plan("IMM", ("Immunization",)),
    "encounters": Plan("ENC", ("Encounter", "Appointment", "EpisodeOfCare")),
    "documents": Plan("CNS", ("DocumentReference", "Composition", "DiagnosticReport")),
    "procedures": Plan("PX", ("Procedure",)),
    "radiology": Plan(
        "RAD", ("DiagnosticReport", "ImagingStudy", "Observation", "ServiceRequest", "DocumentReference", "Composition")
    ),
    "investigations": Plan("OIR", ("DiagnosticReport", "Observation", "Media")),
    "observations": Plan("OBS", ("Observation", "DiagnosticReport")),
    "referrals": Plan("REF", ("ServiceRequest", "Task")),
    "birth": Plan("BIRTH", ("Observation", "Encounter")),
}
SUMMARY = ("allergies", "problems", "medicines", "results", "immunisations", "encounters")
MORE = tuple(code for code in SECTIONS if code not in SUMMARY)
MEASURED = frozenset({"results", "observations", "investigations", "radiology", "birth"})

_READERS: dict[str, Callable[[Resource], Item | None]] = {
    "AllergyIntolerance": reading.allergy,
    "Condition": reading.problem,
    "Procedure": reading.procedure,
    "MedicationRequest": reading.medicine,
    "MedicationStatement": reading.medicine,
    "MedicationDispense": reading.supply,
    "MedicationAdministration": reading.supply,
    "Observation": reading.result,
    "Immunization": reading.immunisation,
    "Encounter": reading.encounter,
    "Appointment": reading.appointment,
    "EpisodeOfCare": reading.appointment,
    "ServiceRequest": reading.request,
    "Task": reading.request,
    "ImagingStudy": reading.study,
    **dict.fromkeys(papers.TYPES, papers.paper_item),
}
_AT_ONCE = 3  # measured: more threads gain nothing, and other pages want answers too

Answer = Found | Closed | Unreachable


def fetch_summary(token: str, person_id: UUID) -> list[Section]:
    """The sections of the summary, under the caller's own rights: the record plane decides and audits each."""
    plans = {code: SECTIONS[code].types[: SECTIONS[code].at_first] for code in SUMMARY}
    return _fetch(token, person_id, plans)


def fetch_section(token: str, person_id: UUID, code: str) -> Section:
    """One section whole."""
    [section] = _fetch(token, person_id, {code: SECTIONS[code].types})
    return section


def fetch_measurements(token: str, person_id: UUID, code: str) -> Section:
    """What was measured, of one section."""
    [section] = _fetch(token, person_id, {code: ("Observation",)})
    return section


def read_item(resource: Resource) -> Item | None:
    """A resource as a line, of whichever section; None for a statement that there is nothing to list."""
    return _READERS[resource["resourceType"]](resource)


def tagged(code: str) -> str:
    """The search token that asks for a section's category alone."""
    return f"{CATEGORY_TAG}|{SECTIONS[code].category}"


def _fetch(token: str, person_id: UUID, wanted: dict[str, tuple[str, ...]]) -> list[Section]:
    asked = [(code, kind) for code, kinds in wanted.items() for kind in kinds]
    with ThreadPoolExecutor(_AT_ONCE) as threads:
        answers = dict(zip(asked, threads.map(lambda each: ask(token, person_id, *each), asked), strict=True))
    return [_section(code, [answers[code, kind] for kind in kinds]) for code, kinds in wanted.items()]


def ask(token: str, person_id: UUID, code: str, resource_type: str) -> Answer:
    """All resources of a type in a section's category, newest first, without the files in them."""
    asked = {
        "patient": str(person_id),
        "_tag": tagged(code),
        "_count": "500",
        "_sort": "-clinical-date",
        "_total": "none",
    }
    return client.search(token, resource_type, asked, lighten=papers.leave_out_files)


def _section(code: str, answers: Iterable[Answer]) -> Section:
    told = list(answers)
    if closed := next((each.reason for each in told if isinstance(each, Closed)), ""):
        return Section(code, closed=closed)
    found = [each for each in told if isinstance(each, Found)]
    held = [resource for each in found for resource in each.resources if not elements.is_void(resource)]
    read = [item for resource in held if (item := read_item(resource))]
    return Section(
        code,
        tuple(_ordered(_first_of_each(read, _sameness), is_merged=len(told) > 1)),
        is_failed=len(found) < len(told),
        is_cut=any(each.is_cut for each in found),
        none_known=_none_known(code, read, held),
        held=tuple(held),
    )


def _ordered(items: list[Item], *, is_merged: bool) -> list[Item]:
    if is_merged:  # each type came newest first
        items = sorted(items, key=lambda item: elements.sort_key(item.at), reverse=True)
    return sorted(items, key=lambda item: (item.is_past, item.is_aside))


def _none_known(code: str, items: list[Item], held: list[Resource]) -> Item | None:
    """The newest statement that there are no allergies, unless somebody tells of one."""
    if code != "allergies" or any(not item.is_past and not item.is_absence for item in items):
        return None
    return next((reading.statement_of_none(each) for each in held if reading.says_none_known(each)), None)


def _sameness(item: Item) -> object:
    # One thing that a sender's systems told twice on a day is one line; another dose or value is another line.
    return item.name, item.detail, item.mark, item.reference, item.day, item.sender_code, item.is_past, item.paper


# What counts as the same thing in the summary; everything stands on the section's own page.
_ONCE: dict[str, Callable[[Item], object]] = {
    "problems": lambda item: (item.name, item.sender_code),
    "medicines": lambda item: (item.name, item.detail, item.sender_code),
    "results": lambda item: item.test,
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
