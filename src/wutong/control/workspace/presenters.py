"""What stands between the flows and the templates: sentences for reasons, choices for forms."""

from uuid import UUID

from django.utils.translation import gettext as _

from wutong.control.audit.words import GROUNDS
from wutong.control.flows.read_chart import Access
from wutong.control.pages.dates import dated
from wutong.control.pages.names import named, sentences
from wutong.control.people.queries.providers import provider
from wutong.control.workspace.forms import REASONS

NOTHING_OPEN = "nothing-open"


def reason(code: str) -> str:
    """Why nothing opens, and what to do."""
    how = _(
        "The patient can allow your clinic in the portal: sign in, open 'Who may look', choose your clinic and "
        "'Allow'. It holds at once."
    )
    return {
        "no-sharing-consent": sentences([_("The patient has not allowed your clinic to look at the record."), how]),
        "sharing-consent-ended": sentences([_("The patient's permission for your clinic has ended."), how]),
        "record-not-opened": _("The record is not open any more. State why you treat this person to open it again."),
        "care-not-stated": _("Say why you treat this person: nothing in the record shows it."),
        "professional-registration-ended": _(
            "Your professional registration is not current. Ask your account administrator."
        ),
        "sign-in-too-weak": _("This needs a stronger sign-in, such as a passkey. Sign out, and sign in with it."),
        "provider-not-active": _("Your clinic's access is suspended. Ask the eHR office."),
        "person-not-active": _("This person's registration is not active. Ask the eHR office."),
        "category-closed": _("Your profession's role does not open this part of the record."),
        "withheld-by-person": _("The patient has closed this record to you or to your clinic. Speak with the patient."),
        "category-withheld": _(
            "The patient has closed this part of the record. If you need it, speak with the patient."
        ),
        "category-restricted": _("Restricted for your profession: only the patient's extra consent opens this part."),
        "category-not-named": _("Not opened in this emergency: this part was not named."),
        "emergency-off": sentences([_("Emergency access is switched off here."), how]),
        "emergency-not-stated": _(
            "Say what kind of emergency it is, and the reason in your own words, in at least 20 characters."
        ),
        "emergency-not-granted": _("The emergency access is over, or was not granted in this session."),
        NOTHING_OPEN: _("Your profession's role opens no part of the record."),
        "not-registered": _("This person is not registered any more. Find the patient again."),
        "no-token": _("Your session has ended. Sign out, and sign in again."),
    }.get(code, _("No rule lets you open this record. If you think one should, ask your account administrator."))


def entitled(provider_id: UUID | None) -> str:
    """Why the professional's provider may look at all; empty where there is no such provider."""
    found = provider(provider_id) if provider_id else None
    if found is None:
        return ""
    if found.is_deemed:
        told = _("%(provider)s may look without being allowed by the patient: the law deems the consent given.")
    else:
        told = _("The patient has allowed %(provider)s to look.")
    return told % {"provider": named(found.name_en, found.name_zh)}


def asked_beside(access: Access) -> str:
    """What is said where a record is open in an emergency, and is to open by the patient's permission too."""
    if not access.is_by_emergency:
        return ""
    return _("This record is open to you in an emergency. With the patient's permission more of it opens, and longer.")


def care(access: Access) -> str:
    """What in the record shows that the clinic cares for the patient; empty where the professional must say why."""
    if access.care is None:
        return ""
    shown = dated(_(GROUNDS.get(access.care.kind, "")), access.care.day)
    return _("The record shows that the patient is in your provider's care: %(shown)s.") % {"shown": shown}


def reason_items() -> list[dict[str, str]]:
    """What a professional may say instead, as choices."""
    return [{"value": value, "text": str(text)} for value, text in REASONS]
