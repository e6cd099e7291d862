"""Somebody stands at a provider's desk: what is shown of them there. Page: docs/flows/serve_person.md."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction

from wutong.control.audit.append import Actor, append
from wutong.control.consent.queries import ConsentFacts, newest_to
from wutong.control.people.queries.persons import PersonSummary, person
from wutong.control.people.queries.professionals import caller_of, role_of
from wutong.control.people.queries.providers import ProviderFacts, provider
from wutong.control.people.queries.representatives import signers_of
from wutong.core import clock, desk
from wutong.core.answers import Missing, Reason, Refused
from wutong.core.events import Event


@dataclass(frozen=True)
class Served:
    """Enough to see that it is the right person, and how their consent to this provider stands; no name, no birthday.

    `signers`: as what somebody may sign for the person today, in the order of the law; `OWN_WORD`: they themselves.
    """

    person_id: UUID
    masked_document: str
    end_of_number: str  # of the eHR number
    provider: ProviderFacts
    consent: ConsentFacts | None
    signers: Sequence[str]

    @property
    def may_look(self) -> bool:
        """As far as the person's statements to this provider go; what they closed is not told here."""
        return self.provider.is_deemed or (self.consent is not None and self.consent.is_in_force)

    @property
    def version(self) -> int:
        """Which version of the consent this is; 0: there is none yet."""
        return self.consent.version if self.consent else 0


@transaction.atomic
def serve_person(actor: Actor, person_id: UUID) -> Served | Refused | Missing:
    """Show somebody to the desk of the actor's own provider; either answer is in the trail."""
    served = at_desk(actor, person_id)
    if not isinstance(served, Missing):
        reason = served.reason if isinstance(served, Refused) else None
        append(Event.DESK_SERVE, actor=actor, person_id=person_id, reason=reason)
    return served


def at_desk(actor: Actor, person_id: UUID) -> Served | Refused | Missing:
    """The same for flows that enter by themselves what they do."""
    found = person(person_id)
    return _served(actor, found) if found else Missing("person")


def _served(actor: Actor, found: PersonSummary) -> Served | Refused:
    if refused := desk.may_not_serve(caller_of(actor), role_of(actor), today=clock.today()):
        return refused
    workplace = provider(actor.provider_id) if actor.provider_id else None
    if workplace is None:
        return Refused(Reason.NO_RULE)
    if not found.is_active:
        return Refused(Reason.PERSON_NOT_ACTIVE)
    return Served(
        person_id=found.person_id,
        masked_document=found.masked_document,
        end_of_number=found.ehr_number[-4:],
        provider=workplace,
        consent=newest_to(found.person_id, workplace.provider_id),
        signers=signers_of(found.person_id),
    )
