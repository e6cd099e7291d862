"""Somebody signs in: a password, then a one-time code, then a session. Page: docs/flows/sign_in.md.

A refusal is returned and audited. An unknown name takes the time of a known one.
"""

from dataclasses import dataclass
from uuid import UUID

from django.db import transaction

from wutong.control.audit.append import NOBODY, Actor, append
from wutong.control.people import passwords
from wutong.control.people.actions import accounts as account_actions
from wutong.control.people.actions import sessions as session_actions
from wutong.control.people.one_time_code import Verdict
from wutong.control.people.queries import accounts
from wutong.control.people.queries.accounts import Workplace
from wutong.core.events import Event


@dataclass(frozen=True)
class SignedIn:
    """A session was begun."""

    session_id: UUID
    language: str  # a patient's language of communication (BCP 47); empty where not known, and at a workplace


def check_first_factor(sign_in_name: str, password: str) -> UUID | None:
    """The account whose name and password these are, or None; both are in the trail."""
    account = accounts.account_named(sign_in_name)
    is_right = passwords.is_right(password, account.password if account else None)
    with transaction.atomic():
        if account is None:
            append(Event.SIGN_IN_PASSWORD, actor=NOBODY, reason=account_actions.WRONG_PASSWORD)
            return None
        reason = account_actions.spend_password(account_id=account.account_id, is_right=is_right)
        append(Event.SIGN_IN_PASSWORD, actor=Actor("account", account.account_id), reason=reason)
    return None if reason else account.account_id


@transaction.atomic
def check_second_factor(account_id: UUID, code: str) -> Verdict:
    """What the one-time code was; a right one is spent."""
    verdict = account_actions.spend_code(account_id=account_id, code=code)
    reason = None if verdict is Verdict.RIGHT else verdict.value
    append(Event.SIGN_IN_CODE, actor=Actor("account", account_id), reason=reason)
    return verdict


def workplaces_of(account_id: UUID) -> list[Workplace]:
    """Where the account can work; none for a patient's."""
    return accounts.workplaces(account_id)


@transaction.atomic
def begin(account_id: UUID, affiliation_id: UUID | None) -> SignedIn:
    """Begin the session, at a workplace or (None) as a patient."""
    actor = Actor("account", account_id)
    session_id = session_actions.begin_session(actor=actor, account_id=account_id, affiliation_id=affiliation_id)
    return SignedIn(session_id, language="" if affiliation_id else accounts.language_of(account_id))
