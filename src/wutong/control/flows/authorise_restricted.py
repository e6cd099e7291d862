"""Restricted parts open by a code that the person was sent. Page: docs/flows/authorise_restricted.md.

Whether the record is open, and what of it is restricted, the gate itself says at each step; what a code then opens, it
decides at each read. A refusal is returned and audited.
"""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction

from wutong.control.audit.append import Actor
from wutong.control.authorisation import actions
from wutong.control.authorisation.queries import Asked, is_asked_too_often, newest_request
from wutong.control.flows.read_chart import Access, access_to
from wutong.control.flows.tell_decider import reached, tell_of_authorisation, tell_of_request
from wutong.control.people.actions.persons import hold_person
from wutong.control.people.one_time_code import Verdict
from wutong.core.answers import Reason, Refused


@dataclass(frozen=True)
class Offer:
    """The restricted categories of an open record that a professional may ask for now."""

    categories: frozenset[str]


@dataclass(frozen=True)
class Wish:
    """What a professional asks for: what it is needed for, in their own words, and which categories."""

    kind: str
    reason: str
    categories: frozenset[str]


def offer_restricted(actor: Actor, person_id: UUID) -> Offer | Access:
    """What can be asked for; the Access where the record is not open. This alone asks nobody."""
    access = _access(actor, person_id)
    return Offer(_restricted(access)) if access.is_open else access


def ask_authorisation(actor: Actor, person_id: UUID, wish: Wish) -> Asked | Refused | Access:
    """Send the person, or who decides for them, a code for what is wished."""
    access = _access(actor, person_id)
    if not access.is_open:
        return access
    with transaction.atomic():
        hold_person(person_id)  # so that requests at the same moment are counted one by one
        receivers = reached(person_id)
        if refused := _refused(actor, person_id, wish, access, receivers):
            actions.refuse(actor=actor, person_id=person_id, reason=refused.reason)
            return refused
        actions.ask(
            actor=actor,
            person_id=person_id,
            kind=wish.kind,
            reason=wish.reason,
            categories=wish.categories,
            asked_of=len(receivers),
        )
        asked = newest_request(actor, person_id)
        if asked is None:
            raise ValueError("what was asked is there")
        tell_of_request(asked, person_id, receivers)
        return asked


def enter_code(actor: Actor, person_id: UUID, code: str) -> Asked | Verdict | Access:
    """Open what the newest request of this session names; a Verdict says what was wrong with the code."""
    access = _access(actor, person_id)
    if not access.is_open:
        return access
    with transaction.atomic():
        lasts = timedelta(minutes=settings.AUTHORISATION_MINUTES)
        verdict = actions.spend_code(actor=actor, person_id=person_id, code=code, lasts=lasts)
        opened = newest_request(actor, person_id)
        if verdict is not Verdict.RIGHT or opened is None:
            return verdict
        tell_of_authorisation(opened, person_id, reached(person_id))
        return opened


def _access(actor: Actor, person_id: UUID) -> Access:
    if actor.session_id is None:
        raise ValueError("a professional asks in a session")
    return access_to(actor.session_id, person_id)


def _restricted(access: Access) -> frozenset[str]:
    return frozenset(code for code, why in access.closed if why == Reason.CATEGORY_RESTRICTED)


def _refused(actor: Actor, person_id: UUID, wish: Wish, access: Access, receivers: list[UUID]) -> Refused | None:
    if not wish.categories or not wish.categories <= _restricted(access):
        return Refused(Reason.CATEGORY_CLOSED)
    if is_asked_too_often(actor, person_id):
        return Refused(Reason.ASKED_TOO_OFTEN)
    return None if receivers else Refused(Reason.NOBODY_TO_AUTHORISE)
