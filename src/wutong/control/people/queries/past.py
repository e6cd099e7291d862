"""What is known of the people of a past instant: who was registered, which records were theirs, who worked where.

Whether a provider, an account or a person was suspended that day is not kept, nor what a registration said before it
was renewed: what today says of them is no answer about then, so it is left out (docs/decisions/0041).
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Count, F, Q, QuerySet

from wutong.control.people.models import Affiliation, Person, SourceRecord
from wutong.core import clock

_PROFESSION = "account__professional__profession"


@dataclass(frozen=True)
class Registration:
    """Since when a person is registered, and whether the registration is active today."""

    registered_at: datetime
    is_active: bool


@dataclass(frozen=True)
class Staff:
    """How many clinicians of one profession could open records at a provider."""

    provider_id: UUID
    profession: str
    number: int


@dataclass(frozen=True)
class Post:
    """Where one professional could open records."""

    account_id: UUID
    provider_id: UUID
    profession: str


def registration_of(person_id: UUID) -> Registration | None:
    """None: there is no such person."""
    found = Person.objects.filter(person_id=person_id).first()
    return Registration(found.registered_at, found.state == Person.State.ACTIVE) if found else None


def linked_at(person_id: UUID, at: datetime) -> tuple[UUID, ...]:
    """The ids of the source records that were the person's."""
    rows = SourceRecord.objects.filter(_held(at), person_id=person_id, linked_at__lte=at)
    return tuple(rows.values_list("patient_id", flat=True))


def staff_at(provider_ids: Collection[UUID], at: datetime, *, is_now: bool) -> list[Staff]:
    """Clinicians whose registration was current; `is_now`: and whose account is active, which is known of now alone."""
    rows = _clinicians(at, is_now=is_now).filter(provider_id__in=provider_ids)
    counted = rows.values("provider_id", profession=F(_PROFESSION)).annotate(number=Count("account_id", distinct=True))
    return [Staff(**row) for row in counted.order_by("provider_id", "profession")]


def posts_of(account_ids: Collection[UUID], at: datetime, *, is_now: bool) -> list[Post]:
    """The same of these professionals, one by one."""
    rows = _clinicians(at, is_now=is_now).filter(account_id__in=account_ids)
    return [Post(*row) for row in rows.values_list("account_id", "provider_id", _PROFESSION).distinct()]


def _clinicians(at: datetime, *, is_now: bool) -> QuerySet[Affiliation]:
    rows = Affiliation.objects.filter(
        _held(at),
        role=Affiliation.Role.CLINICIAN,
        started_at__lte=at,
        account__professional__registered_until__gte=clock.local(at).date(),
    )
    return rows.filter(account__is_active=True) if is_now else rows


def _held(at: datetime) -> Q:
    return Q(ended_at=None) | Q(ended_at__gt=at)
