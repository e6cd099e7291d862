"""A professional opens a record in an emergency, without asking the patient. Page: docs/flows/break_glass.md.

A refusal is returned and audited. The grant, the patient's notice and the officers' messages commit together.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from django.conf import settings
from django.db import transaction

from wutong.control.audit.append import Actor
from wutong.control.consent.closing_queries import closed_values
from wutong.control.emergency import actions
from wutong.control.emergency.queries import Case, case
from wutong.control.flows.tell_officers import officers_to_tell, tell_officers
from wutong.control.flows.tell_patient import tell_of_emergency
from wutong.control.people.actions.accounts import spend_code
from wutong.control.people.one_time_code import Verdict
from wutong.control.people.queries.persons import PersonSummary, person
from wutong.control.people.queries.professionals import caller_of
from wutong.control.people.queries.roles import roles_on
from wutong.core import clock, emergency
from wutong.core.answers import Missing, Refused
from wutong.core.emergency import Stated


@dataclass(frozen=True)
class Offer:
    """What a professional may name: each category with "G" or "R"."""

    roles: Mapping[str, str]


def offer_emergency(actor: Actor, person_id: UUID) -> Offer | Refused | Missing:
    """Whether emergency access may be asked for at all; this alone grants nothing and is not in the trail."""
    found = person(person_id)
    if found is None:
        return Missing("person")
    roles = roles_on(clock.today()).get(actor.profession, {})
    return _refused(actor, found, roles) or Offer(roles)


@transaction.atomic
def break_glass(actor: Actor, person_id: UUID, stated: Stated, code: str) -> Case | Refused | Verdict | Missing:
    """Grant an hour's access to what was named. A Verdict says what was wrong with the one-time code.

    The rule comes before the code: what may not be granted does not use up a code.
    """
    found = person(person_id)
    if found is None or actor.account_id is None:
        return Missing("person")
    roles = roles_on(clock.today()).get(actor.profession, {})
    if refused := _refused(actor, found, roles, stated):
        actions.refuse(actor=actor, person_id=person_id, reason=refused.reason)
        return refused
    verdict = spend_code(account_id=actor.account_id, code=code)
    if verdict is not Verdict.RIGHT:
        actions.refuse(actor=actor, person_id=person_id, reason=verdict.value)
        return verdict
    return _granted(actor, person_id, stated, emergency.named_categories(stated, roles))


def _refused(
    actor: Actor, found: PersonSummary, roles: Mapping[str, str], stated: Stated | None = None
) -> Refused | None:
    return emergency.may_not_break_glass(
        caller_of(actor),
        stated,
        is_on=settings.EMERGENCY_ACCESS,
        needs=settings.EMERGENCY_NEEDS,
        person_is_active=found.is_active,
        is_withheld=str(actor.account_id) in closed_values(found.person_id, "professional"),
        roles=roles,
        today=clock.today(),
    )


def _granted(actor: Actor, person_id: UUID, stated: Stated, categories: frozenset[str]) -> Case:
    officers = officers_to_tell(actor.provider_id)
    made = actions.grant(
        actor=actor,
        person_id=person_id,
        stated=stated,
        categories=categories,
        working_days=settings.EMERGENCY_REVIEW_DAYS,
        told=sum(each.account_id != actor.account_id for each in officers),
    )
    granted = case(None, person_id, made)
    if granted is None:
        raise ValueError("what was granted is there")
    tell_of_emergency(granted)
    tell_officers(granted, officers)
    return granted
