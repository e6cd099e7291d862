"""The only writer of handshakes between a desk's screen and a telephone. Nothing of them is ever changed or removed."""

from uuid import UUID

from django.db import transaction

from wutong.control.audit.append import Actor, append
from wutong.control.consent.handshake_queries import HandshakeFacts
from wutong.control.consent.models import Handshake, HandshakeAnswer
from wutong.core import clock, handshakes
from wutong.core.events import Event


@transaction.atomic
def begin(*, actor: Actor, person_id: UUID, provider_id: UUID) -> UUID:
    """A handshake of the actor's session, with that person before the desk; its id."""
    if actor.account_id is None or actor.session_id is None:
        raise ValueError("a handshake is of a session")
    now = clock.now()
    made = Handshake.objects.create(
        person_id=person_id,
        provider_id=provider_id,
        account_id=actor.account_id,
        session_id=actor.session_id,
        shown_at=now,
        ends_at=now + handshakes.LASTS,
    )
    detail = {"handshake": str(made.handshake_id)}
    append(Event.HANDSHAKE_SHOW, actor=actor, person_id=person_id, detail=detail)
    return made.handshake_id


def answer(*, actor: Actor, handshake: HandshakeFacts, person_id: UUID) -> None:
    """The telephone's answer, for that person. Raises IntegrityError where somebody has answered before."""
    HandshakeAnswer.objects.create(handshake_id=handshake.handshake_id, person_id=person_id, answered_at=clock.now())
    detail = {"handshake": str(handshake.handshake_id)}
    append(Event.HANDSHAKE_ANSWER, actor=actor, person_id=person_id, detail=detail)


def refuse(*, actor: Actor, person_id: UUID, reason: str) -> None:
    """Enter that a code was answered to no effect, and why."""
    append(Event.HANDSHAKE_ANSWER, actor=actor, person_id=person_id, reason=reason)
