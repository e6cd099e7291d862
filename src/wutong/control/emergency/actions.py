"""The only writers of emergency access: a grant, its one review, and the messages to officers about it."""

from datetime import datetime
from uuid import UUID, uuid5

from django.db import transaction

from wutong.control.audit.append import Actor, append
from wutong.control.emergency.models import EmergencyGrant, EmergencyReview, OfficerNotice
from wutong.core import clock, emergency, ids
from wutong.core.access import EMERGENCY
from wutong.core.emergency import Stated
from wutong.core.events import Event


@transaction.atomic
def grant(
    *, actor: Actor, person_id: UUID, stated: Stated, categories: frozenset[str], working_days: int, told: int
) -> UUID:
    """Grant an hour's access to the named categories; the grant's id. Its review is due after so many working days.

    `told`: how many officers, other than the actor, are told of it by e-mail; 0 is nobody.
    """
    if actor.account_id is None or actor.provider_id is None or actor.session_id is None:
        raise ValueError("a professional asks in a session at a workplace")
    now = clock.now()
    made = EmergencyGrant.objects.create(
        person_id=person_id,
        grant_id=ids.new(),
        account_id=actor.account_id,
        provider_id=actor.provider_id,
        session_id=actor.session_id,
        profession=actor.profession,
        kind=stated.kind,
        reason=emergency.tidy(stated.reason),
        categories=sorted(categories),
        granted_at=now,
        closes_at=now + emergency.LASTS,
        due_on=emergency.due_on(clock.local(now).date(), working_days=working_days),
    )
    detail = {"grant": str(made.grant_id), "kind": made.kind, "categories": made.categories, "told": told}
    append(Event.EMERGENCY_GRANT, actor=actor, person_id=person_id, purpose=EMERGENCY, detail=detail)
    return made.grant_id


def refuse(*, actor: Actor, person_id: UUID, reason: str) -> None:
    """Enter that no access was granted, and why."""
    append(Event.EMERGENCY_GRANT, actor=actor, person_id=person_id, purpose=EMERGENCY, reason=reason)


@transaction.atomic
def review(*, actor: Actor, person_id: UUID, grant_id: UUID, outcome: str, note: str) -> datetime:
    """Close the case; when. Raises IntegrityError where it is closed already."""
    if actor.account_id is None or actor.provider_id is None:
        raise ValueError("an officer closes a case at a workplace")
    made = EmergencyReview.objects.create(
        person_id=person_id,
        grant_id=grant_id,
        account_id=actor.account_id,
        provider_id=actor.provider_id,
        outcome=outcome,
        note=emergency.tidy(note),
        reviewed_at=clock.now(),
    )
    detail = {"grant": str(grant_id), "outcome": outcome}
    append(Event.EMERGENCY_REVIEW, actor=actor, person_id=person_id, purpose=EMERGENCY, detail=detail)
    return made.reviewed_at


def note_inspection(*, actor: Actor, person_id: UUID, grant_id: UUID) -> None:
    """Enter that an officer saw the case."""
    detail = {"grant": str(grant_id)}
    append(Event.EMERGENCY_INSPECT, actor=actor, person_id=person_id, purpose=EMERGENCY, detail=detail)


def refuse_review(*, actor: Actor, person_id: UUID, grant_id: UUID, reason: str) -> None:
    """Enter that somebody may not close the case, and why."""
    detail = {"grant": str(grant_id)}
    append(Event.EMERGENCY_REVIEW, actor=actor, person_id=person_id, purpose=EMERGENCY, reason=reason, detail=detail)


def queue_for_officer(*, person_id: UUID, grant_id: UUID, account_id: UUID) -> UUID | None:
    """Note that an officer is to be told of a case; the message's id, or None where that was noted before."""
    notice_id = uuid5(grant_id, str(account_id))
    _notice, is_new = OfficerNotice.objects.get_or_create(
        person_id=person_id,
        grant_id=grant_id,
        account_id=account_id,
        defaults={"notice_id": notice_id, "queued_at": clock.now()},
    )
    return notice_id if is_new else None


def hold_officer_notice(person_id: UUID, grant_id: UUID, account_id: UUID) -> UUID | None:
    """Lock a message until the transaction ends; its id, or None where it went out before."""
    rows = OfficerNotice.objects.select_for_update()
    held = rows.filter(person_id=person_id, grant_id=grant_id, account_id=account_id, sent_at=None).first()
    return held.notice_id if held else None


@transaction.atomic
def mark_sent(*, actor: Actor, person_id: UUID, grant_id: UUID, account_id: UUID, notice_id: UUID) -> None:
    """Note that the message went out."""
    rows = OfficerNotice.objects.filter(person_id=person_id, grant_id=grant_id, account_id=account_id)
    rows.update(sent_at=clock.now())
    detail = {"notice": str(notice_id), "channel": "email", "kind": "emergency-officer"}
    append(Event.NOTICE_SENT, actor=actor, person_id=person_id, detail=detail)
