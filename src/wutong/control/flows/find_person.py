"""A clinician, or a desk, looks for a registered person; all is in the trail. Page: docs/flows/find_person.md."""

from datetime import date

from django.db import transaction

from wutong.control.audit.append import Actor, append
from wutong.control.people.queries import persons
from wutong.control.people.queries.persons import PersonSummary
from wutong.control.people.queries.professionals import caller_of, role_of
from wutong.core import clock, desk
from wutong.core.answers import Refused
from wutong.core.events import Event


@transaction.atomic
def find_by_hkid(actor: Actor, number: str) -> list[PersonSummary] | Refused:
    """The person with that identity card number, or nobody."""
    if refused := _refused(actor, "hkid"):
        return refused
    found = persons.find_by_hkid(number)
    return _noted(actor, "hkid", [found] if found else [])


@transaction.atomic
def find_by_name_and_birth(actor: Actor, name: str, birth_date: date) -> list[PersonSummary] | Refused:
    """The persons with that name born that day."""
    if refused := _refused(actor, "name-and-birth"):
        return refused
    return _noted(actor, "name-and-birth", persons.find_by_name_and_birth(name, birth_date))


def _refused(actor: Actor, by: str) -> Refused | None:
    refused = desk.may_not_serve(caller_of(actor), role_of(actor), today=clock.today())
    if refused:
        append(Event.PERSON_FIND, actor=actor, reason=refused.reason, detail={"by": by})
    return refused


def _noted(actor: Actor, by: str, found: list[PersonSummary]) -> list[PersonSummary]:
    detail = {"by": by, "found": len(found)}
    for person in found:
        append(Event.PERSON_FIND, actor=actor, person_id=person.person_id, detail=detail)
    if not found:
        append(Event.PERSON_FIND, actor=actor, detail=detail)
    return found
