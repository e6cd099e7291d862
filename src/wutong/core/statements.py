"""Who may read what a person has stated about who may look: the rule, and nothing but. Pure.

A person reads their own statements, and those of whom they decide for today. A provider, by its system or its
clinicians, reads those about itself, or a group that it belongs to, so that it knows whether it is allowed. Nobody else
(docs/decisions/0044).
"""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from wutong.core import access, strength
from wutong.core.access import Ground
from wutong.core.answers import Reason, Refused
from wutong.core.facts import Caller, CallerKind


@dataclass(frozen=True)
class Reach:
    """Which of a person's statements: those about one provider, or (None) all; `ground`: None for a provider."""

    about: UUID | None
    ground: Ground | None = None


def reach(caller: Caller | None, *, is_own: bool, decides: bool, today: date) -> Reach | Refused:
    """What a caller may read of a person's statements: of their own, of whom they decide for, of somebody else's."""
    if caller is None:
        return Refused(Reason.NO_TOKEN)
    if refused := _shut_out(caller, today):
        return refused
    if caller.kind is CallerKind.PATIENT:
        ground = Ground.OWN_RECORD if is_own else Ground.REPRESENTATIVE if decides else None
        return Reach(None, ground) if ground else Refused(Reason.NO_RULE)
    return Reach(caller.provider_id)


def may_not_state(caller: Caller | None) -> Refused | None:
    """Why a caller states nothing about anybody; None: it is a person in their own portal, who may about some."""
    if caller is None:
        return Refused(Reason.NO_TOKEN)
    if caller.kind is not CallerKind.PATIENT:
        return Refused(Reason.NO_RULE)
    return access.sign_in_too_weak(caller, strength.ONE_TIME_CODE)


def _shut_out(caller: Caller, today: date) -> Refused | None:
    match caller.kind:
        case CallerKind.PROFESSIONAL:
            return access.may_not_find(caller, today=today)
        case CallerKind.PATIENT:
            return access.sign_in_too_weak(caller, strength.ONE_TIME_CODE)
    return None if caller.provider_is_active else Refused(Reason.PROVIDER_NOT_ACTIVE)
