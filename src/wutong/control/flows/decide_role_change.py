"""Another officer approves or declines a change of the role matrix, once. Page: docs/flows/decide_role_change.md."""

from dataclasses import dataclass
from uuid import UUID

from django.db import transaction

from wutong.control.audit.append import Actor
from wutong.control.people.actions import roles
from wutong.control.people.queries import accounts
from wutong.control.people.queries.role_changes import Change, Stale, change, staleness
from wutong.core import role_change
from wutong.core.answers import Missing, Reason, Refused


@dataclass(frozen=True)
class Ended:
    """The change as it stands now; `is_new` is False where somebody had ended it before."""

    change: Change
    is_new: bool


@transaction.atomic
def decide_role_change(
    actor: Actor, change_id: UUID, *, outcome: str, note: str = ""
) -> Ended | Stale | Refused | Missing:
    """Put a change in force from its day on, or decline it with a note. Nobody does so with a proposal of their own."""
    if not role_change.is_decision(outcome, note):
        raise ValueError("an outcome, and a note where it is declined, are expected")
    found = _held(change_id)
    if found is None:
        return Missing("change")
    if actor.account_id is None or not _is_a_second_officer(actor.account_id, found.drafted_by):
        roles.refuse(actor=actor, change_id=change_id, outcome=outcome)
        return Refused(Reason.NO_RULE)
    if not found.is_open:
        return Ended(found, is_new=False)
    why_not = staleness(found) if outcome == role_change.APPROVED else None
    return why_not or _end(actor, found, outcome, note)


@transaction.atomic
def withdraw_role_change(actor: Actor, change_id: UUID) -> Ended | Refused | Missing:
    """Take one's own proposal back."""
    found = _held(change_id)
    if found is None:
        return Missing("change")
    if actor.account_id != found.drafted_by or not accounts.is_office_officer(found.drafted_by):
        roles.refuse(actor=actor, change_id=change_id, outcome=role_change.WITHDRAWN)
        return Refused(Reason.NO_RULE)
    return _end(actor, found, role_change.WITHDRAWN, "") if found.is_open else Ended(found, is_new=False)


def _held(change_id: UUID) -> Change | None:
    """The change, while nobody else decides about the matrix."""
    roles.hold_matrix()
    return change(change_id)


def _is_a_second_officer(account_id: UUID, author_id: UUID) -> bool:
    return accounts.is_office_officer(account_id) and not accounts.is_one_human(account_id, author_id)


def _end(actor: Actor, found: Change, outcome: str, note: str) -> Ended:
    roles.decide(actor=actor, change=found, outcome=outcome, note=note)
    ended = change(found.change_id)
    if ended is None:
        raise ValueError("what was ended is there")
    return Ended(ended, is_new=True)
