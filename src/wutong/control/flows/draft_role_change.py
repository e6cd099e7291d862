"""An officer of the eHR office proposes a change of the role matrix. Page: docs/flows/draft_role_change.md."""

from collections.abc import Mapping
from datetime import date
from uuid import UUID

from django.db import transaction

from wutong.control.audit.append import Actor
from wutong.control.people.actions import roles
from wutong.control.people.queries.accounts import is_office_officer
from wutong.control.people.queries.role_changes import proposed
from wutong.control.people.queries.roles import Cell
from wutong.core import clock, role_change
from wutong.core.access import RoleAccess
from wutong.core.answers import Missing, Reason, Refused


@transaction.atomic
def draft_role_change(
    actor: Actor, wanted: Mapping[Cell, RoleAccess], *, valid_from: date, reason: str
) -> UUID | Missing | Refused:
    """Keep the proposal for a second officer; its id. Missing: every cell says so already on that day.

    Raises ValueError for a day before today or too far off, and for a reason that is none: the form asks for better.
    """
    if not role_change.may_begin(valid_from, today=clock.today()) or not role_change.is_reason(reason):
        raise ValueError("a day from today on and a reason are expected")
    if actor.account_id is None or not is_office_officer(actor.account_id):
        roles.refuse(actor=actor, change_id=None)
        return Refused(Reason.NO_RULE)
    roles.hold_matrix()
    cells = proposed(wanted, valid_from)
    if not cells:
        return Missing("change")
    return roles.draft(actor=actor, cells=cells, valid_from=valid_from, reason=reason)
