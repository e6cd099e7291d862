"""What may stand in one plot, where it stands, and how it is marked."""

from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any

import pytest
from django.utils.translation import override
from hypothesis import given, settings
from hypothesis import strategies as st

from wutong.control.charts import calendar_axis, plot
from wutong.control.charts.plot import BOTTOM, HEIGHT, LEFT, RIGHT, TOP, WIDTH, Plot
from wutong.control.charts.series import Point, Series, key_of, series_of
from wutong.control.charts.series import _moment as moment
from wutong.core import clock

_V3 = "http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation"


def _value(day: str, value: Any, unit: str = "mmol/L", **more: Any) -> dict[str, Any]:
    quantity = {"value": value, "unit": unit} | more.pop("quantity", {})
    code = {"text": "Sodium"}
    return {"resourceType": "Observation", "code": code, "effectiveDateTime": day, "valueQuantity": quantity, **more}


def _flag(code: str) -> dict[str, Any]:
    return {"interpretation": [{"coding": [{"system": _V3, "code": code}]}]}


def _range(low: Any, high: Any, **more: Any) -> dict[str, Any]:
    return {"referenceRange": [{"low": {"value": low, **more}, "high": {"value": high, **more}}]}


def test_values_of_different_units_are_never_in_one_series() -> None:
    told = [_value("2024-01-01", 7), _value("2025-01-01", 126, "mg/dL"), _value("2026-01-01", 8)]
    made = series_of(told)
    assert [(each.unit, [point.value for point in each.points]) for each in made] == [
        ("mmol/L", [7, 8]),
        ("mg/dL", [126]),
    ]


def test_components_are_series_of_their_own() -> None:
    parts = [
        {"code": {"text": name}, "valueQuantity": {"value": value, "unit": "mmHg"}}
        for name, value in (("Systolic", 128), ("Diastolic", 82))
    ]
    made = series_of([{"code": {"text": "Blood pressure"}, "effectiveDateTime": "2026-01-01", "component": parts}])
    assert {(each.name, each.unit) for each in made} == {("Systolic", "mmHg"), ("Diastolic", "mmHg")}


@pytest.mark.parametrize(
    "content",
    [
        {"valueString": "clear"},
        {"valueCodeableConcept": {"text": "Negative"}},
        {"valueQuantity": {"value": "1e99999999999999999999", "unit": "g"}},
        {"valueQuantity": {"value": Decimal("1E101"), "unit": "g"}},
        {"valueQuantity": {"value": Decimal("-1E400"), "unit": "g"}},
        {"valueQuantity": {"value": Decimal("1E-400"), "unit": "g"}},
        {"valueQuantity": {"unit": "g"}},
        {"valueBoolean": True},
        {},
    ],
)
def test_what_is_no_number_has_no_point(content: dict[str, Any]) -> None:
    assert series_of([{"code": {"text": "Test"}, "effectiveDateTime": "2026-01-01", **content}]) == []


@pytest.mark.parametrize("day", ["2026", "2026-03", "0001-01-01", "9999-12-31", "9999-12-31T23:59:59Z", "soon"])
def test_what_has_no_day_of_our_time_has_no_point(day: str) -> None:
    assert series_of([_value(day, 5)]) == []


@pytest.mark.parametrize(("flag", "shape"), [("H", "high"), ("LL", "low"), ("A", "other"), ("N", "plain")])
def test_marks_differ_by_shape(flag: str, shape: str) -> None:
    [made] = series_of([_value("2026-01-01", 5, **_flag(flag))])
    assert made.points[0].shape == shape


def test_a_bound_is_open_and_breaks_the_line() -> None:
    days = ("2026-01-01", "2026-02-01", "2026-03-01", "2026-04-01", "2026-05-01")
    told = [_value(day, 5 + n, quantity={"comparator": "<"} if n == 2 else {}) for n, day in enumerate(days)]
    drawn = plot.draw(series_of(told)[0])
    assert [mark.is_open for mark in drawn.marks] == [False, False, True, False, False]
    assert [len(line.split()) for line in drawn.lines] == [2, 2]


def test_the_usual_range_is_a_band_in_its_own_unit() -> None:
    [made] = series_of([_value("2026-01-01", 5, **_range(4, 6)), _value("2026-02-01", 5, **_range(4, 6, unit="mg/dL"))])
    assert [(point.low, point.high) for point in made.points] == [(4, 6), (None, None)]
    drawn = plot.draw(made)
    [band] = drawn.bands
    assert band.x == LEFT
    assert band.x + band.width < RIGHT


def test_one_test_is_one_whatever_it_is_called() -> None:
    loinc = {"system": "http://loinc.org", "code": "2951-2"}
    by_code = [key_of({"code": {"coding": [{"system": "urn:x", "code": "NA"}, loinc], "text": name}}) for name in "ab"]
    assert by_code[0] == by_code[1] == key_of({"code": {"coding": [loinc]}})
    assert key_of({"code": {"text": "Sodium"}}) != key_of({"code": {"text": "Potassium"}})
    assert key_of({}) == key_of({"code": {}})


_NUMBERS = st.one_of(
    st.decimals(allow_nan=False, allow_infinity=False, min_value=Decimal("-1E60"), max_value=Decimal("1E60")),
    st.sampled_from([Decimal(0), Decimal("1E100"), Decimal("-1E-100"), Decimal(10**60 - 1), Decimal("0.1")]),
)
_MOMENTS = st.dates(date(1851, 1, 1), date(2199, 12, 31)).map(moment)
_POINTS = st.lists(
    st.builds(
        Point,
        _MOMENTS,
        _NUMBERS,
        st.booleans(),
        st.sampled_from(["plain", "high"]),
        st.none() | _NUMBERS,
        st.none() | _NUMBERS,
    ),
    min_size=1,
    max_size=12,
)


