"""How a notice leaves: by e-mail, by SMS or by post; at least once each, under the notice's own id."""

import smtplib
from email.utils import parseaddr
from http import HTTPStatus
from uuid import UUID

import httpx
from django.conf import settings
from django.core.mail import EmailMessage

from wutong.control.notices.models import Notice
from wutong.core.answers import Problem

_SECONDS = 20
_WORTH_ANOTHER_TRY = {HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_MANY_REQUESTS}


class NotTaken(Problem):
    """A message could not be handed over; the sentence names neither the person nor where to reach them.

    `failure` is the reason in short: `refused-550` (by the receiver, with its number), `answered-451` (not what was
    hoped for), `no-answer`, `bad-address`, `not-offered`. `is_permanent`: it would be refused again and again.
    """

    def __init__(self, sentence: str, failure: str, *, is_permanent: bool = False) -> None:
        super().__init__(sentence)
        self.failure = failure
        self.is_permanent = is_permanent


def is_offered(channel: str) -> bool:
    """Whether this installation sends by that channel."""
    return bool({"email": True, "sms": settings.SMS_URL, "post": settings.PRINTS_LETTERS}.get(channel))


def hand_over(notice: Notice, body: str) -> None:
    """Hand the notice to its channel, saying `body`; raises NotTaken.

    A letter needs no handing over: the notice itself is what the office prints (decision 0013).
    """
    if not is_offered(notice.channel):
        raise NotTaken(f"The channel {notice.channel} is not offered any more: its setting is gone.", "not-offered")
    match notice.channel:
        case "email":
            mail(to=notice.address, subject=notice.subject, body=body, message_id=notice.notice_id)
        case "sms":
            _text(notice, body)


def mail(*, to: str, subject: str, body: str, message_id: UUID) -> None:
    """Hand an e-mail to the relay; raises NotTaken. The same id is the same Message-ID, by which the relay can tell."""
    domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2]
    headers = {"Message-ID": f"<{message_id}@{domain}>", "Auto-Submitted": "auto-generated"}
    try:
        EmailMessage(subject, body, to=[to], headers=headers).send()
    except (smtplib.SMTPException, OSError, ValueError) as failed:
        raise _not_mailed(failed) from None  # its own text may hold the address


def _not_mailed(failed: Exception) -> NotTaken:
    match failed:
        case smtplib.SMTPRecipientsRefused(recipients=refused):
            status = max(code for code, _ in refused.values())
            sentence = f"The mail relay refused the address ({status})."
            return NotTaken(sentence, f"refused-{status}", is_permanent=status >= 500)
        case smtplib.SMTPResponseException(smtp_code=status):
            return NotTaken(f"The mail relay answered {status}.", f"answered-{status}")
        case ValueError():
            return NotTaken("The address is none that mail can be sent to.", "bad-address", is_permanent=True)
        case _:
            return NotTaken(f"The mail relay did not answer ({type(failed).__name__}).", "no-answer")


def _text(notice: Notice, body: str) -> None:
    told = {"id": str(notice.notice_id), "to": notice.address, "text": body}
    url = httpx.URL(settings.SMS_URL)
    auth = (url.username, url.password) if url.userinfo else None
    try:
        # Without the password in the address: httpx writes that into its log.
        answer = httpx.post(url.copy_with(userinfo=b""), auth=auth, json=told, timeout=_SECONDS, trust_env=False)
    except httpx.HTTPError as failed:
        # Not its own text, nor as the cause: both may hold the gateway's address, and with it a password.
        raise NotTaken(f"The SMS gateway did not answer ({type(failed).__name__}).", "no-answer") from None
    if answer.is_client_error and answer.status_code not in _WORTH_ANOTHER_TRY:
        sentence = f"The SMS gateway refused the message ({answer.status_code})."
        raise NotTaken(sentence, f"refused-{answer.status_code}", is_permanent=True)
    if not answer.is_success:
        raise NotTaken(f"The SMS gateway answered {answer.status_code}.", f"answered-{answer.status_code}")
