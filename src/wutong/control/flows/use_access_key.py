"""A desk enters somebody's access key: the consent that its maker meant holds. Page: docs/flows/use_access_key.md."""

from uuid import UUID

from django.db import transaction

from wutong.control.audit.append import Actor
from wutong.control.consent import key_actions
from wutong.control.consent.actions import Outdated, Stated
from wutong.control.consent.key_queries import KeyFacts
from wutong.control.consent.ways import Taken, Way
from wutong.control.flows.change_consent import give_consent
from wutong.control.flows.serve_person import Served, at_desk
from wutong.control.people.actions.persons import hold_person
from wutong.core.access_keys import Verdict
from wutong.core.answers import Missing, Reason, Refused


@transaction.atomic
def use_access_key(actor: Actor, person_id: UUID, key: str) -> Stated | Verdict | Refused | Missing:
    """Give the consent to the actor's own provider, as the word of whoever made the key. `key`: eight digits.

    A Verdict says that the key is not right. Missing: no such person, or the law needs no consent there. A refusal is
    returned and entered; a closing wins, and leaves the key unused.
    """
    if not hold_person(person_id):
        return Missing("person")
    served = at_desk(actor, person_id)
    if isinstance(served, Refused):
        key_actions.refuse_key(actor=actor, person_id=person_id, reason=served.reason)
    if not isinstance(served, Served):
        return served
    if served.provider.is_deemed:
        return Missing("provider")
    provider_id = served.provider.provider_id
    found = key_actions.judge_key(actor=actor, person_id=person_id, provider_id=provider_id, typed=key)
    return found if isinstance(found, Verdict) else _given(actor, provider_id, found)


def _given(actor: Actor, provider_id: UUID, key: KeyFacts) -> Stated | Verdict | Refused:
    speaker = Actor("patient", key.made_by)
    taken = Taken(Way.KEY, actor.account_id)
    answer = give_consent(speaker, key.person_id, provider_id, key.kind, stated_as=key.made_as, taken=taken)
    if isinstance(answer, Stated):
        key_actions.use_key(actor=actor, provider_id=provider_id, key=key)
        return answer
    if answer == Missing("provider"):
        key_actions.refuse_key(actor=actor, person_id=key.person_id, reason=Reason.WITHHELD)
        return Refused(Reason.WITHHELD)
    assert not isinstance(answer, Outdated)  # noqa: S101 - nobody was shown a version
    key_actions.refuse_key(actor=actor, person_id=key.person_id, reason=Verdict.WRONG)
    return Verdict.WRONG  # whoever made it decides no more
