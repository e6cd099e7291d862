"""A person ends what a code opened; it holds at the next request. Page: docs/flows/end_authorisation.md."""

from dataclasses import dataclass
from uuid import UUID

from django.db import transaction

from wutong.control.audit.append import Actor
from wutong.control.authorisation import actions
from wutong.control.authorisation.queries import given
from wutong.control.flows.represent_person import may_state
from wutong.core.answers import Missing


@dataclass(frozen=True)
class Ended:
    """It is over; `is_new` is False where it had been ended before."""

    is_new: bool


@transaction.atomic
def end_authorisation(actor: Actor, person_id: UUID, request_id: UUID, *, stated_as: str = "") -> Ended | Missing:
    """End it at once, tickets under way with it. Missing: nothing of that id was given, or it is not theirs to end.

    `stated_as`: in which relation the actor speaks for the person; empty: the person's own word.
    """
    if not may_state(actor, person_id, stated_as):
        return Missing("person")
    if given(person_id, request_id) is None:
        return Missing("authorisation")
    return Ended(actions.end(actor=actor, person_id=person_id, request_id=request_id, stated_as=stated_as))
