"""What written dates and times mean: instants, and the interval that a date, month or year covers.

Dates without an offset are the territory's (house 6.1). Source: HL7 FHIR R4, search page, date.
"""

import re
from datetime import UTC, datetime, timedelta
from functools import lru_cache

from wutong.core import clock

FIRST = datetime.min.replace(tzinfo=UTC)
LAST = datetime.max.replace(tzinfo=UTC)
_KEPT = 4096  # texts that were read last: a resource has the same time at several places
_LONGEST_KEPT = 40  # characters: what is longer a sender may have made to fill the memory
_PARTIAL = re.compile(r"(\d{4})(?:-(\d{2}))?(?:-(\d{2}))?")
_TIMED = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?P<seconds>:\d{2}(?:\.(?P<fraction>\d+))?)?(?:Z|[+-]\d{2}:\d{2})?")


def instant(value: str) -> datetime | None:
    """A FHIR date, dateTime or instant as a UTC instant; None where it is none, or outside what a calendar holds."""
    return _kept_instant(value) if len(value) <= _LONGEST_KEPT else _instant(value)


def period(value: str) -> tuple[datetime, datetime] | None:
    """What a FHIR date or time covers: from its first instant until the first one after it, in UTC."""
    return _kept_period(value) if len(value) <= _LONGEST_KEPT else _period(value)


def _instant(value: str) -> datetime | None:
    try:
        read = datetime.fromisoformat(value) if _TIMED.fullmatch(value) else _begin(value)
        return (read if read.tzinfo else read.replace(tzinfo=clock.TERRITORY)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _period(value: str) -> tuple[datetime, datetime] | None:
    begin = instant(value)
    if begin is None:
        return None
    try:
        return begin, (clock.local(begin) + _length(value, clock.local(begin))).astimezone(UTC)
    except (ValueError, OverflowError):
        return begin, LAST


_kept_instant = lru_cache(maxsize=_KEPT)(_instant)
_kept_period = lru_cache(maxsize=_KEPT)(_period)


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
