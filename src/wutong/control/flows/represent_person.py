"""Somebody acts for another person in the portal; each page is decided afresh. Page: docs/flows/represent_person.md."""

from collections.abc import Collection
from uuid import UUID, uuid5

from django.db import transaction

from wutong.control.audit.append import Actor, append
from wutong.control.flows.tell_patient import CARER_VISITED, tell_of_carer
from wutong.control.notices import carer_wording
from wutong.control.people.actions.persons import hold_person
from wutong.control.people.queries.persons import person, persons_of_accounts
from wutong.control.people.queries.representatives import Standing, decides_alone, standing
from wutong.core import clock
from wutong.core.answers import Reason, Refused
from wutong.core.events import Event


@transaction.atomic
def represent_person(
    actor: Actor, acting_person_id: UUID, person_id: UUID, *, page: str = "", functions: Collection[str] = ()
) -> Standing | Refused:
    """How the acting person may act for the other one today; both answers are on the trail of that one.

    `page`: what is opened, as the trail names it. `functions`: any one of them lets a carer in; without one the page
    is for who decides.
    """
    found = standing(acting_person_id, person_id)
    if found is None or not (found.decides or found.functions & set(functions)):
        _refuse(actor, person_id, page)
        return Refused(Reason.NO_RULE)
    append(Event.PERSON_REPRESENT, actor=actor, person_id=person_id, detail=_detail(page, relation=found.relation))
    if not found.decides:  # once a day
        about_id = uuid5(acting_person_id, clock.today().isoformat())
        tell_of_carer(person_id, CARER_VISITED, about_id, carer_wording.of_visit)
    return found


def may_state(actor: Actor, person_id: UUID, stated_as: str) -> bool:
    """Whose word it is: the person's own while they decide alone, else (and in that relation) somebody else's.

    For flows that state something, within their transaction; a refusal is on the trail.
    """
    may = _speaks_for(actor, person_id, stated_as) if stated_as else decides_alone(person_id)
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
    return any(each and each.decides and each.relation == stated_as for each in found)


def _refuse(actor: Actor, person_id: UUID, page: str = "") -> None:
    """Enter the refusal; a made-up address is nobody's trail."""
    about = person_id if person(person_id) else None
    append(Event.PERSON_REPRESENT, actor=actor, person_id=about, reason=Reason.NO_RULE, detail=_detail(page))


def _detail(page: str, **more: str) -> dict[str, str]:
    return more | ({"page": page} if page else {})
