"""Somebody acts for a child in the portal; each page is decided afresh. Page: docs/flows/represent_person.md."""

from uuid import UUID

from django.db import transaction

from wutong.control.audit.append import Actor, append
from wutong.control.people.queries.persons import person
from wutong.control.people.queries.representatives import Standing, standing
from wutong.core.answers import Reason, Refused
from wutong.core.events import Event


@transaction.atomic
def represent_person(actor: Actor, acting_person_id: UUID, person_id: UUID) -> Standing | Refused:
    """How the acting person may decide for the other one today; both answers are on the trail of that one."""
    found = standing(acting_person_id, person_id)
    if found is None:
        # A made-up address is nobody's trail.
        about = person_id if person(person_id) else None
        append(Event.PERSON_REPRESENT, actor=actor, person_id=about, reason=Reason.NO_RULE)
        return Refused(Reason.NO_RULE)
    append(Event.PERSON_REPRESENT, actor=actor, person_id=person_id, detail={"relation": found.relation})
    return found
