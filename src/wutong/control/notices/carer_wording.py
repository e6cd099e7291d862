"""What notices say of carers, and of who decides by law. No names: others may read a message (R-46)."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, override

from wutong.control.notices.wording import Wording, how_to_report, how_to_report_in_short
from wutong.control.pages.languages import offered
from wutong.control.pages.names import sentences

_HOLDS = {
    "accepted": gettext_noop("Somebody accepted to be your carer and sees from now on what you granted."),
    "changed": gettext_noop("You changed what a carer of yours may see. It holds from now on."),
    "ended": gettext_noop("A carer of yours sees nothing of your pages any more."),
}

_RECORDED = {
    "recorded": gettext_noop(
        "It was recorded that somebody may decide for you by law who looks at your health record."
    ),
    "ended": gettext_noop("Somebody who could decide for you by law who looks at your health record cannot any more."),
}


def of_request(*, language: str, is_short: bool) -> Wording:
    """To the other person, before anything is granted."""
    with override(offered(language)):
        told = [
            _("Somebody asks you to help them with their health record as a carer."),
            _(
                "To see who, sign in to the portal as you always do and open 'Carers'. If you do not want to, do "
                "nothing: after 14 days it lapses, and they do not learn that you saw it."
            ),
        ]
        return _wording(_("You are asked to be a carer"), told, is_short=is_short)


def of_grant(*, language: str, is_short: bool, what: str) -> Wording:
    """To the person: a grant was "accepted", "changed" or "ended"."""
    with override(offered(language)):
        told = [_(_HOLDS[what]), _how_to_see()]
        return _wording(_("What your carers may see was changed"), told, is_short=is_short)


def of_visit(*, language: str, is_short: bool) -> Wording:
    """To the person, once a day for each carer who opened something."""
    with override(offered(language)):
        told = [_("A carer of yours opened pages of your health record today."), _how_to_see()]
        return _wording(_("A carer opened your pages"), told, is_short=is_short)


def of_representative(*, language: str, is_short: bool, what: str) -> Wording:
    """To the person: that somebody decides for them by law was "recorded" or "ended"."""
    with override(offered(language)):
        return _wording(_("Who decides for you was changed"), [_(_RECORDED[what])], is_short=is_short)


def _how_to_see() -> str:
    return _("To see what they opened, or to end it, sign in to the portal as you always do and open 'Carers'.")


def _wording(subject: str, told: list[str], *, is_short: bool) -> Wording:
    if is_short:
        return Wording(subject, sentences([*told, how_to_report_in_short()]))
    no_link = _("This message holds no link: do not trust one that does.")
    return Wording(subject, "\n\n".join([*told, no_link, how_to_report()]))
