"""Dates and times of different precision, compared. Source: HL7 FHIRPath N1, comparison; HL7 FHIR R4, data types."""

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date

_MOMENT = re.compile(
    r"(?P<year>[0-9]{4})(?:-(?P<month>[0-9]{2})(?:-(?P<day>[0-9]{2}))?)?"
    r"(?:T(?P<clock>[0-9:.]*)(?P<zone>Z|[+-][0-9]{2}:[0-9]{2})?)?"
)
_CLOCK = re.compile(r"([0-9]{2})(?::([0-9]{2})(?::([0-9]{2})(?:\.([0-9]{1,30}))?)?)?")
_SECOND = 1_000_000_000  # in billionths
_HOUR = 3600 * _SECOND
_DAY = 24 * _HOUR


@dataclass(frozen=True, slots=True)
class Moment:
    """From its first to its last billionth of a second; without a zone both are as clocks there show."""

    first: int
    last: int
    has_zone: bool
    precision: int  # 1 year … 6 seconds


def moment(text: str) -> Moment | None:
    """The moment that a date, dateTime, instant or time means; None if it is none."""
    if clock := _CLOCK.fullmatch(text):
        first, last, precision = _clock(clock)
        return Moment(first, last, has_zone=False, precision=precision)
    found = _MOMENT.fullmatch(text)
    return _dated(found) if found else None


def _dated(found: re.Match[str]) -> Moment | None:
    year, month, day = (int(found[name]) if found[name] else 0 for name in ("year", "month", "day"))
    try:
        first = date(year, month or 1, day or 1).toordinal()
        last = date(year, month or 12, day or monthrange(year, month or 12)[1]).toordinal()
    except ValueError:
        return None
    if not found["clock"]:
        return Moment(first * _DAY, (last + 1) * _DAY - 1, has_zone=False, precision=1 + bool(month) + bool(day))
    clock = _CLOCK.fullmatch(found["clock"])
    if clock is None or not day:
        return None
    opens, ends, precision = _clock(clock)
    shift = _shift(found["zone"])
    return Moment(first * _DAY + opens - shift, first * _DAY + ends - shift, found["zone"] is not None, precision)


def _clock(found: re.Match[str]) -> tuple[int, int, int]:
    """The first and last billionth of a second of the day, and the precision; a fraction counts as seconds."""
    hour, minute, second, fraction = found.groups()
    if second:
        first = int(hour) * _HOUR + int(minute) * 60 * _SECOND + int(second) * _SECOND
        first += int((fraction or "0").ljust(9, "0")[:9])
        return first, first, 6
    if minute:
        first = int(hour) * _HOUR + int(minute) * 60 * _SECOND
        return first, first + 60 * _SECOND - 1, 5
    return int(hour) * _HOUR, int(hour) * _HOUR + _HOUR - 1, 4


def _shift(zone: str | None) -> int:
    if zone is None or zone == "Z":
        return 0
    minutes = int(zone[1:3]) * 60 + int(zone[4:6])
    return (-minutes if zone[0] == "-" else minutes) * 60 * _SECOND


def compared(one: Moment, other: Moment) -> int | None:
    """-1 if `one` is before `other`, 0 if they are the same, 1 if it is after; None if one cannot say."""
    if one.has_zone != other.has_zone:
        one, other = _anywhere(one), _anywhere(other)
    elif one.precision == other.precision:
        return (one.first > other.first) - (one.first < other.first)
    if one.last < other.first:
        return -1
    return 1 if one.first > other.last else None


def _anywhere(one: Moment) -> Moment:
    """A moment without a zone may be that of the easternmost or of the westernmost clock."""
    if one.has_zone:
        return one
    return Moment(one.first - 14 * _HOUR, one.last + 12 * _HOUR, has_zone=True, precision=one.precision)
