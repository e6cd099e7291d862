"""Whom somebody may decide for today: the dated links of the register under the rule of core/representation.py."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from wutong.control.people.models import Person, Representative
from wutong.control.people.queries.persons import PersonSummary, summary
from wutong.core import clock
from wutong.core.representation import Birth, decides_alone_from, decides_as


@dataclass(frozen=True)
class Standing:
    """A person for whom another one may decide today; `alone_from` is the day on which that ends by itself."""

    person: PersonSummary
    relation: str
    alone_from: date | None


def standing(acting_person_id: UUID, person_id: UUID) -> Standing | None:
    """How the one may decide for the other today, if at all."""
    return next((each for each in standings_of(acting_person_id) if each.person.person_id == person_id), None)


def standings_of(acting_person_id: UUID) -> list[Standing]:
    """Everybody for whom that person may decide today, the youngest last."""
    relations: dict[UUID, set[str]] = defaultdict(set)
    for person_id, relation in _links(acting_person_id):
        relations[person_id].add(relation)
    people = Person.objects.filter(person_id__in=relations).order_by("birth_date", "given_name")
    found = (_standing(each, relations[each.person_id]) for each in people)
    return [each for each in found if each]


def decided_for_until(person_id: UUID) -> date | None:
    """The day from which a person who is too young to decide today will decide alone; None: they decide."""
    found = Person.objects.filter(person_id=person_id).first()
    alone_from = decides_alone_from(Birth(found.birth_date, found.birth_precision)) if found else None
    return alone_from if alone_from and clock.today() < alone_from else None


def _links(acting_person_id: UUID) -> list[tuple[UUID, str]]:
    links = Representative.objects.filter(acting_person_id=acting_person_id, since_at__lte=clock.now(), ended_at=None)
    return list(links.values_list("person_id", "relation"))


def _standing(found: Person, relations: set[str]) -> Standing | None:
    birth = Birth(found.birth_date, found.birth_precision)
    relation = decides_as(relations, birth, today=clock.today())
    return Standing(summary(found), relation, decides_alone_from(birth)) if relation else None
