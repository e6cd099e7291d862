"""A sharing consent is given, changed or withdrawn; it holds at the next read. Page: docs/flows/change_consent.md."""

from uuid import UUID

from django.db import transaction

from wutong.control.audit.append import Actor
from wutong.control.consent import actions
from wutong.control.consent.actions import Kind, Outdated, State, Stated
from wutong.control.consent.closing_queries import closed_values
from wutong.control.consent.ways import PORTAL, Taken
from wutong.control.flows.represent_person import may_state
from wutong.control.flows.tell_patient import tell_of_consent
from wutong.control.people.actions.groups import hold_members
from wutong.control.people.queries.groups import group, roster_of
from wutong.control.people.queries.providers import provider
from wutong.core.answers import Missing

Answer = Stated | Missing | Outdated


@transaction.atomic
def give_consent(
    actor: Actor,
    person_id: UUID,
    provider_id: UUID,
    kind: str,
    *,
    stated_as: str = "",
    seen: int | None = None,
    taken: Taken = PORTAL,
) -> Answer:
    """Allow a provider to look, for one year or until withdrawn. Missing: no provider that can be allowed, such as one
    that the record is closed to: it is opened again first.

    `stated_as`: in which relation the actor speaks for the person (`represent_person` says it); empty: the person's own
    word, which counts from 16 on. Missing too where the actor stands in that relation no more, judged in the
    transaction that states. `seen`: the version that the actor was shown (0: none); if another one holds by now,
    nothing is stated. `taken`: by which way the word came; whose a signature is, `take_form` has judged.
    """
    if not taken.is_on_paper and not may_state(actor, person_id, stated_as):
        return Missing("person")
    found = provider(provider_id)
    if found is None or not found.is_active or found.is_deemed or kind not in Kind.values:
        return Missing("provider")
    if str(provider_id) in closed_values(person_id, "provider"):
        return Missing("provider")
    stated = actions.give(
        actor=actor,
        person_id=person_id,
        provider_id=provider_id,
        kind=kind,
        stated_as=stated_as,
        seen=seen,
        taken=taken,
    )
    return _confirmed(person_id, provider_id, stated, taken)


@transaction.atomic
def withdraw_consent(
    actor: Actor,
    person_id: UUID,
    provider_id: UUID,
    *,
    stated_as: str = "",
    seen: int | None = None,
    taken: Taken = PORTAL,
) -> Answer:
    """Stop a provider's looking at once, also where a wider consent lets it. Missing: it was not allowed (a deemed
    consent is not of this kind).

    `stated_as`, `seen` and `taken` as in `give_consent`.
    """
    if not taken.is_on_paper and not may_state(actor, person_id, stated_as):
        return Missing("person")
    stated = actions.withdraw(
        actor=actor, person_id=person_id, provider_id=provider_id, stated_as=stated_as, seen=seen, taken=taken
    )
    return _confirmed(person_id, provider_id, stated, taken)


@transaction.atomic
def give_group_consent(
    actor: Actor,
    person_id: UUID,
    group_id: UUID,
    kind: str,
    *,
    stated_as: str = "",
    seen: int | None = None,
    roster: int | None = None,
) -> Answer:
    """Allow a group of providers, a programme, or whoever treats the person. Missing: there is no such.

    `stated_as` and `seen` as in `give_consent`. `roster`: the members that the actor was shown (`roster_of`); if others
    belong to it by now, nothing is stated.
    """
    if not may_state(actor, person_id, stated_as):
        return Missing("person")
    if group(group_id) is None or kind not in Kind.values:
        return Missing("group")
    hold_members(group_id)
    if roster not in {None, roster_of(group_id)}:
        return Outdated()
    stated = actions.give(
        actor=actor, person_id=person_id, group_id=group_id, kind=kind, stated_as=stated_as, seen=seen
    )
    return _confirmed(person_id, group_id, stated)


@transaction.atomic
def withdraw_group_consent(
    actor: Actor, person_id: UUID, group_id: UUID, *, stated_as: str = "", seen: int | None = None
) -> Answer:
    """Take it back: who may look by a word of their own still may. Missing: it was not allowed."""
    if not may_state(actor, person_id, stated_as):
        return Missing("person")
    stated = actions.withdraw(actor=actor, person_id=person_id, group_id=group_id, stated_as=stated_as, seen=seen)
    return _confirmed(person_id, group_id, stated)


def _confirmed(person_id: UUID, about_id: UUID, stated: Answer, taken: Taken = PORTAL) -> Answer:
    if isinstance(stated, Stated) and stated.is_new:
        tell_of_consent(
            person_id,
            about_id,
            version=stated.version,
            is_given=stated.state == State.GIVEN,
            until=stated.valid_until,
            at=stated.stated_at,
            stated_as=stated.stated_as,
            way=taken.way,
        )
    return stated
