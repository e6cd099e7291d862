"""What stands between the chart and the templates: names for codes, sentences for reasons."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID

from django.utils.translation import gettext as _

from wutong.control.charts.chart import Section
from wutong.control.charts.reading import Item
from wutong.control.pages.dates import day, moment
from wutong.control.people.queries.providers import provider, providers
from wutong.control.workspace.forms import GROUNDS

PAGE = 50
NOTHING_OPEN = "nothing-open"
# One screen: no allergy is ever left out of it; of the rest, what a reader with half a minute can take in.
_SHOWN = {"allergies": 50, "problems": 5, "medicines": 8, "results": 7}
_USUALLY_SHOWN = 3
# SNOMED CT ends a full name with the kind of concept; under a heading it says nothing more.
_KIND = re.compile(
    r" \((disorder|finding|procedure|situation|person|regime/therapy|substance|organism|product|medicinal product)\)$"
)


@dataclass(frozen=True)
class Line:
    """One item as the page shows it."""

    name: str
    detail: str
    reference: str
    when: str
    sender: str
    mark: str


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


def cards(sections: Sequence[Section]) -> list[Card]:
    """The summary, in the order of the page, allergies first."""
    names = _senders()
    return [_card(each, each.current[: _SHOWN.get(each.code, _USUALLY_SHOWN)], names) for each in sections]


def card(section: Section, *, offset: int) -> Card:
    """One section whole, a page of it."""
    shown = _card(section, section.items[offset : offset + PAGE], _senders())
    return replace(shown, title=_title_of_all(section.code))


def title(code: str) -> str:
    """A section's heading."""
    return {
        "allergies": _("Allergies and adverse drug reactions"),
        "problems": _("Problems"),
        "medicines": _("Current medicines"),
        "results": _("Recent laboratory results"),
        "immunisations": _("Immunisations"),
        "encounters": _("Encounters"),
    }[code]


def _title_of_all(code: str) -> str:
    # What ended stands there too.
    return {"medicines": _("Medicines"), "results": _("Laboratory results")}.get(code) or title(code)


def reason(code: str) -> str:
    """Why nothing opens, and what to do."""
    how = _(
        "The patient can allow your clinic in the portal: sign in, open 'Who may look', choose your clinic and "
        "'Allow'. It holds at once."
    )
    return {
        "no-sharing-consent": _("The patient has not allowed your clinic to look at the record.") + " " + how,
        "sharing-consent-ended": _("The patient's permission for your clinic has ended.") + " " + how,
        "record-not-opened": _("The record is not open any more. State why you treat this person to open it again."),
        "professional-registration-ended": _(
            "Your professional registration is not current. Ask your account administrator."
        ),
        "provider-not-active": _("Your clinic's access is suspended. Ask the eHR office."),
        "person-not-active": _("This person's registration is not active. Ask the eHR office."),
        "category-closed": _("Your profession's role does not open this part of the record."),
        "category-restricted": _("Restricted for your profession: only the patient's extra consent opens this part."),
        "category-not-named": _("Not opened in this emergency: this part was not named."),
        "emergency-off": _("Emergency access is switched off here.") + " " + how,
        "emergency-not-granted": _("The emergency access is over, or was not granted in this session."),
        NOTHING_OPEN: _("Your profession's role opens no part of the record."),
        "not-registered": _("This person is not registered any more. Find the patient again."),
        "no-token": _("Your session has ended. Sign out, and sign in again."),
    }.get(code, _("No rule lets you open this record. If you think one should, ask your account administrator."))


def entitled(provider_id: UUID | None) -> str:
    """Why the professional's provider may look at all; empty where there is no such provider."""
    found = provider(provider_id) if provider_id else None
    if found is None:
        return ""
    if found.is_deemed:
        told = _("%(provider)s may look without being allowed by the patient: the law deems the consent given.")
    else:
        told = _("The patient has allowed %(provider)s to look.")
    return told % {"provider": found.name_en}


def ground_items() -> list[dict[str, str]]:
    """The grounds of care as choices."""
    return [{"value": value, "text": str(text)} for value, text in GROUNDS]


def _card(section: Section, items: Sequence[Item], senders: dict[str, str]) -> Card:
    return Card(
        code=section.code,
        title=title(section.code),
        lines=[_line(item, senders) for item in items],
        current=len(section.current),
        total=len(section.items),
        sentence=_sentence(section, senders),
        note=_("There is more than can be listed here: the newest 3,000 entries were read.") if section.is_cut else "",
        is_alert=section.code == "allergies" and any(not item.is_absence for item in section.current),
    )


def _line(item: Item, senders: dict[str, str]) -> Line:
    sender = senders.get(item.sender_code, item.sender_code) or _("sender not known")
    return Line(_KIND.sub("", item.name), item.detail, item.reference, _when(item.at), sender, item.mark)


def _when(at: date | datetime | str | None) -> str:
    """As exactly as the sender said it."""
    return (moment(at) if isinstance(at, datetime) else day(at)) or _("time not recorded")


def _senders() -> dict[str, str]:
    return {each.code: each.name_en for each in providers()}


def _sentence(section: Section, senders: dict[str, str]) -> str:
    if section.is_failed:
        return _("This part could not be loaded. Reload the page to try again.")
    if section.closed:
        return reason(section.closed)
    if section.none_known:
        told = _line(section.none_known, senders)
        return _("None known: stated by %(sender)s, %(when)s.") % {"sender": told.sender, "when": told.when}
    if section.current:
        return ""
    if section.items:
        return _("Nothing current; there are earlier entries.")
    if section.code == "allergies":
        return _("Not recorded: nobody has told whether there are allergies. Ask the patient.")
    return _("Nothing recorded.")
