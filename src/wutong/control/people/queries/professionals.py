"""A signed-in professional as the rules of access know them."""

from wutong.control.audit.append import Actor
from wutong.control.people.queries import accounts
from wutong.control.people.queries.providers import provider
from wutong.core.facts import Caller, CallerKind


def caller_of(actor: Actor) -> Caller:
    """The professional behind an actor; raises ValueError for somebody without a workplace."""
    if actor.account_id is None or actor.provider_id is None:
        raise ValueError("a professional at a workplace is expected")
    workplace = provider(actor.provider_id)
    return Caller(
        CallerKind.PROFESSIONAL,
        actor.account_id,
        actor.provider_id,
        session_id=actor.session_id,
        profession=actor.profession,
        registered_until=accounts.registered_until(actor.account_id),
        provider_is_active=workplace is not None and workplace.is_active,
        strength=accounts.strength_of(actor.session_id) if actor.session_id else "",
    )


def role_of(actor: Actor) -> str:
    """As what the actor is signed in at their workplace; empty: the session is over, or of no workplace."""
    session = accounts.live_session(actor.session_id) if actor.session_id else None
    return session.workplace.role if session and session.workplace else ""
