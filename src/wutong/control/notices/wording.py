"""What notices say: fixed texts without clinical content, link or person's name (dossier 2.4, R-46)."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, override

from wutong.control.pages.dates import moment
from wutong.control.pages.languages import offered
from wutong.control.pages.names import sentences

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
SOMEBODY = gettext_noop("a healthcare professional")


@dataclass(frozen=True)
class Wording:
    """The subject and the body of one notice."""

    subject: str
    body: str


def of_look(*, language: str, provider_name: str, profession: str, at: datetime, is_attested: bool) -> Wording:
    """A look at the record: when, at which provider, by which profession, what kind of access.

    Where nothing in the record showed that they care for the person (`is_attested`) it says so; the reason, which may
    tell of the person's health, stands in the portal alone.
    """
    with override(offered(language)):
        facts = [
            _("When: %(when)s, Hong Kong time") % {"when": moment(at)},
            _("Where: %(where)s") % {"where": provider_name},
            _("By: %(who)s") % {"who": _(PROFESSIONS.get(profession, SOMEBODY))},
            _("Kind of access: viewing, to treat you"),
        ]
        parts = [
            _("A healthcare professional opened your health record."),
            "\n".join(facts),
            *([_without_evidence()] if is_attested else []),
            how_to_see(),
            how_to_report(),
        ]
        return Wording(_("Your health record was opened"), "\n\n".join(parts))


def of_look_in_short(*, language: str, provider_name: str, profession: str, at: datetime, is_attested: bool) -> Wording:
    """The same in the two or three sentences of an SMS."""
    with override(offered(language)):
        told = _("Your health record was opened on %(when)s, Hong Kong time, at %(where)s, by %(who)s.") % {
            "when": moment(at),
            "where": provider_name,
            "who": _(PROFESSIONS.get(profession, SOMEBODY)),
        }
        why = _("Your record showed no visit there; see their reason in the portal.") if is_attested else ""
        return Wording(_("Your health record was opened"), sentences([told, why, how_to_report_in_short()]))


def _without_evidence() -> str:
    return _(
        "Nothing in your record showed a visit, an appointment or a referral there. They gave a reason, which you can "
        "read in the portal."
    )


def how_to_see() -> str:
    """Where a look is to be seen."""
    return _(
        "To see more, sign in to the portal as you always do and open 'Who looked'. "
        "This message holds no link: do not trust one that does."
    )


def how_to_report() -> str:
    """What to do about something unexpected."""
    return _(
        "You did not expect this? Tell the eHR office, or the privacy officer of the healthcare provider, at once."
    )


def how_to_report_in_short() -> str:
    """The same in the one or two sentences of an SMS."""
    return _("You did not expect this? Tell the eHR office, or sign in to the portal as you always do.")
