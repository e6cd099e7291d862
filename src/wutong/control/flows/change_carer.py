"""A person lets a carer see something of their portal; it holds at the next click. Page: docs/flows/change_carer.md."""

from collections.abc import Callable, Collection
from datetime import date
from functools import partial
from uuid import UUID, uuid5

from django.db import transaction

from wutong.control.audit.append import Actor
from wutong.control.consent import carer_actions as actions
from wutong.control.consent.actions import Outdated
from wutong.control.consent.carer_queries import ACCEPTED, ENDED, CarerFacts, grants_of, grants_to
from wutong.control.flows.represent_person import may_state_in_person
from wutong.control.flows.tell_patient import tell_of_carer
from wutong.control.notices import carer_wording
from wutong.control.people.queries.persons import PersonSummary, find_by_ehr_number, find_by_hkid
from wutong.control.people.queries.representatives import CARER
from wutong.core import clock
from wutong.core.answers import Missing
from wutong.core.representation import Function

Answer = CarerFacts | Missing | Outdated
MOST = 10  # grants and offers of one person at a time


@transaction.atomic
def offer_carer(
    actor: Actor, person_id: UUID, number: str, called: str, functions: Collection[str], until: date
) -> Answer:
    """Ask whose HKID or eHR number it is to be the person's carer. Missing "room": there are as many as there may be.

    The answer is the same whether the number is anybody's, so that nobody learns who is registered. Nothing is open
    before the other person accepts.
    """
    if not may_state_in_person(actor, person_id, ""):
        return Missing("person")
    if not _can_be_granted(functions, until):
        return Missing("functions")
    if sum(each.holds or each.waits for each in grants_of(person_id)) >= MOST:
        return Missing("room")
    found = _found(number)
    carer_id = found.person_id if found and found.is_active and found.person_id != person_id else None
    made = actions.offer(
        actor=actor, person_id=person_id, carer_id=carer_id, called=called, functions=functions, until=until
    )
    if isinstance(made, CarerFacts) and carer_id:
        tell_of_carer(carer_id, "carer-asked", made.grant_id, carer_wording.of_request)
    return made


@transaction.atomic
def accept_carer(actor: Actor, carer_id: UUID, grant_id: UUID, *, seen: int) -> Answer:
    """The other person agrees; from now on it holds. Missing: nothing waits for them. `seen`: the version shown."""
    before = _of(grants_to(carer_id), grant_id)
    if before is None or not before.waits or not may_state_in_person(actor, carer_id, ""):
        return Missing("grant")
    return _restated(before, seen, partial(actions.restate, actor=actor, state=ACCEPTED, stated_as=CARER))


@transaction.atomic
def change_carer(
    actor: Actor, person_id: UUID, grant_id: UUID, functions: Collection[str], until: date, *, seen: int
) -> Answer:
    """Grant other functions, or until another day, to who is the person's carer already. Missing: it does not hold."""
    if not may_state_in_person(actor, person_id, ""):
        return Missing("person")
    before = _of(grants_of(person_id), grant_id)
    if before is None or not before.holds or not _can_be_granted(functions, until):
        return Missing("grant")
    change = partial(actions.restate, actor=actor, state=ACCEPTED, functions=functions, until=until)
    return _restated(before, seen, change)


@transaction.atomic
def end_carer(actor: Actor, person_id: UUID, grant_id: UUID, *, stated_as: str = "") -> Answer:
    """End a grant or take an offer back: by the person, or who decides for them. Missing: it has ended."""
    if not may_state_in_person(actor, person_id, stated_as):
        return Missing("person")
    before = _of(grants_of(person_id), grant_id)
    if before is None or not (before.holds or before.waits):
        return Missing("grant")
    return _restated(before, before.version, partial(actions.restate, actor=actor, state=ENDED, stated_as=stated_as))


@transaction.atomic
def leave_carer(actor: Actor, carer_id: UUID, grant_id: UUID) -> Answer:
    """The carer steps back. Missing: they are not, or no more."""
    before = _of(grants_to(carer_id), grant_id)
    if before is None or not before.holds or not may_state_in_person(actor, carer_id, ""):
        return Missing("grant")
    return _restated(before, before.version, partial(actions.restate, actor=actor, state=ENDED, stated_as=CARER))


def _restated(before: CarerFacts, seen: int, restate: Callable[..., CarerFacts | Outdated]) -> CarerFacts | Outdated:
    """The person is told of each statement. The carer is not told of an end: nobody shall have to explain it."""
    if seen != before.version:
        return Outdated()
    stated = restate(before=before)
    if isinstance(stated, CarerFacts):
        what = "changed" if before.state == stated.state else str(stated.state)
        about_id = uuid5(stated.grant_id, str(stated.version))
        tell_of_carer(stated.person_id, "carer-changed", about_id, partial(carer_wording.of_grant, what=what))
    return stated


def _can_be_granted(functions: Collection[str], until: date) -> bool:
    known = bool(functions) and set(functions) <= set(Function)
    return known and clock.today() <= until <= actions.longest_until()


def _found(number: str) -> PersonSummary | None:
    return find_by_hkid(number) or find_by_ehr_number(number)


def _of(grants: Collection[CarerFacts], grant_id: UUID) -> CarerFacts | None:
    return next((each for each in grants if each.grant_id == grant_id), None)
