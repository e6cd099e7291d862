"""How people stand to each other today: the facts that the record plane reads too (`gate.represents_v1`), under the
rules of core/representation.py.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import connection

from wutong.control.people.models import Person, Representative
from wutong.control.people.queries.persons import PersonSummary, summary
from wutong.core import clock, representation
from wutong.core.representation import OWN_WORD, Birth, Link, Representation

CARER = "carer"

_STANDINGS = """
select p.person_id, x.links, x.granted, x.birth_date, x.birth_precision
  from (select person_id from gate.representative_v1 where acting_person_id = %(acting)s
         union select person_id from gate.carer_v1 where carer_id = %(acting)s) p,
       gate.represents_v1(p.person_id, %(acting)s, %(now)s, %(today)s) x
"""
_LINKS = "select links from gate.represents_v1(%(acting)s, %(acting)s, %(now)s, %(today)s)"


@dataclass(frozen=True)
class Standing:
    """A person for whom another one may act today.

    `relation`: as what they decide, or `CARER`, who sees the `functions` that were granted and decides nothing.
    `until`: the last day of what was granted longest. `alone_from`: of a child, when it ends by itself.
    """

    person: PersonSummary
    relation: str
    alone_from: date | None = None
    functions: frozenset[str] = frozenset()
    until: date | None = None

    @property
    def decides(self) -> bool:
        """Whether they decide in the person's place; else they only see."""
        return self.relation != CARER


@dataclass(frozen=True)
class LinkFacts:
    """Who decides, or decided, for a person: as what, on what evidence, and when."""

    acting_ehr_number: str
    relation: str
    capacity: str
    evidence: str
    since_at: datetime
    until: date | None
    ended_at: datetime | None


def standing(acting_person_id: UUID, person_id: UUID) -> Standing | None:
    """How the one may act for the other today, if at all."""
    return next((each for each in standings_of(acting_person_id) if each.person.person_id == person_id), None)


def standings_of(acting_person_id: UUID) -> list[Standing]:
    """Everybody for whom that person may act today, the youngest last."""
    found = {
        person_id: representation.representation_of(*facts) for person_id, *facts in _rows(_STANDINGS, acting_person_id)
    }
    people = Person.objects.filter(person_id__in=found).order_by("birth_date", "given_name")
    standings = (_standing(each, found[each.person_id]) for each in people)
    return [each for each in standings if each]


def decided_for_until(person_id: UUID) -> date | None:
    """The day from which a person who is too young to decide today will decide alone; None: they are old enough."""
    return _under_age_until(_birth(person_id))


def deciders_of(person_id: UUID) -> frozenset[str]:
    """As what somebody may state something for the person today (`core.representation.who_decides`)."""
    return _deciders(person_id, _birth(person_id))


def signers_of(person_id: UUID) -> tuple[str, ...]:
    """As what somebody may sign for the person on paper today (`core.representation.who_signs`)."""
    return representation.who_signs(_standing_links(person_id), _birth(person_id), today=clock.today())


def links_of(ehr_number: str) -> list[LinkFacts]:
    """Everything that was ever recorded of who decides for the person, the newest first."""
    found = Person.objects.filter(ehr_number=ehr_number).first()
    rows = Representative.objects.filter(person_id=found.person_id).order_by("-since_at") if found else []
    acting = dict(
        Person.objects.filter(person_id__in=[r.acting_person_id for r in rows]).values_list("person_id", "ehr_number")
    )
    return [
        LinkFacts(
            acting.get(each.acting_person_id, ""), each.relation, each.capacity, each.evidence, each.since_at,
            each.until, each.ended_at,
        )
        for each in rows
    ]  # fmt: skip


def decides_alone(person_id: UUID) -> bool:
    """Whether the person's own word counts: from 16 on, and while nobody stands for them as for an incapable person."""
    return OWN_WORD in deciders_of(person_id)


def own_word(person_id: UUID) -> tuple[date | None, bool]:
    """Both of oneself, for the head of one's pages: `decided_for_until`, and `decides_alone`."""
    birth = _birth(person_id)
    return _under_age_until(birth), OWN_WORD in _deciders(person_id, birth)


def _deciders(person_id: UUID, birth: Birth) -> frozenset[str]:
    return representation.who_decides_of(_standing_links(person_id), birth, today=clock.today())


def _standing_links(person_id: UUID) -> frozenset[Link]:
    [(links,)] = _rows(_LINKS, person_id)
    return representation.representation_of(links, (), None, None).standing


def deciders_for(person_id: UUID) -> list[UUID]:
    """Who decides for the person today: they, or all who stand first in the order of the law; maybe nobody."""
    if decides_alone(person_id):
        return [person_id]
    links = Representative.objects.filter(person_id=person_id, ended_at=None).order_by("since_at", "acting_person_id")
    acting = dict.fromkeys(links.values_list("acting_person_id", flat=True))
    return [each for each in acting if (found := standing(each, person_id)) and found.decides]


def _rows(query: str, acting_person_id: UUID) -> Sequence[Sequence[Any]]:
    with connection.cursor() as cursor:
        cursor.execute(query, {"acting": acting_person_id, "now": clock.now(), "today": clock.today()})
        return list(cursor.fetchall())


def _under_age_until(birth: Birth) -> date | None:
    alone_from = representation.decides_alone_from(birth)
    return alone_from if alone_from and clock.today() < alone_from else None


def _birth(person_id: UUID) -> Birth:
    found = Person.objects.filter(person_id=person_id).first()
    return Birth(found.birth_date, found.birth_precision) if found else Birth(None)


def _standing(found: Person, facts: Representation) -> Standing | None:
    today = clock.today()
    if relation := representation.decides_as(facts, today=today):
        return Standing(summary(found), relation, _under_age_until(facts.birth))
    if functions := representation.carer_functions(facts, today=today):
        until = max(facts.granted[each] for each in functions)
        return Standing(summary(found), CARER, functions=functions, until=until)
    return None
