"""Reads handshakes between a desk's screen and a telephone."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from wutong.control.consent.models import Handshake
from wutong.core import clock


@dataclass(frozen=True)
class HandshakeFacts:
    """One handshake. `person_id`: who is before the desk; `answered_by`: whose record the answer was about."""

    handshake_id: UUID
    person_id: UUID
    provider_id: UUID
    account_id: UUID
    session_id: UUID
    ends_at: datetime
    answered_by: UUID | None

    @property
    def is_over(self) -> bool:
        """Too late for an answer."""
        return clock.now() >= self.ends_at


def handshake(handshake_id: UUID) -> HandshakeFacts | None:
    """One; None: there is no such."""
    row = Handshake.objects.filter(handshake_id=handshake_id).select_related("answer").first()
    if row is None:
        return None
    answer = getattr(row, "answer", None)
    return HandshakeFacts(
        handshake_id=row.handshake_id,
        person_id=row.person_id,
        provider_id=row.provider_id,
        account_id=row.account_id,
        session_id=row.session_id,
        ends_at=row.ends_at,
        answered_by=answer.person_id if answer else None,
    )
