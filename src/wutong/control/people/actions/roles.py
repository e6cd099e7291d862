"""The role matrix: loaded once, then changed by two officers. Nothing of it is ever overwritten."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from django.db import connection, transaction

from wutong.control.audit.append import Actor, append
from wutong.control.people.models import RoleCategory, RoleChange, RoleChangeCell, RoleDecision
from wutong.control.people.queries.role_changes import CellChange, Change
from wutong.control.people.queries.roles import newest_versions
from wutong.control.people.role_matrix import rows
from wutong.core import clock, role_change
from wutong.core.answers import Reason
from wutong.core.events import Event

_FIRST_DAY = date(2016, 3, 13)  # the system's launch month; the reconstructed rows claim no finer date
_LOCK = int.from_bytes(b"roles")  # advisory locks are of one database and named by a number


@transaction.atomic
def load_role_matrix(*, actor: Actor) -> int:
    """Load the matrix into an empty table; how many rows (0 where there is one already)."""
    if RoleCategory.objects.exists():
        return 0
    first = {"version": 1, "valid_from": _FIRST_DAY, "entered_at": clock.now()}
    made = [
        RoleCategory(profession=profession, category=category, access=access, source=source, **first)
        for profession, category, access, source in rows()
    ]
    RoleCategory.objects.bulk_create(made)
    append(Event.ROLES_LOAD, actor=actor, detail={"rows": len(made)})
    return len(made)


def hold_matrix() -> None:
    """Let nobody else decide about the matrix until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(%s)", [_LOCK])


@transaction.atomic
def draft(*, actor: Actor, cells: Sequence[CellChange], valid_from: date, reason: str) -> UUID:
    """Propose a change of some cells; its id. Nothing is in force by it."""
    made = RoleChange.objects.create(
        valid_from=valid_from,
        reason=role_change.tidy(reason),
        drafted_by_id=_account(actor),
        drafted_at=clock.now(),
    )
    RoleChangeCell.objects.bulk_create(
        RoleChangeCell(
            role_change=made,
            profession=each.profession,
            category=each.category,
            old_access=each.old.letter,
            access=each.new.letter,
            seen_version=each.seen_version,
        )
        for each in cells
    )
    append(Event.ROLES_DRAFT, actor=actor, detail=_told(made.role_change_id, valid_from, cells))
    return made.role_change_id


@transaction.atomic
def decide(*, actor: Actor, change: Change, outcome: str, note: str = "") -> None:
    """End a proposal; approved, its cells hold from its day on. Raises IntegrityError where it had ended."""
    RoleDecision.objects.create(
        role_change_id=change.change_id,
        drafted_by=change.drafted_by,
        decided_by_id=_account(actor),
        outcome=outcome,
        note=role_change.tidy(note),
        decided_at=clock.now(),
    )
    if outcome == role_change.APPROVED:
        _put_in_force(change)
    detail = _told(change.change_id, change.valid_from, change.cells) | {"outcome": outcome}
    append(Event.ROLES_DECIDE, actor=actor, detail=detail)


def refuse(*, actor: Actor, change_id: UUID | None, outcome: str = "") -> None:
    """Enter that somebody may not propose a change, or may not end this one so."""
    event = Event.ROLES_DECIDE if change_id else Event.ROLES_DRAFT
    detail = {"change": str(change_id), "outcome": outcome} if change_id else {}
    append(event, actor=actor, reason=Reason.NO_RULE, detail=detail)


def _put_in_force(change: Change) -> None:
    newest, now = newest_versions(), clock.now()
    RoleCategory.objects.bulk_create(
        RoleCategory(
            profession=each.profession,
            category=each.category,
            version=newest.get(each.cell, 0) + 1,
            access=each.new.letter,
            source=role_change.DECIDED,
            valid_from=change.valid_from,
            entered_at=now,
            decision_id=change.change_id,
        )
        for each in change.cells
    )


def _told(change_id: UUID, valid_from: date, cells: Sequence[CellChange]) -> dict[str, object]:
    changed = [
        {"profession": each.profession, "category": each.category, "old": each.old.letter, "new": each.new.letter}
        for each in cells
    ]
    return {"change": str(change_id), "from": valid_from.isoformat(), "cells": changed}


def _account(actor: Actor) -> UUID:
    if actor.account_id is None:
        raise ValueError("the matrix is changed by an account")
    return actor.account_id
