"""Who decides for somebody by law is recorded, and ended, on the host. Page: docs/flows/record_representative.md."""

from dataclasses import dataclass
from datetime import date
from functools import partial
from uuid import UUID

from django.db import transaction

from wutong.control.audit.append import HOST
from wutong.control.flows.tell_patient import tell_of_carer
from wutong.control.notices import carer_wording
from wutong.control.people.actions import persons
from wutong.control.people.queries.accounts import account_named, is_office_officer, is_one_human
from wutong.control.people.queries.persons import PersonSummary, find_by_ehr_number
from wutong.control.people.queries.representatives import decided_for_until, deciders_of
from wutong.core import clock, ids
from wutong.core.answers import Problem
from wutong.core.representation import LAST_RESORT, ORDER, Capacity

EVIDENCE = ("birth-certificate", "guardianship-order", "court-order", "doctor-statement", "declaration")


class RepresentativeProblem(Problem):
    """The link cannot be recorded, or ended."""


@dataclass(frozen=True)
class Shown:
    """What showed it: the kind of evidence and the day that it bears; until when it holds (None: no end)."""

    evidence: str
    evidence_on: date
    until: date | None = None


@transaction.atomic
def record_representative(
    number: str, acting_number: str, relation: str, *, capacity: str, shown: Shown, officers: tuple[str, str]
) -> frozenset[str]:
    """Record it in the name of two officers of the eHR office; as what somebody decides for the person from now on.

    `number`, `acting_number`: eHR numbers. Raises RepresentativeProblem with what to mend.
    """
    found, acting = _person(number), _person(acting_number)
    _check(found, acting, relation, Capacity(capacity), shown)
    recorded_by, confirmed_by = _two_officers(*officers)
    persons.appoint_representative(
        actor=HOST,
        person_id=found.person_id,
        acting_person_id=acting.person_id,
        relation=relation,
        capacity=capacity,
        evidence=shown.evidence,
        evidence_on=shown.evidence_on,
        until=shown.until,
        recorded_by=recorded_by,
        confirmed_by=confirmed_by,
    )
    _tell(found.person_id, "recorded")
    return deciders_of(found.person_id)


@transaction.atomic
def end_representative(number: str, acting_number: str, relation: str) -> frozenset[str]:
    """End it, at once on every path; as what somebody decides from now on. Raises RepresentativeProblem."""
    found, acting = _person(number), _person(acting_number)
    ended = persons.end_representative(
        actor=HOST, person_id=found.person_id, acting_person_id=acting.person_id, relation=relation
    )
    if not ended:
        raise RepresentativeProblem(
            "There is no such link that has not ended. `wutong representative list` shows them."
        )
    _tell(found.person_id, "ended")
    return deciders_of(found.person_id)


def _check(found: PersonSummary, acting: PersonSummary, relation: str, capacity: Capacity, shown: Shown) -> None:
    if found.person_id == acting.person_id:
        raise RepresentativeProblem("Both numbers are one person's. Give the number of who decides as --acting.")
    ranked = set().union(*ORDER[capacity]) - {LAST_RESORT}
    if relation not in ranked:
        raise RepresentativeProblem(f"As {capacity}, the law names: {', '.join(sorted(ranked))}.")
    if (capacity is Capacity.UNDER_AGE) != (decided_for_until(found.person_id) is not None):
        raise RepresentativeProblem(
            f"Under 16 the capacity is {Capacity.UNDER_AGE}, from then on (or where no date of birth is known) "
            f"{Capacity.INCAPABLE}: choose the other one, or record nothing."
        )
    if shown.evidence not in EVIDENCE:
        raise RepresentativeProblem(f"The evidence is one of: {', '.join(EVIDENCE)}.")
    if shown.evidence_on > clock.today() or (shown.until and shown.until < clock.today()):
        raise RepresentativeProblem("The evidence is of today or before, and the last day is today or later.")


def _two_officers(first: str, second: str) -> tuple[UUID, UUID]:
    found = [account.account_id for name in (first, second) if (account := account_named(name))]
    if len(found) < 2 or not all(map(is_office_officer, found)) or is_one_human(*found):
        raise RepresentativeProblem(
            "Two privacy officers of the eHR office are needed, two people: give their sign-in names."
        )
    return found[0], found[1]


def _person(number: str) -> PersonSummary:
    found = find_by_ehr_number(number)
    if found is None:
        raise RepresentativeProblem(f"Nobody has the eHR number {number}. It has 12 digits.")
    return found


def _tell(person_id: UUID, what: str) -> None:
    """So that nobody is spoken for unawares."""
    tell_of_carer(person_id, "representative", ids.new(), partial(carer_wording.of_representative, what=what))
