"""The office prints the letters that wait, and says which were posted. Page: docs/flows/post_letters.md."""

from collections.abc import Sequence
from dataclasses import replace

from django.db import transaction

from wutong.control.audit.append import Actor
from wutong.control.flows.tell_patient import address_by
from wutong.control.notices import actions, queries
from wutong.control.notices.letters import Letter
from wutong.control.notices.letters import print_letters as as_pdf
from wutong.control.notices.queries import LetterFacts, NoticeKey
from wutong.control.notices.wording import Wording
from wutong.control.people.queries.providers import office
from wutong.core.answers import Missing

_PLATFORM = ("Wutong", "互通")  # signs where no office is registered


@transaction.atomic
def list_letters(actor: Actor, *, limit: int, offset: int = 0) -> list[LetterFacts]:
    """Letters that wait, the oldest first; the list names their receivers, and who saw it is in the trail."""
    return _listed(actor, queries.letters_to_print(limit=limit, offset=offset))


@transaction.atomic
def list_posted(actor: Actor, *, limit: int, offset: int = 0) -> list[LetterFacts]:
    """Letters that were posted, the latest first; entered as those that wait are."""
    return _listed(actor, queries.letters_posted(limit=limit, offset=offset))


def print_letters(actor: Actor, keys: Sequence[NoticeKey]) -> bytes | Missing:
    """The letters as one PDF; who had them in hand is in the trail. Missing: none of them is to be printed.

    Each to the address that its person has now, and none to one that they took away.
    """
    found = [each for each in map(_addressed, queries.letters(keys)) if each.has_address]
    if not found:
        return Missing("letter")
    for each in found:
        actions.note_printed(actor=actor, key=each.key)
    sender = office()
    names = (sender.name_en, sender.name_zh) if sender else _PLATFORM
    return as_pdf([_letter(each, names) for each in found])


def mark_posted(actor: Actor, keys: Sequence[NoticeKey]) -> int:
    """Letters were posted; how many of them were in the queue."""
    return sum(actions.mark_posted(actor=actor, key=key) for key in keys)


def _listed(actor: Actor, found: list[LetterFacts]) -> list[LetterFacts]:
    if found:
        actions.note_listed(actor=actor, keys=[each.key for each in found])
    return [_addressed(each) for each in found]


def _addressed(found: LetterFacts) -> LetterFacts:
    if found.posted_at:
        return found
    if to := address_by("post", found.key.person_id):
        return replace(found, to=to)
    return replace(found, to=found.to.partition("\n")[0], has_address=False)


def _letter(found: LetterFacts, sender: tuple[str, str]) -> Letter:
    return Letter(found.language, sender, found.to, found.queued_at, Wording(found.subject, found.body))
