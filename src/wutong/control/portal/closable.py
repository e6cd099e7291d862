"""What stands between the closings and the portal's templates: what is closed, what can be, and what it is called."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from uuid import UUID

from django.utils.translation import gettext as _

from wutong.control.audit.queries import Looker, lookers_of
from wutong.control.consent.closing_queries import (
    ClosingFacts,
    closed_values,
    closing_history_of,
    closing_of,
    closings_of,
)
from wutong.control.emergency.queries import cases_of
from wutong.control.flows.change_closing import CLOSABLE_CATEGORIES
from wutong.control.guard.sessions import SignedInUser
from wutong.control.notices.wording import PROFESSIONS, SOMEBODY
from wutong.control.pages.names import named
from wutong.control.people.queries.accounts import professional_names
from wutong.control.people.queries.persons import persons_of_accounts
from wutong.control.people.queries.providers import provider_names, providers
from wutong.control.portal.permissions import said_by
from wutong.control.portal.subjects import Subject
from wutong.core.categories import CATEGORY_NAMES
from wutong.core.labels import LABEL_NAMES

# What pages let one choose; an item or an episode is closed where it is read.
CHOSEN = ("category", "label", "provider", "professional")


@dataclass(frozen=True)
class Choice:
    """One thing that can be closed, by its value and name; `is_closed`: it is."""

    value: str
    name: str
    is_closed: bool

    @property
    def as_item(self) -> dict[str, str]:
        """As the component takes it."""
        return {"value": self.value, "text": self.name}


@dataclass(frozen=True)
class Line:
    """One version of one closing: what it is called, and who stated it."""

    closing: ClosingFacts
    name: str
    kind: str
    by: str

    @property
    def is_chosen(self) -> bool:
        """Whether it can be closed from a list of choices."""
        return self.closing.kind in CHOSEN


class _Names:
    """What values are called; each register is read once, and only if it is asked for."""

    def __init__(self, closings: Iterable[ClosingFacts]) -> None:
        self._accounts = {UUID(each.value) for each in closings if each.kind == "professional"}

    @cached_property
    def _providers(self) -> Mapping[UUID, str]:
        return provider_names()

    @cached_property
    def _people(self) -> Mapping[UUID, str]:
        return professional_names(self._accounts)

    def of(self, closing: ClosingFacts) -> str:
        """In the language of the page; an item or episode as the person saw it."""
        match closing.kind:
            case "category":
                return _coded(CATEGORY_NAMES, closing.value)
            case "label":
                return _coded(LABEL_NAMES, closing.value)
            case "provider":
                return self._providers.get(UUID(closing.value), "")
            case "professional":
                return self._people.get(UUID(closing.value)) or _("a professional")
        return closing.title


def closed(who: SignedInUser, subject: Subject) -> list[Line]:
    """What is closed now, the newest first."""
    return _lines(who, subject, closings_of(subject.person_id))


def history(who: SignedInUser, subject: Subject, *, limit: int, offset: int = 0) -> list[Line]:
    """Every statement ever made, newest first."""
    return _lines(who, subject, closing_history_of(subject.person_id, limit=limit, offset=offset))


def newest(who: SignedInUser, subject: Subject, kind: str, value: str) -> Line | None:
    """What was said last about one thing; None: nothing ever was."""
    found = closing_of(subject.person_id, kind, value)
    return _lines(who, subject, [found])[0] if found else None


def version_of(subject: Subject, kind: str, value: str) -> int:
    """Which version holds of one thing; 0: there is none."""
    found = closing_of(subject.person_id, kind, value)
    return found.version if found else 0


def choices(subject: Subject, kind: str) -> list[Choice]:
    """What of a kind can be closed, in the order in which people look for it."""
    held = closed_values(subject.person_id, kind)
    return [Choice(value, name, value in held) for value, name in _choosable(subject, kind)]


def _choosable(subject: Subject, kind: str) -> list[tuple[str, str]]:
    match kind:
        case "category":
            return [(code, named(*CATEGORY_NAMES[code])) for code in CLOSABLE_CATEGORIES]
        case "label":
            return [(code, named(*names)) for code, names in LABEL_NAMES.items()]
        case "provider":
            can_be = (each for each in providers() if not each.is_deemed and each.kind != "office")
            return [(str(each.provider_id), named(each.name_en, each.name_zh)) for each in can_be]
    return _professionals(subject.person_id)


def _professionals(person_id: UUID) -> list[tuple[str, str]]:
    """Whoever looked, as "who looked" calls them, or was granted to in an emergency; who did last first."""
    found = {each.account_id: each for each in lookers_of(person_id)}
    for case in cases_of(person_id).values():
        found.setdefault(case.account_id, Looker(case.account_id, case.provider_id, case.profession))
    people, places = professional_names(set(found)), provider_names()
    return [
        (str(key), _who(people[key], each.profession, places.get(each.provider_id, "")))
        for key, each in found.items()
        if key in people
    ]


def _who(name: str, profession: str, provider: str) -> str:
    told = {"who": name, "profession": _(PROFESSIONS.get(profession, SOMEBODY)), "provider": provider}
    return _("%(who)s (%(profession)s, %(provider)s)") % told


def _lines(who: SignedInUser, subject: Subject, closings: list[ClosingFacts]) -> list[Line]:
    names = _Names(closings)
    people = persons_of_accounts({each.stated_by for each in closings if each.stated_as})
    return [
        Line(each, names.of(each), kind_in_words(each.kind), said_by(each, who, subject, people)) for each in closings
    ]


def kind_in_words(kind: str) -> str:
    """What kind of thing it is."""
    return {
        "item": _("One entry of the record"),
        "episode": _("One visit or stay"),
        "category": _("A part of the record"),
        "label": _("Sensitive information"),
        "provider": _("A healthcare provider"),
    }.get(kind, _("A healthcare professional"))


def _coded(names: Mapping[str, tuple[str, str]], code: str) -> str:
    return named(*names[code]) if code in names else code
