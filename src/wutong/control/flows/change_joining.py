"""A person leaves the system, or joins it again; it holds at the next request. Page: docs/flows/change_joining.md."""

from dataclasses import replace
from functools import partial
from uuid import UUID

from django.db import transaction

from wutong.control.audit.append import Actor
from wutong.control.consent import actions as consents
from wutong.control.consent import key_actions
from wutong.control.consent.actions import Outdated
from wutong.control.consent.joining_actions import state_joining
from wutong.control.consent.joining_queries import JoiningFacts
from wutong.control.consent.queries import newest_of, newest_to_groups
from wutong.control.consent.ways import PORTAL, Taken
from wutong.control.flows.represent_person import may_state_in_person
from wutong.control.flows.tell_patient import tell_of_joining
from wutong.core.answers import Missing

Answer = JoiningFacts | Missing | Outdated


@transaction.atomic
def leave_system(actor: Actor, person_id: UUID, *, stated_as: str = "", seen: int | None = None) -> Answer:
    """Nobody looks any more, at once. What was stated else stays as it is; an access key of the desk ends.

    `stated_as`, `seen`: as in `change_consent`; the word counts, and is judged, as there. Missing "joining": they left
    already, or their registration is suspended or ended.
    """
    if not may_state_in_person(actor, person_id, stated_as):
        return Missing("person")
    stated = state_joining(actor=actor, person_id=person_id, joins=False, stated_as=stated_as, seen=seen)
    if isinstance(stated, JoiningFacts):
        key_actions.end_key(actor=actor, person_id=person_id, made_as=stated_as)
        tell_of_joining(person_id, stated)
    return stated


@transaction.atomic
def join_again(
    actor: Actor,
    person_id: UUID,
    *,
    keeps_permissions: bool,
    stated_as: str = "",
    seen: int | None = None,
    taken: Taken = PORTAL,
) -> Answer:
    """Records are shared again. `keeps_permissions`: who was allowed before may look again; else every permission that
    still holds is withdrawn with it, and each is given anew. What is closed stays closed either way.

    `stated_as`, `seen`, Missing: as above. `taken`: by which way; whose a signature is, `take_joining_form` has judged.
    """
    if not taken.is_on_paper and not may_state_in_person(actor, person_id, stated_as):
        return Missing("person")
    stated = state_joining(actor=actor, person_id=person_id, joins=True, stated_as=stated_as, seen=seen, taken=taken)
    if isinstance(stated, JoiningFacts):
        if not keeps_permissions:
            _withdraw_all(actor, person_id, stated_as, taken)
        tell_of_joining(person_id, stated, keeps_permissions=keeps_permissions)
    return stated


def _withdraw_all(actor: Actor, person_id: UUID, stated_as: str, taken: Taken) -> None:
    """Each is a version and an entry of its own; the one message of joining tells of all.

    Whom the person had allowed is no business of a desk's provider, whose officers read the entries of its own.
    """
    if taken.is_on_paper:
        actor = replace(actor, provider_id=None)
    withdraw = partial(consents.withdraw, actor=actor, person_id=person_id, stated_as=stated_as, taken=taken)
    for each in newest_of(person_id).values():
        if each.is_in_force:
            withdraw(provider_id=each.provider_id)
    for group in newest_to_groups(person_id).values():
        if group.is_in_force:
            withdraw(group_id=group.group_id)
