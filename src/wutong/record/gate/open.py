"""The only way to a record: load the facts, decide, commit the audit entry, and hand out what it opens.

An allowed decision's entry is the *ticket*: row-level security shows rows only under a ticket that an earlier
transaction committed (docs/decisions/0003). A refusal's entry commits too, because a refusal is returned.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from psycopg import AsyncConnection
from psycopg.types.json import Jsonb
from psycopg_pool import AsyncConnectionPool

from wutong.core import access, clock, ids
from wutong.core.access import Act, Allowed, Ground, Scope
from wutong.core.answers import Reason, Refused
from wutong.core.events import Event
from wutong.core.facts import Caller, Facts
from wutong.record.gate.facts import Loaded, Policy, Target, is_live, load

LOOK_LASTS = timedelta(minutes=30)

Pool = AsyncConnectionPool[AsyncConnection[Any]]


@dataclass(frozen=True)
class Gate:
    """The decision point: its own connections (role `wutong_pdp`) and the policy."""

    pool: Pool
    policy: Policy = field(default_factory=Policy)


@dataclass(frozen=True)
class Statement:
    """What a professional states before a record opens (R-02): why, and on what evidence of care.

    In an emergency only the purpose: the rest was stated when it was granted.
    """

    purpose: str
    ground: str = ""
    reason: str = ""


@dataclass(frozen=True)
class Ask:
    """One question to the gate; `also`: categories that are welcome beside those it is about, where they are open."""

    act: Act
    event: Event
    target: Target = field(default_factory=Target)
    categories: frozenset[str] = frozenset()
    also: frozenset[str] = frozenset()
    statement: Statement | None = None
    detail: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Opened:
    """A decided, audited and committed permission; every function of the store takes it first."""

    caller: Caller
    ground: Ground
    scope: Scope
    tickets: tuple[str, ...]
    person_id: UUID | None = None
    row_patient_id: UUID | None = None
    look_id: UUID | None = None
    closes_at: datetime | None = None
    emergency_until: datetime | None = None
    open_categories: frozenset[str] = frozenset()
    roles: tuple[tuple[str, str], ...] = ()
    role_sources: tuple[tuple[str, str], ...] = ()

    def joined(self, other: "Opened") -> "Opened":
        """One permission for a deposit about several patients: all the tickets together."""
        patients = self.scope.patient_ids + other.scope.patient_ids
        return replace(self, scope=replace(self.scope, patient_ids=patients), tickets=self.tickets + other.tickets)


async def open_record(gate: Gate, token: bytes, ask: Ask) -> Opened | Refused:
    """Decide one question; the entry is committed when this returns."""
    [answer] = await open_records(gate, token, [ask])
    return answer


async def open_records(gate: Gate, token: bytes, asks: Sequence[Ask]) -> list[Opened | Refused]:
    """Decide several questions of one request in one commit, in order; a caller without a token is refused once."""
    now, answers = clock.now(), list[Opened | Refused]()
    async with gate.pool.connection() as connection, connection.transaction():
        for ask in asks:
            answer = await _decide(connection, gate, token, ask, now)
            answers.append(answer)
            if isinstance(answer, Refused) and answer.reason is Reason.NO_TOKEN:
                break  # strangers do not choose how much they write into the trail
    return answers


async def turned_away(gate: Gate, token: bytes, ask: Ask) -> Refused | None:
    """The refusal, in the trail, of a token that is not live; None where it is. To ask before a body is read."""
    async with gate.pool.connection() as connection:
        if await is_live(connection, token, now=clock.now()):
            return None
    answer = await open_record(gate, token, ask)
    return answer if isinstance(answer, Refused) else None


async def _decide(
    connection: AsyncConnection[Any], gate: Gate, token: bytes, ask: Ask, now: datetime
) -> Opened | Refused:
    candidates = await load(connection, token, ask.target, now=now, policy=gate.policy)
    loaded, decision = _first_allowed([(each, _decision(each, ask, now)) for each in candidates])
    entry_id = ids.new()
    entry = _entry(entry_id, ask, loaded, decision, now)
    if isinstance(decision, Refused):
        await _commit(connection, entry)
        return replace(decision, entry_id=str(entry_id))
    opened = _opened(loaded, decision, entry, now)
    if ask.act is Act.OPEN:
        begin = _emergency_look if decision.ground is Ground.EMERGENCY else _look
        opened = await begin(connection, ask, opened, entry, now)
    await _commit(connection, entry)
    return opened


def _first_allowed(decided: Sequence[tuple[Loaded, Allowed | Refused]]) -> tuple[Loaded, Allowed | Refused]:
    return next((each for each in decided if isinstance(each[1], Allowed)), decided[0])


def _decision(loaded: Loaded, ask: Ask, now: datetime) -> Allowed | Refused:
    purpose = ask.statement.purpose if ask.statement else ""
    decision = access.decide(loaded.facts, act=ask.act, categories=ask.categories, now=now, purpose=purpose)
    if ask.also and isinstance(decision, Allowed):
        both = ask.categories | ask.also
        decision = access.decide(loaded.facts, act=ask.act, categories=both, now=now, purpose=purpose)
    return _about_this_row(decision, ask, loaded)


def _about_this_row(decision: Allowed | Refused, ask: Ask, loaded: Loaded) -> Allowed | Refused:
    """A write is for the one patient named; a row that nobody deposited is nobody's to read or change."""
    if isinstance(decision, Refused):
        return decision
    if ask.target.resource_id is not None and not loaded.is_row_known:
        return Refused(Reason.NOT_YOUR_DEPOSIT)
    if ask.act is not Act.WRITE:
        return decision
    named = ask.target.new_patient_id or ask.target.patient_id or loaded.row_patient_id
    if ask.target.patient_id is not None and loaded.facts.depositor_id != decision.scope.depositor_id:
        return Refused(Reason.NOT_YOUR_DEPOSIT)
    return replace(decision, scope=replace(decision.scope, patient_ids=(named,) if named else ()))


