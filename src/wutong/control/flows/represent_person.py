"""Somebody acts for a child in the portal; each page is decided afresh. Page: docs/flows/represent_person.md."""

from uuid import UUID

from django.db import transaction

from wutong.control.audit.append import Actor, append
from wutong.control.people.actions.persons import hold_person
from wutong.control.people.queries.persons import person, persons_of_accounts
from wutong.control.people.queries.representatives import Standing, decided_for_until, standing
from wutong.core.answers import Reason, Refused
from wutong.core.events import Event


@transaction.atomic
def represent_person(actor: Actor, acting_person_id: UUID, person_id: UUID) -> Standing | Refused:
    """How the acting person may decide for the other one today; both answers are on the trail of that one."""
    found = standing(acting_person_id, person_id)
    if found is None:
        _refuse(actor, person_id)
        return Refused(Reason.NO_RULE)
    append(Event.PERSON_REPRESENT, actor=actor, person_id=person_id, detail={"relation": found.relation})
    return found


def may_state(actor: Actor, person_id: UUID, stated_as: str) -> bool:
    """Whose word it is: the person's own from 16 on, before that (and in that relation) somebody else's.

    For flows that state something, within their transaction; a refusal is on the trail.
    """
    may = _speaks_for(actor, person_id, stated_as) if stated_as else decided_for_until(person_id) is None
    if not may:
        _refuse(actor, person_id)
    return may


def may_state_in_person(actor: Actor, person_id: UUID, stated_as: str) -> bool:
    """The same of what nobody takes down for somebody else: the account that says it is the speaker's own."""
    own = persons_of_accounts({actor.account_id}) if actor.account_id else {}
    if not stated_as and person_id not in {each.person_id for each in own.values()}:
        _refuse(actor, person_id)
        return False
    return may_state(actor, person_id, stated_as)


def _speaks_for(actor: Actor, person_id: UUID, stated_as: str) -> bool:
    """Whether the actor stands so to the person now, judged while the person's row is held."""
    own = persons_of_accounts({actor.account_id}) if actor.account_id and hold_person(person_id) else {}
    found = [standing(each.person_id, person_id) for each in own.values()]
    return any(each and each.relation == stated_as for each in found)


def _refuse(actor: Actor, person_id: UUID) -> None:
    """Enter the refusal; a made-up address is nobody's trail."""
    about = person_id if person(person_id) else None
    append(Event.PERSON_REPRESENT, actor=actor, person_id=about, reason=Reason.NO_RULE)
