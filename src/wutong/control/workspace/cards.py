"""The parts of a record as pages show them: names for codes, lines with time and sender, sentences for emptiness."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from django.utils.translation import gettext as _

from wutong.control.charts.chart import MEASURED, SECTIONS, Section
from wutong.control.charts.item import Item
from wutong.control.pages.dates import day, moment
from wutong.control.pages.names import named
from wutong.control.people.queries.providers import providers
from wutong.control.workspace.presenters import reason

PAGE = 50
# One screen: no allergy is ever left out of it; of the rest, what a reader with half a minute can take in.
_SHOWN = {"allergies": 50, "problems": 5, "medicines": 8, "results": 7}
_SHOWN_SHORTER = {**_SHOWN, "results": 5}  # beneath a recent stay
_USUALLY_SHOWN, _USUALLY_SHOWN_SHORTER = 3, 2
# So many characters of a sender's name stand in a line of the summary, and of an allergy, a dose or a value, which
# nobody shall read by half; the section's own page has all of it.
_IN_A_LINE, _WHOLE = 200, 1_000
# SNOMED CT ends a full name with the kind of concept; under a heading it says nothing more.
_KIND = re.compile(
    r" \((disorder|finding|procedure|situation|person|regime/therapy|substance|organism|product|medicinal product)\)$"
)


@dataclass(frozen=True)
class Line:
    """One item as the page shows it; `test` and `paper` (Type, id) lead to pages of their own."""

    name: str
    detail: str
    reference: str
    when: str
    sender: str
    mark: str
    is_new: bool
    test: str
    paper: tuple[str, ...]
    count: int = 1  # of values, where the line stands for a test
    is_cut: bool = False  # more was written than stands here


@dataclass(frozen=True)
class Card:
    """One section as the page shows it; `sentence` stands above the lines, `note` beneath them."""

    code: str
    title: str
    lines: list[Line]
    current: int
    total: int
    sentence: str
    note: str
    is_alert: bool

    @property
    def has_more(self) -> bool:
        """Whether the section's own page shows more than the summary."""
        return self.total > len(self.lines)

    @property
    def is_partial(self) -> bool:
        """Whether problems or medicines of today are left out here."""
        return self.code in {"problems", "medicines"} and self.current > len(self.lines)

    @property
    def has_other_kinds(self) -> bool:
        """Whether the section's own page asks for kinds of entries that the summary does not."""
        return not self.sentence and len(SECTIONS[self.code].types) > SECTIONS[self.code].at_first

    @property
    def is_cut(self) -> bool:
        """Whether of a line more was written than stands here."""
        return any(each.is_cut for each in self.lines)

    @property
    def tests(self) -> list[Line]:
        """What was measured."""
        return [each for each in self.lines if each.test]

    @property
    def others(self) -> list[Line]:
        """What was not: reports, documents, images."""
        return [each for each in self.lines if not each.test]


def cards(sections: Sequence[Section], looked_at: datetime | None, *, is_shorter: bool = False) -> list[Card]:
    """The summary, in the order of the page, allergies first; shorter where a stay takes its place."""
    writer = Writer(looked_at)
    found = [_card(each, each.current[: _most(each.code, is_shorter=is_shorter)], writer) for each in sections]
    return [replace(each, lines=[_cut(line, each.code) for line in each.lines]) for each in found]


def whole_card(section: Section, looked_at: datetime | None, *, offset: int) -> Card:
    """One section whole, a page of it; of what was measured, the newest of each test."""
    counts = Counter(item.test for item in section.items)
    items = _newest_of_each_test(section.items) if section.code in MEASURED else section.items
    card = _card(section, items[offset : offset + PAGE], Writer(looked_at))
    lines = [replace(each, count=counts[each.test]) if each.test else each for each in card.lines]
    return replace(card, title=title_of_all(section.code), lines=lines, total=len(items))


def new_cards(sections: Sequence[Section], looked_at: datetime | None) -> list[Card]:
    """What is new to the reader, section by section; sections without are left out."""
    found = [(each, [item for item in each.items if item.is_new_since(looked_at)]) for each in sections]
    return [replace(_card(each, new, Writer(looked_at)), sentence="") for each, new in found if new]


