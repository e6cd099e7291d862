"""Somebody makes an access key for a desk in the portal, or takes it back. Page: docs/flows/make_access_key.md."""

from uuid import UUID

from django.db import transaction

from wutong.control.audit.append import Actor
from wutong.control.consent import key_actions
from wutong.control.consent.key_actions import MadeKey
from wutong.control.flows.represent_person import may_state_in_person
from wutong.control.people.queries.persons import person
from wutong.core.answers import Missing


@transaction.atomic
def make_access_key(actor: Actor, person_id: UUID, kind: str, *, stated_as: str = "") -> MadeKey | Missing:
    """A key that is shown once, and with which a consent of that kind is given at a desk; the one before it ends.

    `stated_as` as in `give_consent`. Missing: whoever may not state a consent makes no key, nor is one made for a
    registration that is not active.
    """
    found = person(person_id)
    if found is None or not found.is_active or not may_state_in_person(actor, person_id, stated_as):
        return Missing("person")
    return key_actions.make_key(actor=actor, person_id=person_id, kind=kind, made_as=stated_as)


@transaction.atomic
def end_access_key(actor: Actor, person_id: UUID, *, stated_as: str = "") -> Missing | None:
    """Take the key back; no desk can use it any more. Missing as in `make_access_key`."""
    if not may_state_in_person(actor, person_id, stated_as):
        return Missing("person")
    key_actions.end_key(actor=actor, person_id=person_id, made_as=stated_as)
    return None
