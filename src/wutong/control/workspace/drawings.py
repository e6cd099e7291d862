"""The plot of one test over time, as the gallery shows it."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

from wutong.control.charts.plot import draw
from wutong.control.charts.series import Point, Series
from wutong.control.pages.gallery import Component
from wutong.control.workspace.trends import Drawing

_FIRST = datetime(2024, 5, 29, 1, 30, tzinfo=UTC)
_LONG = "Glomerular filtration rate/1.73 sq M.predicted [Volume Rate/Area] in Serum by Creatinine-based formula"
_SIGNS = [
    ("plain", "not marked"),
    ("high", "marked as high"),
    ("low", "marked as low"),
    ("other", "marked otherwise"),
    ("open", "below or above what can be measured"),
    ("band", "usual range"),
]


def _point(place: int, value: str, shape: str = "plain", *, is_bound: bool = False) -> Point:
    return Point(_FIRST + timedelta(days=90 * place), Decimal(value), is_bound, shape, Decimal("0.15"), Decimal("0.35"))


_POINTS = (
    _point(0, "0.51", "high"),
    _point(1, "0.33"),
    _point(2, "0.12", "low"),
    _point(3, "0.2", "other"),
    _point(4, "0.1", is_bound=True),
)
_PLOT = draw(Series("", "mmol/L", _POINTS))
_TOLD = "5 values; the lowest is 0.1, the highest 0.51."
_HUGE = draw(Series("", "mL/min", (_point(0, str(10**9)), _point(40, str(10**12)))))

DRAWINGS = (
    Component(
        "plot",
        "workspace/plot.jinja",
        "One test over time; what is marked differs by its shape, not by its colour alone. A table stands beside it.",
        "values in different units, or fewer than two.",
        {"filled": "{{ plot(urate, 1) }}", "long": "{{ plot(long, 2) }}", "chinese": "{{ plot(chinese, 3) }}"},
        {
            "urate": Drawing(_PLOT, "Urate in mmol/L", "Values in mmol/L", _TOLD, _SIGNS),
            "long": Drawing(_HUGE, _LONG, _LONG, _TOLD, [("plain", _LONG)]),
            "chinese": Drawing(_PLOT, "尿酸（mmol/L）", "數值（mmol/L）", "五個數值。", [("high", "偏高")]),
        },
    ),
)
