"""What stands between a person's own record and the templates: its parts, its entries, and what of it is closed."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.utils.translation import gettext as _

from wutong.control.charts.chart import SECTIONS
from wutong.control.charts.own import Entry
from wutong.control.consent.closing_queries import ClosingFacts, closings_of
from wutong.control.pages.dates import day, moment
from wutong.control.pages.names import joined, named, term
from wutong.control.people.queries.providers import providers
from wutong.control.portal.subjects import Subject
from wutong.core.categories import CATEGORY_NAMES
from wutong.core.labels import LABEL_NAMES

_OF_ENTRIES = ("item", "episode", "label")


@dataclass(frozen=True)
class Part:
    """One part of the record: how many entries it has (None: not known), and whether all of it is closed."""

    code: str
    name: str
    count: int | None
    is_closed: bool


@dataclass(frozen=True)
class Line:
    """One entry: what, when, from whom; why it is closed (empty: it is not), and by which closing (kind, value)."""

    entry: Entry
    name: str
    detail: str
    when: str
    sender: str
    closed: str
    closing: tuple[str, str] | None

    @property
    def title(self) -> str:
        """As a closing keeps it."""
        return _("%(name)s, %(when)s, from %(sender)s") % {"name": self.name, "when": self.when, "sender": self.sender}

    @property
    def can_be_closed(self) -> bool:
        """By itself: a visit closes with all that belongs to it."""
        return self.closing is None and not self.entry.is_episode

    @property
    def episode(self) -> tuple[str, str] | None:
        """The visit or stay that can be closed from here, its type and id."""
        if self.closing is not None:
            return None
        if self.entry.is_episode:
            return self.entry.resource_type, self.entry.resource_id
        return next(((kind, str(key)) for kind, key in self.entry.episodes), None)


def parts(subject: Subject, counts: Mapping[str, int] | None) -> list[Part]:
    """The parts in the order of the data categories; `counts` by category, None where no numbers are told."""
    closed = {each.value for each in closings_of(subject.person_id) if each.kind == "category"}
    by_category = {plan.category: code for code, plan in SECTIONS.items()}
    return [
        Part(
            by_category[category],
            term(*names),
            None if counts is None else counts.get(category, 0),
            category in closed,
        )
        for category, names in CATEGORY_NAMES.items()
        if category in by_category
    ]


def lines(subject: Subject, entries: Sequence[Entry]) -> list[Line]:
    """A page of entries; each register is read once."""
    closings = [each for each in closings_of(subject.person_id) if each.kind in _OF_ENTRIES]
    senders = {each.code: named(each.name_en, each.name_zh) for each in providers()}
    return [_line(each, closings, senders) for each in entries]


def _line(entry: Entry, closings: Collection[ClosingFacts], senders: Mapping[str, str]) -> Line:
    item = entry.item
    by = min((each for each in closings if each.value in entry.marks), key=_nearest, default=None)
    return Line(
        entry,
        item.name,
        joined([item.mark, item.detail]),
        _when(item.at),
        senders.get(item.sender_code, item.sender_code) or _("sender not known"),
        _closed(by) if by else "",
        (by.kind, by.value) if by else None,
    )


def _nearest(closing: ClosingFacts) -> int:
    """The closing that is about the entry itself is named before one that closes it with others."""
    return _OF_ENTRIES.index(closing.kind)


def _closed(closing: ClosingFacts) -> str:
    match closing.kind:
        case "item":
            return _("Closed.")
        case "episode":
            return _("Closed, with the visit or stay that it belongs to.")
    return _("Closed, as sensitive information: %(label)s.") % {"label": named(*LABEL_NAMES[closing.value])}


def _when(at: date | datetime | str | None) -> str:
    """As exactly as the sender said it."""
    return (moment(at) if isinstance(at, datetime) else day(at)) or _("time not recorded")
