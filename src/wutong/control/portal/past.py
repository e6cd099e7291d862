"""What stands between the replay of a day and its template: who could look, on which word, at which parts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from wutong.control.consent.queries import Word
from wutong.control.flows.replay_access import NotYet, Place, Replay, Sight, last_instant_of, replay_access
from wutong.control.pages.dates import day as written
from wutong.control.pages.names import joined, named, sentences
from wutong.control.people.queries.accounts import professional_names
from wutong.control.people.queries.groups import group_names
from wutong.control.people.queries.providers import provider_names
from wutong.control.portal import preview
from wutong.core import clock
from wutong.core.answers import Missing, Reason
from wutong.core.categories import CATEGORY_NAMES
from wutong.core.labels import LABEL_NAMES


@dataclass(frozen=True)
class Group:
    """One profession at a provider: what they are called and how many, what they could see, and who could not."""

    title: str
    sees: str
    shut_out: Sequence[str]


@dataclass(frozen=True)
class Line:
    """One provider, and on which statement; `could_look`: whether anybody there could."""

    provider: str
    statement: str
    could_look: bool
    groups: Sequence[Group]
    is_suspended_today: bool


@dataclass(frozen=True)
class Part:
    """What was closed, of one kind."""

    kind: str
    what: str


@dataclass(frozen=True)
class Shown:
    """The replay of a day in words; `registered_at` is given where it was before the person was registered, `left_at`
    where they had left the system."""

    day: date
    is_now: bool
    is_active: bool = True
    registered_at: datetime | None = None
    could: Sequence[Line] = ()
    could_not: Sequence[Line] = ()
    closed: Sequence[Part] = ()
    left_at: datetime | None = None


def shown_on(person_id: UUID, day: date) -> Shown | None:
    """Of today the present, of an earlier day its end; None: there is no such person."""
    is_now = day >= clock.today()
    answer = replay_access(person_id, None if is_now else last_instant_of(day))
    match answer:
        case Missing():
            return None
        case NotYet():
            return Shown(day, is_now, registered_at=answer.registered_at)
        case Replay(left_at=datetime()):
            return Shown(day, is_now, left_at=answer.left_at)
    people = professional_names(_named_accounts(answer))
    lines = [_line(each, people, is_now=is_now) for each in answer.places]
    return Shown(
        day,
        is_now,
        answer.is_active,
        could=[each for each in lines if each.could_look],
        could_not=[each for each in lines if not each.could_look],
        closed=_closed(answer, people),
    )


def _named_accounts(answer: Replay) -> set[UUID]:
    return {UUID(each.value) for each in answer.closings if each.kind == "professional"}


def _line(place: Place, people: dict[UUID, str], *, is_now: bool) -> Line:
    provider = place.provider
    sights = sorted(place.sights, key=lambda each: preview.place(each.profession))
    return Line(
        provider=named(provider.name_en, provider.name_zh),
        statement=_statement(place),
        could_look=place.refused is None,
        groups=[_group(each, people) for each in sights],
        is_suspended_today=not provider.is_active and not is_now,
    )


def _statement(place: Place) -> str:
    match place.refused:
        case Reason.PROVIDER_NOT_ACTIVE:
            return _("The healthcare provider's access is suspended.")
        case Reason.WITHHELD:
            return _("The record was closed to this healthcare provider.")
    if place.consent is None:
        return _("Allowed by joining the system, as every public healthcare provider is.")
    said = _said(place.consent, is_over=place.refused is Reason.CONSENT_ENDED)
    if place.consent.group_id is None:
        return said
    return sentences([said, _("It was about: %(name)s.") % {"name": group_names().get(place.consent.group_id, "")}])


def _said(consent: Word, *, is_over: bool) -> str:
    values = {
        "date": written(consent.stated_at),
        "until": written(consent.valid_until),
        "number": consent.version,
    }
    if not consent.is_given:
        return _("Withdrawn on %(date)s (version %(number)s).") % values
    if is_over:
        return _("Allowed on %(date)s; that had ended on %(until)s (version %(number)s).") % values
    if consent.valid_until:
        return _("Allowed on %(date)s, until %(until)s (version %(number)s).") % values
    return _("Allowed on %(date)s, until withdrawn (version %(number)s).") % values


def _group(sight: Sight, people: dict[UUID, str]) -> Group:
    title, number = preview.title(sight.profession), sight.number
    return Group(
        title=_("%(profession)s (%(count)s)") % {"profession": title, "count": number} if number else title,
        sees=_sees(sight.sees) if number else "",
        shut_out=[_name(each, people) for each in sight.shut_out],
    )


def _sees(sees: Sequence[str]) -> str:
    """As few names as tell it."""
    hidden = [code for code in CATEGORY_NAMES if code not in sees]
    if not hidden:
        return _("All parts of the record.")
    if not sees:
        return _("No part of the record.")
    if len(hidden) < len(sees):
        return _("All parts of the record but: %(parts)s.") % {"parts": _parts(hidden)}
    return _("Of the record only: %(parts)s.") % {"parts": _parts(sees)}


def _parts(codes: Sequence[str]) -> str:
    return joined(named(*CATEGORY_NAMES[code]) for code in CATEGORY_NAMES if code in codes)


def _closed(answer: Replay, people: dict[UUID, str]) -> list[Part]:
    places = provider_names() if _values(answer, "provider") else {}
    told = [
        (_("Parts of the record"), _parts(_values(answer, "category"))),
        (
            _("Sensitive information"),
            joined(named(*names) for code, names in LABEL_NAMES.items() if code in _values(answer, "label")),
        ),
        (_("Single items"), _items(len(_values(answer, "item")))),
        (_("Visits and stays"), _visits(len(_values(answer, "episode")))),
        (_("To healthcare providers"), joined(places[UUID(each)] for each in _values(answer, "provider"))),
        (_("To professionals"), joined(_name(UUID(each), people) for each in _values(answer, "professional"))),
    ]
    return [Part(kind, what) for kind, what in told if what]


def _values(answer: Replay, kind: str) -> list[str]:
    return [each.value for each in answer.closings if each.kind == kind]


def _items(number: int) -> str:
    return ngettext("%(count)s item", "%(count)s items", number) % {"count": number} if number else ""


def _visits(number: int) -> str:
    text = ngettext("%(count)s, with all that belongs to it", "%(count)s, with all that belongs to them", number)
    return text % {"count": number} if number else ""


def _name(account_id: UUID, people: dict[UUID, str]) -> str:
    return people.get(account_id, _("a professional"))
