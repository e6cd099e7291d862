"""What the people plane may change of a person; persons themselves are registered by gate.register_v1."""

from typing import Any
from uuid import UUID

from django.db import transaction

from wutong.control.audit.append import Actor, append
from wutong.control.people.models import Contact, Person, Representative
from wutong.core import clock
from wutong.core.events import Event


def hold_person(person_id: UUID) -> bool:
    """Lock the person's row until the transaction ends, so that statements about it queue up; False: no such person."""
    held = Person.objects.select_for_update().filter(person_id=person_id).values_list("person_id")
    return held.first() is not None


def set_joined(person_id: UUID, *, joins: bool) -> None:
    """Let the registration follow the joining consent; in the transaction that states it, with the person held."""
    state = Person.State.ACTIVE if joins else Person.State.WITHDRAWN
    Person.objects.filter(person_id=person_id).update(state=state)


@transaction.atomic
def set_contact(*, actor: Actor, person_id: UUID, **particulars: Any) -> None:
    """Set how the person wants to be told: email, phone, address, district, language, channel."""
    Contact.objects.update_or_create(person_id=person_id, defaults=particulars)
    append(Event.PERSON_CHANGE, actor=actor, person_id=person_id, detail={"contact": sorted(particulars)})


@transaction.atomic
def appoint_representative(
    *, actor: Actor, person_id: UUID, acting_person_id: UUID, relation: str, **shown: Any
) -> None:
    """Record who may decide for the person (domain dossier 2.3), from now on.

    `shown`: capacity, evidence, evidence_on, until, recorded_by, confirmed_by; on the host none is needed for a child.
    """
    hold_person(person_id)  # as at its end
    Representative.objects.create(
        person_id=person_id, acting_person_id=acting_person_id, relation=relation, since_at=clock.now(), **shown
    )
    detail = {"representative": str(acting_person_id), "relation": relation}
    detail |= {name: str(value) for name, value in shown.items() if value is not None}
    append(Event.PERSON_CHANGE, actor=actor, person_id=person_id, detail=detail)


@transaction.atomic
def end_representative(*, actor: Actor, person_id: UUID, acting_person_id: UUID, relation: str) -> bool:
    """End that link; what was said under it stays said. False: there is none that has not ended."""
    hold_person(person_id)  # what is being stated under the link comes before its end, or sees it
    held = Representative.objects.filter(person_id=person_id, acting_person_id=acting_person_id, relation=relation)
    if not held.filter(ended_at=None).update(ended_at=clock.now()):
        return False
    detail = {"representative": str(acting_person_id), "relation": relation, "ended": True}
    append(Event.PERSON_CHANGE, actor=actor, person_id=person_id, detail=detail)
    return True
