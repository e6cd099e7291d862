"""How a notice leaves: by e-mail, by SMS or by post; at least once each, under the notice's own id."""

import os
from email.utils import parseaddr
from pathlib import Path
from uuid import UUID

import httpx
from django.conf import settings
from django.core.mail import EmailMessage

from wutong.control.notices import wording
from wutong.control.notices.models import Notice
from wutong.core.answers import Problem

_SECONDS = 20


class NotTaken(Problem):
    """A notice could not be handed over now; the sentence names neither the person nor where to reach them."""


def is_offered(channel: str) -> bool:
    """Whether this installation sends by that channel."""
    return bool({"email": True, "sms": settings.SMS_URL, "post": settings.LETTERS_DIR}.get(channel))


def hand_over(notice: Notice) -> None:
    """Hand the notice to its channel; raises where it was not taken, so that the worker tries again later."""
    if not is_offered(notice.channel):
        raise NotTaken(f"The channel {notice.channel} is not offered any more: its setting is gone.")
    {"email": _mail, "sms": _text, "post": _post}[notice.channel](notice)


def mail(*, to: str, subject: str, body: str, message_id: UUID) -> None:
    """Hand an e-mail to the relay; raises what it raises. The same id is the same Message-ID, by which it can tell."""
    domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2]
    headers = {"Message-ID": f"<{message_id}@{domain}>", "Auto-Submitted": "auto-generated"}
    EmailMessage(subject, body, to=[to], headers=headers).send()


def _mail(notice: Notice) -> None:
    mail(to=notice.address, subject=notice.subject, body=notice.body, message_id=notice.notice_id)


def _text(notice: Notice) -> None:
    told = {"id": str(notice.notice_id), "to": notice.address, "text": notice.body}
    url = httpx.URL(settings.SMS_URL)
    auth = (url.username, url.password) if url.userinfo else None
    try:
        # Without the password in the address: httpx writes that into its log.
        answer = httpx.post(url.copy_with(userinfo=b""), auth=auth, json=told, timeout=_SECONDS, trust_env=False)
    except httpx.HTTPError as failed:
        # Not its own text, nor as the cause: both may hold the gateway's address, and with it a password.
        raise NotTaken(f"The SMS gateway did not answer ({type(failed).__name__}).") from None
    if not answer.is_success:
        raise NotTaken(f"The SMS gateway answered {answer.status_code}.")


def _post(notice: Notice) -> None:
    letter = wording.letter(
        language=notice.language,
        to=notice.address,
        on=notice.queued_at,  # the same at each attempt: a letter that is written again is the same letter
        told=wording.Wording(notice.subject, notice.body),
    )
    _write_whole(Path(settings.LETTERS_DIR), f"{notice.notice_id}.txt", letter)


def _write_whole(folder: Path, name: str, text: str) -> None:
    """Write a file whole or not at all, and be sure that it outlives a power cut."""
    fresh = folder / f"{name}.new"
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o640), "w", encoding="utf-8") as stream:
        stream.write(text)
        stream.flush()
        os.fsync(stream.fileno())
    fresh.replace(folder / name)
    entries = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(entries)
    finally:
        os.close(entries)
