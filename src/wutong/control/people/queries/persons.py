"""Persons of the index, found the ways people find them."""

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Q

from wutong.control.people.models import Account, Contact, IdentityDocument, Person, SourceRecord
from wutong.control.people.sealer import sealer
from wutong.core import hkid

_MOST = 20
_SHAPES: dict[str, str] = {Person.Precision.YEAR: "%Y", Person.Precision.MONTH: "%Y-%m"}


@dataclass(frozen=True)
class PersonSummary:
    """Who somebody is, as a clinic's front desk may see it."""

    person_id: UUID
    name_en: str
    name_zh: str
    birth_date: str  # as FHIR writes it: the day, or only the month or the year; empty where not known
    sex: str
    masked_document: str
    ehr_number: str
    is_active: bool


@dataclass(frozen=True)
class ContactFacts:
    """How a person is told."""

    email: str
    phone: str
    address: str
    language: str
    channel: str
    refuses_access_notices: bool


def person(person_id: UUID) -> PersonSummary | None:
    """One person."""
    found = Person.objects.filter(person_id=person_id).first()
    return summary(found) if found else None


def registration_state(person_id: UUID) -> str:
    """active, suspended, withdrawn (the person left) or deceased; empty: there is no such person."""
    return Person.objects.filter(person_id=person_id).values_list("state", flat=True).first() or ""


def person_known_as(patient_id: UUID, provider_id: UUID) -> UUID:
    """The person whose Patient has that id in the provider's own records; else that id itself, as the index's own."""
    linked = SourceRecord.objects.filter(patient_id=patient_id, provider_id=provider_id, ended_at=None)
    return linked.values_list("person_id", flat=True).first() or patient_id


def summary(found: Person) -> PersonSummary:
    """A row of the index as pages show it."""
    return PersonSummary(
        person_id=found.person_id,
        name_en=f"{found.family_name} {found.given_name}".strip(),
        name_zh=found.name_zh,
        birth_date=_known_part(found),
        sex=found.sex,
        masked_document=found.masked_document,
        ehr_number=found.ehr_number,
        is_active=found.state == Person.State.ACTIVE,
    )


def persons_of_accounts(account_ids: Collection[UUID]) -> dict[UUID, PersonSummary]:
    """The people whose portals these accounts open, by account."""
    accounts = Account.objects.filter(account_id__in=account_ids)
    owners = {row.person_id: row.account_id for row in accounts if row.person_id}
    return {owners[row.person_id]: summary(row) for row in Person.objects.filter(person_id__in=owners)}


def find_by_hkid(number: str) -> PersonSummary | None:
    """The person whose document has that number."""
    trace = sealer().trace("ID", hkid.normalise(number))
    person_id = IdentityDocument.objects.filter(trace=trace).values_list("person_id", flat=True).first()
    return person(person_id) if person_id else None


def find_by_ehr_number(number: str) -> PersonSummary | None:
    """The person with that eHR number."""
    found = Person.objects.filter(ehr_number=number).first()
    return summary(found) if found else None


def ends_of_ehr_numbers(person_ids: set[UUID]) -> dict[UUID, str]:
    """The last four digits of each person's eHR number: enough to tell entries apart, too little to find anybody by."""
    rows = Person.objects.filter(person_id__in=person_ids).values_list("person_id", "ehr_number")
    return {person_id: number[-4:] for person_id, number in rows}


def find_by_name_and_birth(name: str, birth_date: date) -> list[PersonSummary]:
    """Persons born that day with that name: English words in any order and case, or the Chinese name.

    Of some only the year or the month of birth is known: they are found by every day in it.
    """
    wanted = _words(name)
    born = Person.objects.filter(_born(birth_date)).order_by("family_name", "given_name")
    return [summary(p) for p in born if _is_named(p, wanted, name.strip())][:_MOST]


def contact_of(person_id: UUID) -> ContactFacts | None:
    """How the person wants to be told."""
    found = Contact.objects.filter(person_id=person_id).first()
    if found is None:
        return None
    refuses = found.refuses_access_notices_since is not None
    return ContactFacts(found.email, found.phone, found.address, found.language, found.channel, refuses)


def _born(day: date) -> Q:
    month, year = day.replace(day=1), day.replace(month=1, day=1)
    precision = Person.Precision
    return (
        Q(birth_date=day)
        | Q(birth_date=month, birth_precision=precision.MONTH)
        | Q(birth_date=year, birth_precision=precision.YEAR)
    )


def _is_named(found: Person, wanted: frozenset[str], chinese: str) -> bool:
    if found.name_zh and found.name_zh == chinese:
        return True
    return bool(wanted) and wanted == _words(f"{found.family_name} {found.given_name}")


def _words(name: str) -> frozenset[str]:
    return frozenset(re.findall(r"[A-Z]+", name.upper()))


def _known_part(found: Person) -> str:
    shape = _SHAPES.get(found.birth_precision, "%Y-%m-%d")
    return found.birth_date.strftime(shape) if found.birth_date else ""
