"""A privacy officer opens the case of an emergency access, and is in the trail by it. Page: docs/flows/open_case.md."""

from uuid import UUID

from django.db import transaction

from wutong.control.audit.append import Actor
from wutong.control.emergency import actions
from wutong.control.emergency.queries import Case, case
from wutong.control.people.queries.providers import watched_by
from wutong.core.answers import Missing, Refused


@transaction.atomic
def open_case(actor: Actor, person_id: UUID, grant_id: UUID) -> Case | Missing:
    """A case that the officer watches over; another's is as good as none."""
    watched = watched_by(actor.provider_id)
    found = None if isinstance(watched, Refused) else case(watched.within, person_id, grant_id)
    if found is None:
        return Missing("case")
    actions.note_inspection(actor=actor, person_id=person_id, grant_id=grant_id)
    return found
