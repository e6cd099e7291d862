"""A time axis in the territory's days: a few round dates between two moments, as people would name them."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta

from wutong.control.pages import dates
from wutong.core import clock

_MOST = {"day": 5, "month": 5, "year": 7}  # their labels are long and short
_DAYS = (1, 2, 4, 7, 14, 28)
_MONTHS = (1, 2, 3, 6)
_YEARS = (1, 2, 5, 10, 20, 50, 100, 500, 2000)


def ticks(first: datetime, last: datetime) -> list[tuple[datetime, str]]:
    """Midnights from `first` to `last`, a few at most, with short labels in the language of the page."""
    begin, end = clock.local(first).date(), clock.local(last).date()
    found, shape = _choose(begin, end)
    placed = [(datetime.combine(each, time(), clock.TERRITORY), dates.short(each, shape)) for each in found]
    return [(at, label) for at, label in placed if first <= at <= last]


def _choose(begin: date, end: date) -> tuple[list[date], str]:
    for shape, steps in (("day", _DAYS), ("month", _MONTHS), ("year", _YEARS)):
        for step in steps:
            if _length(begin, end, shape) / step <= _MOST[shape]:
                return list(_rounds(begin, end, shape, step)), shape
    return [], "year"


def _length(begin: date, end: date, shape: str) -> float:
    days = (end - begin).days
    return days / {"day": 1, "month": 30.5, "year": 365}[shape]


def _rounds(begin: date, end: date, shape: str, step: int) -> Iterator[date]:
    if shape == "day":
        yield from (begin + timedelta(days=each) for each in range(1, (end - begin).days + 1, step))
        return
    months = step if shape == "month" else 12 * step
    first = begin.year * 12 + begin.month - 1
    for index in range(-(-first // months) * months, end.year * 12 + end.month, months):
        if index >= 12:
            yield date(index // 12, index % 12 + 1, 1)
