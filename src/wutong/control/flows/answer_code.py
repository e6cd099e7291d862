"""A telephone answers the code on a desk's screen with a consent. Page: docs/flows/answer_code.md."""

from uuid import UUID

from django.db import IntegrityError, transaction

from wutong.control.audit.append import Actor
from wutong.control.consent import handshake_actions
from wutong.control.consent.actions import Stated
from wutong.control.consent.handshake_queries import HandshakeFacts, handshake
from wutong.control.consent.ways import Taken, Way
from wutong.control.flows.change_consent import Answer, give_consent
from wutong.control.people.queries.accounts import live_session
from wutong.control.people.queries.providers import ProviderFacts, provider
from wutong.control.people.sealer import sealer
from wutong.core import handshakes
from wutong.core.answers import Missing

OVER = "code-over"


def desk_of(code: str) -> ProviderFacts | None:
    """At which provider's desk the code waits for an answer; None: it is none of ours, over, answered, or the desk
    cannot use it any more."""
    found = _waiting(code)
    return provider(found.provider_id) if found else None


@transaction.atomic
def answer_code(
    actor: Actor,
    person_id: UUID,
    provider_id: UUID,
    kind: str,
    *,
    code: str,
    stated_as: str = "",
    seen: int | None = None,
) -> Answer:
    """As `give_consent`, to the provider of the desk that asked, and tell its screen. Missing("code"): too late, or the
    code is another provider's than the one that was shown."""
    found = _waiting(code)
    is_right = found is not None and found.provider_id == provider_id
    answer = _answered(actor, person_id, found, kind, stated_as, seen) if found and is_right else Missing("code")
    if answer == Missing("code"):
        handshake_actions.refuse(actor=actor, person_id=person_id, reason=OVER)
    return answer


def _answered(
    actor: Actor, person_id: UUID, found: HandshakeFacts, kind: str, stated_as: str, seen: int | None
) -> Answer:
    """Of two answers at the same moment the second finds the first one there, and nothing of it stays."""
    taken = Taken(Way.QR, found.account_id)
    try:
        with transaction.atomic():
            stated = give_consent(
                actor, person_id, found.provider_id, kind, stated_as=stated_as, seen=seen, taken=taken
            )
            if isinstance(stated, Stated):
                handshake_actions.answer(actor=actor, handshake=found, person_id=person_id)
            return stated
    except IntegrityError:
        return Missing("code")


def _waiting(code: str) -> HandshakeFacts | None:
    handshake_id = handshakes.read(code, sealer())
    found = handshake(handshake_id) if handshake_id else None
    if found is None or found.answered_by or found.is_over:
        return None
    session = live_session(found.session_id)
    place = session.workplace if session else None
    return found if place and place.is_active and place.provider_id == found.provider_id else None
