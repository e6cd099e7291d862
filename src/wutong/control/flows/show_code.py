"""A desk's screen shows a code for somebody's telephone, and learns what came of it. Page: docs/flows/show_code.md."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from django.db import transaction

from wutong.control.audit.append import Actor
from wutong.control.consent import handshake_actions
from wutong.control.consent.handshake_queries import HandshakeFacts, handshake
from wutong.control.flows.serve_person import Left, Served, at_desk, serve_person
from wutong.control.people.sealer import sealer
from wutong.core import handshakes
from wutong.core.answers import Missing, Refused


class State(StrEnum):
    """What became of a code."""

    WAITING = "waiting"
    GIVEN = "given"  # by, or for, whoever is before the desk
    BY_ANOTHER = "by-another"  # whom the desk is not told
    OVER = "over"


@dataclass(frozen=True)
class Code:
    """A code on the screen of this session."""

    code: str
    state: State
    served: Served


@transaction.atomic
def show_code(actor: Actor, person_id: UUID) -> UUID | Left | Refused | Missing:
    """Begin a handshake about the person before the desk; its id. Missing: no such person, or no consent is needed.

    Nothing begins for who left.
    """
    served = serve_person(actor, person_id)
    if not isinstance(served, Served):
        return served
    if served.provider.is_deemed:
        return Missing("provider")
    return handshake_actions.begin(actor=actor, person_id=person_id, provider_id=served.provider.provider_id)


def code_shown(actor: Actor, person_id: UUID, handshake_id: UUID) -> Code | Refused | Missing:
    """A code of the actor's own session, and what became of it. Missing: it is none of theirs."""
    found = handshake(handshake_id)
    if found is None or (found.session_id, found.person_id) != (actor.session_id, person_id):
        return Missing("handshake")
    served = at_desk(actor, person_id)
    if not isinstance(served, Served):
        return served
    return Code(handshakes.code_of(handshake_id, sealer()), _state(found), served)


def _state(found: HandshakeFacts) -> State:
    if found.answered_by:
        return State.GIVEN if found.answered_by == found.person_id else State.BY_ANOTHER
    return State.OVER if found.is_over else State.WAITING
