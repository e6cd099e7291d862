"""The only way to a record: load the facts, decide, commit the audit entry, and hand out what it opens.

An allowed decision's entry is the *ticket*: row-level security shows rows only under a ticket that an earlier
transaction committed (docs/decisions/0003). A refusal's entry commits too, because a refusal is returned.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from psycopg import AsyncConnection, InterfaceError, OperationalError
from psycopg.types.json import Jsonb
from psycopg_pool import AsyncConnectionPool

from wutong.core import access, clock, ids, json_text
from wutong.core.access import Act, Allowed, Ground
from wutong.core.answers import Reason, Refused
from wutong.core.care import ATTESTATION
from wutong.core.facts import Facts
from wutong.record.gate.ask import Ask as Ask
from wutong.record.gate.ask import Statement as Statement
from wutong.record.gate.batches import Batches
from wutong.record.gate.entry import entry_of
from wutong.record.gate.facts import Loaded, Policy, is_live, load
from wutong.record.gate.opened import Opened as Opened

LOOK_LASTS = timedelta(minutes=30)
AWAY = (OperationalError, InterfaceError)  # the database does not answer, whatever is asked
_APPEND = "select audit.decide_v1(%s)"
_MANY = 20  # questions of one request; an upload that changes what is there asks one for each row

Pool = AsyncConnectionPool[AsyncConnection[Any]]
Request = tuple[bytes, Sequence[Ask]]  # the hash of a token, and what its holder asks
Answer = Opened | Refused


@dataclass(frozen=True)
class Decided:
    """A decision, what it rests on, and its entry."""

    loaded: Loaded
    decision: Allowed | Refused
    entry: dict[str, Any]


class Gate:
    """The decision point: its own connections (role `wutong_pdp`) and the policy."""

    def __init__(self, pool: Pool, policy: Policy | None = None) -> None:
        self.pool, self.policy = pool, policy or Policy()
        self.requests = Batches[Request, list[Answer]](self._answer, hopeless=AWAY, long=_is_long)

    async def _answer(self, requests: Sequence[Request]) -> list[list[Answer]]:
        """Decide all that several callers ask, in one commit."""
        now = clock.now()
        async with self.pool.connection() as connection:
            decided = await self._decided(connection, requests, now)
            # The tickets are good from this statement's own commit on.
            await _append(connection, [each.entry for request in decided for each in request])
        return [[_answered(each, now) for each in request] for request in decided]

    async def _decided(
        self, connection: AsyncConnection[Any], requests: Sequence[Request], now: datetime
    ) -> list[list[Decided]]:
        questions = [(token, ask.target) for token, asks in requests for ask in asks]
        found = iter(await load(connection, questions, now=now, policy=self.policy))
        return [_until_stranger([_decide(ask, next(found), now) for ask in asks]) for _, asks in requests]

    async def begin_look(self, token: bytes, ask: Ask) -> Answer:
        """Decide to open a record: the look and its entry are one commit."""
        now = clock.now()
        async with self.pool.connection() as connection, connection.transaction():
            [[decided]] = await self._decided(connection, [(token, [ask])], now)
            answer = _answered(decided, now)
            if isinstance(answer, Opened):
                begin = _emergency_look if answer.ground is Ground.EMERGENCY else _look
                answer = await begin(connection, ask, answer, decided.entry, now)
            await _append(connection, [decided.entry])
        return answer


async def open_record(gate: Gate, token: bytes, ask: Ask) -> Opened | Refused:
    """Decide one question; the entry is committed when this returns."""
    if ask.act is Act.OPEN:
        return await gate.begin_look(token, ask)
    [answer] = await gate.requests.ask((token, [ask]))
    return answer


async def open_records(gate: Gate, token: bytes, asks: Sequence[Ask]) -> list[Opened | Refused]:
    """Decide several questions of one request in one commit, in order; a caller without a token is refused once."""
    return await gate.requests.ask((token, asks))


async def turned_away(gate: Gate, token: bytes, ask: Ask) -> Refused | None:
    """The refusal, in the trail, of a token that is not live; None where it is. To ask before a body is read."""
    async with gate.pool.connection() as connection:
        if await is_live(connection, token, now=clock.now()):
            return None
    answer = await open_record(gate, token, ask)
    return answer if isinstance(answer, Refused) else None


def _is_long(request: Request) -> bool:
    return len(request[1]) > _MANY


def _decide(ask: Ask, candidates: Sequence[Loaded], now: datetime) -> Decided:
    others = [each for each in candidates if _person_id(each) not in ask.but_not] if ask.but_not else candidates
    loaded, decision = _first_allowed([(each, _decision(each, ask, now)) for each in others or candidates])
    return Decided(loaded, decision, entry_of(ids.new(), ask, loaded, decision, now))


def _until_stranger(decided: list[Decided]) -> list[Decided]:
    """Strangers do not choose how much they write into the trail."""
    for position, each in enumerate(decided):
        if isinstance(each.decision, Refused) and each.decision.reason is Reason.NO_TOKEN:
            return decided[: position + 1]
    return decided


def _answered(decided: Decided, now: datetime) -> Answer:
    if isinstance(decided.decision, Refused):
        return replace(decided.decision, entry_id=str(decided.entry["entry_id"]))
    return _opened(decided.loaded, decided.decision, decided.entry, now)


def _person_id(loaded: Loaded) -> UUID | None:
    return loaded.facts.person.person_id if loaded.facts.person else None


def _first_allowed(decided: Sequence[tuple[Loaded, Allowed | Refused]]) -> tuple[Loaded, Allowed | Refused]:
    return next((each for each in decided if isinstance(each[1], Allowed)), decided[0])


def _decision(loaded: Loaded, ask: Ask, now: datetime) -> Allowed | Refused:
    stated = ask.statement or Statement("")
    decision = access.decide(
        loaded.facts, act=ask.act, categories=ask.categories, now=now, purpose=stated.purpose, reason=stated.reason
    )
    if ask.also and isinstance(decision, Allowed):
        both = ask.categories | ask.also
        decision = access.decide(loaded.facts, act=ask.act, categories=both, now=now)
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


def _opened(loaded: Loaded, decision: Allowed, entry: dict[str, Any], now: datetime) -> Opened:
    facts, grant = loaded.facts, access.open_emergency(loaded.facts, now=now)
    assert facts.caller is not None  # noqa: S101 - `decide` allows nothing without a caller
    person = entry.get("person_id")
    return Opened(
        caller=facts.caller,
        ground=decision.ground,
        scope=decision.scope,
        tickets=(f"{person or ''}|{entry['at']}|{entry['entry_id']}",),
        person_id=person,
        row_patient_id=loaded.row_patient_id,
        look_id=decision.look_id,
        care=decision.care,
        closes_at=_closes_at(facts, decision.look_id),
        emergency_until=grant.closes_at if grant else None,
        open_categories=access.shown_categories(facts, decision, now=now),
        roles=tuple(sorted(facts.roles.items())),
        role_sources=tuple(sorted(facts.role_sources.items())),
        withheld=facts.closed.categories,
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
        "look_id": ids.new(),
        "account_id": opened.caller.caller_id,
        "provider_id": opened.caller.provider_id,
        "profession": opened.caller.profession,
        "purpose": statement.purpose,
        "ground": opened.care.kind if opened.care else ATTESTATION,
        "evidence": opened.care.written() if opened.care else None,
        "reason": statement.reason,
        "opened_at": now.isoformat(),
        "closes_at": (now + LOOK_LASTS).isoformat(),
    }
    found = await connection.execute("select look_id, closes_at from gate.open_look_v1(%s)", [_json(row)])
    [(look_id, closes_at)] = await found.fetchall()
    entry["look_id"] = look_id
    return replace(opened, look_id=look_id, closes_at=closes_at)


async def _emergency_look(
    connection: AsyncConnection[Any], _ask: Ask, opened: Opened, _entry: dict[str, Any], now: datetime
) -> Opened:
    """The look of the grant: begun now, or before; the patient was told when it was granted."""
    question = [opened.person_id, opened.look_id, now]
    found = await connection.execute("select closes_at from gate.open_emergency_look_v1(%s, %s, %s)", question)
    [(closes_at,)] = await found.fetchall()
    return replace(opened, closes_at=closes_at, emergency_until=closes_at)


async def _append(connection: AsyncConnection[Any], entries: Sequence[dict[str, Any]]) -> None:
    await connection.execute(_APPEND, [_json(entries)])


def _json(tree: Any) -> Jsonb:
    return Jsonb(tree, dumps=json_text.dump)