def _entry(entry_id: UUID, ask: Ask, loaded: Loaded, decision: Allowed | Refused, now: datetime) -> dict[str, Any]:
    facts = loaded.facts
    entry: dict[str, Any] = {
        "at": now.isoformat(),
        "entry_id": str(entry_id),
        "event": ask.event,
        "act": ask.act,
        "detail": ask.detail,
        "outcome": "allowed" if isinstance(decision, Allowed) else "refused",
    }
    if facts.caller:
        entry |= _of_caller(facts.caller)
        entry["person_id"] = _text(facts.person.person_id if facts.person else None)
    if facts.look:
        entry["purpose"] = facts.look.purpose
    if ask.statement:
        entry["purpose"] = ask.statement.purpose
    if isinstance(decision, Refused):
        return entry | {"reason": decision.reason}
    if facts.emergency and decision.look_id == facts.emergency.grant_id:
        entry["purpose"] = access.EMERGENCY
    if decision.ground is Ground.REGISTRATION:
        entry["person_id"] = str(ids.new())
    row = decision.scope.directory_row
    return entry | {
        "directory_type": row.resource_type if row else None,
        "directory_id": _text(row.resource_id if row else None),
        "ground": decision.ground,
        "look_id": _text(decision.look_id),
        "categories": sorted(decision.scope.categories),
        "patient_ids": [str(patient_id) for patient_id in decision.scope.patient_ids],
        "depositor_id": _text(decision.scope.depositor_id),
    }


def _of_caller(caller: Caller) -> dict[str, Any]:
    return {
        "caller_kind": caller.kind,
        "caller_id": str(caller.caller_id),
        "session_id": _text(caller.session_id),
        "provider_id": _text(caller.provider_id),
        "profession": caller.profession or None,
    }


def _text(value: UUID | None) -> str | None:
    return None if value is None else str(value)


def _opened(loaded: Loaded, decision: Allowed, entry: dict[str, Any], now: datetime) -> Opened:
    facts, grant = loaded.facts, access.open_emergency(loaded.facts, now=now)
    assert facts.caller is not None  # noqa: S101 - `decide` allows nothing without a caller
    person = entry.get("person_id")
    return Opened(
        caller=facts.caller,
        ground=decision.ground,
        scope=decision.scope,
        tickets=(f"{person or ''}|{entry['at']}|{entry['entry_id']}",),
        person_id=UUID(person) if person else None,
        row_patient_id=loaded.row_patient_id,
        look_id=decision.look_id,
        closes_at=_closes_at(facts, decision.look_id),
        emergency_until=grant.closes_at if grant else None,
        open_categories=access.shown_categories(facts, decision, now=now),
        roles=tuple(sorted(facts.roles.items())),
        role_sources=tuple(sorted(facts.role_sources.items())),
    )


def _closes_at(facts: Facts, look_id: UUID | None) -> datetime | None:
    if look_id is None:
        return None
    if facts.emergency and look_id == facts.emergency.grant_id:
        return facts.emergency.closes_at
    return facts.look.closes_at if facts.look else None


async def _look(
    connection: AsyncConnection[Any], ask: Ask, opened: Opened, entry: dict[str, Any], now: datetime
) -> Opened:
    """The look in force for what was stated: the one that goes on, or a new one."""
    statement = ask.statement
    if statement is None:
        raise ValueError("a look needs its statement")
    row = {
        "person_id": entry["person_id"],
        "look_id": str(ids.new()),
        "account_id": str(opened.caller.caller_id),
        "provider_id": str(opened.caller.provider_id),
        "profession": opened.caller.profession,
        "purpose": statement.purpose,
        "ground": statement.ground,
        "reason": statement.reason,
        "opened_at": now.isoformat(),
        "closes_at": (now + LOOK_LASTS).isoformat(),
    }
    found = await connection.execute("select look_id, closes_at from gate.open_look_v1(%s)", [Jsonb(row)])
    [(look_id, closes_at)] = await found.fetchall()
    entry["look_id"] = str(look_id)
    return replace(opened, look_id=look_id, closes_at=closes_at)


async def _emergency_look(
    connection: AsyncConnection[Any], _ask: Ask, opened: Opened, _entry: dict[str, Any], now: datetime
) -> Opened:
    """The look of the grant: begun now, or before; the patient was told when it was granted."""
    question = [opened.person_id, opened.look_id, now]
    found = await connection.execute("select closes_at from gate.open_emergency_look_v1(%s, %s, %s)", question)
    [(closes_at,)] = await found.fetchall()
    return replace(opened, closes_at=closes_at, emergency_until=closes_at)


async def _commit(connection: AsyncConnection[Any], entry: dict[str, Any]) -> None:
    await connection.execute("select audit.decide_v1(%s)", [Jsonb(entry)])
