"""Reads what a person stated, consents and closings alike, each by its id: for whoever asks in FHIR's words.

No copy: the rows are those that the gate decides on. A statement is what was said about one thing, in versions.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import connection

# Kinds of sharing consents, to a provider or a wider one; the others are those of ClosingVersion.
SHARING, GROUP = "sharing", "group"

# Of a closing, `holds` says that it is closed.
VERSIONS = """
select control.statement_id(c.person_id, 'sharing', c.provider_id::text) as consent_id, c.person_id, 'sharing' as kind,
       c.provider_id::text as value, c.version, c.state = 'given' as holds, c.kind as length, c.valid_until,
       '' as title, c.stated_at, c.stated_as, c.way
  from control.consent_version c
union all
select control.statement_id(g.person_id, 'group', g.group_id::text), g.person_id, 'group', g.group_id::text, g.version,
       g.state = 'given', g.kind, g.valid_until, '', g.stated_at, g.stated_as, 'portal'
  from control.group_consent_version g
union all
select control.statement_id(k.person_id, k.kind, k.value), k.person_id, k.kind, k.value, k.version, k.is_closed, '',
       null, k.title, k.stated_at, k.stated_as, 'portal'
  from control.closing_version k
"""
# Every version of one statement, the newest first.
_ONE = f"select * from ({VERSIONS}) v where consent_id = %(consent_id)s order by version desc"  # noqa: S608 - no input
# The newest versions of a person's statements (of those about one provider) that pass the filters.
_NEWEST = f"""
with newest as (
  select distinct on (consent_id) * from ({VERSIONS}) v
   where person_id = %(person_id)s
     and (%(about)s::text is null or kind in ('sharing', 'provider') and value = %(about)s
          or kind = 'group' and value in (select m.group_id::text from gate.member_v1 m
                                           where m.provider_id = %(about)s::uuid and m.ended_at is null))
   order by consent_id, version desc)
select {{}} from newest
 where (%(holds)s::boolean[] is null or holds = any (%(holds)s))
   and (%(consent_ids)s::uuid[] is null or consent_id = any (%(consent_ids)s))
   and (%(since)s::timestamptz is null or stated_at >= %(since)s)
   and (%(before)s::timestamptz is null or stated_at < %(before)s)
"""  # noqa: S608 - no input


@dataclass(frozen=True)
class Statement:
    """One version of what a person stated about one thing; `valid_until`, `length`: of a sharing consent.

    `way`: how it reached us (ConsentVersion.Way); closings are stated by people themselves alone.
    """

    consent_id: UUID
    person_id: UUID
    kind: str
    value: str
    version: int
    holds: bool
    length: str
    valid_until: date | None
    title: str
    stated_at: datetime
    stated_as: str
    way: str


@dataclass(frozen=True)
class Filters:
    """Which of them: those that hold (or were taken back), of these ids, stated in [since, before); None: any."""

    holds: Sequence[bool] | None = None
    consent_ids: Sequence[UUID] | None = None
    since: datetime | None = None
    before: datetime | None = None


def statement_versions(consent_id: UUID) -> list[Statement]:
    """Every version, newest first; none: nothing was ever stated under that id."""
    return _rows(_ONE, {"consent_id": consent_id})


def concerns(statement: Statement, provider_id: UUID) -> bool:
    """Whether it is about that provider: alone, or as one of a group to which it belongs now."""
    if statement.kind != GROUP:
        return statement.kind in {SHARING, "provider"} and statement.value == str(provider_id)
    query = "select from gate.member_v1 where group_id = %s and provider_id = %s and ended_at is null limit 1"
    return bool(_fetched(query, [statement.value, provider_id]))


def statement_id(person_id: UUID, kind: str, value: str) -> UUID:
    """Under which id something is stated."""
    [(found,)] = _fetched("select control.statement_id(%s, %s, %s)", [person_id, kind, value])
    return UUID(str(found))


def count_statements(person_id: UUID, about: UUID | None, filters: Filters) -> int:
    """How many statements pass; `about`: a provider, or None for all statements of the person."""
    [(number,)] = _fetched(_NEWEST.format("count(*)"), _parameters(person_id, about, filters))
    return int(number)


def newest_statements(
    person_id: UUID, about: UUID | None, filters: Filters, *, limit: int, offset: int
) -> list[Statement]:
    """The newest version of each that passes, the last said first."""
    page = {**_parameters(person_id, about, filters), "limit": limit, "offset": offset}
    return _rows(_NEWEST.format("*") + "order by stated_at desc, consent_id limit %(limit)s offset %(offset)s", page)


def _parameters(person_id: UUID, about: UUID | None, filters: Filters) -> dict[str, Any]:
    return {**vars(filters), "person_id": person_id, "about": None if about is None else str(about)}


def _rows(query: str, parameters: dict[str, Any]) -> list[Statement]:
    return [Statement(*row) for row in _fetched(query, parameters)]


def _fetched(query: str, parameters: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query, parameters)
        found: list[tuple[Any, ...]] = cursor.fetchall()
    return found
