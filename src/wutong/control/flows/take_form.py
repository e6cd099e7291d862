"""A signed form about the desk's own provider is recorded as a consent. Page: docs/flows/take_form.md."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from django.db import IntegrityError, transaction

from wutong.control.audit.append import Actor, append
from wutong.control.consent.actions import Outdated, Stated
from wutong.control.consent.queries import is_form_known
from wutong.control.consent.ways import Taken, Way
from wutong.control.flows.change_consent import Answer, give_consent, withdraw_consent
from wutong.control.flows.serve_person import Comer, Served, at_desk
from wutong.control.people.actions.persons import hold_person
from wutong.core import clock, desk
from wutong.core.answers import Missing, Reason, Refused
from wutong.core.events import Event

WITHDRAWAL = "withdrawal"


@dataclass(frozen=True)
class SignedForm:
    """What stands on a form. `says`: a kind of consent, or WITHDRAWAL. `signed_as`: the person's parent, ...; empty:
    the person themselves."""

    says: str
    signed_as: str
    signed_on: date
    reference: str


class Unfit(StrEnum):
    """Why a form is not recorded; the reason in the trail."""

    SIGNER = "signer-does-not-decide"
    DAY = "day-of-form"
    KNOWN = "form-known"
    SAID_SINCE = "said-since"
    NOTHING = "nothing-to-withdraw"


@transaction.atomic
def take_form(
    actor: Actor, person_id: UUID, form: SignedForm, *, seen: int
) -> Stated | Outdated | Unfit | Refused | Missing:
    """Record the form at the actor's own provider. Missing: no such person, or the law needs no consent there.

    `seen`: the version that the desk was shown, 0 where there was none.
    """
    if not hold_person(person_id):  # before the newest version is read
        return Missing("person")
    served = at_desk(actor, person_id)
    if isinstance(served, Served) and served.provider.is_deemed:
        return Missing("provider")
    answer = (_unfit(served, form) or _stated(actor, served, form, seen)) if isinstance(served, Served) else served
    if isinstance(answer, Unfit | Refused):
        _refuse(actor, person_id, form, answer.reason if isinstance(answer, Refused) else answer.value)
    return answer


def _unfit(served: Served, form: SignedForm) -> Unfit | None:
    return unfit(served, form, said_at=served.consent.stated_at if served.consent else None)


def unfit(served: Comer, form: SignedForm, *, said_at: datetime | None) -> Unfit | None:
    """Why the form is not recorded for whoever came. `said_at`: when they said last what the form is about."""
    if form.signed_as not in served.signers:
        return Unfit.SIGNER
    if not desk.is_day_of_form(form.signed_on, today=clock.today()):
        return Unfit.DAY
    if is_form_known(served.provider.provider_id, form.reference):
        return Unfit.KNOWN
    if said_at and clock.local(said_at).date() > form.signed_on:
        return Unfit.SAID_SINCE  # what a person said last counts, whatever was recorded last
    return None


def _stated(actor: Actor, served: Served, form: SignedForm, seen: int) -> Answer | Unfit | Refused:
    try:
        answer = _state(actor, served, form, seen)
    except IntegrityError:
        if not is_form_known(served.provider.provider_id, form.reference):
            raise
        return Unfit.KNOWN  # of somebody else's, at this very moment
    if not isinstance(answer, Missing):
        return answer
    return Unfit.NOTHING if form.says == WITHDRAWAL else Refused(Reason.WITHHELD)


@transaction.atomic
def _state(actor: Actor, served: Served, form: SignedForm, seen: int) -> Answer:
    taken = Taken(Way.FORM, actor.account_id, form.reference, form.signed_on)
    person_id, provider_id, stated_as = served.person_id, served.provider.provider_id, form.signed_as
    if form.says == WITHDRAWAL:
        return withdraw_consent(actor, person_id, provider_id, stated_as=stated_as, seen=seen, taken=taken)
    return give_consent(actor, person_id, provider_id, form.says, stated_as=stated_as, seen=seen, taken=taken)


def _refuse(actor: Actor, person_id: UUID, form: SignedForm, reason: str) -> None:
    """Enter that a form was not recorded, and why."""
    detail = {"way": str(Way.FORM), "form": form.reference, "provider": str(actor.provider_id)}
    append(Event.CONSENT_CHANGE, actor=actor, person_id=person_id, reason=reason, detail=detail)
