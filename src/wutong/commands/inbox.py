"""`wutong inbox`: what was sent to one account of the demo, to its person and to itself, by e-mail, SMS and post."""

import argparse
import email
import email.policy
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path
from uuid import UUID

from wutong.commands import accounts, folder
from wutong.commands.folder import DemoProblem, Folder
from wutong.core import clock, phone


@dataclass(frozen=True)
class _Delivered:
    kind: str
    at: datetime
    to: str
    text: str


def run(asked: argparse.Namespace) -> None:
    """Print what was sent to an account and to the person behind it, oldest first."""
    place = folder.attach_demo(asked.data, "inbox")
    accounts.attach(asked.data)
    from wutong.control.people.queries.accounts import account_named, email_of

    account = account_named(asked.user)
    if account is None:
        raise DemoProblem(f"There is no account {asked.user}. `wutong user list` lists them.")
    found = _to(place, account.person_id, email_of(account.account_id))
    delivered = sorted(found, key=lambda each: each.at)
    for each in delivered:
        print(f"Kind: {each.kind}\nTime: {_told(each.at)}\nTo: {each.to}\n")
        print(f"{each.text.strip()}\n{'-' * 60}")
    if not delivered:
        print(f"Nothing was sent to {asked.user} yet.")


def _told(at: datetime) -> str:
    return f"{clock.local(at):%Y-%m-%d %H:%M:%S}, Hong Kong time"


def _to(place: Folder, person_id: UUID | None, own_address: str) -> Iterator[_Delivered]:
    """`own_address` is the account's: officers are told of emergencies there, and are nobody's patients."""
    from wutong.control.people.queries.persons import contact_of

    contact = contact_of(person_id) if person_id else None
    for address in filter(None, dict.fromkeys((contact.email if contact else "", own_address))):
        yield from _mails(place.mail, address)
    if contact and (number := phone.international(contact.phone)):
        yield from _texts(place.texts / number)
    if person_id:
        yield from _letters(person_id)


def _mails(kept: Path, address: str) -> Iterator[_Delivered]:
    for path in kept.glob("*.eml"):
        message = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
        if address in [each.addr_spec for each in message["to"].addresses]:
            body = message.get_body()
            text = body.get_content() if body else ""
            yield _Delivered("e-mail", _sent_at(message), address, f"{message['subject']}\n\n{text}")


def _sent_at(message: EmailMessage) -> datetime:
    """When it was sent; a Date with the zone -0000 is UTC (RFC 5322, 3.3), and Python leaves it without one."""
    at: datetime = message["date"].datetime
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def _texts(kept: Path) -> Iterator[_Delivered]:
    for path in kept.glob("*.json"):
        told = json.loads(path.read_text())
        yield _Delivered("SMS", datetime.fromisoformat(told["at"]), told["to"], told["text"])


def _letters(person_id: UUID) -> Iterator[_Delivered]:
    """What stands in the print queue, or was posted."""
    from wutong.control.notices.queries import letters_of

    for each in letters_of(person_id):
        yield _Delivered("letter", each.queued_at, each.to.replace("\n", " / "), f"{each.subject}\n\n{each.body}")
