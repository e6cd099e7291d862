"""A clinician looks for a registered person; every look-up is in the trail. Page: docs/flows/find_person.md."""

from datetime import date

from django.db import transaction

from wutong.control.audit.append import Actor, append
from wutong.control.people.queries import persons
from wutong.control.people.queries.persons import PersonSummary
from wutong.core.events import Event


@transaction.atomic
def find_by_hkid(actor: Actor, number: str) -> PersonSummary | None:
    """The person with that identity card number."""
    found = persons.find_by_hkid(number)
    _note(actor, "hkid", [found] if found else [])
    return found


@transaction.atomic
def find_by_name_and_birth(actor: Actor, name: str, birth_date: date) -> list[PersonSummary]:
    """The persons with that name born that day."""
    found = persons.find_by_name_and_birth(name, birth_date)
    _note(actor, "name-and-birth", found)
    return found


def _note(actor: Actor, by: str, found: list[PersonSummary]) -> None:
    detail = {"by": by, "found": len(found)}
    for person in found:
        append(Event.PERSON_FIND, actor=actor, person_id=person.person_id, detail=detail)
    if not found:
        append(Event.PERSON_FIND, actor=actor, detail=detail)
