"""A system client, or a signed-in session, gets an opaque bearer token. Page: docs/flows/issue_token.md."""

from uuid import UUID

from wutong.control.audit.append import Actor, append
from wutong.control.people.actions import sessions
from wutong.control.people.queries import accounts
from wutong.core.events import Event


def issue_client_token(client_id: UUID | None, secret: str) -> str | None:
    """An hour's token for the client whose secret this is, or None; both are in the trail."""
    client = accounts.client_with_secret(client_id, secret) if client_id else None
    if client is None:
        append(Event.TOKEN_ISSUE, actor=Actor("system", client_id), reason="wrong-client-or-secret")
        return None
    return sessions.issue_client_token(client_id=client.client_id, provider_id=client.provider_id)


def issue_session_token(session_id: UUID) -> str:
    """Five minutes' token with the rights of the session."""
    return sessions.issue_session_token(session_id=session_id)
