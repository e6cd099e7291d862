"""What patients and privacy officers are told of an emergency: no clinical content, category, link or person's name."""

from datetime import date, datetime

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import override

from wutong.control.notices.wording import PROFESSIONS, SOMEBODY, Wording
from wutong.control.pages.dates import day, moment
from wutong.control.pages.languages import offered
from wutong.control.pages.names import sentences

_OFFICERS_READ = ("en", "zh-hant")  # accounts say no language: officers get both, as far as they are offered


def of_emergency(*, language: str, provider_name: str, profession: str, at: datetime) -> Wording:
    """The record may be read for an hour without the patient's permission: when, where, by which profession."""
    with override(offered(language)):
        facts = [
            _("When: %(when)s, Hong Kong time") % {"when": moment(at)},
            _("Where: %(where)s") % {"where": provider_name},
            _("By: %(who)s") % {"who": _(PROFESSIONS.get(profession, SOMEBODY))},
            _("Kind of access: emergency, for 60 minutes at most"),
        ]
        parts = [
            _("A healthcare professional opened your health record in an emergency, without asking you first."),
            "\n".join(facts),
            _("A privacy officer reviews every such access, and you are told the outcome."),
            _(
                "To see the reason that they gave, sign in to the portal as you always do and open 'Who looked'. "
                "This message holds no link: do not trust one that does."
            ),
            _(
                "You think that this was no emergency? Tell the eHR office, or the privacy officer of the healthcare "
                "provider, at once."
            ),
        ]
        return Wording(_subject(), "\n\n".join(parts))


def of_emergency_in_short(*, language: str, provider_name: str, profession: str, at: datetime) -> Wording:
    """The same in the few sentences of an SMS."""
    with override(offered(language)):
        told = _(
            "Your health record was opened in an emergency, without asking you first, on %(when)s, Hong Kong time, at "
            "%(where)s, by %(who)s."
        ) % {"when": moment(at), "where": provider_name, "who": _(PROFESSIONS.get(profession, SOMEBODY))}
        after = _("A privacy officer reviews it. To see more, sign in to the portal as you always do.")
        return Wording(_subject(), sentences([told, after]))


def of_review(*, language: str, provider_name: str, at: datetime, outcome: str) -> Wording:
    """How a privacy officer closed the case. `at`: when the record was opened."""
    with override(offered(language)):
        how = _(
            "To see it, sign in to the portal as you always do and open 'Who looked'. This message holds no link: "
            "do not trust one that does."
        )
        return Wording(_reviewed(), "\n\n".join([_what_was_reviewed(provider_name, at), _outcome(outcome), how]))


def of_review_in_short(*, language: str, provider_name: str, at: datetime, outcome: str) -> Wording:
    """The same in the few sentences of an SMS."""
    with override(offered(language)):
        return Wording(_reviewed(), sentences([_what_was_reviewed(provider_name, at), _outcome(outcome)]))


def for_officer(*, provider_name: str, at: datetime, due_on: date) -> Wording:
    """A case waits: at which provider, since when, until when; it names nobody."""
    languages = [each for each in _OFFICERS_READ if each in dict(settings.LANGUAGES)]
    told = [_for_officer(language, provider_name, at, due_on) for language in languages]
    return Wording(" / ".join(each.subject for each in told), "\n\n".join(each.body for each in told))


def _for_officer(language: str, provider_name: str, at: datetime, due_on: date) -> Wording:
    with override(language):
        facts = [
            _("When: %(when)s, Hong Kong time") % {"when": moment(at)},
            _("Where: %(where)s") % {"where": provider_name},
            _("To be reviewed by: %(day)s") % {"day": day(due_on)},
        ]
        parts = [
            _("A health record was opened in an emergency, without asking the patient first."),
            "\n".join(facts),
            _(
                "Sign in as you always do and open 'Emergency access'. This message names nobody and holds no link: do "
                "not trust one that does."
            ),
        ]
        return Wording(_("An emergency access waits for its review"), "\n\n".join(parts))


def _subject() -> str:
    return _("Your health record was opened in an emergency")


def _reviewed() -> str:
    return _("The emergency access to your health record was reviewed")


def _what_was_reviewed(provider_name: str, at: datetime) -> str:
    return _(
        "On %(when)s, Hong Kong time, your health record was opened in an emergency at %(where)s. A privacy "
        "officer has reviewed it."
    ) % {"when": moment(at), "where": provider_name}


def _outcome(code: str) -> str:
    return {
        "justified": _("The outcome: it was justified."),
        "not-justified": _(
            "The outcome: it was not justified. To ask what follows, or to complain, tell the eHR office."
        ),
    }.get(code, _("The outcome: some questions are open, and the privacy officer follows them up."))
