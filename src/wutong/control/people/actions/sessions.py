"""Sign-in sessions and opaque tokens."""

from datetime import datetime, timedelta
from uuid import UUID

from django.contrib.sessions.models import Session
from django.db import transaction

from wutong.control.audit.append import Actor, append
from wutong.control.people.models import AccessToken, SignInSession
from wutong.core import clock, sealing
from wutong.core.events import Event

SESSION_TOKEN_LASTS = timedelta(minutes=5)
CLIENT_TOKEN_LASTS = timedelta(minutes=60)


@transaction.atomic
def begin_session(*, actor: Actor, account_id: UUID, affiliation_id: UUID | None) -> UUID:
    """A session after both factors."""
    now = clock.now()
    session = SignInSession.objects.create(
        account_id=account_id, affiliation_id=affiliation_id, started_at=now, last_seen_at=now
    )
    append(Event.SIGN_IN, actor=actor, detail={"session": str(session.session_id)})
    return session.session_id


def touch_session(*, session_id: UUID, seen_at: datetime) -> None:
    """Remember that the session was used."""
    SignInSession.objects.filter(session_id=session_id).update(last_seen_at=seen_at)


@transaction.atomic
def end_session(*, actor: Actor, session_id: UUID, why: str) -> None:
    """End the session; its tokens stop working with it."""
    ended = SignInSession.objects.filter(session_id=session_id, ended_at=None).update(ended_at=clock.now())
    if ended:
        append(Event.SIGN_OUT, actor=actor, detail={"session": str(session_id), "why": why})


def issue_session_token(*, session_id: UUID) -> str:
    """A token for five minutes with the session's own rights."""
    return _issue(SESSION_TOKEN_LASTS, session_id=session_id)


@transaction.atomic
def issue_client_token(*, client_id: UUID, provider_id: UUID) -> str:
    """A system client's token for an hour (RFC 6749, 4.4)."""
    token = _issue(CLIENT_TOKEN_LASTS, client_id=client_id)
    append(Event.TOKEN_ISSUE, actor=Actor("system", client_id, provider_id=provider_id))
    return token


def forget_expired_tokens() -> int:
    """Delete tokens that ended over a day ago; how many."""
    return AccessToken.objects.filter(expires_at__lt=clock.now() - timedelta(days=1)).delete()[0]


def forget_expired_browser_sessions() -> int:
    """Delete what browsers were remembered by and is over; how many."""
    return Session.objects.filter(expire_date__lt=clock.now()).delete()[0]


def _issue(lasts: timedelta, **owner: UUID) -> str:
    token, now = sealing.new_token(), clock.now()
    AccessToken.objects.create(token_hash=sealing.token_hash(token), issued_at=now, expires_at=now + lasts, **owner)
    return token
