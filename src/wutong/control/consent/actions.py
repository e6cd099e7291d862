"""The only writer of sharing consents: a new version at each statement, never a change of an old one."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from wutong.control.audit.append import Actor, append
from wutong.control.consent.models import ConsentVersion
from wutong.core import clock
from wutong.core.events import Event

State, Kind = ConsentVersion.State, ConsentVersion.Kind


@dataclass(frozen=True)
class Stated:
    """What a statement became."""

    version: int
    state: str
    kind: str
    valid_until: date | None
    stated_at: datetime


@transaction.atomic
def state_consent(*, actor: Actor, person_id: UUID, provider_id: UUID, state: str, kind: str) -> Stated:
    """Add the next version. Two statements at once: the second fails on the key and changes nothing."""
    if actor.account_id is None:
        raise ValueError("a consent is stated by an account")
    before = _newest(person_id, provider_id)
    now = clock.now()
    is_timed = state == State.GIVEN and kind == Kind.ONE_YEAR
    made = ConsentVersion.objects.create(
        person_id=person_id,
        provider_id=provider_id,
        version=before.version + 1 if before else 1,
        state=state,
        kind=kind,
        stated_at=now,
        valid_until=clock.same_date_next_year(clock.today()) if is_timed else None,
        stated_by=actor.account_id,
    )
    detail = {"provider": str(provider_id), "old": _told(before), "new": _told(made)}
    append(Event.CONSENT_CHANGE, actor=actor, person_id=person_id, detail=detail)
    return Stated(made.version, made.state, made.kind, made.valid_until, made.stated_at)


def _newest(person_id: UUID, provider_id: UUID) -> ConsentVersion | None:
    return ConsentVersion.objects.filter(person_id=person_id, provider_id=provider_id).order_by("-version").first()


def _told(version: ConsentVersion | None) -> dict[str, object] | None:
    if version is None:
        return None
    until = version.valid_until.isoformat() if version.valid_until else None
    return {"version": version.version, "state": version.state, "kind": version.kind, "until": until}
