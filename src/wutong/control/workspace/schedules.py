"""A child's vaccines beside the programme, in words: what is not recorded here may have been given elsewhere."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from wutong.control.charts import schedule, vaccines
from wutong.control.charts.programme import PRIMARY_1, PRIMARY_5, PRIMARY_6, Row
from wutong.control.charts.schedule import Scheduled, State
from wutong.control.flows.read_chart import Chart
from wutong.control.pages.dates import day
from wutong.control.pages.names import listed
from wutong.control.workspace.cards import Writer, when
from wutong.core import clock


@dataclass(frozen=True)
class ScheduleRow:
    """One dose of the programme; `note` says for whom, where the record leaves that open."""

    age: str
    vaccine: str
    state: str
    is_given: bool
    note: str


@dataclass(frozen=True)
class ScheduleShown:
    """The schedule, or the sentence that stands instead of it; `others`: vaccines that are not of the programme."""

    rows: list[ScheduleRow]
    sentence: str
    others: str


def schedule_shown(chart: Chart) -> ScheduleShown | None:
    """For the page of immunisations; None where they are not shown at all."""
    [section] = chart.sections
    if section.closed or section.is_failed:
        return None
    about = chart.about
    if about is None or not about.birth_date:
        return ScheduleShown([], _("The programme for children is not shown: the date of birth is not known here."), "")
    if not schedule.is_for(about.birth_date):
        return ScheduleShown([], _("The programme for children is shown up to the age of 18."), "")
    doses = schedule.doses_of(section.held)
    planned = schedule.schedule(about.birth_date, about.sex, doses, clock.today())
    writer = Writer(chart.looked_at)
    rows = [
        ScheduleRow(_age(each.row), _vaccine(each.row), _state(each, writer), bool(each.doses), _note(each))
        for each in planned
    ]
    return ScheduleShown(rows, "", _others(section.held))


def _others(held: tuple[dict[str, object], ...]) -> str:
    other = [each for each in held if not vaccines.antigens(each.get("vaccineCode"))]
    names = dict.fromkeys(str(vaccines.name(each.get("vaccineCode"))) for each in other)
    return _("Other vaccines recorded here: %(vaccines)s.") % {"vaccines": listed(names)} if names else ""


def _age(row: Row) -> str:
    if row.school is not None:
        return {PRIMARY_1: _("Primary 1"), PRIMARY_5: _("Primary 5"), PRIMARY_6: _("Primary 6")}[row.school]
    months = row.months or 0
    known = {0: _("Newborn"), 1: _("1 month"), 12: _("12 months"), 18: _("18 months")}
    return known.get(months) or _("%(count)s months") % {"count": months}


def _vaccine(row: Row) -> str:
    """The programme's own short words; the number of the dose stands in them."""
    return {
        "BCG": _("BCG (tuberculosis)"),
        "Hepatitis B": _("Hepatitis B, dose %(number)s"),
        "DTaP-IPV": _("DTaP-IPV (diphtheria, tetanus, whooping cough, polio), dose %(number)s"),
        "DTaP-IPV booster": _("DTaP-IPV (diphtheria, tetanus, whooping cough, polio), booster"),
        "dTap-IPV booster": _("dTap-IPV (diphtheria, tetanus, whooping cough, polio; reduced), booster"),
        "PCV": _("Pneumococcal conjugate (PCV), dose %(number)s"),
        "PCV booster": _("Pneumococcal conjugate (PCV), booster"),
        "MMR": _("MMR (measles, mumps, rubella), dose %(number)s"),
        "MMRV": _("MMRV (measles, mumps, rubella, chickenpox), dose %(number)s"),
        "Varicella": _("Chickenpox (varicella), dose %(number)s"),
        "HPV": _("HPV (human papillomavirus), dose %(number)s, for girls"),
    }[row.vaccine] % {"number": row.number}


def _state(each: Scheduled, writer: Writer) -> str:
    told = [
        _("%(day)s, %(sender)s") % {"day": when(dose.on), "sender": writer.sender(dose.sender_code)}
        for dose in each.doses
    ]
    match each.state:
        case State.GIVEN:
            return _("Given: %(doses)s") % {"doses": listed(dict.fromkeys(told))}
        case State.IN_PART:
            words = {"doses": listed(dict.fromkeys(told)), "missing": listed(map(_antigen, each.missing))}
            return _("Given in part: %(doses)s. Not recorded here: %(missing)s") % words
        case State.DUE_SINCE:
            return _("Due since %(day)s; not recorded here") % {"day": day(each.due_until)}
    if each.due_from == each.due_until:
        return _("Due on %(day)s") % {"day": day(each.due_from)}
    return _("Due between %(first)s and %(last)s") % {"first": day(each.due_from), "last": day(each.due_until)}


def _antigen(code: str) -> str:
    return {
        vaccines.DTAP: _("diphtheria, tetanus and whooping cough"),
        vaccines.IPV: _("polio"),
        vaccines.MMR: _("measles, mumps and rubella"),
        vaccines.VAR: _("chickenpox"),
    }.get(code, code)


def _note(each: Scheduled) -> str:
    if each.is_certain:
        return ""
    if each.row.sex and each.row.born_from and each.due_from == each.due_until:
        return _("For girls; the sex is not recorded.")
    return _("Depends on the day of birth, which is not known.")
