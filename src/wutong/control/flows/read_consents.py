"""What a person stated is read as FHIR Consents, by whom it concerns alone. Page: docs/flows/read_consents.md."""

from dataclasses import dataclass
from uuid import UUID

from django.db import transaction

from wutong.control.audit.append import append
from wutong.control.consent.statements import (
    Filters,
    Statement,
    concerns,
    count_statements,
    newest_statements,
    statement_versions,
)
from wutong.control.people.queries.persons import person, person_known_as
from wutong.control.people.queries.representatives import standing
from wutong.control.people.queries.tokens import Bearer
from wutong.core import clock, statements
from wutong.core.answers import Missing, Reason, Refused
from wutong.core.events import Event
from wutong.core.statements import Reach


@dataclass(frozen=True)
class Page:
    """Some of the statements that were sought, and how many there are in all."""

    statements: list[Statement]
    total: int


@transaction.atomic
def search_consents(
    bearer: Bearer, patient_id: UUID | None, filters: Filters, *, limit: int, offset: int
) -> Page | Refused:
    """The newest version of each statement of a person; `patient_id`: as the caller knows them; None: a person's own.

    Of somebody whom a provider does not know there is nothing, as of somebody who stated nothing about it.
    """
    caller = bearer.caller
    if caller is None:
        return turn_away(bearer)
    patient_id = patient_id or caller.person_id
    if patient_id is None:
        append(Event.CONSENT_READ, actor=bearer.actor, reason=Reason.NAME_PATIENT)
        return Refused(Reason.NAME_PATIENT)
    person_id = person_known_as(patient_id, caller.provider_id) if caller.provider_id else patient_id
    found = _reach(bearer, person_id)
    if isinstance(found, Refused):
        return found
    shown = newest_statements(person_id, found.about, filters, limit=limit, offset=offset)
    return Page(shown, count_statements(person_id, found.about, filters))


@transaction.atomic
def read_consent(bearer: Bearer, consent_id: UUID) -> list[Statement] | Missing | Refused:
    """Every version of one statement, newest first."""
    if bearer.caller is None:
        return turn_away(bearer)
    versions = statement_versions(consent_id)
    if not versions:
        return Missing("consent")
    found = _reach(bearer, versions[0].person_id, versions[0])
    return found if isinstance(found, Refused) else versions


def turn_away(bearer: Bearer, *, is_write: bool = False) -> Refused:
    """The refusal, in the trail, of a token that is nobody's: nothing else that is sent with it is looked at."""
    append(Event.CONSENT_CHANGE if is_write else Event.CONSENT_READ, actor=bearer.actor, reason=Reason.NO_TOKEN)
    return Refused(Reason.NO_TOKEN)


def _reach(bearer: Bearer, person_id: UUID, statement: Statement | None = None) -> Reach | Refused:
    """Decided, and entered on the person's trail. `statement`: the one that is asked for."""
    own = bearer.caller.person_id if bearer.caller else None
    acting = standing(own, person_id) if own else None
    decides = acting is not None and acting.decides
    found = statements.reach(bearer.caller, is_own=own == person_id, decides=decides, today=clock.today())
    if statement and isinstance(found, Reach) and found.about and not concerns(statement, found.about):
        found = Refused(Reason.NO_RULE)
    reason = found.reason if isinstance(found, Refused) else None
    about = person_id if person(person_id) else None  # a made-up id is nobody's trail
    append(Event.CONSENT_READ, actor=bearer.actor, person_id=about, reason=reason)
    return found
