"""A sharing consent is given, changed or withdrawn; it holds at the next read. Page: docs/flows/change_consent.md."""

from uuid import UUID

from django.db import transaction

from wutong.control.audit.append import Actor, append
from wutong.control.consent import actions
from wutong.control.consent.actions import Kind, Outdated, State, Stated
from wutong.control.flows.tell_patient import tell_of_consent
from wutong.control.people.actions.persons import hold_person
from wutong.control.people.queries.persons import person, persons_of_accounts
from wutong.control.people.queries.providers import provider
from wutong.control.people.queries.representatives import decided_for_until, standing
from wutong.core.answers import Missing, Reason
from wutong.core.events import Event

Answer = Stated | Missing | Outdated


@transaction.atomic
def give_consent(
    actor: Actor, person_id: UUID, provider_id: UUID, kind: str, *, stated_as: str = "", seen: int | None = None
) -> Answer:
    """Allow a provider to look, for one year or until withdrawn. Missing: no provider that can be allowed.

    `stated_as`: in which relation the actor speaks for the person (`represent_person` says it); empty: the person's own
    word, which counts from 16 on. Missing too where the actor stands in that relation no more, judged in the
    transaction that states. `seen`: the version that the actor was shown (0: none); if another one holds by now,
    nothing is stated.
    """
    if not _may_state(actor, person_id, stated_as):
        return Missing("person")
    found = provider(provider_id)
    if found is None or not found.is_active or found.is_deemed or kind not in Kind.values:
        return Missing("provider")
    stated = actions.give(
        actor=actor, person_id=person_id, provider_id=provider_id, kind=kind, stated_as=stated_as, seen=seen
    )
    return _confirmed(person_id, provider_id, stated)


@transaction.atomic
def withdraw_consent(
    actor: Actor, person_id: UUID, provider_id: UUID, *, stated_as: str = "", seen: int | None = None
) -> Answer:
    """Stop a provider's looking at once. Missing: it was not allowed (a deemed consent is not of this kind).

    `stated_as` and `seen` as in `give_consent`.
    """
    if not _may_state(actor, person_id, stated_as):
        return Missing("person")
    stated = actions.withdraw(actor=actor, person_id=person_id, provider_id=provider_id, stated_as=stated_as, seen=seen)
    return _confirmed(person_id, provider_id, stated)


def _may_state(actor: Actor, person_id: UUID, stated_as: str) -> bool:
    """Whose word it is: the person's own from 16 on, before that (and in that relation) somebody else's."""
    may = _speaks_for(actor, person_id, stated_as) if stated_as else decided_for_until(person_id) is None
    if not may:
        about = person_id if person(person_id) else None
        append(Event.PERSON_REPRESENT, actor=actor, person_id=about, reason=Reason.NO_RULE)
    return may


def _speaks_for(actor: Actor, person_id: UUID, stated_as: str) -> bool:
    """Whether the actor stands so to the person now, judged while the person's row is held."""
    own = persons_of_accounts({actor.account_id}) if actor.account_id and hold_person(person_id) else {}
    found = [standing(each.person_id, person_id) for each in own.values()]
    return any(each and each.relation == stated_as for each in found)


def _confirmed(person_id: UUID, provider_id: UUID, stated: Answer) -> Answer:
    if isinstance(stated, Stated) and stated.is_new:
        tell_of_consent(
            person_id,
            provider_id,
            version=stated.version,
            is_given=stated.state == State.GIVEN,
            until=stated.valid_until,
            at=stated.stated_at,
            stated_as=stated.stated_as,
        )
    return stated
