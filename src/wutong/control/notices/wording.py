"""What notices say: fixed texts without clinical content, link or person's name (dossier 2.4, R-46)."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, override

from wutong.core import clock

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
}


@dataclass(frozen=True)
class Wording:
    """The subject and the body of one notice."""

    subject: str
    body: str


def of_look(*, language: str, provider_name: str, profession: str, at: datetime) -> Wording:
    """A look at the record: when, at which provider, by which profession."""
    with override(language):
        sentence = _("Your health record was opened on %(when)s by %(who)s of %(where)s.") % {
            "when": _when(at),
            "who": _(PROFESSIONS.get(profession, "a healthcare professional")),
            "where": provider_name,
        }
        return Wording(_("Your health record was opened"), "\n\n".join([sentence, _how_to_see(), _how_to_report()]))


def of_consent(*, language: str, provider_name: str, is_given: bool, at: datetime) -> Wording:
    """A sharing consent was given or withdrawn."""
    with override(language):
        given = _("On %(when)s you allowed %(where)s to look at your health record.")
        withdrawn = _("On %(when)s you withdrew your permission for %(where)s to look at your health record.")
        sentence = (given if is_given else withdrawn) % {"when": _when(at), "where": provider_name}
        return Wording(_("Your sharing consent was changed"), "\n\n".join([sentence, _how_to_see(), _how_to_report()]))


def _how_to_see() -> str:
    return _("To see more, sign in to the portal as you always do and open 'Who looked'. This message holds no link.")


def _how_to_report() -> str:
    return _("If you did not expect this, tell the eHR office at once.")


def _when(at: datetime) -> str:
    return f"{clock.local(at):%Y-%m-%d %H:%M}"
