"""Loads the facts of any number of questions in one statement (facts.sql)."""

import importlib.resources
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg import AsyncConnection
from psycopg.rows import dict_row
from psycopg.types.json import Jsonb

from wutong.core import clock, json_text, strength
from wutong.core.care import Trace
from wutong.core.categories import DIRECTORY_TYPES
from wutong.core.closings import closed_of
from wutong.core.facts import (
    Caller,
    CallerKind,
    ConsentFacts,
    DirectoryRow,
    EmergencyFacts,
    Facts,
    LookFacts,
    PersonFacts,
)
from wutong.core.representation import Representation, representation_of

_FILE = (importlib.resources.files(__package__) / "facts.sql").read_text(encoding="utf-8")
# Without its comments: of a statement beyond 4,096 characters, psycopg looks for the parameters each time anew.
FACTS = "\n".join(line for line in map(str.strip, _FILE.splitlines()) if not line.startswith("--"))


_LIVE = "select 1 from gate.token_v1 where token_hash = %s and expires_at > %s"


@dataclass(frozen=True)
class Target:
    """What is asked about: a patient, a row by its `Type/id`, a deposit's new Patient, or (all empty) nobody."""

    patient_id: UUID | None = None
    resource_type: str = ""
    resource_id: UUID | None = None
    traces: tuple[bytes, ...] = ()
    new_patient_id: UUID | None = None
    with_care: bool = False  # and what shows that the caller's provider cares for them


@dataclass(frozen=True)
class Policy:
    """What the settings say: whether an upload needs a sharing consent, what emergency access needs."""

    deposit_requires_consent: bool = True
    emergency_is_on: bool = False
    emergency_needs: str = strength.ONE_TIME_CODE  # how strongly one must have signed in


@dataclass(frozen=True)
class Loaded:
    """The facts, and where the row asked for lives (`row_patient_id` is None for a row without a patient)."""

    facts: Facts
    is_row_known: bool
    row_patient_id: UUID | None


async def load(
    connection: AsyncConnection[Any], questions: Sequence[tuple[bytes, Target]], *, now: datetime, policy: Policy
) -> list[list[Loaded]]:
    """For each question, a token's hash and a target: the facts about the target for the holder of the token.

    Once for each person that they may be about: one or nobody, but for a row of a directory, which several of the
    records that the caller has open may name; the look opened last comes first.
    """
    parameters = {"now": now, "today": clock.local(now).date(), "questions": _as_json(questions)}
    async with connection.cursor(row_factory=dict_row, binary=True) as cursor:
        await cursor.execute(FACTS, parameters, prepare=True)
        found: list[list[Loaded]] = [[] for _ in questions]
        for row in await cursor.fetchall():
            place = row["place"] - 1
            found[place].append(_loaded(row, questions[place][1], policy))
    return found


def _as_json(questions: Sequence[tuple[bytes, Target]]) -> Jsonb:
    asked = [
        {
            "token": token.hex(),
            "type": target.resource_type,
            "id": target.resource_id,
            "patient": target.patient_id,
            "traces": [trace.hex() for trace in target.traces],
            "care": target.with_care,
        }
        for token, target in questions
    ]
    return Jsonb(asked, dumps=json_text.dump)


async def is_live(connection: AsyncConnection[Any], token: bytes, *, now: datetime) -> bool:
    """Whether the token with hash `token` is somebody's now."""
    found = await connection.execute(_LIVE, [token, now])
    return await found.fetchone() is not None


def _loaded(row: Mapping[str, Any], target: Target, policy: Policy) -> Loaded:
    facts = Facts(
        caller=_caller(row),
        person=_person(row),
        representation=_representation(row),
        consent=_consent(row),
        look=LookFacts(row["look_id"], row["purpose"], row["closes_at"]) if row["look_id"] else None,
        emergency=_emergency(row),
        closed=closed_of(row["closed"] or ()),
        care=tuple(map(_trace, row["care"] or ())),
        roles={category: access for category, access, _source in row["roles"] or ()},
        role_sources={category: source for category, _access, source in row["roles"] or ()},
        depositor_id=row["depositor_id"],
        directory_row=_directory_row(row, target),
        named_in=frozenset(row["named_in"] or ()),
        names_row=target.resource_id is not None,
        names_patient=bool(target.patient_id or target.new_patient_id or row["row_patient_id"]),
        brings_patient=target.new_patient_id is not None,
        deposit_requires_sharing_consent=policy.deposit_requires_consent,
        emergency_is_on=policy.emergency_is_on,
        emergency_needs=policy.emergency_needs,
    )
    return Loaded(facts, row["is_row_known"], row["row_patient_id"])


def _consent(row: Mapping[str, Any]) -> ConsentFacts | None:
    if row["is_given"] is None:
        return None
    return ConsentFacts(row["is_given"], row["valid_until"], row["version"], row["scope"], row["group_id"])


def _directory_row(row: Mapping[str, Any], target: Target) -> DirectoryRow | None:
    if target.resource_id is None or target.resource_type not in DIRECTORY_TYPES or not row["is_row_known"]:
        return None
    return DirectoryRow(target.resource_type, target.resource_id, row["depositor_id"])


def _emergency(row: Mapping[str, Any]) -> EmergencyFacts | None:
    if row["grant_id"] is None:
        return None
    return EmergencyFacts(row["grant_id"], frozenset(row["named"]), row["emergency_until"], row["is_opened"])


def _trace(line: Sequence[Any]) -> Trace:
    """As gate.care_v1 writes it."""
    kind, resource_id, depositor_id, category, words, begins_at, ends_at = line
    return Trace(
        resource_type=kind,
        resource_id=UUID(resource_id),
        depositor_id=UUID(depositor_id),
        category=category,
        words=frozenset(words),
        begins_at=datetime.fromisoformat(begins_at),
        ends_at=datetime.fromisoformat(ends_at) if ends_at else None,
    )


def _caller(row: Mapping[str, Any]) -> Caller | None:
    if row["caller_kind"] is None:
        return None
    return Caller(
        kind=CallerKind(row["caller_kind"]),
        caller_id=row["caller_id"],
        provider_id=row["provider_id"],
        provider_code=row["provider_code"] or "",
        session_id=row["session_id"],
        person_id=row["caller_person_id"],
        profession=row["profession"],
        registered_until=row["registered_until"],
        may_register=row["may_register"],
        provider_is_active=row["provider_is_active"],
        provider_is_deemed=row["provider_is_deemed"],
        strength=row["strength"],
    )


def _person(row: Mapping[str, Any]) -> PersonFacts | None:
    if row["person_id"] is None:
        return None
    return PersonFacts(row["person_id"], row["is_active"], tuple(row["patient_ids"]))


def _representation(row: Mapping[str, Any]) -> Representation | None:
    if not (row["links"] or row["granted"]):
        return None
    return representation_of(row["links"], row["granted"], row["birth_date"], row["birth_precision"])
