"""The only writer of joining consents after a registration: a new version each time, never a change of an old one."""

from uuid import UUID

from django.db import transaction

from wutong.control.audit.append import Actor, append
from wutong.control.consent.actions import Outdated, record_form
from wutong.control.consent.joining_queries import GIVEN, WITHDRAWN, JoiningFacts, joining_facts, newest_joining
from wutong.control.consent.models import JoiningVersion
from wutong.control.consent.ways import PORTAL, Taken
from wutong.control.people.actions.persons import hold_person, set_joined
from wutong.control.people.queries.persons import registration_state
from wutong.core import clock
from wutong.core.answers import Missing
from wutong.core.events import Event


@transaction.atomic
def state_joining(
    *,
    actor: Actor,
    person_id: UUID,
    joins: bool,
    stated_as: str = "",
    seen: int | None = None,
    taken: Taken = PORTAL,
) -> JoiningFacts | Missing | Outdated:
    """The person joins again or leaves, and their registration follows. Missing "person": there is none; "joining":
    their registration is in no state to do so.

    `stated_as`: as the person's parent, ...; empty: for themselves. `seen`: the version that the speaker was shown;
    None: they were shown nothing. `taken`: by which way it came; of a form that was recorded before, IntegrityError.
    """
    if not hold_person(person_id):
        return Missing("person")
    if registration_state(person_id) != ("withdrawn" if joins else "active"):
        return Missing("joining")
    before = newest_joining(person_id)
    if seen not in {None, before.version if before else 0}:
        return Outdated()
    set_joined(person_id, joins=joins)
    if taken.is_on_paper and taken.desk_of:
        record_form(person_id, taken.desk_of, taken)
    return _added(actor, person_id, before, joins=joins, stated_as=stated_as, taken=taken)


def _added(
    actor: Actor, person_id: UUID, before: JoiningFacts | None, *, joins: bool, stated_as: str, taken: Taken
) -> JoiningFacts:
    made = joining_facts(
        JoiningVersion.objects.create(
            person_id=person_id,
            version=before.version + 1 if before else 1,
            state=GIVEN if joins else WITHDRAWN,
            way=JoiningVersion.Way(taken.way),
            provider_id=taken.desk_of,
            stated_at=clock.now(),
            stated_by=actor.account_id,
            stated_as=stated_as,
            taken_by=taken.by,
            form_reference=taken.form_reference,
            signed_on=taken.signed_on,
        )
    )
    detail = {"old": _told(before), "new": _told(made), **taken.told} | ({"relation": stated_as} if stated_as else {})
    append(Event.JOINING_CHANGE, actor=actor, person_id=person_id, detail=detail)
    return made


def _told(version: JoiningFacts | None) -> dict[str, object] | None:
    if version is None:
        return None
    state = GIVEN if version.is_given else WITHDRAWN
    return {"version": version.version, "state": str(state)}
