"""Whose token it is: by the very view that the gate reads, so that a token is live for both planes or for neither."""

from dataclasses import dataclass
from typing import Any

from django.db import connection

from wutong.control.audit.append import NOBODY, Actor
from wutong.core import clock, sealing
from wutong.core.facts import Caller, CallerKind

_LIVE = """
select caller_kind, caller_id, provider_id, provider_code, session_id, caller_person_id, profession, registered_until,
       may_register, provider_is_active, provider_is_deemed, strength
  from gate.token_v1 where token_hash = %s and expires_at > %s
"""


@dataclass(frozen=True)
class Bearer:
    """Who sent a request, and the token itself; `caller`: None where it is nobody's."""

    caller: Caller | None
    token: str

    @property
    def actor(self) -> Actor:
        """As the trail names them."""
        who = self.caller
        if who is None:
            return NOBODY
        return Actor(who.kind, who.caller_id, who.session_id, who.provider_id, who.profession)


def bearer_of(token: str) -> Bearer:
    """Who holds that token now."""
    with connection.cursor() as cursor:
        cursor.execute(_LIVE, [sealing.token_hash(token), clock.now()])
        row = cursor.fetchone()
    return Bearer(_caller(*row) if row else None, token)


def _caller(
    kind: str, caller_id: Any, provider_id: Any, provider_code: str | None, session_id: Any, *more: Any
) -> Caller:
    person_id, profession, registered_until, may_register, is_active, is_deemed, level = more
    return Caller(
        kind=CallerKind(kind),
        caller_id=caller_id,
        provider_id=provider_id,
        provider_code=provider_code or "",
        session_id=session_id,
        person_id=person_id,
        profession=profession,
        registered_until=registered_until,
        may_register=may_register,
        provider_is_active=is_active,
        provider_is_deemed=is_deemed,
        strength=level,
    )
