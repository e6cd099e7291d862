"""One test over time: which observations are of the same test, and which of their values may stand in one plot.

Values of different units, and of different components (an upper and a lower blood pressure), are different series.
"""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from wutong.control.charts import elements, values
from wutong.control.charts.elements import Resource
from wutong.core import clock

_LOINC = "http://loinc.org"
_FIRST_YEAR, _LAST_YEAR = 1850, 2200
_MOST_ZEROS = 100
_SHAPES = {"HH": "high", "H": "high", "HU": "high", "LL": "low", "L": "low", "LU": "low"}


@dataclass(frozen=True)
class Point:
    """A number at a time; `shape`: `plain`, or marked by its sender as `high`, `low` or `other`.

    `is_bound`: below or above what was measured (`<5`): no value to draw a line to.
    """

    at: datetime
    value: Decimal
    is_bound: bool
    shape: str
    low: Decimal | None = None  # what is usual
    high: Decimal | None = None


@dataclass(frozen=True)
class Series:
    """Numbers that compare, oldest first; `name` is empty where the test has one value only."""

    name: str
    unit: str
    points: tuple[Point, ...]


def key_of(observation: Resource) -> str:
    """Which test it is, as a short word for addresses: by its LOINC code, else another code, else its name."""
    coding = observation.get("code", {}).get("coding", [])
    loinc = next(elements.codes(observation.get("code"), _LOINC), "")
    other = next((f"{each.get('system', '')}|{each['code']}" for each in coding if each.get("code")), "")
    told = f"{_LOINC}|{loinc}" if loinc else other or elements.text(observation.get("code"))
    return hashlib.sha256(told.encode()).hexdigest()[:16]


def series_of(observations: Iterable[Resource]) -> list[Series]:
    """All that can be drawn of one test, the series with most points first."""
    found: dict[tuple[str, str], list[Point]] = {}
    for observation in observations:
        for name, unit, point in _points(observation):
            found.setdefault((name, unit), []).append(point)
    made = [Series(name, unit, tuple(sorted(points, key=_at))) for (name, unit), points in found.items()]
    return sorted(made, key=lambda each: -len(each.points))


def _at(point: Point) -> datetime:
    return point.at


def _points(observation: Resource) -> Iterator[tuple[str, str, Point]]:
    at = _moment(elements.when(observation))
    if at is None:
        return
    for part in observation.get("component", [observation]):
        quantity = part.get("valueQuantity") or {"value": part.get("valueInteger")}
        number = _number(quantity.get("value"))
        if number is not None:
            name = elements.text(part.get("code")) if part is not observation else ""
            unit = values.unit(quantity)
            low, high = _usual(part, quantity)
            yield name, unit, Point(at, number, bool(quantity.get("comparator")), _shape(part), low, high)


def _moment(at: date | datetime | str | None) -> datetime | None:
    """A day alone stands at its noon; what is known only in part, or is no year of ours, has no place on the axis."""
    if not isinstance(at, date) or not _FIRST_YEAR <= at.year <= _LAST_YEAR:
        return None
    return at if isinstance(at, datetime) else datetime.combine(at, time(12), clock.TERRITORY)


def _number(value: Any) -> Decimal | None:
    """A number that can be drawn: nothing measured is beyond these, and a float holds what is between them."""
    if not isinstance(value, int | Decimal) or isinstance(value, bool):
        return None
    number = Decimal(value)
    return number if not number or (number.is_finite() and abs(number.adjusted()) <= _MOST_ZEROS) else None


def _shape(part: Resource) -> str:
    found = next((shape for flag, shape in _SHAPES.items() if values.is_marked(part, flag)), "")
    return found or ("other" if values.mark(part) else "plain")


def _usual(part: Resource, quantity: Resource) -> tuple[Decimal | None, Decimal | None]:
    for each in part.get("referenceRange", []):
        if elements.code(each.get("type")) in {"", "normal"}:
            return _limit(each.get("low"), quantity), _limit(each.get("high"), quantity)
    return None, None


def _limit(limit: Any, quantity: Resource) -> Decimal | None:
    """One end of what is usual, where it is in the value's own unit."""
    told = limit or {}
    unit = values.unit(told)
    return _number(told.get("value")) if unit in {"", values.unit(quantity)} else None
