"""What a resource can be found by: its tokens and the time it speaks of.

A first cut for the pages: `name=code` and `name=system|code` for a few token parameters, one clinical time per type. A
directory's rows can be found by their names too.
Source: the search parameters of HL7 FHIR R4, by name.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
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
    "created",
    "date",
    "issued",
    "start",
)
_PARTIAL = re.compile(r"(\d{4})(?:-(\d{2}))?(?:-(\d{2}))?")


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
    """A FHIR date, dateTime or instant as a UTC instant; None where it is none."""
    if "T" in value:
        try:
            read = datetime.fromisoformat(value)
        except ValueError:
            return None
        return (read if read.tzinfo else read.replace(tzinfo=clock.TERRITORY)).astimezone(UTC)
    match = _PARTIAL.fullmatch(value)
    if match is None:
        return None
    year, month, day = (int(part or 1) for part in match.groups())
    try:
        return datetime(year, month, day, tzinfo=clock.TERRITORY).astimezone(UTC)
    except ValueError:
        return None


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
