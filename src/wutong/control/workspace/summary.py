"""What the summary says besides its sections: the latest stay, what is missing and why, what is new, where more is."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from wutong.control.charts.chart import MORE, SECTIONS
from wutong.control.charts.stays import RecentStay
from wutong.control.flows.read_chart import Chart
from wutong.control.pages.dates import day
from wutong.control.pages.names import listed, named, sentences
from wutong.control.workspace import cards
from wutong.control.workspace.cards import Line, Writer
from wutong.control.workspace.presenters import reason
from wutong.core.answers import Reason
from wutong.core.categories import CATEGORY_NAMES


@dataclass(frozen=True)
class StayShown:
    """The latest stay in a hospital: `sentence` stands where a discharge summary would."""

    heading: str
    place: str
    why: str
    when: str
    sender: str
    is_new: bool
    summaries: list[Line]
    sentence: str


def stay_shown(chart: Chart) -> StayShown | None:
    """The block that stands first after the allergies; None where there was no stay of late (R-12)."""
    recent, writer = chart.recent_stay, Writer(chart.looked_at)
    if recent is None:
        return None
    stay, sender = recent.stay, writer.sender(recent.stay.sender_code)
    over, begun = _("Discharged on %(day)s") % {"day": day(stay.until)}, _("In hospital since %(day)s")
    heading = over if stay.is_over and stay.until else begun % {"day": day(stay.since) or _("time not recorded")}
    return StayShown(
        heading=_("Discharged from hospital") if stay.is_over and not stay.until else heading,
        place=stay.place or sender,
        why=stay.why,
        when=_span(recent),
        sender=sender,
        is_new=chart.looked_at is not None and stay.stored_at is not None and stay.stored_at > chart.looked_at,
        summaries=[writer.line(each) for each in recent.summaries],
        sentence=_instead(recent),
    )


def missing(chart: Chart) -> list[str]:
    """What is not to be seen here, and why, in plain words; the last sentence is true of every record."""
    return [*_closed(chart), *_not_whole(chart), _beyond()]


def more(chart: Chart) -> list[tuple[str, str]]:
    """(code, title) of the parts that a further click opens."""
    return [(code, cards.title(code)) for code in MORE if SECTIONS[code].category in chart.access.categories]


def new_sentence(chart: Chart) -> str:
    """How much is new to the reader since the last look; empty at the first."""
    if chart.looked_at is None:
        return ""
    count = cards.count_new(chart.sections, chart.looked_at)
    if not count:
        return _("Nothing new here since you last looked on %(day)s") % {"day": day(chart.looked_at)}
    told = ngettext(
        "%(count)s new since you last looked on %(day)s", "%(count)s new since you last looked on %(day)s", count
    )
    return told % {"count": count, "day": day(chart.looked_at)}


def _span(recent: RecentStay) -> str:
    unknown = _("time not recorded")
    since, until = day(recent.stay.since) or unknown, day(recent.stay.until)
    if recent.stay.is_over and recent.stay.until:
        return _("%(since)s to %(until)s") % {"since": since, "until": until}
    return _("since %(since)s; no discharge was recorded") % {"since": since}


def _instead(recent: RecentStay) -> str:
    if recent.closed:
        return sentences([_("The discharge summary is not open to you."), reason(recent.closed)])
    if recent.is_failed:
        return _("Whether there is a discharge summary could not be loaded. Reload the page to try again.")
    return "" if recent.summaries or not recent.stay.is_over else _("No discharge summary was uploaded yet.")


def _closed(chart: Chart) -> Iterator[str]:
    told = {
        Reason.CATEGORY_RESTRICTED: _(
            "Restricted for your profession: %(parts)s. Only the patient's extra consent opens them."
        ),
        Reason.CATEGORY_CLOSED: _("Not open to your profession: %(parts)s."),
        Reason.CATEGORY_WITHHELD: _("Closed by the patient: %(parts)s. If you need them, speak with the patient."),
        Reason.CATEGORY_NOT_NAMED: _("Not named in this emergency, and so not opened: %(parts)s."),
    }
    for why, sentence in told.items():
        names = [named(*CATEGORY_NAMES[code]) for code, each in chart.access.closed if each == why]
        if names:
            yield sentence % {"parts": listed(names)}


def _not_whole(chart: Chart) -> Iterator[str]:
    failed = [cards.title(each.code) for each in chart.sections if each.is_failed]
    if failed:
        yield _("Could not be loaded: %(parts)s. Reload the page to try again.") % {"parts": listed(failed)}
    cut = [cards.title(each.code) for each in chart.sections if each.is_cut]
    if cut:
        yield _("Too long to be read whole: %(parts)s. The newest entries were read.") % {"parts": listed(cut)}


def _beyond() -> str:
    return _("What a provider has not uploaded, or keeps for itself, is not in this record. Ask the patient.")
