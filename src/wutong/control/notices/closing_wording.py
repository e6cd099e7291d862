"""What notices say of closings: that something was closed or opened again, and nothing of what it is about.

A message may be read by others: which part of a record somebody hides would tell what is in it (R-46).
"""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, override

from wutong.control.notices.wording import Wording, how_to_report, how_to_report_in_short
from wutong.control.pages.dates import moment
from wutong.control.pages.languages import offered
from wutong.control.pages.names import sentences

_KINDS = {
    "item": gettext_noop("one entry of your record"),
    "episode": gettext_noop("one visit or stay"),
    "category": gettext_noop("a part of your record"),
    "label": gettext_noop("a part of your record"),  # the same words: which it was says too much
    "professional": gettext_noop("one healthcare professional"),
}


@dataclass(frozen=True)
class Closed:
    """What was stated: of which kind, a provider's name, and whether it is closed now."""

    kind: str
    provider_name: str
    is_closed: bool


def of_closing(*, language: str, what: Closed, at: datetime, stated_as: str = "") -> Wording:
    """Something was closed or opened again, by the person or by, say, a parent."""
    with override(offered(language)):
        facts = [
            _("When: %(when)s, Hong Kong time") % {"when": moment(at)},
            _("About: %(what)s") % {"what": _named(what)},
            _holds(what),
        ]
        parts = [
            _who_changed(stated_as),
            "\n".join(facts),
            _(
                "To see or change it, sign in to the portal as you always do and open 'Kept closed'. "
                "This message holds no link: do not trust one that does."
            ),
            how_to_report(),
        ]
        return Wording(_subject(), "\n\n".join(parts))


def of_closing_in_short(*, language: str, what: Closed, stated_as: str = "") -> Wording:
    """The same in the few sentences of an SMS."""
    with override(offered(language)):
        about = _("About: %(what)s.") % {"what": _named(what)}
        parts = [_who_changed(stated_as), about, _holds(what), how_to_report_in_short()]
        return Wording(_subject(), sentences(parts))


def _subject() -> str:
    return _("What you keep to yourself was changed")


def _named(what: Closed) -> str:
    return what.provider_name or _(_KINDS[what.kind])


def _who_changed(stated_as: str) -> str:
    match stated_as:
        case "":
            return _("You changed what you keep to yourself of your health record.")
        case "parent":
            return _("Your parent, acting for you, changed what is kept closed in your health record.")
        case "guardian":
            return _("Your guardian, acting for you, changed what is kept closed in your health record.")
        case "court-appointed":
            return _(
                "Somebody whom a court appointed to act for you changed what is kept closed in your health record."
            )
    return _("Somebody who decides for you by law changed what is kept closed in your health record.")


def _holds(what: Closed) -> str:
    if what.kind in {"provider", "professional"}:
        if what.is_closed:
            return _("From now on your record is closed to them.")
        return _("From now on your record is not closed to them any more.")
    if what.is_closed:
        return _("From now on it is closed to healthcare professionals.")
    return _("From now on it is not closed any more.")
