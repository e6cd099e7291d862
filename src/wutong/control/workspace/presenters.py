"""What stands between the chart and the templates: names for codes, sentences for reasons."""

from dataclasses import dataclass
from datetime import date, datetime

from django.utils.translation import gettext as _

from wutong.control.charts.chart import Section
from wutong.control.people.queries.providers import providers
from wutong.control.workspace.forms import GROUNDS


@dataclass(frozen=True)
class Line:
    """One item as the page shows it."""

    name: str
    detail: str
    at: date | datetime | None
    sender: str
    is_marked: bool


@dataclass(frozen=True)
class Card:
    """One section as the page shows it; `sentence` stands where there are no lines."""

    code: str
    title: str
    lines: list[Line]
    more: int
    sentence: str
    is_alert: bool


def cards(sections: dict[str, Section]) -> list[Card]:
    """The sections in the order of the page, allergies first."""
    names = {each.code: each.name_en for each in providers()}
    return [_card(section, names) for section in sections.values()]


def card(section: Section) -> Card:
    """One section alone."""
    return cards({section.code: section})[0]


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
    }.get(code, _("The record does not open. No rule allows it."))


def ground_items() -> list[dict[str, str]]:
    """The grounds of care as choices."""
    return [{"value": value, "text": str(text)} for value, text in GROUNDS]


def _card(section: Section, names: dict[str, str]) -> Card:
    lines = [
        Line(item.name, item.detail, item.at, names.get(item.sender_code, item.sender_code), item.is_marked)
        for item in section.items
    ]
    is_alert = section.code == "allergies" and bool(lines)
    return Card(section.code, title(section.code), lines, section.total - len(lines), _sentence(section), is_alert)


def _sentence(section: Section) -> str:
    if section.is_failed:
        return _("This part could not be loaded. Reload the page to try again.")
    if section.closed:
        return reason(section.closed)
    if section.none_known:
        return _("No known allergies: a sender has recorded that there are none.")
    if section.code == "allergies":
        return _("Not recorded: nobody has told whether there are allergies. Ask the patient.")
    return _("Nothing recorded.")
