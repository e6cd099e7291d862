"""The people plane's only way into the trail: `audit.append_v1`, inside the caller's transaction."""

import json
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection

from wutong.core import clock, ids
from wutong.core.events import Event


@dataclass(frozen=True)
class Actor:
    """Who acts: a signed-in account (with its session and provider), a system client, or the host's operator."""

    kind: str
    account_id: UUID | None = None
    session_id: UUID | None = None
    provider_id: UUID | None = None
    profession: str = ""


HOST = Actor("host")  # somebody at the machine's own command line
NOBODY = Actor("nobody")  # somebody who has not signed in


def append(
    event: Event,
    *,
    actor: Actor,
    person_id: UUID | None = None,
    reason: str | None = None,
    purpose: str | None = None,
    detail: dict[str, Any] | None = None,
) -> None:
    """Append one entry; `reason` given means it was refused. `detail` holds no secret and no clinical content."""
    entry = {
        "entry_id": str(ids.new()),
        "at": clock.now().isoformat(),
        "event": event,
        "outcome": "refused" if reason else "allowed",
        "reason": reason,
        "purpose": purpose,
        "person_id": _text(person_id),
        "caller_kind": actor.kind,
        "caller_id": _text(actor.account_id),
        "session_id": _text(actor.session_id),
        "provider_id": _text(actor.provider_id),
        "profession": actor.profession or None,
        "detail": detail or {},
    }
    with connection.cursor() as cursor:
        cursor.execute("select audit.append_v1(%s::jsonb)", [json.dumps(entry)])


def _text(value: UUID | None) -> str | None:
    return None if value is None else str(value)
