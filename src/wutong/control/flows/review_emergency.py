"""A privacy officer closes the case of an emergency access, once. Page: docs/flows/review_emergency.md."""

from dataclasses import dataclass
from uuid import UUID

from django.db import transaction

from wutong.control.audit.append import Actor
from wutong.control.emergency import actions
from wutong.control.emergency.queries import Case, case
from wutong.control.flows.tell_patient import tell_of_review
from wutong.control.people.actions.persons import hold_person
from wutong.control.people.queries.providers import watched_by
from wutong.core import emergency
from wutong.core.answers import Missing, Reason, Refused


@dataclass(frozen=True)
class Closed:
    """The case as it stands now; `is_new` is False where somebody had closed it before."""

    case: Case
    is_new: bool


@transaction.atomic
def review_emergency(
    actor: Actor, person_id: UUID, grant_id: UUID, *, outcome: str, note: str
) -> Closed | Refused | Missing:
    """Close a case that the officer watches over, and tell the patient; what is closed stays so, and opens no more."""
    if not emergency.is_closing(outcome, note):
        raise ValueError("an outcome, and a note unless it was justified, are expected")
    watched = watched_by(actor.provider_id)
    if isinstance(watched, Refused) or not hold_person(person_id):
        return Missing("case")
    found = case(watched.within, person_id, grant_id)
    if found is None:
        return Missing("case")
    if found.account_id == actor.account_id:
        actions.refuse_review(actor=actor, person_id=person_id, grant_id=grant_id, reason=Reason.NO_RULE)
        return Refused(Reason.NO_RULE)
    if not found.is_open:
        return Closed(found, is_new=False)
    actions.review(actor=actor, person_id=person_id, grant_id=grant_id, outcome=outcome, note=note)
    closed = case(watched.within, person_id, grant_id)
    if closed is None:
        raise ValueError("what was closed is there")
    tell_of_review(closed)
    return Closed(closed, is_new=True)
