"""Reads how a person stated that they join the system, and that they leave it."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from wutong.control.consent.models import ConsentVersion, JoiningVersion

GIVEN, WITHDRAWN = ConsentVersion.State.GIVEN, ConsentVersion.State.WITHDRAWN
REGISTRATION = JoiningVersion.Way.REGISTRATION


@dataclass(frozen=True)
class JoiningFacts:
    """One version; `stated_by`: the account, `provider_id`: of a registration, whose it was, of a form, whose desk."""

    person_id: UUID
    version: int
    is_given: bool
    way: str
    provider_id: UUID | None
    stated_at: datetime
    stated_by: UUID | None
    stated_as: str
    taken_by: UUID | None
    form_reference: str


def joinings_of(person_id: UUID) -> list[JoiningFacts]:
    """Every version, newest first."""
    return [joining_facts(row) for row in JoiningVersion.objects.filter(person_id=person_id).order_by("-version")]


def newest_joining(person_id: UUID, *, at: datetime | None = None) -> JoiningFacts | None:
    """The newest version; `at`: of those that were stated by then."""
    rows = JoiningVersion.objects.filter(person_id=person_id).order_by("-version")
    row = (rows if at is None else rows.filter(stated_at__lte=at)).first()
    return joining_facts(row) if row else None


def joining_facts(row: JoiningVersion) -> JoiningFacts:
    """One version as it stands in the table."""
    return JoiningFacts(
        person_id=row.person_id,
        version=row.version,
        is_given=row.state == GIVEN,
        way=row.way,
        provider_id=row.provider_id,
        stated_at=row.stated_at,
        stated_by=row.stated_by,
        stated_as=row.stated_as,
        taken_by=row.taken_by,
        form_reference=row.form_reference,
    )
