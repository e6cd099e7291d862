"""A person closes something of the record, or opens it again. Page: docs/flows/change_closing.md."""

from uuid import UUID

from django.db import transaction

from wutong.control.audit.append import Actor
from wutong.control.consent import closing_actions as actions
from wutong.control.consent.actions import Outdated
from wutong.control.consent.closing_actions import ClosingStated, Kind
from wutong.control.flows.represent_person import may_state_in_person
from wutong.control.flows.tell_patient import tell_of_closing
from wutong.control.people.queries.accounts import professional_names
from wutong.control.people.queries.providers import provider
from wutong.core.answers import Missing
from wutong.core.categories import CATEGORY_NAMES
from wutong.core.labels import LABEL_NAMES

Answer = ClosingStated | Missing | Outdated

# A record that does not say whose it is may not be read for the right person: who somebody is stays open.
CLOSABLE_CATEGORIES = tuple(code for code in CATEGORY_NAMES if code != "PID")
_LONGEST_TITLE = 200


@transaction.atomic
def state_closing(
    actor: Actor,
    person_id: UUID,
    kind: str,
    value: str,
    *,
    title: str = "",
    stated_as: str = "",
    seen: int | None = None,
) -> Answer:
    """Close an item, an episode, a category, a label, a provider or a professional. Missing: none that can be closed.

    `value`: a code, or an id in canonical lower case. `title`: the line of an item or episode that the person saw.
    `stated_as`, `seen`: as in `change_consent`; the word counts, and is judged, as there.
    """
    if not may_state_in_person(actor, person_id, stated_as):
        return Missing("person")
    if not _can_be_closed(kind, value):
        return Missing("closable")
    line = _line(title) if kind in {Kind.ITEM, Kind.EPISODE} else ""
    stated = actions.close(
        actor=actor, person_id=person_id, kind=kind, value=value, title=line, stated_as=stated_as, seen=seen
    )
    return _confirmed(person_id, stated)


@transaction.atomic
def end_closing(
    actor: Actor, person_id: UUID, kind: str, value: str, *, stated_as: str = "", seen: int | None = None
) -> Answer:
    """Open again what is closed, whatever became of it since. Missing: it is not closed. Else as above."""
    if not may_state_in_person(actor, person_id, stated_as):
        return Missing("person")
    if "\0" in value:
        return Missing("closing")
    stated = actions.open_again(
        actor=actor, person_id=person_id, kind=kind, value=value, stated_as=stated_as, seen=seen
    )
    return _confirmed(person_id, stated)


def _can_be_closed(kind: str, value: str) -> bool:
    match kind:
        case Kind.CATEGORY:
            return value in CLOSABLE_CATEGORIES
        case Kind.LABEL:
            return value in LABEL_NAMES
        case Kind.ITEM | Kind.EPISODE:  # this plane may not read the record: what is not there is closed to no effect
            return _is_id(value)
        case Kind.PROVIDER:
            return _is_id(value) and _provider_can_be_closed(UUID(value))
        case Kind.PROFESSIONAL:
            return _is_id(value) and bool(professional_names({UUID(value)}))
    return False


def _provider_can_be_closed(provider_id: UUID) -> bool:
    """Not one that joining itself allows (dossier 2.2); the office looks at no record."""
    found = provider(provider_id)
    return found is not None and not found.is_deemed and found.kind != "office"


def _is_id(value: str) -> bool:
    """Whether it is a UUID as everything of ours writes it."""
    try:
        return str(UUID(value)) == value
    except ValueError:
        return False


def _line(title: str) -> str:
    """One line of what can be shown, however it was sent."""
    shown = "".join(each if each.isprintable() else " " for each in title)
    return " ".join(shown.split())[:_LONGEST_TITLE]


def _confirmed(person_id: UUID, stated: Answer) -> Answer:
    if isinstance(stated, ClosingStated) and stated.is_new:
        tell_of_closing(
            person_id,
            stated.kind,
            stated.value,
            version=stated.version,
            is_closed=stated.is_closed,
            at=stated.stated_at,
            stated_as=stated.stated_as,
        )
    return stated
