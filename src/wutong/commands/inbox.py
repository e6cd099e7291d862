"""`wutong inbox`: what was sent to one person of the demo, by e-mail, SMS and post."""

import argparse
import email
import email.policy
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
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
    """Print what was sent to the person behind an account, oldest first."""
    place = folder.attach_demo(asked.data, "inbox")
    accounts.attach(asked.data)
    from wutong.control.people.queries.accounts import account_named

    account = account_named(asked.user)
    if account is None:
        raise DemoProblem(f"There is no account {asked.user}. `wutong user list` lists them.")
    delivered = sorted(_to(place, account.person_id), key=lambda each: each.at) if account.person_id else []
    for each in delivered:
        print(f"Kind: {each.kind}\nTime: {clock.local(each.at):%Y-%m-%d %H:%M:%S}\nTo: {each.to}\n")
        print(f"{each.text.strip()}\n{'-' * 60}")
    if not delivered:
        print(f"Nothing was sent to {asked.user} yet.")


def _to(place: Folder, person_id: UUID) -> Iterator[_Delivered]:
    from wutong.control.people.queries.persons import contact_of

    contact = contact_of(person_id)
    if contact is None:
        return
    if contact.email:
        yield from _mails(place.mail, contact.email)
    if number := phone.international(contact.phone):
        yield from _texts(place.texts / number)
    yield from _letters(person_id)


def _mails(kept: Path, address: str) -> Iterator[_Delivered]:
    for path in kept.glob("*.eml"):
        message = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
        if address in [each.addr_spec for each in message["to"].addresses]:
            body = message.get_body()
            text = body.get_content() if body else ""
            yield _Delivered("e-mail", message["date"].datetime, address, f"{message['subject']}\n\n{text}")


def _texts(kept: Path) -> Iterator[_Delivered]:
    for path in kept.glob("*.json"):
        told = json.loads(path.read_text())
        yield _Delivered("SMS", datetime.fromisoformat(told["at"]), told["to"], told["text"])


def _letters(person_id: UUID) -> Iterator[_Delivered]:
    """What stands in the print queue, or was posted."""
    from wutong.control.notices.queries import letters_of

    for each in letters_of(person_id):
        yield _Delivered("letter", each.queued_at, each.to.replace("\n", " / "), f"{each.subject}\n\n{each.body}")
