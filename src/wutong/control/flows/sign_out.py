"""Somebody signs out, or is signed out by time. Page: docs/flows/sign_out.md."""

from uuid import UUID

from wutong.control.audit.append import Actor
from wutong.control.people.actions import sessions


def sign_out(account_id: UUID, session_id: UUID, *, why: str = "asked") -> None:
    """End the session at once."""
    sessions.end_session(actor=Actor("account", account_id, session_id), session_id=session_id, why=why)
