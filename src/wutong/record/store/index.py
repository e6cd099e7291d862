"""The one clinical time of a resource: the beginning of what it speaks of, by which a record is put in order."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from wutong.record.searching.dates import instant

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


def clinical_at(resource: Mapping[str, Any]) -> datetime | None:
    """The instant that the resource speaks of; a date alone begins at midnight in the territory."""
    for element in _TIMES:
        value = resource.get(element)
        if isinstance(value, dict):
            value = value.get("start") or value.get("end")
        if isinstance(value, str):
            return instant(value)
    return None
