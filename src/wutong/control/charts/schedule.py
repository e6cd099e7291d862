"""A child's vaccines against the dated programme: pure, from a birth date, a sex, the doses recorded, and today.

Doses are counted: the second recorded dose of an antigen fills the second that the programme has, however late it was
given, as catching up does; only a dose that is too early for a booster, or for measles, fills none. A dose that is not
recorded here may have been given elsewhere: no state says "missing".
"""

from calendar import monthrange
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from wutong.control.charts import elements, vaccines
from wutong.control.charts.programme import ROWS, Row
from wutong.control.pages import dates

ADULT = 18  # years: from then on there is no schedule to hold a record against


class State(StrEnum):
    """How a scheduled dose stands."""

    GIVEN = "given"
    IN_PART = "in-part"  # of a combination, not every antigen is recorded
    DUE_SINCE = "due-since"
    DUE_ON = "due-on"


@dataclass(frozen=True)
class Dose:
    """A recorded dose; `on` is a day, or as much of one as its sender knew."""

    antigens: tuple[str, ...]
    on: date | str | None
    sender_code: str


@dataclass(frozen=True)
class Scheduled:
    """A dose of the programme and how it stands. `due_from`, `due_until`: one day where the birth date is a day.

    `doses`: those that fill it; `missing`: antigens that none of them holds. `is_certain` is False where it depends on
    a day of birth, or a sex, that is not known whether the row is this child's at all.
    """

    row: Row
    state: State
    due_from: date
    due_until: date
    doses: tuple[Dose, ...] = ()
    missing: tuple[str, ...] = ()
    is_certain: bool = True


def doses_of(immunisations: Iterable[dict[str, Any]]) -> list[Dose]:
    """The doses of the programme among Immunizations, but those that a sender says were too weak to count."""
    told = [_dose(each) for each in immunisations if not each.get("isSubpotent")]
    return [each for each in told if each.antigens]


def schedule(birth_date: str, sex: str, doses: Sequence[Dose], today: date) -> list[Scheduled]:
    """Each dose of the programme that is, or may be, for a child so born; empty where no birth date is known.

    `birth_date` as FHIR writes it, a day, a month or a year; `sex` F, M or U. Every dose fills at most one row for
    each of its antigens. Raises nothing.
    """
    born = dates.first_and_last(birth_date)
    if born is None or born[0] > today:
        return []
    left = {antigen: _in_order(antigen, doses) for row in ROWS for antigen in row.antigens}
    return [_scheduled(row, born, sex, left, today) for row in ROWS if _may_be_for(row, born, sex)]


def is_for(birth_date: str) -> bool:
    """Whether somebody so born may be under 18 today."""
    return bool(birth_date) and min(dates.ages(birth_date), default=ADULT) < ADULT


def _dose(immunisation: dict[str, Any]) -> Dose:
    on = elements.day_of(elements.when(immunisation))
    return Dose(vaccines.antigens(immunisation.get("vaccineCode")), on, elements.sender(immunisation))


def _may_be_for(row: Row, born: tuple[date, date], sex: str) -> bool:
    is_too_early = row.born_from is not None and born[1] < row.born_from
    is_too_late = row.born_until is not None and born[0] > row.born_until
    return not (is_too_early or is_too_late) and (not row.sex or sex in {row.sex, "U"})


def _is_certain(row: Row, born: tuple[date, date], sex: str) -> bool:
    is_in_span = (row.born_from or born[0]) <= born[0] and born[1] <= (row.born_until or born[1])
    return is_in_span and sex in {row.sex or sex, row.sex}


def _scheduled(row: Row, born: tuple[date, date], sex: str, left: dict[str, list[Dose]], today: date) -> Scheduled:
    due = _due(row, born[0]), _due(row, born[1])
    earliest = _months_after(born[0], row.counts_from)
    filled = {antigen: dose for antigen in row.antigens if (dose := _take(left[antigen], earliest))}
    missing = tuple(each for each in row.antigens if each not in filled)
    state = State.DUE_SINCE if today >= due[1] else State.DUE_ON
    if filled:
        state = State.IN_PART if missing else State.GIVEN
    doses = tuple(dict.fromkeys(filled.values()))
    return Scheduled(row, state, *due, doses, missing, is_certain=_is_certain(row, born, sex))


def _take(left: list[Dose], earliest: date) -> Dose | None:
    """The next dose that counts; those given too early for this row fill no later one either."""
    while left:
        dose = left.pop(0)
        if not isinstance(dose.on, date) or dose.on >= earliest:
            return dose
    return None


def _due(row: Row, born: date) -> date:
    """So many months after birth, or the first of September in which that school year begins."""
    return date(born.year + row.school, 9, 1) if row.school is not None else _months_after(born, row.months or 0)


def _months_after(day: date, months: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def _in_order(antigen: str, doses: Sequence[Dose]) -> list[Dose]:
    """Each day once, since several senders tell of one dose; what is known in part only where no known day fits."""
    held = [each for each in doses if antigen in each.antigens]
    known = {str(each.on): each for each in held if isinstance(each.on, date)}
    partial = {str(each.on): each for each in held if each.on and not isinstance(each.on, date)}
    others = [each for day, each in sorted(partial.items()) if not any(other.startswith(day) for other in known)]
    undated = [each for each in held if each.on is None]
    return [*(known[day] for day in sorted(known)), *others, *undated[: 0 if known or others else 1]]
