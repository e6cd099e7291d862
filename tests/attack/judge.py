"""Sends what must be refused, and raises where it is not: by status, by a word of the hidden record, by a changed row, by
a refusal that is not in the trail.
"""

import http.client
import json
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import psycopg

from attack.attackers import Attacker
from attack.knocks import Knock
from wutong.core.access import Act
from wutong.core.answers import Reason


class Success(AssertionError):
    """Of an attack."""


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    headers: str
    location: str
    body: bytes

    def tells(self, words: Iterable[str]) -> list[str]:
        """Which of the words stand in it."""
        return [word for word in words if word in self.headers or word.encode() in self.body]


class Wire:
    """A connection that is kept; plain, since ten thousand requests are a great many for a full client."""

    def __init__(self, server: str) -> None:
        host = urlsplit(server)
        self._connection = http.client.HTTPConnection(host.hostname or "", host.port, timeout=30)

    def ask(self, method: str, path: str, body: str | bytes, headers: dict[str, str]) -> Answer:
        """One request, once more where the server had closed the connection."""
        try:
            return self._ask(method, path, body, headers)
        except (http.client.RemoteDisconnected, BrokenPipeError, ConnectionResetError):
            self._connection.close()
            return self._ask(method, path, body, headers)

    def _ask(self, method: str, path: str, body: str | bytes, headers: dict[str, str]) -> Answer:
        content = body.encode() if isinstance(body, str) else body
        self._connection.request(method, path, content or None, headers)
        answer = self._connection.getresponse()
        return Answer(answer.status, str(answer.headers), answer.getheader("location", "") or "", answer.read())

    def close(self) -> None:
        """Hang up."""
        self._connection.close()


@dataclass
class Judge:
    """Judges the attacks on one server."""

    wire: Wire
    superuser: psycopg.Connection
    sent: int = 0
    acts: frozenset[str] = frozenset()  # those that the refusals of the last watch were of
    refused: Counter[tuple[Any, frozenset[str]]] = field(default_factory=Counter)

    def knock(self, attacker: Attacker, authorization: str, knock: Knock) -> None:
        """One attack at the record plane; raises Success."""
        headers = knock.headers | ({"authorization": authorization} if authorization else {})
        answer = self.wire.ask(knock.method, f"/fhir/{knock.path}", knock.body, headers)
        self.sent += 1
        told = f"{attacker.name}: {knock}: {answer.status} {answer.body[:300]!r}"
        if answer.status not in _expected(attacker, knock):
            raise Success(told)
        if words := answer.tells(_secrets(attacker)):
            raise Success(f"{words} told to {told}")
        if answer.status == 200:
            _refuse_content(attacker, knock, answer, told)
        is_refusal = answer.status in knock.refused - knock.empty or (knock.says_why and answer.status == 200)
        if (is_refusal or attacker.is_stranger) and (reasons := _reasons(attacker, knock)):
            self.refused[attacker.caller_id, reasons] += 1

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Inside, nothing changes, and each refusal comes into the trail; raises Success."""
        [(since,)] = self.superuser.execute("select pg_current_xact_id()::text::bigint").fetchall()
        before = rows(self.superuser)
        self.refused.clear()
        yield
        if changed := {name for name, state in rows(self.superuser).items() if before.get(name) != state}:
            raise Success(f"changed: {sorted(changed)}")
        trail = _refusals(self.superuser, since)
        self.acts = frozenset(act for _, _, act in trail if act)
        for (caller_id, reasons), number in self.refused.items():
            found = sum(trail[each] for each in trail if each[0] == caller_id and each[1] in reasons)
            if found < number:
                raise Success(f"{number} refusals of {caller_id}, {sorted(reasons)}: {found} in the trail")


def _expected(attacker: Attacker, knock: Knock) -> frozenset[int]:
    if attacker.is_stranger:
        return frozenset({401})
    if knock.is_mixed:
        return frozenset({200})
    if attacker.sees_own:
        return knock.refused | knock.empty
    if attacker.closed is not None and knock.act is Act.READ:
        return knock.refused | {200, 410}  # what is open to this role is shown, and the rest is cut
    return knock.refused | ({200} if knock.says_why else set())


def _secrets(attacker: Attacker) -> list[str]:
    about, closed = attacker.about, attacker.closed
    words = [word for row in about.rows if closed is None or row.category in closed for word in row.secrets]
    return words if closed is not None else [*words, *about.secrets]


def _refuse_content(attacker: Attacker, knock: Knock, answer: Answer, told: str) -> None:
    if knock.method == "HEAD" or (attacker.closed is not None and not knock.is_mixed):
        return
    found = json.loads(answer.body)
    statuses = {each["response"]["status"][:3] for each in found.get("entry", []) if "response" in each}
    if knock.is_mixed and statuses <= {"403", "404"} and statuses:
        return
    opens = b'"valueBoolean":true' in answer.body
    if knock.is_mixed or opens or "entry" in found or found.get("total", 0):
        raise Success(told)


def _reasons(attacker: Attacker, knock: Knock) -> frozenset[str]:
    """Of which one must be in the trail; none: where one is not told from what is not there."""
    main = attacker.reasons[knock.act]
    if attacker.is_stranger or main in {Reason.PROVIDER_NOT_ACTIVE, Reason.SIGN_IN_TOO_WEAK}:
        return frozenset({main})
    if attacker.closed is not None and (knock.act is Act.READ and not (knock.row and knock.row.is_alone)):
        return frozenset()
    if attacker.sees_own:
        return frozenset({main, Reason.NOT_YOUR_DEPOSIT} if knock.act is Act.WRITE else {main})
    before = {attacker.reasons.get(Act.READ, main), Reason.NAME_PATIENT} if knock.is_found else set()
    return frozenset({Reason.NAME_PATIENT} if _names_nobody(attacker, knock) else {main, *before})


def _names_nobody(attacker: Attacker, knock: Knock) -> bool:
    return knock.is_nameless and attacker.reasons[knock.act] is not Reason.NO_RULE


# By the transaction that wrote them, since other tests leave entries of days and of minutes to come.
def _refusals(superuser: psycopg.Connection, since: int) -> Counter[tuple[Any, str, str | None]]:
    """How many of each caller, reason and act were written since."""
    query = """
    select caller_id, reason, act, count(*)
      from (select xmin, caller_id, outcome, reason, act from audit.entry
            union all select xmin, caller_id, outcome, reason, act from audit.event) e
     where xmin::text::bigint > %s and outcome = 'refused'
     group by 1, 2, 3
    """
    found = superuser.execute(query, [since]).fetchall()
    return Counter({(caller_id, reason, act): count for caller_id, reason, act, count in found})


# What a refused request may leave behind: the trail, and what says when somebody was last there.
_TRAIL = "audit.e%"
_COMINGS = ("control.django_session", "control.sign_in_session", "control.access_token")


def rows(superuser: psycopg.Connection) -> dict[str, tuple[int, int]]:
    """Of each other table, how many rows it has, and which transaction wrote last."""
    named = superuser.execute(
        "select relnamespace::regnamespace || '.' || relname from pg_class where relkind = 'r' and relnamespace::regnamespace::text"
        " in ('record', 'control', 'audit', 'jobs', 'public') order by 1"
    ).fetchall()
    tables = [name for (name,) in named if name not in _COMINGS and not name.startswith(_TRAIL[:-1])]
    parts = [f"select '{name}', count(*), coalesce(max(xmin::text::bigint), 0) from {name}" for name in tables]
    return {name: (count, last) for name, count, last in superuser.execute(" union all ".join(parts)).fetchall()}
