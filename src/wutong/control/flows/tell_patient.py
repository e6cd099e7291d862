"""The patient is told of a look, an emergency, a consent, a closing, leaving, ... Page: docs/flows/tell_patient.md."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

from django.db import transaction
from django.utils.translation import override

from wutong.control.audit.queries import look
from wutong.control.consent.joining_queries import JoiningFacts
from wutong.control.consent.queries import TOLD_BEFORE
from wutong.control.emergency.queries import Case
from wutong.control.notices import (
    actions,
    channels,
    closing_wording,
    consent_wording,
    emergency_wording,
    joining_wording,
    wording,
)
from wutong.control.notices.wording import Wording
from wutong.control.pages.languages import offered
from wutong.control.pages.names import named
from wutong.control.people.queries.groups import GroupFacts, Membership, group
from wutong.control.people.queries.persons import ContactFacts, contact_of, person
from wutong.control.people.queries.providers import ProviderFacts, provider
from wutong.core import clock, phone

ENDING, NEW_MEMBER, CARER_VISITED = "consent-ending", "group-member", "carer-visited"
_UNKNOWN = ContactFacts(email="", phone="", address="", language="en", channel="email", refuses_access_notices=False)


@transaction.atomic
def tell_of_look(person_id: UUID, look_id: UUID) -> UUID | None:
    """Write and queue the one notice of a look; a person who refused them still has the list in the portal."""
    line, contact = look(person_id, look_id), contact_of(person_id) or _UNKNOWN
    if line is None or contact.refuses_access_notices:
        return None
    word = wording.of_look_in_short if _is_texted(contact) else wording.of_look
    told = word(
        language=contact.language,
        provider_name=_name(provider(line.provider_id), contact.language),
        profession=line.profession,
        at=line.opened_at,
        is_attested=line.is_attested,
    )
    return _queue(person_id, "look", look_id, contact, told)


@transaction.atomic
def tell_of_consent(
    person_id: UUID,
    about_id: UUID,
    *,
    version: int,
    is_given: bool,
    until: date | None,
    at: datetime,
    stated_as: str = "",
    way: str = "portal",
) -> UUID | None:
    """Confirm one statement about a sharing consent, to a provider or to a group of them (`about_id`); a refusal of
    access notices does not refuse this one.
    """
    contact = contact_of(person_id) or _UNKNOWN
    name = _allowed(about_id, contact.language)
    if _is_texted(contact):
        told = consent_wording.of_consent_in_short(
            language=contact.language,
            provider_name=name,
            is_given=is_given,
            until=until,
            stated_as=stated_as,
            way=way,
        )
    else:
        told = consent_wording.of_consent(
            language=contact.language,
            provider_name=name,
            is_given=is_given,
            until=until,
            at=at,
            stated_as=stated_as,
            way=way,
        )
    return _queue(person_id, "consent", statement_id(about_id, version), contact, told)


@transaction.atomic
def tell_of_member(person_id: UUID, membership: Membership) -> UUID | None:
    """Tell that a provider joined a group that the person allowed, and from when on it may look; nobody refuses this
    one, as the provider counts from it on (gate.told_member_v1). None: it was told before.
    """
    contact = contact_of(person_id) or _UNKNOWN
    word = consent_wording.of_member_in_short if _is_texted(contact) else consent_wording.of_member
    told = word(
        language=contact.language,
        provider_name=_name(provider(membership.provider_id), contact.language),
        group_name=_name(group(membership.group_id), contact.language),
        counts_from=clock.local(clock.now() + TOLD_BEFORE).date() + timedelta(days=1),
    )
    return _queue(person_id, NEW_MEMBER, membership.membership_id, contact, told)


@transaction.atomic
def tell_of_ending(person_id: UUID, about_id: UUID, *, version: int, until: date) -> UUID | None:
    """Remind, once for each version, that a sharing consent ends soon; None: it was told before."""
    contact = contact_of(person_id) or _UNKNOWN
    word = consent_wording.of_ending_in_short if _is_texted(contact) else consent_wording.of_ending
    told = word(language=contact.language, provider_name=_allowed(about_id, contact.language), until=until)
    return _queue(person_id, ENDING, statement_id(about_id, version), contact, told)


def statement_id(about_id: UUID, version: int) -> UUID:
    """What notices call one version of a person's consent to a provider or a group of them."""
    return uuid5(about_id, str(version))


