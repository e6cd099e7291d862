"""A patient gives, changes or withdraws a sharing consent; it holds at the next read. docs/flows/change_consent.md."""

from uuid import UUID

from django.db import transaction

from wutong.control.audit.append import Actor
from wutong.control.consent import actions
from wutong.control.consent.actions import Kind, State, Stated
from wutong.control.consent.queries import newest_of
from wutong.control.flows.tell_patient import tell_of_consent
from wutong.control.people.queries.providers import provider
from wutong.core import ids
from wutong.core.answers import Missing


@transaction.atomic
def give_consent(actor: Actor, person_id: UUID, provider_id: UUID, kind: str) -> Stated | Missing:
    """Allow a provider to look, for one year or until withdrawn."""
    found = provider(provider_id)
    if found is None or not found.is_active or found.is_deemed or kind not in Kind.values:
        return Missing("provider")
    return _state(actor, person_id, provider_id, State.GIVEN, kind)


@transaction.atomic
def withdraw_consent(actor: Actor, person_id: UUID, provider_id: UUID) -> Stated | Missing:
    """Stop a provider's looking at once."""
    before = newest_of(person_id).get(provider_id)
    if before is None or not before.is_given:
        return Missing("consent")
    return _state(actor, person_id, provider_id, State.WITHDRAWN, before.kind)


def _state(actor: Actor, person_id: UUID, provider_id: UUID, state: str, kind: str) -> Stated:
    stated = actions.state_consent(actor=actor, person_id=person_id, provider_id=provider_id, state=state, kind=kind)
    is_given = state == State.GIVEN
    tell_of_consent(person_id, ids.new(), provider_id, is_given=is_given, at=stated.stated_at)
    return stated
