"""Tokens and browser sessions whose time is over are deleted. Page: docs/flows/forget_tokens.md."""

from wutong.control.people.actions import sessions


def forget_tokens() -> int:
    """How many went."""
    return sessions.forget_expired_tokens() + sessions.forget_expired_browser_sessions()
