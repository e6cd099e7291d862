"""One test over time, as its page shows it: its plots, and the table of all values beside them."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from wutong.control.charts import plot
from wutong.control.charts.plot import Plot
from wutong.control.charts.series import key_of, series_of
from wutong.control.flows.read_chart import Chart
from wutong.control.pages.dates import day
from wutong.control.workspace.cards import PAGE, Line, Writer

_MOST_PLOTS = 6


@dataclass(frozen=True)
class Drawing:
    """A plot with its words: what it is of, what it shows, and what its signs mean."""

    plot: Plot
    title: str
    caption: str
    described: str
    signs: list[tuple[str, str]]


@dataclass(frozen=True)
class Trend:
    """A test's page; `note` says what has no plot."""

    name: str
    drawings: list[Drawing]
    lines: list[Line]
    total: int
    note: str


def trend(chart: Chart, test: str, *, offset: int) -> Trend | None:
    """The test of that word; None where the section has none, or is not loaded."""
    [section] = chart.sections
    held = [each for each in section.held if key_of(each) == test]
    items = [item for item in section.items if item.test == test]
    if not items:
        return None
    writer, name = Writer(chart.looked_at), items[0].name
    drawable = [each for each in series_of(held) if len(each.points) > 1]
    drawings = [_drawing(plot.draw(each), name) for each in drawable[:_MOST_PLOTS]]
    lines = [writer.line(each) for each in items[offset : offset + PAGE]]
    return Trend(name, drawings, lines, len(items), _note(len(drawable), drawings))


def _drawing(drawn: Plot, name: str) -> Drawing:
    series = drawn.series
    whole = f"{name}: {series.name}" if series.name else name
    title = _("%(test)s in %(unit)s") % {"test": whole, "unit": series.unit} if series.unit else whole
    caption = _("%(value)s in %(unit)s") % {"value": series.name or _("Values"), "unit": series.unit}
    values = [each.value for each in series.points[-len(drawn.marks) :]]
    told = _("%(count)s values from %(first)s to %(last)s; the lowest is %(low)s, the highest %(high)s.") % {
        "count": len(values),
        "first": day(drawn.first),
        "last": day(drawn.last),
        "low": min(values),
        "high": max(values),
    }
    return Drawing(drawn, title, caption if series.unit else series.name or _("Values"), told, _signs(drawn))


def _signs(drawn: Plot) -> list[tuple[str, str]]:
    shapes = {each.shape for each in drawn.marks}
    known = [("plain", _("not marked")), ("high", _("marked as high")), ("low", _("marked as low"))]
    known.append(("other", _("marked otherwise")))
    signs = [(shape, text) for shape, text in known if shape in shapes]
    signs += [("open", _("below or above what can be measured"))] if any(each.is_open for each in drawn.marks) else []
    return signs + ([("band", _("usual range"))] if drawn.bands else [])


def _note(drawable: int, drawings: list[Drawing]) -> str:
    if not drawings:
        return _("There is nothing to draw: fewer than two numbers in the same unit with a day.")
    if drawable > len(drawings):
        return _("More units than fit here: their values stand in the table.")
    if any(each.plot.is_cut for each in drawings):
        return _("The plot shows the newest %(count)s values; the table has all.") % {"count": plot.MOST_POINTS}
    return ""
