"""A patient gives, changes or withdraws a sharing consent; it holds at the next read. docs/flows/change_consent.md."""

from uuid import UUID

from django.db import transaction

from wutong.control.audit.append import Actor
from wutong.control.consent import actions
from wutong.control.consent.actions import Kind, State, Stated
from wutong.control.flows.tell_patient import tell_of_consent
from wutong.control.people.queries.providers import provider
from wutong.core.answers import Missing


@transaction.atomic
def give_consent(actor: Actor, person_id: UUID, provider_id: UUID, kind: str) -> Stated | Missing:
    """Allow a provider to look, for one year or until withdrawn. Missing: no provider that can be allowed."""
    found = provider(provider_id)
    if found is None or not found.is_active or found.is_deemed or kind not in Kind.values:
        return Missing("provider")
    return _confirmed(
        person_id,
        provider_id,
        actions.give(actor=actor, person_id=person_id, provider_id=provider_id, kind=kind),
    )


@transaction.atomic
def withdraw_consent(actor: Actor, person_id: UUID, provider_id: UUID) -> Stated | Missing:
    """Stop a provider's looking at once. Missing: it was not allowed (a deemed consent is not of this kind)."""
    stated = actions.withdraw(actor=actor, person_id=person_id, provider_id=provider_id)
    return _confirmed(person_id, provider_id, stated)


def _confirmed(person_id: UUID, provider_id: UUID, stated: Stated | Missing) -> Stated | Missing:
    if isinstance(stated, Stated) and stated.is_new:
        tell_of_consent(
            person_id,
            provider_id,
            version=stated.version,
            is_given=stated.state == State.GIVEN,
            until=stated.valid_until,
            at=stated.stated_at,
        )
    return stated
