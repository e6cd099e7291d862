"""The only writer of what carers may see: a new version at each statement, never a change of an old one."""

from collections.abc import Collection
from datetime import date
from uuid import UUID

from django.db import transaction

from wutong.control.audit.append import Actor, append
from wutong.control.consent.actions import Outdated
from wutong.control.consent.carer_queries import OFFERED, CarerFacts, carer_facts
from wutong.control.consent.models import CarerVersion
from wutong.control.people.actions.persons import hold_person
from wutong.core import clock, ids
from wutong.core.answers import Missing
from wutong.core.events import Event


@transaction.atomic
def offer(
    *, actor: Actor, person_id: UUID, carer_id: UUID | None, called: str, functions: Collection[str], until: date
) -> CarerFacts | Missing:
    """Offer it; nothing is open before the carer accepts. Missing: there is no such person."""
    if not hold_person(person_id):
        return Missing("person")
    made = CarerVersion(
        person_id=person_id, grant_id=ids.new(), version=1, carer_id=carer_id, called=called, state=OFFERED,
        functions=sorted(functions), until=until, stated_as="",
    )  # fmt: skip
    return _kept(actor, None, made)


@transaction.atomic
def restate(
    *,
    actor: Actor,
    before: CarerFacts,
    state: str,
    functions: Collection[str] = (),
    until: date | None = None,
    stated_as: str = "",
) -> CarerFacts | Outdated:
    """Accept, change or end it. Outdated: `before` is not the newest version any more. Empty: as it was."""
    hold_person(before.person_id)
    rows = CarerVersion.objects.filter(person_id=before.person_id, grant_id=before.grant_id)
    if rows.filter(version__gt=before.version).exists():
        return Outdated()
    made = CarerVersion(
        person_id=before.person_id,
        grant_id=before.grant_id,
        version=before.version + 1,
        carer_id=before.carer_id,
        called=before.called,
        functions=sorted(functions or before.functions),
        until=until or before.until,
        state=state,
        stated_as=stated_as,
    )
    return _kept(actor, before, made)


def longest_until() -> date:
    """The last day that a grant made today can have."""
    return clock.same_date_next_year(clock.today())


def _kept(actor: Actor, before: CarerFacts | None, made: CarerVersion) -> CarerFacts:
    if actor.account_id is None:
        raise ValueError("a grant is stated by an account")
    made.stated_at, made.stated_by = clock.now(), actor.account_id
    made.save(force_insert=True)
    after = carer_facts(made)
    detail: dict[str, object] = {"grant": str(after.grant_id), "old": _told(before), "new": _told(after)}
    if after.carer_id:
        detail["carer"] = str(after.carer_id)
    if after.stated_as:
        detail["relation"] = after.stated_as
    append(Event.CARER_CHANGE, actor=actor, person_id=after.person_id, detail=detail)
    return after


def _told(facts: CarerFacts | None) -> dict[str, object] | None:
    if facts is None:
        return None
    told = {"version": facts.version, "state": facts.state, "functions": list(facts.functions)}
    return {**told, "until": facts.until.isoformat()}
