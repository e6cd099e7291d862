"""What a resource can be found by: its tokens and the time it speaks of.

A first cut for the pages: `name=code`, `name=system|code` and `name=system|` for a few token parameters, and one
clinical time per type: the beginning of what it speaks of. A directory's rows can be found by their names too.
Source: the search parameters of HL7 FHIR R4, by name.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from wutong.core import clock
from wutong.core.categories import DIRECTORY_TYPES

# Search parameter -> the elements it reads, over all types; a type that lacks the element has no such token.
TOKEN_PARAMETERS: Mapping[str, tuple[str, ...]] = {
    "category": ("category",),
    "class": ("class",),
    "clinical-status": ("clinicalStatus",),
    "code": ("code", "medicationCodeableConcept"),
    "identifier": ("identifier",),
    "intent": ("intent",),
    "status": ("status",),
    "type": ("type",),
    "vaccine-code": ("vaccineCode",),
    "_tag": (),  # in `meta`, see `tokens`
}

# The element that says when it happened: the first that is there.
_TIMES = (
    "effectiveDateTime",
    "effectivePeriod",
    "effectiveInstant",
    "occurrenceDateTime",
    "performedDateTime",
    "performedPeriod",
    "onsetDateTime",
    "onsetPeriod",
    "authoredOn",
    "whenHandedOver",
    "period",
    "recordedDate",
    "started",
    "start",
    "created",
    "date",
    "issued",
)
_PARTIAL = re.compile(r"(\d{4})(?:-(\d{2}))?(?:-(\d{2}))?")
_TIMED = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?P<seconds>:\d{2}(?:\.(?P<fraction>\d+))?)?(?:Z|[+-]\d{2}:\d{2})?")
_LAST = datetime.max.replace(tzinfo=UTC)


def tokens(resource: Mapping[str, Any]) -> list[str]:
    """All tokens of a resource, each as a search writes it: `category=laboratory`, `category=<system>|laboratory`."""
    found = {
        f"{name}={text}"
        for name, elements in TOKEN_PARAMETERS.items()
        for element in elements
        for text in _texts(resource.get(element))
    }
    if resource.get("resourceType") in DIRECTORY_TYPES:
        found |= {name_token(text) for element in ("name", "alias") for text in _names(resource.get(element))}
    return sorted(found | {f"_tag={text}" for text in _texts((resource.get("meta") or {}).get("tag"))})


def name_token(text: str) -> str:
    """What a search by name compares, from the beginning: no case, no accents, single spaces."""
    plain = "".join(each for each in unicodedata.normalize("NFKD", text) if not unicodedata.combining(each))
    return f"name={' '.join(plain.casefold().split())}"


def clinical_at(resource: Mapping[str, Any]) -> datetime | None:
    """The instant that the resource speaks of; a date alone begins at midnight in the territory."""
    for element in _TIMES:
        value = resource.get(element)
        if isinstance(value, dict):
            value = value.get("start") or value.get("end")
        if isinstance(value, str):
            return instant(value)
    return None


def instant(value: str) -> datetime | None:
    """A FHIR date, dateTime or instant as a UTC instant; None where it is none, or outside what a calendar holds."""
    try:
        read = datetime.fromisoformat(value) if _TIMED.fullmatch(value) else _begin(value)
        return (read if read.tzinfo else read.replace(tzinfo=clock.TERRITORY)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def period(value: str) -> tuple[datetime, datetime] | None:
    """What a FHIR date or time means in a search: from its first instant until the first one after it, in UTC."""
    begin = instant(value)
    if begin is None:
        return None
    try:
        return begin, (clock.local(begin) + _length(value, clock.local(begin))).astimezone(UTC)
    except (ValueError, OverflowError):
        return begin, _LAST


def _begin(value: str) -> datetime:
    match = _PARTIAL.fullmatch(value)
    if match is None:
        raise ValueError(value)
    year, month, day = (int(part or 1) for part in match.groups())
    return datetime(year, month, day, tzinfo=clock.TERRITORY)


def _length(value: str, begin: datetime) -> timedelta:
    """How long the written date or time lasts; `begin` is its first instant by the territory's wall clock."""
    if timed := _TIMED.fullmatch(value):
        fraction = timed["fraction"]
        if fraction:
            return timedelta(microseconds=10 ** max(6 - len(fraction), 0))
        return timedelta(seconds=1) if timed["seconds"] else timedelta(minutes=1)
    match len(value):
        case 4:
            return begin.replace(year=begin.year + 1) - begin
        case 7:
            return (begin.replace(day=28) + timedelta(days=4)).replace(day=1) - begin
    return timedelta(days=1)


def _names(value: Any) -> Iterator[str]:
    match value:
        case str():
            yield value
        case list():
            for item in value:
                yield from _names(item)
        case dict():  # HumanName
            for part in ("text", "family", "given", "prefix", "suffix"):
                yield from _names(value.get(part))


def _texts(value: Any) -> Iterator[str]:
    match value:
        case str():
            yield value
        case list():
            for item in value:
                yield from _texts(item)
        case {"coding": list(codings)}:
            yield from _texts(codings)
        case {"code": str(code)} | {"value": str(code)}:
            yield code
            yield f"{value.get('system', '')}|{code}"
            if "system" in value:
                yield f"{value['system']}|"
