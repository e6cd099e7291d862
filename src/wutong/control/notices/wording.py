"""What notices say: fixed texts without clinical content, link or person's name (dossier 2.4, R-46)."""

import textwrap
from dataclasses import dataclass
from datetime import date, datetime

from django.utils.translation import get_supported_language_variant, gettext_noop, override
from django.utils.translation import gettext as _

from wutong.control.pages.dates import day, moment

PROFESSIONS = {
    "DOC": gettext_noop("a doctor"),
    "NUR": gettext_noop("a nurse"),
    "MID": gettext_noop("a midwife"),
    "DEN": gettext_noop("a dentist"),
    "PHA": gettext_noop("a pharmacist"),
    "MLT": gettext_noop("a medical laboratory technologist"),
    "OT": gettext_noop("an occupational therapist"),
    "OPT": gettext_noop("an optometrist"),
    "RAD": gettext_noop("a radiographer"),
    "PT": gettext_noop("a physiotherapist"),
    "CMP": gettext_noop("a Chinese medicine practitioner"),
    "DHY": gettext_noop("a dental hygienist"),
    "CHI": gettext_noop("a chiropractor"),
}
_WINDOW, _LINE = 40, 78  # characters: an envelope's window, a page

SOMEBODY = gettext_noop("a healthcare professional")


@dataclass(frozen=True)
class Wording:
    """The subject and the body of one notice."""

    subject: str
    body: str


def of_look(*, language: str, provider_name: str, profession: str, at: datetime) -> Wording:
    """A look at the record: when, at which provider, by which profession, what kind of access."""
    with override(_offered(language)):
        facts = [
            _("When: %(when)s, Hong Kong time") % {"when": moment(at)},
            _("Where: %(where)s") % {"where": provider_name},
            _("By: %(who)s") % {"who": _(PROFESSIONS.get(profession, SOMEBODY))},
            _("Kind of access: viewing, to treat you"),
        ]
        parts = [
            _("A healthcare professional opened your health record."),
            "\n".join(facts),
            _how_to_see(),
            _how_to_report(),
        ]
        return Wording(_("Your health record was opened"), "\n\n".join(parts))


def of_consent(
    *, language: str, provider_name: str, is_given: bool, until: date | None, at: datetime, stated_as: str = ""
) -> Wording:
    """A sharing consent was given (until a day, or without end) or withdrawn, by the person or by, say, a parent."""
    with override(_offered(language)):
        facts = [
            _("When: %(when)s, Hong Kong time") % {"when": moment(at)},
            _("Healthcare provider: %(where)s") % {"where": provider_name},
            _holds(is_given=is_given, until=until),
        ]
        parts = [
            _who_changed(stated_as),
            "\n".join(facts),
            _how_to_see_consent(),
            _how_to_report(),
        ]
        return Wording(_("Your sharing consent was changed"), "\n\n".join(parts))


def of_look_in_short(*, language: str, provider_name: str, profession: str, at: datetime) -> Wording:
    """The same in the two or three sentences of an SMS."""
    with override(_offered(language)):
        told = _("Your health record was opened on %(when)s, Hong Kong time, at %(where)s, by %(who)s.") % {
            "when": moment(at),
            "where": provider_name,
            "who": _(PROFESSIONS.get(profession, SOMEBODY)),
        }
        return Wording(_("Your health record was opened"), f"{told} {_how_to_report_in_short()}")


def of_consent_in_short(
    *, language: str, provider_name: str, is_given: bool, until: date | None, stated_as: str = ""
) -> Wording:
    """The same in the few sentences of an SMS."""
    with override(_offered(language)):
        told = _who_changed_in_short(stated_as) % {"where": provider_name}
        body = f"{told} {_holds(is_given=is_given, until=until)} {_how_to_report_in_short()}"
        return Wording(_("Your sharing consent was changed"), body)


def of_ending(*, language: str, provider_name: str, until: date) -> Wording:
    """A sharing consent ends soon, and how to renew it."""
    with override(_offered(language)):
        facts = [
            _("Healthcare provider: %(where)s") % {"where": provider_name},
            _("Last day: %(day)s") % {"day": day(until)},
        ]
        parts = [
            _("Your sharing consent to a healthcare provider ends soon."),
            "\n".join(facts),
            _("After that day they may not look at your record any more. If you want this, there is nothing to do."),
            _(
                "To renew it, sign in to the portal as you always do and open 'Who may look'. "
                "This message holds no link: do not trust one that does."
            ),
        ]
        return Wording(_("Your sharing consent ends soon"), "\n\n".join(parts))


def of_ending_in_short(*, language: str, provider_name: str, until: date) -> Wording:
    """The same in the two sentences of an SMS."""
    with override(_offered(language)):
        facts = {"where": provider_name, "day": day(until)}
        told = _("Your consent that %(where)s may look at your health record ends on %(day)s.") % facts
        renew = _("To renew it, sign in to the portal as you always do and open 'Who may look'.")
        return Wording(_("Your sharing consent ends soon"), f"{told} {renew}")


def letter(*, language: str, to: str, on: datetime, told: Wording) -> str:
    """A notice as a letter to print: address, date, salutation, text. `to`: the name, then the address, in lines."""
    lines = [part for line in to.splitlines() for part in textwrap.wrap(line, _WINDOW)]
    with override(_offered(language)):
        salutation = _("Dear %(name)s,") % {"name": to.partition("\n")[0]}
        rows = [row for line in told.body.split("\n") for row in textwrap.wrap(line, _LINE) or [""]]
        return "\n\n".join(["\n".join(lines), day(on), salutation, told.subject, "\n".join(rows)]) + "\n"


def _offered(language: str) -> str:
    """The offered language nearest to the one that the person prefers (BCP 47, such as zh-HK), else English."""
    try:
        return get_supported_language_variant(language)
    except LookupError:
        return "en"


def _who_changed(stated_as: str) -> str:
    match stated_as:
        case "":
            return _("You changed who may look at your health record.")
        case "parent":
            return _("Your parent, acting for you, changed who may look at your health record.")
        case "guardian":
            return _("Your guardian, acting for you, changed who may look at your health record.")
    return _("Somebody whom a court appointed to act for you changed who may look at your health record.")


def _who_changed_in_short(stated_as: str) -> str:
    match stated_as:
        case "":
            return _("You changed who may look at your health record: %(where)s.")
        case "parent":
            return _("Your parent, acting for you, changed who may look at your health record: %(where)s.")
        case "guardian":
            return _("Your guardian, acting for you, changed who may look at your health record: %(where)s.")
    return _("Somebody whom a court appointed to act for you changed who may look at your health record: %(where)s.")


def _holds(*, is_given: bool, until: date | None) -> str:
    if not is_given:
        return _("From now on they may not look at your record.")
    if until is None:
        return _("They may look at your record until you withdraw your consent.")
    return _("They may look at your record until %(day)s, or until you withdraw your consent.") % {"day": day(until)}


def _how_to_see() -> str:
    return _(
        "To see more, sign in to the portal as you always do and open 'Who looked'. "
        "This message holds no link: do not trust one that does."
    )


def _how_to_see_consent() -> str:
    return _(
        "To see or change it, sign in to the portal as you always do and open 'Who may look'. "
        "This message holds no link: do not trust one that does."
    )


def _how_to_report() -> str:
    return _(
        "You did not expect this? Tell the eHR office, or the privacy officer of the healthcare provider, at once."
    )


def _how_to_report_in_short() -> str:
    return _("You did not expect this? Tell the eHR office, or sign in to the portal as you always do.")
