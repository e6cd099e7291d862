"""Reads grants of emergency access with their reviews: for the clinic, the officers' queue, and the patient."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import connection

from wutong.core import clock

_CASES = """
select g.person_id, g.grant_id, g.account_id, g.provider_id, g.profession, g.kind, g.reason, g.categories, g.granted_at,
       g.closes_at, g.due_on, r.outcome, r.note, r.account_id, r.reviewed_at
  from emergency_grant g
  left join emergency_review r on r.person_id = g.person_id and r.grant_id = g.grant_id
"""
# Null: of all providers, as the eHR office sees them.
_OF_PROVIDER = "(%(provider)s::uuid is null or g.provider_id = %(provider)s)"
_QUEUE = f"""{_CASES} where {_OF_PROVIDER}
 order by r.grant_id is not null, case when r.grant_id is null then g.due_on end,
          case when r.grant_id is null then g.granted_at end, g.granted_at desc, g.grant_id
 limit %(limit)s offset %(offset)s
"""
_ONE = f"{_CASES} where {_OF_PROVIDER} and g.person_id = %(person)s and g.grant_id = %(grant)s"
_OF_PERSON = f"{_CASES} where g.person_id = %(person)s"
_OF_SESSION = f"""{_OF_PERSON} and g.session_id = %(session)s and g.closes_at > %(now)s and r.grant_id is null
 order by g.granted_at desc limit 1"""
_WAITING = """
select count(*), count(*) filter (where g.due_on < %(today)s)
  from emergency_grant g
 where (%(provider)s::uuid is null or g.provider_id = %(provider)s)
   and not exists (select from emergency_review r where r.person_id = g.person_id and r.grant_id = g.grant_id)
"""


@dataclass(frozen=True)
class Case:
    """One emergency access; `outcome` and what follows are empty until an officer closes it."""

    person_id: UUID
    grant_id: UUID
    account_id: UUID
    provider_id: UUID
    profession: str
    kind: str
    reason: str
    categories: list[str]
    granted_at: datetime
    closes_at: datetime
    due_on: date
    outcome: str | None
    note: str | None
    reviewer_id: UUID | None
    reviewed_at: datetime | None

    @property
    def is_open(self) -> bool:
        """Whether its review is still to be done."""
        return self.outcome is None

    @property
    def days_left(self) -> int:
        """Days until it is due: 0 today, less than 0 where it is overdue."""
        return (self.due_on - clock.today()).days


@dataclass(frozen=True)
class Waiting:
    """How many cases wait for their review, and how many of these are overdue."""

    cases: int
    overdue: int


def queue(provider_id: UUID | None, *, limit: int, offset: int = 0) -> list[Case]:
    """Cases of a provider (None: of all): those that wait, by their due day, before those that are closed."""
    return _cases(_QUEUE, provider=provider_id, limit=limit, offset=offset)


def case(provider_id: UUID | None, person_id: UUID, grant_id: UUID) -> Case | None:
    """One case, where it is the provider's (None: whoever's)."""
    return next(iter(_cases(_ONE, provider=provider_id, person=person_id, grant=grant_id)), None)


def cases_of(person_id: UUID) -> dict[UUID, Case]:
    """All emergency access to a person, by the id that its look has too."""
    return {each.grant_id: each for each in _cases(_OF_PERSON, person=person_id)}


def live_grant(person_id: UUID, session_id: UUID) -> Case | None:
    """The newest access of a session to a person that is neither over nor closed by an officer yet."""
    return next(iter(_cases(_OF_SESSION, person=person_id, session=session_id, now=clock.now())), None)


def waiting(provider_id: UUID | None) -> Waiting:
    """What waits for the officers of a provider (None: for the eHR office, everything)."""
    with connection.cursor() as cursor:
        cursor.execute(_WAITING, {"provider": provider_id, "today": clock.today()})
        [row] = cursor.fetchall()
    return Waiting(*row)


def _cases(statement: str, **values: UUID | datetime | int | None) -> list[Case]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return [Case(*row) for row in cursor.fetchall()]
