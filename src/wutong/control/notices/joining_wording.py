"""What notices say of joining the system and leaving it."""

from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import override

from wutong.control.notices.wording import Wording, how_to_report, how_to_report_in_short
from wutong.control.pages.dates import moment
from wutong.control.pages.languages import offered
from wutong.control.pages.names import sentences


def of_joining(
    *, language: str, joins: bool, at: datetime, stated_as: str = "", keeps_permissions: bool = True, desk: str = ""
) -> Wording:
    """The person left or joined again, by their own word or that of, say, a parent. `desk`: by a form, at whose."""
    with override(offered(language)):
        parts = [
            _somebody_signed(desk) if desk else _who_said(stated_as, joins=joins),
            _("When: %(when)s, Hong Kong time") % {"when": moment(at)},
            sentences([*_holds(joins=joins, keeps_permissions=keeps_permissions), *_stays(joins=joins)]),
            _how_to_leave() if desk else _how_to_see(),
            how_to_report(),
        ]
        return Wording(_subject(joins=joins, desk=desk), "\n\n".join(parts))


def of_joining_in_short(
    *, language: str, joins: bool, stated_as: str = "", keeps_permissions: bool = True, desk: str = ""
) -> Wording:
    """The same in the few sentences of an SMS."""
    with override(offered(language)):
        holds = _holds(joins=joins, keeps_permissions=keeps_permissions)
        who = _somebody_signed(desk) if desk else _who_said(stated_as, joins=joins)
        parts = [who, *holds, how_to_report_in_short()]
        return Wording(_subject(joins=joins, desk=desk), sentences(parts))


def _somebody_signed(desk: str) -> str:
    """As of a consent, nobody is told that a signature was their own."""
    told = _("A signed form was recorded at the desk of %(where)s: it lets you join health record sharing again.")
    return told % {"where": desk}


def _how_to_see() -> str:
    return _(
        "To see or change it, sign in to the portal as you always do and open 'Who may look'. "
        "This message holds no link: do not trust one that does."
    )


def _how_to_leave() -> str:
    return _(
        "Nobody signed this for you, or you have changed your mind? Sign in to the portal as you always do and open "
        "'Who may look': there you leave again, and it holds at once. "
        "This message holds no link: do not trust one that does."
    )


def _subject(*, joins: bool, desk: str) -> str:
    if desk:
        return _("A form of joining the system again was recorded")
    return _("You joined the system again") if joins else _("You left the system")


def _who_said(stated_as: str, *, joins: bool) -> str:
    match stated_as:
        case "":
            return _("You joined health record sharing again.") if joins else _("You left health record sharing.")
        case "parent":
            if joins:
                return _("Your parent, acting for you, had you join health record sharing again.")
            return _("Your parent, acting for you, had you leave health record sharing.")
        case "guardian":
            if joins:
                return _("Your guardian, acting for you, had you join health record sharing again.")
            return _("Your guardian, acting for you, had you leave health record sharing.")
    if joins:
        return _("Somebody who decides for you by law had you join health record sharing again.")
    return _("Somebody who decides for you by law had you leave health record sharing.")


def _holds(*, joins: bool, keeps_permissions: bool) -> list[str]:
    if not joins:
        return [_("From now on nobody can look at your record, also not in an emergency.")]
    if keeps_permissions:
        return [_("Public healthcare providers and those whom you had allowed before may look again.")]
    return [_("Public healthcare providers may look again. Every permission that you had given before is withdrawn.")]


def _stays(*, joins: bool) -> list[str]:
    if joins:
        return [_("What you keep closed stays closed.")]
    return [_("Nothing is erased, and you can join again at any time.")]
