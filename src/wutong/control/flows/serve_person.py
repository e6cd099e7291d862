"""Somebody stands at a provider's desk: what is shown of them there. Page: docs/flows/serve_person.md."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction

from wutong.control.audit.append import Actor, append
from wutong.control.consent.joining_queries import JoiningFacts, newest_joining
from wutong.control.consent.queries import ConsentFacts, newest_to
from wutong.control.people.queries.persons import PersonSummary, person, registration_state
from wutong.control.people.queries.professionals import caller_of, role_of
from wutong.control.people.queries.providers import ProviderFacts, provider
from wutong.control.people.queries.representatives import signers_of
from wutong.core import clock, desk
from wutong.core.answers import Missing, Reason, Refused
from wutong.core.events import Event


@dataclass(frozen=True)
class Comer:
    """Enough to see that it is the right person; no name, no birthday. `provider`: the desk's own.

    `signers`: as what somebody may sign for the person today, in the order of the law; `OWN_WORD`: they themselves.
    """

    person_id: UUID
    masked_document: str
    end_of_number: str  # of the eHR number
    provider: ProviderFacts
    signers: Sequence[str]


@dataclass(frozen=True)
class Served(Comer):
    """Somebody whom the desk serves, and how their consent to this provider stands."""

    consent: ConsentFacts | None

    @property
    def may_look(self) -> bool:
        """As far as the person's statements to this provider go; what they closed is not told here."""
        return self.provider.is_deemed or (self.consent is not None and self.consent.is_in_force)

    @property
    def version(self) -> int:
        """Which version of the consent this is; 0: there is none yet."""
        return self.consent.version if self.consent else 0


@dataclass(frozen=True)
class Left(Comer):
    """Somebody who left the system, by their newest statement: nothing else of them is told. They may join again."""

    joining: JoiningFacts

    @property
    def version(self) -> int:
        """Which version of joining this is."""
        return self.joining.version


@transaction.atomic
def serve_person(actor: Actor, person_id: UUID) -> Served | Left | Refused | Missing:
    """Show somebody to the desk of the actor's own provider; either answer is in the trail."""
    served = comer(actor, person_id)
    if not isinstance(served, Missing):
        reason = served.reason if isinstance(served, Refused) else None
        append(Event.DESK_SERVE, actor=actor, person_id=person_id, reason=reason)
    return served


def at_desk(actor: Actor, person_id: UUID) -> Served | Refused | Missing:
    """The same for flows that enter by themselves what they do, and do nothing for who left."""
    found = comer(actor, person_id)
    return Refused(Reason.PERSON_NOT_ACTIVE) if isinstance(found, Left) else found


def comer(actor: Actor, person_id: UUID) -> Served | Left | Refused | Missing:
    """The same, of whoever has left too."""
    found = person(person_id)
    return _comer(actor, found) if found else Missing("person")


def _comer(actor: Actor, found: PersonSummary) -> Served | Left | Refused:
    if refused := desk.may_not_serve(caller_of(actor), role_of(actor), today=clock.today()):
        return refused
    workplace = provider(actor.provider_id) if actor.provider_id else None
    if workplace is None:
        return Refused(Reason.NO_RULE)
    signers = signers_of(found.person_id)
    shown = (found.person_id, found.masked_document, found.ehr_number[-4:], workplace, signers)
    if found.is_active:
        return Served(*shown, consent=newest_to(found.person_id, workplace.provider_id))
    left = _left(found.person_id)
    return Left(*shown, joining=left) if left else Refused(Reason.PERSON_NOT_ACTIVE)


def _left(person_id: UUID) -> JoiningFacts | None:
    """By which statement they left; None: the registration is suspended or ended, which no statement changes."""
    newest = newest_joining(person_id) if registration_state(person_id) == "withdrawn" else None
    return newest if newest and not newest.is_given else None
