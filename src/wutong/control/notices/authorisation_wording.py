"""What a person is told when a professional asks to open restricted parts, and when the code opened them.

The names of parts and what they are needed for are fixed words; the professional's own words stand in the portal alone,
since a message may be read by others (R-46). The code is put in when the message leaves: it is kept nowhere.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import override

from wutong.control.notices.wording import PROFESSIONS, SOMEBODY, Wording, how_to_report, how_to_report_in_short
from wutong.control.pages.dates import moment
from wutong.control.pages.languages import offered
from wutong.control.pages.names import listed, named, sentences
from wutong.core.categories import CATEGORY_NAMES

KIND = "authorisation"  # of the notice that brings a code
CODE = "{code}"  # where the code comes


@dataclass(frozen=True)
class Wanted:
    """Who asks, to see which parts, what for (in the reader's words), and whose record: one's own, or another's."""

    provider_names: tuple[str, str]
    profession: str
    categories: Collection[str]
    purpose: str
    is_of_another: bool


def of_request(*, language: str, wanted: Wanted, until: datetime) -> Wording:
    """A professional asks; the code that lets them, and that nobody has to tell it."""
    with override(offered(language)):
        parts = [
            _asks(wanted),
            "\n".join(
                [
                    _("Parts: %(parts)s") % {"parts": _parts(wanted)},
                    _("What for: %(purpose)s") % {"purpose": _(wanted.purpose)},
                    _("Code: %(code)s") % {"code": CODE},
                    _("Good until: %(when)s, Hong Kong time") % {"when": moment(until)},
                ]
            ),
            _("If you agree, tell this professional the code. If you do not, do nothing: the parts stay closed."),
            _(
                "Tell it to nobody else: we never ask for it. To read their reason, sign in to the portal as you "
                "always do and open 'Who looked'. This message holds no link: do not trust one that does."
            ),
        ]
        return Wording(_subject(), "\n\n".join(parts))


def of_request_in_short(*, language: str, wanted: Wanted, until: datetime) -> Wording:
    """The same in the few sentences of an SMS; the code first, where a phone shows it without being opened."""
    with override(offered(language)):
        told = [
            _("Code: %(code)s.") % {"code": CODE},
            _asks(wanted),
            _("Parts: %(parts)s.") % {"parts": _parts(wanted)},
            _("What for: %(purpose)s.") % {"purpose": _(wanted.purpose)},
            _("If you agree, tell them the code, until %(when)s. If not, do nothing.") % {"when": moment(until)},
        ]
        return Wording(_subject(), sentences(told))


def of_authorisation(*, language: str, wanted: Wanted, until: datetime) -> Wording:
    """The code was entered: what is open, to whom, until when, and how to end it."""
    with override(offered(language)):
        parts = [
            _opened(wanted, until),
            _("Parts: %(parts)s") % {"parts": _parts(wanted)},
            _(
                "You can end it at once: sign in to the portal as you always do and open 'Who looked'. "
                "This message holds no link: do not trust one that does."
            ),
            how_to_report(),
        ]
        return Wording(_subject_of_opening(), "\n\n".join(parts))


def of_authorisation_in_short(*, language: str, wanted: Wanted, until: datetime) -> Wording:
    """The same in the few sentences of an SMS."""
    with override(offered(language)):
        parts = _("Parts: %(parts)s.") % {"parts": _parts(wanted)}
        return Wording(_subject_of_opening(), sentences([_opened(wanted, until), parts, how_to_report_in_short()]))


def _subject() -> str:
    return _("A healthcare professional asks for your permission")


def _subject_of_opening() -> str:
    return _("Restricted parts were opened with your code")


def _asks(wanted: Wanted) -> str:
    who = {"who": _(PROFESSIONS.get(wanted.profession, SOMEBODY)), "where": named(*wanted.provider_names)}
    if wanted.is_of_another:
        return (
            _("At %(where)s, %(who)s asks to see restricted parts of the record of somebody for whom you decide.") % who
        )
    return _("At %(where)s, %(who)s asks to see restricted parts of your health record.") % who


def _opened(wanted: Wanted, until: datetime) -> str:
    facts = {
        "who": _(PROFESSIONS.get(wanted.profession, SOMEBODY)),
        "where": named(*wanted.provider_names),
        "when": moment(until),
    }
    if wanted.is_of_another:
        return (
            _(
                "With your code, %(who)s at %(where)s can see restricted parts of the record of somebody for whom you "
                "decide until %(when)s, Hong Kong time."
            )
            % facts
        )
    return (
        _(
            "With your code, %(who)s at %(where)s can see restricted parts of your health record until %(when)s, Hong "
            "Kong time."
        )
        % facts
    )


def _parts(wanted: Wanted) -> str:
    return listed([named(*names) for code, names in CATEGORY_NAMES.items() if code in wanted.categories])
