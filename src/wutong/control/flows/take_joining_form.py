"""A form signed at a desk lets somebody who left the system join it again. Page: docs/flows/take_joining_form.md."""

from uuid import UUID

from django.db import IntegrityError, transaction

from wutong.control.audit.append import Actor, append
from wutong.control.consent.actions import Outdated
from wutong.control.consent.joining_queries import JoiningFacts
from wutong.control.consent.queries import is_form_known
from wutong.control.consent.ways import Taken, Way
from wutong.control.flows.change_joining import Answer, join_again
from wutong.control.flows.serve_person import Left, Served, comer
from wutong.control.flows.take_form import SignedForm, Unfit, unfit
from wutong.control.people.actions.persons import hold_person
from wutong.core.answers import Missing, Refused
from wutong.core.events import Event

KEEPS, ANEW = "join-keep", "join-anew"  # what such a form says of the permissions of before


@transaction.atomic
def take_joining_form(
    actor: Actor, person_id: UUID, form: SignedForm, *, seen: int
) -> JoiningFacts | Outdated | Unfit | Refused | Missing:
    """Record the form at the actor's own provider. `seen`: the version of joining that the desk was shown.

    Outdated: who is active has joined by now. Missing: no such person, or no form of joining.
    """
    if form.says not in {KEEPS, ANEW} or not hold_person(person_id):  # before the newest version is read
        return Missing("person")
    left = comer(actor, person_id)
    if isinstance(left, Served):
        return Outdated()
    answer = (
        (unfit(left, form, said_at=left.joining.stated_at) or _joined(actor, left, form, seen))
        if isinstance(left, Left)
        else left
    )
    if isinstance(answer, Unfit | Refused):
        _refuse(actor, person_id, form, answer.reason if isinstance(answer, Refused) else answer.value)
    return answer


def _joined(actor: Actor, left: Left, form: SignedForm, seen: int) -> Answer | Unfit:
    provider_id = left.provider.provider_id
    taken = Taken(Way.FORM, actor.account_id, form.reference, form.signed_on, desk_of=provider_id)
    try:
        with transaction.atomic():
            return join_again(
                actor,
                left.person_id,
                keeps_permissions=form.says == KEEPS,
                stated_as=form.signed_as,
                seen=seen,
                taken=taken,
            )
    except IntegrityError:
        if not is_form_known(provider_id, form.reference):
            raise
        return Unfit.KNOWN  # of somebody else's, at this very moment


def _refuse(actor: Actor, person_id: UUID, form: SignedForm, reason: str) -> None:
    """Enter that a form was not recorded, and why."""
    detail = {"way": str(Way.FORM), "form": form.reference, "provider": str(actor.provider_id)}
    append(Event.JOINING_CHANGE, actor=actor, person_id=person_id, reason=reason, detail=detail)