def count_new(sections: Iterable[Section], looked_at: datetime | None) -> int:
    """How much is new to the reader."""
    return sum(item.is_new_since(looked_at) for section in sections for item in section.items)


def not_there(section: Section) -> str:
    """Why a section is closed, or that it could not be loaded; empty where neither is so."""
    return _sentence(section, Writer(None)) if section.closed or section.is_failed else ""


def title(code: str) -> str:
    """A section's heading."""
    return {
        "allergies": _("Allergies and adverse drug reactions"),
        "problems": _("Problems"),
        "medicines": _("Current medicines"),
        "results": _("Recent laboratory results"),
        "immunisations": _("Immunisations"),
        "encounters": _("Encounters"),
        "documents": _("Clinical notes and summaries"),
        "procedures": _("Procedures"),
        "radiology": _("Radiology"),
        "investigations": _("Other investigations"),
        "observations": _("Observations"),
        "referrals": _("Referrals"),
        "birth": _("Birth record"),
    }[code]


def title_of_all(code: str) -> str:
    """The heading of a section's own page: what ended stands there too."""
    whole = {
        "medicines": _("Medicines"),
        "results": _("Laboratory results"),
        "encounters": _("Visits and appointments"),
    }
    return whole.get(code) or title(code)


class Writer:
    """Writes items as lines for one reader."""

    def __init__(self, looked_at: datetime | None) -> None:
        self._looked_at = looked_at
        self._senders = {each.code: named(each.name_en, each.name_zh) for each in providers()}

    def sender(self, code: str) -> str:
        """The sender's name, or that nobody knows it."""
        return self._senders.get(code, code) or _("sender not known")

    def line(self, item: Item) -> Line:
        """One line."""
        return Line(
            _KIND.sub("", item.name),
            item.detail,
            item.reference,
            when(item.at),
            self.sender(item.sender_code),
            item.mark,
            item.is_new_since(self._looked_at),
            item.test,
            tuple(item.paper.split("/")) if item.paper else (),
        )


def when(at: date | datetime | str | None) -> str:
    """As exactly as the sender said it."""
    return (moment(at) if isinstance(at, datetime) else day(at)) or _("time not recorded")


def _most(code: str, *, is_shorter: bool) -> int:
    return _SHOWN_SHORTER.get(code, _USUALLY_SHOWN_SHORTER) if is_shorter else _SHOWN.get(code, _USUALLY_SHOWN)


def _cut(line: Line, code: str) -> Line:
    name = _beginning(line.name, _WHOLE if code == "allergies" else _IN_A_LINE)
    detail = _beginning(line.detail, _WHOLE)
    is_cut = (name, detail) != (line.name, line.detail)
    return replace(line, name=name, detail=detail, is_cut=True) if is_cut else line


def _beginning(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1].rstrip()}…"


def _newest_of_each_test(items: Sequence[Item]) -> list[Item]:
    """The first of each test; then what is no test."""
    newest = {item.test: item for item in reversed(items) if item.test}
    return [*(item for item in items if newest.get(item.test) is item), *(item for item in items if not item.test)]


def _card(section: Section, items: Sequence[Item], writer: Writer) -> Card:
    return Card(
        code=section.code,
        title=title(section.code),
        lines=[writer.line(item) for item in items],
        current=len(section.current),
        total=len(section.items),
        sentence=_sentence(section, writer),
        note=_("There is more than can be listed here: the newest entries were read.") if section.is_cut else "",
        is_alert=section.code == "allergies" and any(not item.is_absence for item in section.current),
    )


def _sentence(section: Section, writer: Writer) -> str:
    if section.is_failed:
        return _("This part could not be loaded. Reload the page to try again.")
    if section.closed:
        return reason(section.closed)
    if section.none_known:
        told = writer.line(section.none_known)
        return _("None known: stated by %(sender)s, %(when)s.") % {"sender": told.sender, "when": told.when}
    if section.current:
        return ""
    if section.items:
        return _("Nothing current; there are earlier entries.")
    if section.code == "allergies":
        return _("Not recorded: nobody has told whether there are allergies. Ask the patient.")
    return _("Nothing recorded.")
