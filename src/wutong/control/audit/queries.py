"""Reads the trail for people."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import connection

from wutong.core.care import ATTESTATION

_LOOKS = """
select look_id, account_id, provider_id, profession, purpose, ground, reason, opened_at, categories,
       (evidence ->> 'day')::date, consent
  from gate.look_line_v1 where person_id = %s
 order by ground = 'attestation' or purpose = 'ETREAT' desc, opened_at desc, look_id limit %s offset %s
"""
# Without the categories: they are gathered from every entry of the look.
_OPEN = """
select look_id, account_id, provider_id, profession, purpose, ground, reason, opened_at, '{}'::text[],
       (evidence ->> 'day')::date, consent
  from gate.look_line_v1
 where person_id = %s and account_id = %s and provider_id = %s and closes_at > %s order by opened_at desc limit 1
"""
_OWN = """
select account_id, ground, relation, opened_at, categories
  from gate.own_look_v1 where person_id = %s order by opened_at desc, account_id limit %s
"""
_LOOKERS = """
select account_id, provider_id, profession
  from (select distinct on (account_id) account_id, provider_id, profession, opened_at
          from gate.look_line_v1 where person_id = %s order by account_id, opened_at desc) newest
 order by opened_at desc, account_id
"""
_BEGUN = "select look_id from gate.look_line_v1 where person_id = %s and look_id = any(%s)"
_READINGS = """
select category, count(*), min(at), max(at)
  from gate.emergency_read_v1, unnest(categories) as category
 where person_id = %s and look_id = %s group by category order by category
"""
_RATES = """
select provider_id, count(*), count(*) filter (where is_emergency)
  from gate.look_count_v1 where opened_at >= %s group by provider_id
"""

_ACTS = """
select caller_id, event, coalesce(detail ->> 'relation', ground, ''), coalesce(detail ->> 'page', ''), at
  from gate.trail_v1
 where person_id = %s and outcome = 'allowed'
   and (event = 'person:represent' or event = 'record:count' and ground in ('representative', 'carer'))
 order by at desc, entry_id limit %s offset %s
"""

# A look that is still open is not an earlier one, whatever it was opened for. One that another for the same purpose
# came after was cut short: by a new consent, or by a second emergency.
_PREVIOUS = """
with own as (
  select purpose, opened_at, closes_at from gate.look_line_v1
   where person_id = %s and account_id = %s and provider_id = %s)
select max(opened_at) from own
 where closes_at <= %s
    or exists (select from own newer where newer.purpose = own.purpose and newer.opened_at > own.opened_at)
"""


@dataclass(frozen=True)
class LookLine:
    """One look at a person's record: who, for whom, why, when, and which categories were shown.

    `day`: of what showed that the person is under care; None where nothing did.
    """

    look_id: UUID
    account_id: UUID
    provider_id: UUID
    profession: str
    purpose: str
    ground: str
    reason: str
    opened_at: datetime
    categories: list[str]
    day: date | None = None
    consent: str = ""  # the number of the statement that it was opened under, or "deemed"

    @property
    def is_attested(self) -> bool:
        """On the professional's own word: nothing in the record showed care."""
        return self.ground == ATTESTATION


@dataclass(frozen=True)
class OwnLook:
    """One session in which a person, or who decides for them (`relation`), read of the record in the portal."""

    account_id: UUID
    ground: str
    relation: str
    opened_at: datetime
    categories: list[str]


@dataclass(frozen=True)
class Looker:
    """Somebody who looked at a person's record: where, and as what, they did last."""

    account_id: UUID
    provider_id: UUID
    profession: str


@dataclass(frozen=True)
class ActLine:
    """What somebody who acts for a person opened: a page of the portal, or (`record:count`) the number of items."""

    account_id: UUID
    event: str
    relation: str
    page: str
    at: datetime


@dataclass(frozen=True)
class Reading:
    """How often, and from when to when, one category was shown under an emergency's look."""

    category: str
    times: int
    first_at: datetime
    last_at: datetime


@dataclass(frozen=True)
class Rate:
    """How many looks one provider had, and how many of them were emergencies."""

    provider_id: UUID
    looks: int
    emergencies: int

    @property
    def per_thousand(self) -> float:
        """Emergencies per 1,000 looks."""
        return 1000 * self.emergencies / self.looks


def looks_of(person_id: UUID, *, limit: int, offset: int = 0) -> list[LookLine]:
    """Those that nothing in the record explains come first (attested ones, emergencies); of both the newest."""
    with connection.cursor() as cursor:
        cursor.execute(_LOOKS, [person_id, limit, offset])
        return [LookLine(*row) for row in cursor.fetchall()]


def acts_of(person_id: UUID, *, limit: int, offset: int = 0) -> list[ActLine]:
    """What those who decide for the person, or care for them, opened; newest first."""
    with connection.cursor() as cursor:
        cursor.execute(_ACTS, [person_id, limit, offset])
        return [ActLine(*row) for row in cursor.fetchall()]


def own_looks_of(person_id: UUID, *, limit: int) -> list[OwnLook]:
    """The newest sessions first in which a person, or who decides for them, read the record."""
    with connection.cursor() as cursor:
        cursor.execute(_OWN, [person_id, limit])
        return [OwnLook(*row) for row in cursor.fetchall()]


def lookers_of(person_id: UUID) -> list[Looker]:
    """Everybody who ever looked at a person's record, who did last first."""
    with connection.cursor() as cursor:
        cursor.execute(_LOOKERS, [person_id])
        return [Looker(*row) for row in cursor.fetchall()]


def looks_begun(person_id: UUID, look_ids: Collection[UUID]) -> set[UUID]:
    """Which of these looks at a person there are."""
    with connection.cursor() as cursor:
        cursor.execute(_BEGUN, [person_id, list(look_ids)])
        return {row[0] for row in cursor.fetchall()}


def look(person_id: UUID, look_id: UUID) -> LookLine | None:
    """One look of a person."""
    with connection.cursor() as cursor:
        cursor.execute(_LOOKS.replace("order by", "and look_id = %s order by"), [person_id, look_id, 1, 0])
        row = cursor.fetchone()
    return LookLine(*row) if row else None


def open_look_of(
    person_id: UUID, *, account_id: UUID | None, provider_id: UUID | None, now: datetime
) -> LookLine | None:
    """The look that this account, at this provider, began last of those that are not over by now."""
    with connection.cursor() as cursor:
        cursor.execute(_OPEN, [person_id, account_id, provider_id, now])
        row = cursor.fetchone()
    return LookLine(*row) if row else None


def readings(person_id: UUID, look_id: UUID) -> list[Reading]:
    """What was really read under an emergency's look, by category."""
    with connection.cursor() as cursor:
        cursor.execute(_READINGS, [person_id, look_id])
        return [Reading(*row) for row in cursor.fetchall()]


def rates(since: datetime) -> dict[UUID, Rate]:
    """The looks of each provider that had any since then."""
    with connection.cursor() as cursor:
        cursor.execute(_RATES, [since])
        return {row[0]: Rate(*row) for row in cursor.fetchall()}


def previous_look(
    person_id: UUID, *, account_id: UUID | None, provider_id: UUID | None, now: datetime
) -> datetime | None:
    """When this account, at this provider, began its last look that is over by now; None where it never looked."""
    with connection.cursor() as cursor:
        cursor.execute(_PREVIOUS, [person_id, account_id, provider_id, now])
        row = cursor.fetchone()
    return row[0] if row else None
