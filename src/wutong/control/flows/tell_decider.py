"""Who decides for a person gets the code that a professional asks for. Page: docs/flows/tell_decider.md.

That is the person, or (of a child, say) whoever stands first in the order of the law: each of these gets the same code.
"""

from uuid import UUID, uuid5

from wutong.control.authorisation.queries import Asked
from wutong.control.authorisation.words import KINDS_FOR_PATIENT
from wutong.control.notices import actions, authorisation_wording, channels
from wutong.control.notices.authorisation_wording import Wanted
from wutong.control.notices.wording import Wording
from wutong.control.people.queries.accounts import has_portal
from wutong.control.people.queries.persons import ContactFacts, contact_of
from wutong.control.people.queries.providers import provider
from wutong.control.people.queries.representatives import deciders_for
from wutong.core import phone

OPENED = "authorisation-given"
_IN_TIME = ("email", "sms")  # a letter comes too late
_UNKNOWN = ContactFacts(email="", phone="", address="", language="en", channel="email", refuses_access_notices=False)


def reached(person_id: UUID) -> list[UUID]:
    """Who decides for the person now and can read a code within minutes: by their channel, or in their portal."""
    return [each for each in deciders_for(person_id) if _address(_contact(each)) or has_portal(each)]


def tell_of_request(asked: Asked, person_id: UUID, receivers: list[UUID]) -> None:
    """Send each of them the code, before all other messages."""
    for receiver in receivers:
        contact = _contact(receiver)
        word = authorisation_wording.of_request_in_short if _is_texted(contact) else authorisation_wording.of_request
        told = word(
            language=contact.language,
            wanted=_wanted(asked, is_of_another=receiver != person_id),
            until=asked.expires_at,
        )
        _queue(receiver, authorisation_wording.KIND, asked.request_id, contact, told)


def tell_of_authorisation(opened: Asked, person_id: UUID, receivers: list[UUID]) -> None:
    """Tell each of them what the code opened; nobody can refuse to be told of this."""
    if opened.closes_at is None:
        raise ValueError("what was given ends at some time")
    for receiver in receivers:
        contact = _contact(receiver)
        is_texted = _is_texted(contact)
        word = authorisation_wording.of_authorisation_in_short if is_texted else authorisation_wording.of_authorisation
        told = word(
            language=contact.language,
            wanted=_wanted(opened, is_of_another=receiver != person_id),
            until=opened.closes_at,
        )
        _queue(receiver, OPENED, uuid5(opened.request_id, OPENED), contact, told)


def _wanted(asked: Asked, *, is_of_another: bool) -> Wanted:
    found = provider(asked.provider_id)
    names = (found.name_en, found.name_zh) if found else ("?", "")
    return Wanted(names, asked.profession, asked.categories, KINDS_FOR_PATIENT[asked.kind], is_of_another)


def _contact(person_id: UUID) -> ContactFacts:
    return contact_of(person_id) or _UNKNOWN


def _address(contact: ContactFacts) -> str:
    if contact.channel not in _IN_TIME or not channels.is_offered(contact.channel):
        return ""
    return phone.international(contact.phone) if contact.channel == "sms" else contact.email


def _is_texted(contact: ContactFacts) -> bool:
    return contact.channel == "sms" and bool(_address(contact))


def _queue(receiver: UUID, kind: str, about_id: UUID, contact: ContactFacts, told: Wording) -> None:
    actions.queue_notice(
        person_id=receiver,
        kind=kind,
        about_id=about_id,
        channel=contact.channel,
        address=_address(contact),
        language=contact.language,
        wording=told,
        is_urgent=True,
    )
