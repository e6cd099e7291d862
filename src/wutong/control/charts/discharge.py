"""The latest stay in a hospital, while it is fresh (R-12): where, from when until when, why, and what was summed up.

Source: HL7 FHIR R4, Encounter and its class (v3 ActEncounterCode); LOINC, discharge summaries.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from wutong.control.charts import elements, papers
from wutong.control.charts.elements import Resource
from wutong.control.charts.item import Item
from wutong.core import clock

FRESH = timedelta(days=30)  # the time in which most come back; our choice, docs/decisions/0015
# Physician's, hospital's, nurse's, and discharge summaries of whatever kind.
SUMMARY_CODES = ("18842-5", "28655-9", "34105-7", "11490-0", "34745-0")
SUMMARY_TYPES = {"DocumentReference": "type", "Composition": "type", "DiagnosticReport": "code"}
_INPATIENT = {"IMP", "ACUTE", "NONAC"}
_GOES_ON = {"in-progress", "onleave"}
_STAYED = _GOES_ON | {"finished", "unknown"}
_AFTER = timedelta(days=60)  # a summary that names no stay may be written so long after it


@dataclass(frozen=True)
class Stay:
    """One stay; `until` is None for whoever has not been discharged, as far as the sender told."""

    place: str
    why: str
    since: date | datetime | str | None
    until: date | datetime | str | None
    sender_code: str
    encounter_id: str
    stored_at: datetime | None
    is_over: bool


def latest(encounters: Iterable[Resource], today: date) -> Stay | None:
    """The stay that ended last, or goes on, if that is fresh."""
    stays = [_stay(each) for each in encounters if _is_inpatient(each)]
    fresh = [each for each in stays if _is_fresh(each, today)]
    return max(fresh, key=lambda each: (not each.is_over, elements.sort_key(each.until or each.since)), default=None)


def summaries_of(stay: Stay, documents: Iterable[Resource]) -> list[Item]:
    """The discharge summaries of a stay: those that name it, and of its sender those of its time; newest first."""
    found = [papers.paper_item(each) for each in documents if not elements.is_void(each) and _is_of(stay, each)]
    return sorted(found, key=lambda item: elements.sort_key(item.at), reverse=True)


def _is_inpatient(encounter: Resource) -> bool:
    return encounter.get("class", {}).get("code") in _INPATIENT and encounter.get("status") in _STAYED


def _stay(encounter: Resource) -> Stay:
    period = encounter.get("period", {})
    places = [each.get("location", {}) for each in encounter.get("location", [])]
    named = [each.get("display", "") for each in (*reversed(places), encounter.get("serviceProvider", {}))]
    return Stay(
        place=next(filter(None, named), ""),
        why=elements.first_text(encounter.get("reasonCode"), encounter.get("type")),
        since=elements.read_time(period.get("start")),
        until=elements.read_time(period.get("end")),
        sender_code=elements.sender(encounter),
        encounter_id=str(encounter.get("id", "")),
        stored_at=elements.stored_at(encounter),
        is_over=bool(period.get("end")) or encounter.get("status") not in _GOES_ON,
    )


def _is_fresh(stay: Stay, today: date) -> bool:
    if not stay.is_over:
        return True
    ended = elements.day_of(stay.until or stay.since)
    return isinstance(ended, date) and today - FRESH <= ended <= today + timedelta(days=1)


def _is_of(stay: Stay, document: Resource) -> bool:
    context = document.get("context", {})
    named = [*context.get("encounter", []), document.get("encounter", {})]
    references = [str(each["reference"]) for each in named if each.get("reference")]
    if references:
        return any(each.rpartition("Encounter/")[2] == stay.encounter_id for each in references)
    since, at = (elements.day_of(each) for each in (stay.since, elements.when(document)))
    if elements.sender(document) != stay.sender_code or not isinstance(since, date) or not isinstance(at, date):
        return False
    until = elements.day_of(stay.until)
    last = until if isinstance(until, date) else clock.today()
    return since <= at <= last + _AFTER
