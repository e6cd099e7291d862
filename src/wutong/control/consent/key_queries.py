"""Reads access keys and the tries with them; the digits are nowhere."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from wutong.control.consent.models import AccessKey, AccessKeyTry
from wutong.core import access_keys, clock
from wutong.core.access_keys import Tried


@dataclass(frozen=True)
class KeyFacts:
    """The newest key of a person."""

    person_id: UUID
    version: int
    trace: bytes | None
    kind: str
    made_at: datetime
    ends_at: datetime
    made_by: UUID
    made_as: str
    is_live: bool


def newest_key(person_id: UUID) -> KeyFacts | None:
    """The newest one, live or not; None: none was ever made."""
    row = AccessKey.objects.filter(person_id=person_id).order_by("-version").first()
    return _facts(row) if row else None


def live_key(person_id: UUID) -> KeyFacts | None:
    """The one that a desk could use now."""
    found = newest_key(person_id)
    return found if found and found.is_live else None


def tries(person_id: UUID, provider_id: UUID) -> Tried:
    """Wrong tries about the person that still count."""
    wrong = AccessKeyTry.objects.filter(person_id=person_id, is_right=False)
    newest = AccessKey.objects.filter(person_id=person_id).order_by("-version").values_list("version", flat=True)
    lately = wrong.filter(provider_id=provider_id, tried_at__gt=clock.now() - access_keys.CLOSED_FOR)
    return Tried(of_key=wrong.filter(version=newest.first() or 0).count(), at_desk=lately.count())


def _facts(row: AccessKey) -> KeyFacts:
    tried_with = AccessKeyTry.objects.filter(person_id=row.person_id, version=row.version)
    tried = Tried(of_key=tried_with.filter(is_right=False).count(), at_desk=0)
    is_used = tried_with.filter(is_right=True).exists()
    is_live = access_keys.is_live(ends_at=row.ends_at, is_used=is_used, tried=tried, now=clock.now())
    return KeyFacts(
        person_id=row.person_id,
        version=row.version,
        trace=bytes(row.trace) if row.trace is not None else None,
        kind=row.kind,
        made_at=row.made_at,
        ends_at=row.ends_at,
        made_by=row.made_by,
        made_as=row.made_as,
        is_live=is_live and row.trace is not None,
    )