def _inside(drawn: Plot) -> bool:
    places = [(mark.x, mark.y) for mark in drawn.marks]
    places += [(tick.place, TOP) for tick in drawn.across] + [(LEFT, tick.place) for tick in drawn.upward]
    corners = [(band.x + band.width, band.y + band.height) for band in drawn.bands]
    return all(LEFT <= x <= RIGHT + 0.1 and TOP <= y <= BOTTOM + 0.1 for x, y in [*places, *corners]) and (
        RIGHT,
        BOTTOM,
    ) < (WIDTH, HEIGHT)


@settings(deadline=None)
@given(_POINTS)
def test_everything_stands_inside_the_drawing(points: list[Point]) -> None:
    drawn = plot.draw(Series("", "g", tuple(sorted(points, key=lambda point: point.at))))
    assert _inside(drawn)
    assert 2 <= len(drawn.upward) <= 8
    assert len(drawn.across) <= 8
    assert all(len(tick.label) <= 8 for tick in drawn.upward)
    assert len({tick.label for tick in drawn.across}) == len(drawn.across)


@pytest.mark.parametrize(
    "values",
    [
        ("5.6", "5.6000000000000005"),
        ("37.0", "37.00000000000001"),
        ("-5.6", "-5.6000000000000005"),
        ("1E-100", "1.0000000000000001E-100"),
        ("0", "0.0"),
    ],
)
def test_values_that_differ_by_noise_stand_on_one_line(values: tuple[str, str]) -> None:
    told = [_value(day, Decimal(value)) for day, value in zip(("2025-01-01", "2026-01-01"), values, strict=True)]
    drawn = plot.draw(series_of(told)[0])
    assert len({mark.y for mark in drawn.marks}) == 1
    assert len({tick.place for tick in drawn.upward}) == len(drawn.upward)


_WRITTEN = st.floats(allow_nan=False, allow_infinity=False).map(lambda number: Decimal(repr(number)))
_NEAR = st.tuples(_WRITTEN, st.integers(-9, 9), st.integers(8, 20)).map(
    lambda n: n[0] * (1 + n[1] * Decimal(10) ** -n[2])
)


@settings(deadline=None)
@given(
    st.lists(st.tuples(st.dates(), st.one_of(_WRITTEN, _NEAR, _NUMBERS)), min_size=1, max_size=8),
    st.sampled_from([1, None]),
)
def test_whatever_was_sent_is_drawn_inside_or_not_at_all(
    told: list[tuple[date, Decimal]], days_told: int | None
) -> None:
    days = [told[0][0] if days_told else day for day, _number in told]
    sent = [_value(str(day), value) for day, (_day, value) in zip(days, told, strict=True)]
    for made in series_of(sent):
        assert _inside(plot.draw(made))


@settings(deadline=None)
@given(_POINTS)
def test_a_higher_value_never_stands_lower(points: list[Point]) -> None:
    drawn = plot.draw(Series("", "g", tuple(sorted(points, key=lambda point: point.at))))
    placed = sorted(zip((point.value for point in drawn.series.points), (mark.y for mark in drawn.marks), strict=True))
    heights = [y for _value, y in placed]
    assert all(a >= b - 0.1 for a, b in pairwise(heights)) or len(set(heights)) == 1


@pytest.mark.parametrize(
    ("days", "labels"),
    [
        (2, ["2 January", "3 January"]),
        (60, None),
        (400, None),
        (4000, ["2028", "2030", "2032", "2034", "2036"]),
    ],
)
def test_the_axis_names_days_of_the_territory(days: int, labels: list[str] | None) -> None:
    first = moment(date(2026, 1, 1))
    assert first
    ticks = calendar_axis.ticks(first, first + timedelta(days=days))
    assert 2 <= len(ticks) <= 6
    assert all(clock.local(at).time().isoformat() == "00:00:00" for at, _label in ticks)
    if labels and len(labels) > 2:
        assert [label for _at, label in ticks] == labels


def test_only_the_newest_of_very_many_points_are_drawn() -> None:
    first = moment(date(2020, 1, 1))
    assert first
    points = tuple(Point(first + timedelta(days=n), Decimal(n), False, "plain") for n in range(plot.MOST_POINTS + 5))
    drawn = plot.draw(Series("", "", points))
    assert drawn.is_cut
    assert drawn.first == points[5].at


@given(st.integers(1, 30_000), st.sampled_from(["en", "zh-hant", "zh-hans"]))
@settings(deadline=None)
def test_no_two_labels_of_the_axis_touch(days: int, language: str) -> None:
    first = moment(date(2026, 1, 1))
    assert first
    points = tuple(Point(at, Decimal(1), False, "plain") for at in (first, first + timedelta(days=days)))
    with override(language):
        across = plot.draw(Series("", "", points)).across
    assert across
    widths = [13 * sum(1 if sign > "\u2e7f" else 0.6 for sign in tick.label) for tick in across]
    begins = [
        tick.place - width / (1 if tick.anchor == "end" else 2) for tick, width in zip(across, widths, strict=True)
    ]
    ends = [begin + width for begin, width in zip(begins, widths, strict=True)]
    assert all(end < begin for end, begin in zip(ends, begins[1:], strict=False))
