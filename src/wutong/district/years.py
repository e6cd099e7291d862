"""Cuts a long life's record to its recent years, whole years at a time.

What still matters stays, however old: allergies, immunisations, and of each diagnosis, medicine and care plan that is
still active the newest entry (Synthea writes such an entry again every year), with the goals and the team of the plan.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

from wutong.district.records import Resource
from wutong.district.references import encounter_of, targets

_STARTS = (
    "period.start",
    "performedPeriod.start",
    "onsetDateTime",
    "authoredOn",
    "performedDateTime",
    "effectiveDateTime",
    "occurrenceDateTime",
    "started",
    "recordedDate",
    "startDate",
    "created",
    "date",
    "manufactureDate",
)
_ALWAYS = frozenset({"AllergyIntolerance", "Immunization"})


def began(resource: Resource) -> str:
    """When the resource's matter began, as FHIR writes it; empty where it does not say."""
    return next((found for path in _STARTS if (found := _at(resource, path))), "")


def recent(resources: Mapping[str, Resource], *, most: int, today: date) -> tuple[set[str], date | None]:
    """Which resources stay so that they are at most `most`, and the first day kept (None: nothing was cut).

    At least one year stays, even if it alone is more.
    """
    days = {url: _day(resource, resources) for url, resource in resources.items()}
    ongoing = _ongoing(resources)
    if len(resources) <= most:
        return set(resources), None
    since = today
    for years in range(1, 120):
        earlier = date(today.year - years, today.month, min(today.day, 28))
        if years > 1 and len(_kept(days, ongoing, earlier)) > most:
            break
        since = earlier
    return _kept(days, ongoing, since), since


def _kept(days: Mapping[str, str], ongoing: set[str], since: date) -> set[str]:
    return {url for url, day in days.items() if day >= since.isoformat() or url in ongoing}


def _day(resource: Resource, resources: Mapping[str, Resource]) -> str:
    encounter = resources.get(encounter_of(resource) or "")
    return began(encounter or resource)[:10]


def _ongoing(resources: Mapping[str, Resource]) -> set[str]:
    newest: dict[tuple[str, str], str] = {}
    for url, resource in sorted(resources.items(), key=lambda item: began(item[1])):
        if _is_active(resource):
            newest[resource["resourceType"], _subject_matter(resource)] = url
    kept = set(newest.values()) | {url for url, each in resources.items() if each["resourceType"] in _ALWAYS}
    plans = [resources[url] for url in newest.values() if resources[url]["resourceType"] == "CarePlan"]
    return kept | {url for plan in plans for url in targets([plan.get("goal"), plan.get("careTeam")])} & set(resources)


def _is_active(resource: Resource) -> bool:
    if resource["resourceType"] == "Condition":
        return _codes(resource.get("clinicalStatus")) == "active"
    return resource["resourceType"] in {"MedicationRequest", "CarePlan"} and resource.get("status") == "active"


def _subject_matter(resource: Resource) -> str:
    match resource["resourceType"]:
        case "Condition":
            return _codes(resource.get("code"))
        case "MedicationRequest":
            return _codes(resource.get("medicationCodeableConcept"))
    return " ".join(_codes(each) for each in resource.get("category", []))


def _codes(concept: Any) -> str:
    return " ".join(coding.get("code", "") for coding in (concept or {}).get("coding", []))


def _at(resource: Resource, path: str) -> str:
    value: Any = resource
    for name in path.split("."):
        value = value.get(name) if isinstance(value, dict) else None
    return value if isinstance(value, str) else ""
