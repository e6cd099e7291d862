"""What stands between emergency access and the officers' templates."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from wutong.control.audit.queries import Reading, readings
from wutong.control.audit.queries import rates as rates_since
from wutong.control.emergency.queries import Case
from wutong.control.emergency.words import KINDS, OUTCOMES
from wutong.control.notices.wording import PROFESSIONS, SOMEBODY
from wutong.control.pages.dates import day
from wutong.control.pages.names import named
from wutong.control.people.queries.accounts import display_names, professional_names
from wutong.control.people.queries.persons import PersonSummary, person
from wutong.control.people.queries.providers import provider_names
from wutong.core import clock
from wutong.core.categories import CATEGORY_NAMES

_RATE_OVER = timedelta(days=90)


@dataclass(frozen=True)
class Row:
    """A case as the queue shows it."""

    case: Case
    provider: str
    profession: str
    kind: str
    clock: str
    outcome: str

    @property
    def is_overdue(self) -> bool:
        """Whether its review should be done by now."""
        return self.case.is_open and self.case.days_left < 0


@dataclass(frozen=True)
class Read:
    """What was read of one category; not named: shown by the ordinary permission beside it."""

    name: str
    times: int
    first_at: datetime
    last_at: datetime
    is_named: bool


@dataclass(frozen=True)
class Whole:
    """A case as its own page shows it. Of the patient: numbers to find the papers by, no name."""

    row: Row
    who: str
    named: list[str]
    read: list[Read]
    patient: PersonSummary | None
    reviewer: str


@dataclass(frozen=True)
class ProviderRate:
    """How often a provider's looks were emergencies in the last 90 days."""

    provider: str
    emergencies: int
    looks: int
    per_thousand: str


def rows(cases: Sequence[Case]) -> list[Row]:
    """Lines of the queue."""
    places = provider_names()
    return [_row(each, places) for each in cases]


def whole(case: Case) -> Whole:
    """Everything that a reviewer needs to judge by."""
    people = professional_names({case.account_id})
    reviewer = display_names({case.reviewer_id}) if case.reviewer_id else {}
    return Whole(
        row=_row(case, provider_names()),
        who=people.get(case.account_id, _("a professional")),
        named=[_category(code) for code in CATEGORY_NAMES if code in case.categories],
        read=[_read(each, case) for each in readings(case.person_id, case.grant_id)],
        patient=person(case.person_id),
        reviewer=next(iter(reviewer.values()), ""),
    )


def rates(provider_id: UUID | None) -> list[ProviderRate]:
    """The rate of each provider (or of one) that had an emergency, the highest first."""
    found = rates_since(clock.now() - _RATE_OVER)
    shown = [each for each in found.values() if each.emergencies and provider_id in {None, each.provider_id}]
    places = provider_names()
    return [
        ProviderRate(places.get(each.provider_id, ""), each.emergencies, each.looks, f"{each.per_thousand:,.1f}")
        for each in sorted(shown, key=lambda rate: -rate.per_thousand)
    ]


def outcomes() -> list[dict[str, str]]:
    """How a case can be closed, as choices."""
    return [{"value": code, "text": _(text)} for code, text in OUTCOMES.items()]


def _row(case: Case, places: dict[UUID, str]) -> Row:
    return Row(
        case=case,
        provider=places.get(case.provider_id, ""),
        profession=_(PROFESSIONS.get(case.profession, SOMEBODY)),
        kind=_(KINDS.get(case.kind, "")) if case.kind in KINDS else case.kind,
        clock=_clock(case) if case.is_open else "",
        outcome=_(OUTCOMES[case.outcome]) if case.outcome in OUTCOMES else "",
    )


def _clock(case: Case) -> str:
    """The time that is left, in words."""
    due, left = day(case.due_on), case.days_left
    if left < 0:
        told = ngettext(
            "Overdue: it was due on %(due)s, %(count)s day ago",
            "Overdue: it was due on %(due)s, %(count)s days ago",
            -left,
        )
        return told % {"due": due, "count": -left}
    if left == 0:
        return _("Due today, %(due)s") % {"due": due}
    return ngettext("Due on %(due)s, in %(count)s day", "Due on %(due)s, in %(count)s days", left) % {
        "due": due,
        "count": left,
    }


def _read(reading: Reading, case: Case) -> Read:
    is_named = reading.category in case.categories
    return Read(_category(reading.category), reading.times, reading.first_at, reading.last_at, is_named)


def _category(code: str) -> str:
    return named(*CATEGORY_NAMES[code]) if code in CATEGORY_NAMES else code
