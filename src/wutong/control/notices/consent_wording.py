"""What notices say of sharing consents: stated, by which way, or about to end."""

from datetime import date, datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, override

from wutong.control.notices.wording import Wording, how_to_report, how_to_report_in_short
from wutong.control.pages.dates import day, moment
from wutong.control.pages.languages import offered
from wutong.control.pages.names import sentences

# By the way of a statement that came at a desk.
_HOW = {
    "form": gettext_noop("on a signed form, recorded at the desk of the healthcare provider"),
    "key": gettext_noop("with an access key, entered at the desk of the healthcare provider"),
    "qr": gettext_noop("with your telephone, at the desk of the healthcare provider"),
}


def of_consent(
    *,
    language: str,
    provider_name: str,
    is_given: bool,
    until: date | None,
    at: datetime,
    stated_as: str = "",
    way: str = "portal",
) -> Wording:
    """A sharing consent was given (until a day, or without end) or withdrawn, by the person or by, say, a parent."""
    with override(offered(language)):
        facts = [
            _("When: %(when)s, Hong Kong time") % {"when": moment(at)},
            _("Healthcare provider: %(where)s") % {"where": provider_name},
            *([_("How: %(way)s") % {"way": _(_HOW[way])}] if way in _HOW else []),
            _holds(is_given=is_given, until=until),
        ]
        parts = [
            _somebody_signed() if way == "form" else _who_changed(stated_as),
            "\n".join(facts),
            _how_to_undo() if way == "form" else _how_to_see_consent(),
            how_to_report(),
        ]
        return Wording(_("Your sharing consent was changed"), "\n\n".join(parts))


def of_consent_in_short(
    *,
    language: str,
    provider_name: str,
    is_given: bool,
    until: date | None,
    stated_as: str = "",
    way: str = "portal",
) -> Wording:
    """The same in the few sentences of an SMS."""
    with override(offered(language)):
        who = _somebody_signed_in_short() if way == "form" else _who_changed_in_short(stated_as)
        told = who % {"where": provider_name}
        parts = [told, _holds(is_given=is_given, until=until), how_to_report_in_short()]
        return Wording(_("Your sharing consent was changed"), sentences(parts))


def of_ending(*, language: str, provider_name: str, until: date) -> Wording:
    """A sharing consent ends soon, and how to renew it."""
    with override(offered(language)):
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
    with override(offered(language)):
        facts = {"where": provider_name, "day": day(until)}
        told = _("Your consent that %(where)s may look at your health record ends on %(day)s.") % facts
        renew = _("To renew it, sign in to the portal as you always do and open 'Who may look'.")
        return Wording(_("Your sharing consent ends soon"), sentences([told, renew]))


def _somebody_signed() -> str:
    """A signature says less surely than a sign-in whose word it was: so nobody is told that it was their own."""
    return _("Who may look at your health record was changed by a signed form.")


def _somebody_signed_in_short() -> str:
    return _("Who may look at your health record was changed by a signed form: %(where)s.")


def _how_to_undo() -> str:
    return _(
        "Nobody signed this for you, or you have changed your mind? Sign in to the portal as you always do and open "
        "'Who may look': there you take it back, and it holds at once. "
        "This message holds no link: do not trust one that does."
    )


def of_member(*, language: str, provider_name: str, group_name: str, counts_from: date) -> Wording:
    """A provider joined a group or programme that the person allows, and from when on it may look."""
    with override(offered(language)):
        facts = [
            _("Healthcare provider: %(where)s") % {"where": provider_name},
            _("Has joined: %(group)s") % {"group": group_name},
            _("May look from: %(day)s") % {"day": day(counts_from)},
        ]
        parts = [
            _("You allowed several healthcare providers together to look at your health record. One more joined them."),
            "\n".join(facts),
            _(
                "If you want this, there is nothing to do. If not, sign in to the portal as you always do before that "
                "day, open 'Who may look', and do not let them look. This message holds no link: do not trust one "
                "that does."
            ),
        ]
        return Wording(_("A healthcare provider joined those whom you allow"), "\n\n".join(parts))


def of_member_in_short(*, language: str, provider_name: str, group_name: str, counts_from: date) -> Wording:
    """The same in the two sentences of an SMS."""
    with override(offered(language)):
        facts = {"where": provider_name, "group": group_name, "day": day(counts_from)}
        told = _("%(where)s joined %(group)s, which you allow, and may look at your record from %(day)s.") % facts
        how = _("If you do not want this, sign in to the portal as you always do and open 'Who may look'.")
        return Wording(_("A healthcare provider joined those whom you allow"), sentences([told, how]))


def _who_changed(stated_as: str) -> str:
    match stated_as:
        case "":
            return _("You changed who may look at your health record.")
        case "parent":
            return _("Your parent, acting for you, changed who may look at your health record.")
        case "guardian":
            return _("Your guardian, acting for you, changed who may look at your health record.")
        case "court-appointed":
            return _("Somebody whom a court appointed to act for you changed who may look at your health record.")
    return _("Somebody who decides for you by law changed who may look at your health record.")


def _who_changed_in_short(stated_as: str) -> str:
    match stated_as:
        case "":
            return _("You changed who may look at your health record: %(where)s.")
        case "parent":
            return _("Your parent, acting for you, changed who may look at your health record: %(where)s.")
        case "guardian":
            return _("Your guardian, acting for you, changed who may look at your health record: %(where)s.")
        case "court-appointed":
            return _(
                "Somebody whom a court appointed to act for you changed who may look at your health record: %(where)s."
            )
    return _("Somebody who decides for you by law changed who may look at your health record: %(where)s.")


def _holds(*, is_given: bool, until: date | None) -> str:
    if not is_given:
        return _("From now on they may not look at your record.")
    if until is None:
        return _("They may look at your record until you withdraw your consent.")
    return _("They may look at your record until %(day)s, or until you withdraw your consent.") % {"day": day(until)}


def _how_to_see_consent() -> str:
    return _(
        "To see or change it, sign in to the portal as you always do and open 'Who may look'. "
        "This message holds no link: do not trust one that does."
    )