@transaction.atomic
def tell_of_closing(
    person_id: UUID, kind: str, value: str, *, version: int, is_closed: bool, at: datetime, stated_as: str = ""
) -> UUID | None:
    """Confirm one statement about a closing, without saying what of the record it is; nobody refuses this one."""
    contact = contact_of(person_id) or _UNKNOWN
    name = _name(provider(UUID(value)), contact.language) if kind == "provider" else ""
    what = closing_wording.Closed(kind, name, is_closed=is_closed)
    if _is_texted(contact):
        told = closing_wording.of_closing_in_short(language=contact.language, what=what, stated_as=stated_as)
    else:
        told = closing_wording.of_closing(language=contact.language, what=what, at=at, stated_as=stated_as)
    return _queue(person_id, "closing", uuid5(person_id, f"{kind} {value} {version}"), contact, told)


@transaction.atomic
def tell_of_joining(person_id: UUID, stated: JoiningFacts, *, keeps_permissions: bool = True) -> UUID | None:
    """Confirm that the person left, or joined again; nobody refuses this one."""
    contact = contact_of(person_id) or _UNKNOWN
    said: dict[str, Any] = {"language": contact.language, "joins": stated.is_given, "stated_as": stated.stated_as}
    said["keeps_permissions"] = keeps_permissions
    is_form = stated.way == "form"  # a registration's provider is not told
    said["desk"] = _name(provider(stated.provider_id), contact.language) if is_form and stated.provider_id else ""
    if _is_texted(contact):
        told = joining_wording.of_joining_in_short(**said)
    else:
        told = joining_wording.of_joining(**said, at=stated.stated_at)
    return _queue(person_id, "joining", uuid5(person_id, f"joining {stated.version}"), contact, told)


def tell_of_carer(person_id: UUID, kind: str, about_id: UUID, word: Callable[..., Wording]) -> UUID | None:
    """Tell of a request, a grant or a carer's visit (unless access notices are refused), by `carer_wording`."""
    contact = contact_of(person_id) or _UNKNOWN
    if kind == CARER_VISITED and contact.refuses_access_notices:
        return None
    return _queue(person_id, kind, about_id, contact, word(language=contact.language, is_short=_is_texted(contact)))


def address_by(channel: str, person_id: UUID) -> str:
    """Where the person can be reached by a channel now, offered or not; empty: nowhere."""
    contact = contact_of(person_id)
    return _reached_at(person_id, replace(contact, channel=channel)) if contact else ""


def tell_of_emergency(case: Case) -> UUID | None:
    """Tell of emergency access in the transaction that grants it: nobody can refuse to be told of this."""
    contact = contact_of(case.person_id) or _UNKNOWN
    word = emergency_wording.of_emergency_in_short if _is_texted(contact) else emergency_wording.of_emergency
    told = word(
        language=contact.language,
        provider_name=_name(provider(case.provider_id), contact.language),
        profession=case.profession,
        at=case.granted_at,
    )
    return _queue(case.person_id, "emergency", case.grant_id, contact, told, is_urgent=True)


def tell_of_review(case: Case) -> UUID | None:
    """Tell how the review of an emergency access ended, in the transaction that closes the case."""
    contact = contact_of(case.person_id) or _UNKNOWN
    word = emergency_wording.of_review_in_short if _is_texted(contact) else emergency_wording.of_review
    told = word(
        language=contact.language,
        provider_name=_name(provider(case.provider_id), contact.language),
        at=case.granted_at,
        outcome=case.outcome or "",
    )
    return _queue(case.person_id, "emergency-reviewed", case.grant_id, contact, told)


def _queue(
    person_id: UUID, kind: str, about_id: UUID, contact: ContactFacts, told: Wording, *, is_urgent: bool = False
) -> UUID | None:
    return actions.queue_notice(
        person_id=person_id,
        kind=kind,
        about_id=about_id,
        channel=contact.channel,
        address=_address(person_id, contact),
        language=contact.language,
        wording=told,
        is_urgent=is_urgent,
    )


def _address(person_id: UUID, contact: ContactFacts) -> str:
    """Where the notice goes by the person's channel; empty: to the inbox alone."""
    return _reached_at(person_id, contact) if channels.is_offered(contact.channel) else ""


def _reached_at(person_id: UUID, contact: ContactFacts) -> str:
    match contact.channel:
        case "sms":
            return phone.international(contact.phone)
        case "post":
            return _postal(person_id, contact.address)
        case _:
            return contact.email


def _postal(person_id: UUID, address: str) -> str:
    found = person(person_id)
    name = f"{found.name_en} {found.name_zh}".strip() if found else ""
    return f"{name}\n{address.strip()}" if name and address.strip() else ""


def _is_texted(contact: ContactFacts) -> bool:
    return contact.channel == "sms" and channels.is_offered("sms")


def _allowed(about_id: UUID, language: str) -> str:
    return _name(provider(about_id) or group(about_id), language)


def _name(found: ProviderFacts | GroupFacts | None, language: str) -> str:
    with override(offered(language)):
        return named(found.name_en, found.name_zh) if found else "?"
