"""Where everything of a line plot stands, in units of the drawing; the template writes it. Pure.

Own code, because what is kept well elsewhere writes styles into the page or draws no marks (docs/decisions/0015).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from math import ceil, floor, log10

from wutong.control.charts import calendar_axis
from wutong.control.charts.series import Point, Series

WIDTH, HEIGHT = 360, 220
LEFT, RIGHT, TOP, BOTTOM = 62, 348, 10, 192
MOST_POINTS = 200  # the newest: more of them cannot be told apart
_FEW_TICKS = 5
_LETTER, _GAP = 13, 8  # of the labels: their size (wt-plot in the style sheet), and what keeps two apart
_NICE = (1, 2, 5, 10, 20)
_NOISE = 1e-9  # of a value: 5.6 and 5.6000000000000005 are one


@dataclass(frozen=True)
class Tick:
    """A place on an axis with its label; `anchor` keeps the label inside the drawing."""

    place: float
    label: str
    anchor: str = "middle"


@dataclass(frozen=True)
class Mark:
    """A value: `shape` as of its point; open where it is only a bound."""

    x: float
    y: float
    shape: str
    is_open: bool


@dataclass(frozen=True)
class Band:
    """What was usual over a stretch of time."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class Plot:
    """A drawing of one series, from its first to its last point shown."""

    series: Series
    first: datetime
    last: datetime
    marks: tuple[Mark, ...]
    lines: tuple[str, ...]
    bands: tuple[Band, ...]
    across: tuple[Tick, ...]
    upward: tuple[Tick, ...]

    @property
    def is_cut(self) -> bool:
        """Whether older points are left out."""
        return len(self.series.points) > len(self.marks)


def draw(series: Series) -> Plot:
    """Draw a series of at least one point."""
    points = series.points[-MOST_POINTS:]
    time = _Time(points[0].at, points[-1].at)
    ticks = _ticks(_all_numbers(points))
    value = _Value(ticks[0], ticks[-1])
    return Plot(
        series,
        points[0].at,
        points[-1].at,
        marks=tuple(Mark(time.place(p.at), value.place(p.value), p.shape, p.is_bound) for p in points),
        lines=tuple(_lines(points, time, value)),
        bands=tuple(_bands(points, time, value)),
        across=tuple(_across(time)),
        upward=tuple(Tick(value.place(Decimal(each)), _label(each, ticks)) for each in ticks),
    )


@dataclass(frozen=True)
class _Time:
    first: datetime
    last: datetime

    @property
    def edge(self) -> timedelta:
        return (self.last - self.first) / 20 or timedelta(days=1)

    def place(self, at: datetime) -> float:
        length = (self.last - self.first + 2 * self.edge).total_seconds()
        return round(LEFT + (RIGHT - LEFT) * ((at - self.first + self.edge).total_seconds() / length), 1)


@dataclass(frozen=True)
class _Value:
    low: float
    high: float

    def place(self, value: Decimal) -> float:
        part = (float(value) - self.low) / (self.high - self.low)
        return round(BOTTOM - (BOTTOM - TOP) * min(max(part, 0), 1), 1)


def _all_numbers(points: tuple[Point, ...]) -> list[float]:
    told = (each for point in points for each in (point.value, point.low, point.high))
    return [float(each) for each in told if each is not None]


def _ticks(numbers: list[float]) -> list[float]:
    """A few round numbers that hold all of these between the first and the last."""
    low, high = min(numbers), max(numbers)
    span = _span(low, high)
    size = 10 ** floor(log10(span / _FEW_TICKS))
    step = next(size * each for each in _NICE if span / (size * each) <= _FEW_TICKS)
    first, last = floor(low / step), ceil(high / step)
    return [each * step for each in range(first, max(last, first + 1) + 1)]


def _span(low: float, high: float) -> float:
    """How far apart they are; a width to draw in where they are one value, but for how a computer wrote it."""
    largest = max(abs(low), abs(high))
    if high - low > largest * _NOISE:
        return high - low
    return largest / 5 or 1


def _label(tick: float, ticks: list[float]) -> str:
    behind_the_point = max(-floor(log10(ticks[1] - ticks[0]) + 1e-9), 0)
    plain = f"{tick:.{behind_the_point}f}" if behind_the_point < 8 else ""
    return plain if 0 < len(plain) <= 8 else f"{tick:.2g}"


def _across(time: _Time) -> Iterator[Tick]:
    """Labels with a gap between them: of two that would touch, the first stays."""
    free_from = 0.0
    for at, label in calendar_axis.ticks(time.first - time.edge, time.last + time.edge):
        place = time.place(at)
        anchor = "end" if place > RIGHT - 25 else "middle"
        begin = place - _width(label) / (1 if anchor == "end" else 2)
        if begin >= free_from:
            free_from = begin + _width(label) + _GAP
            yield Tick(place, label, anchor)


def _width(label: str) -> float:
    """About how wide a label is drawn: a Chinese character is as wide as it is high, a letter or digit some half."""
    return sum(_LETTER * (1 if sign > "\u2e7f" else 0.6) for sign in label)


def _lines(points: tuple[Point, ...], time: _Time, value: _Value) -> Iterator[str]:
    """From value to value; where only a bound is known, the line is broken."""
    run: list[str] = []
    for point in (*points, None):
        if point is None or point.is_bound:
            if len(run) > 1:
                yield " ".join(run)
            run = []
        else:
            run.append(f"{time.place(point.at)},{value.place(point.value)}")


def _bands(points: tuple[Point, ...], time: _Time, value: _Value) -> Iterator[Band]:
    """What was usual, each point's own until half-way to the next."""
    halves = [(time.place(a.at) + time.place(b.at)) / 2 for a, b in pairwise(points)]
    for point, begin, end in zip(points, [LEFT, *halves], [*halves, RIGHT], strict=True):
        if point.low is None and point.high is None:
            continue
        bottom = BOTTOM if point.low is None else value.place(point.low)
        top = TOP if point.high is None else value.place(point.high)
        yield Band(round(begin, 1), top, round(end - begin, 1), round(max(bottom - top, 0), 1))
