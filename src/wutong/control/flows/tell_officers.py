"""A second person is told of an emergency access: the privacy officers. Page: docs/flows/tell_officers.md."""

from collections.abc import Sequence
from uuid import UUID

from django.db import transaction

from wutong.control.audit.append import Actor
from wutong.control.emergency import actions, queries
from wutong.control.emergency.queries import Case
from wutong.control.notices import channels, emergency_wording
from wutong.control.notices.actions import defer
from wutong.control.people.queries.accounts import Officer, officers_for
from wutong.control.people.queries.providers import provider
from wutong.core import jobspec


def officers_to_tell(provider_id: UUID | None) -> list[Officer]:
    """Whom e-mail reaches: officers of the provider and of the eHR office. Empty: nobody is told."""
    return officers_for(provider_id) if provider_id else []


def tell_officers(case: Case, officers: Sequence[Officer]) -> None:
    """Queue a message to each of these officers, in the transaction that grants."""
    for each in officers:
        about = {"person_id": case.person_id, "grant_id": case.grant_id, "account_id": each.account_id}
        if notice_id := actions.queue_for_officer(**about):
            # Its own lock: a mailbox that refuses one message must not hold up the ones behind it.
            told = {name: str(value) for name, value in about.items()}
            defer(jobspec.TELL_OFFICER, lock=str(notice_id), is_urgent=True, **told)


@transaction.atomic
def tell_officer(person_id: UUID, grant_id: UUID, account_id: UUID) -> None:
    """Send one message, once, under its row's lock; raises what the mail relay raises, so that it is tried again."""
    notice_id = actions.hold_officer_notice(person_id, grant_id, account_id)
    case = queries.case(None, person_id, grant_id)
    if notice_id is None or case is None:
        return  # sent before
    address = next((each.email for each in officers_for(case.provider_id) if each.account_id == account_id), "")
    if not address:
        return  # no officer there any more; the case stands in the console
    found = provider(case.provider_id)
    told = emergency_wording.for_officer(
        provider_name=f"{found.name_en} {found.name_zh}".strip() if found else "?",
        at=case.granted_at,
        due_on=case.due_on,
    )
    channels.mail(to=address, subject=told.subject, body=told.body, message_id=notice_id)
    actions.mark_sent(
        actor=Actor("worker"), person_id=person_id, grant_id=grant_id, account_id=account_id, notice_id=notice_id
    )
