"""What FHIR resources have in common, read leniently. Source: HL7 FHIR R4, the pages of data types and of resources."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

from wutong.core import clock

Resource = dict[str, Any]

PROVIDER_TAG = "urn:wutong:provider"
_VOID = {"entered-in-error", "cancelled", "not-done", "draft"}
_DENIED = {"entered-in-error", "refuted"}
# The element that says when it happened: the first that is there. The last ones say only when it was written.
_TIMES = (
    "effectiveDateTime",
    "effectiveInstant",
    "occurrenceDateTime",
    "performedDateTime",
    "whenHandedOver",
    "authoredOn",
    "onsetDateTime",
    "recordedDate",
    "started",
    "start",
)
_PERIODS = ("period", "effectivePeriod", "onsetPeriod", "performedPeriod", "occurrencePeriod")
_WRITTEN = ("date", "created", "createdDateTime", "issued", "dateAsserted", "occurrenceString", "whenPrepared")


def is_void(resource: Resource) -> bool:
    """Whether the sender took it back, or it never was."""
    return resource.get("status") in _VOID or code(resource.get("verificationStatus")) in _DENIED


def when(resource: Resource) -> date | datetime | str | None:
    """When it happened, as exactly as the sender knew: a year or a month stays text."""
    told = next((resource[name] for name in _TIMES if name in resource), None)
    period: Resource = next((resource[name] for name in _PERIODS if isinstance(resource.get(name), dict)), {})
    written = next((resource[name] for name in _WRITTEN if name in resource), None)
    return read_time(told or period.get("start") or written)


def read_time(value: Any) -> date | datetime | str | None:
    """A FHIR date, dateTime or instant; one known in part, or no time at all, stays the text that it is."""
    text = str(value or "")
    try:
        if "T" in text:
            read = datetime.fromisoformat(text)
            return clock.local(read if read.tzinfo else read.replace(tzinfo=clock.TERRITORY))
        return date.fromisoformat(text) if len(text) == 10 else text or None
    except (ValueError, OverflowError):  # no such time, or none that the territory's clock can show
        return text


def day_of(at: date | datetime | str | None) -> date | str | None:
    """The day in the territory."""
    return clock.local(at).date() if isinstance(at, datetime) else at


def sort_key(at: date | datetime | str | None) -> str:
    """Orders times of all exactness as their digits do; nothing is before everything."""
    return clock.local(at).isoformat() if isinstance(at, datetime) else str(at or "")


def stored_at(resource: Resource) -> datetime | None:
    """When the platform took this version in."""
    read = read_time(resource.get("meta", {}).get("lastUpdated"))
    return read.astimezone(UTC) if isinstance(read, datetime) else None


def sender(resource: Resource) -> str:
    """The code of the provider that deposited it."""
    tags = resource.get("meta", {}).get("tag", [])
    return next((tag.get("code", "") for tag in tags if tag.get("system") == PROVIDER_TAG), "")


def text(concept: Any) -> str:
    """A CodeableConcept in words: its text, else a display, else a code."""
    if not isinstance(concept, dict):
        return ""
    displays = [each.get("display", "") for each in concept.get("coding", [])]
    named = [each.get("code", "") for each in concept.get("coding", [])]
    return str(concept.get("text") or next(filter(None, [*displays, *named]), ""))


def first_text(*concepts: Any) -> str:
    """The first that says something; each a CodeableConcept or a list of them."""
    flat = [each for concept in concepts for each in (concept if isinstance(concept, list) else [concept])]
    return next(filter(None, map(text, flat)), "")


def code(concept: Any) -> str:
    """The first code of a CodeableConcept; empty where it has none."""
    return next(codes(concept), "")


def codes(concept: Any, system: str = "") -> Iterator[str]:
    """The codes of a CodeableConcept, or those of one system."""
    for coding in (concept or {}).get("coding", []):
        if coding.get("code") and (not system or coding.get("system") == system):
            yield coding["code"]
