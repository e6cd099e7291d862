"""What stands between the flows and the templates: sentences for reasons, choices for forms."""

from uuid import UUID

from django.utils.translation import gettext as _

from wutong.control.audit.words import GROUNDS
from wutong.control.flows.read_chart import Access
from wutong.control.guard.sessions import SignedInUser
from wutong.control.pages.dates import dated
from wutong.control.pages.names import named
from wutong.control.people.queries.providers import provider
from wutong.control.receipts.mends import mend
from wutong.control.receipts.receipt import of_own_look, of_refusal
from wutong.control.receipts.sentences import Reader, sentence
from wutong.control.workspace.forms import REASONS
from wutong.core import clock

NOTHING_OPEN = "nothing-open"


def reason(code: str) -> str:
    """Why nothing opens, and what to do."""
    return _("Your profession's role opens no part of the record.") if code == NOTHING_OPEN else mend(code)


def refusal(code: str, who: SignedInUser, person_id: UUID) -> str:
    """The same of a person's record, with the statement that it fell upon."""
    if code == NOTHING_OPEN:
        return reason(code)
    return sentence(of_refusal(code, person_id, who.provider_id), Reader.PROFESSIONAL)


def because(who: SignedInUser, person_id: UUID) -> str:
    """Why the record is open to the professional; empty where no look is."""
    if who.provider_id is None:
        return ""
    place, now = named(who.provider_name, who.provider_name_zh), clock.now()
    receipt = of_own_look(person_id, account_id=who.account_id, provider_id=who.provider_id, provider=place, now=now)
    return sentence(receipt, Reader.PROFESSIONAL) if receipt else ""


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
