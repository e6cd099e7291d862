"""Reads authorisations: for the clinic that asks, and for the patient, who sees and ends them."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import connection

from wutong.control.audit.append import Actor
from wutong.control.authorisation import codes
from wutong.core import clock

_FACTS = """
select r.request_id, r.account_id, r.provider_id, r.profession, r.kind, r.reason, r.categories, r.asked_at,
       r.expires_at, r.wrong_codes, a.authorised_at, a.closes_at, e.ended_at, g.person_id is not null
  from authorisation_request r
  left join authorisation a on a.person_id = r.person_id and a.request_id = r.request_id
  left join authorisation_end e on e.person_id = r.person_id and e.request_id = r.request_id
  left join gate.authorisation_v1 g on g.person_id = r.person_id and g.authorisation_id = r.request_id
 where r.person_id = %(person)s
"""
_NEWEST = f"""{_FACTS} and r.session_id = %(session)s and r.account_id = %(account)s and r.provider_id = %(provider)s
 order by r.asked_at desc limit 1"""
_OF_PERSON = f"{_FACTS} order by r.asked_at desc, r.request_id limit %(limit)s offset %(offset)s"
# The newest of each session waits, if any does.
_OPEN = f"""{_FACTS}
   and (g.person_id is not null and a.closes_at > %(now)s
        or a.request_id is null and r.expires_at > %(now)s and r.wrong_codes < %(most)s
        and not exists (select from authorisation_request n where n.person_id = r.person_id
                           and n.session_id = r.session_id and n.asked_at > r.asked_at))
 order by r.asked_at desc, r.request_id"""
_ONE = f"{_FACTS} and a.request_id = %(request)s"
_LATELY = """
select count(*), count(*) filter (where account_id = %(account)s) from authorisation_request
 where person_id = %(person)s and asked_at > %(since)s
"""


@dataclass(frozen=True)
class Asked:
    """One request, and what became of it: `authorised_at` and what follows are empty until then."""

    request_id: UUID
    account_id: UUID
    provider_id: UUID
    profession: str
    kind: str
    reason: str
    categories: list[str]
    asked_at: datetime
    expires_at: datetime
    wrong_codes: int
    authorised_at: datetime | None
    closes_at: datetime | None
    ended_at: datetime | None
    holds: bool  # as the gate sees it, but for its time: neither ended, nor was a consent withdrawn since

    @property
    def is_waiting(self) -> bool:
        """Whether its code can still be entered."""
        is_alive = self.wrong_codes < codes.MOST_WRONG and clock.now() < self.expires_at
        return is_alive and self.authorised_at is None

    @property
    def is_open(self) -> bool:
        """Whether the person's word by the code holds now."""
        return self.closes_at is not None and self.holds and clock.now() < self.closes_at


def newest_request(actor: Actor, person_id: UUID) -> Asked | None:
    """The last one of the actor's session."""
    own = {"session": actor.session_id, "account": actor.account_id, "provider": actor.provider_id}
    return next(iter(_read(_NEWEST, person=person_id, **own)), None)


def asked_of(person_id: UUID, *, limit: int, offset: int = 0) -> list[Asked]:
    """All that a person was ever asked for, the newest first."""
    return _read(_OF_PERSON, person=person_id, limit=limit, offset=offset)


def open_to(person_id: UUID) -> list[Asked]:
    """What waits for its code now, and what a code holds open."""
    return _read(_OPEN, person=person_id, now=clock.now(), most=codes.MOST_WRONG)


def given(person_id: UUID, request_id: UUID) -> Asked | None:
    """One authorisation."""
    return next(iter(_read(_ONE, person=person_id, request=request_id)), None)


def is_asked_too_often(actor: Actor, person_id: UUID) -> bool:
    """Whether the person was asked as often as anybody is within an hour, by all or by the actor alone."""
    since = clock.now() - timedelta(hours=1)
    with connection.cursor() as cursor:
        cursor.execute(_LATELY, {"person": person_id, "account": actor.account_id, "since": since})
        [(by_all, by_actor)] = cursor.fetchall()
    return bool(by_all >= codes.MOST_AN_HOUR or by_actor >= codes.MOST_OF_ONE)


def _read(statement: str, **values: UUID | datetime | int | None) -> list[Asked]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return [Asked(*row) for row in cursor.fetchall()]
