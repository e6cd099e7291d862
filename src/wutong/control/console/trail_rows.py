"""What stands between the trail and its pages: names for ids, words for codes, and of a patient only what is needed."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from wutong.control.audit.queries import LookLine
from wutong.control.audit.trail import Entry
from wutong.control.audit.words import GROUNDS, in_words
from wutong.control.console import words
from wutong.control.console.trail_form import microseconds
from wutong.control.emergency.words import KINDS
from wutong.control.pages.dates import dated
from wutong.control.pages.names import named
from wutong.control.people.queries.callers import CallerName, caller_names
from wutong.control.people.queries.persons import ends_of_ehr_numbers
from wutong.control.people.queries.providers import provider_names
from wutong.core.categories import CATEGORY_NAMES
from wutong.core.professions import PROFESSION_NAMES


@dataclass(frozen=True)
class Row:
    """One entry as the pages and the file show it; `micros` and `entry_id` are its address."""

    at: datetime
    micros: int
    entry_id: UUID
    who: str
    profession: str
    provider: str
    event: str
    what: str
    about: str
    categories: list[str]
    ground: str
    purpose: str
    is_refused: bool
    outcome: str
    reason: str


@dataclass(frozen=True)
class _Names:
    callers: dict[UUID, CallerName]
    providers: dict[UUID, str]
    persons: dict[UUID, str]


def rows(entries: Sequence[Entry]) -> list[Row]:
    """Entries in words; each register is asked once."""
    callers = caller_names({each.caller_id for each in entries if each.caller_id})
    persons = {each.person_id for each in entries if each.person_id}
    persons |= {each.person_id for each in callers.values() if each.person_id}
    names = _Names(callers, provider_names(), ends_of_ehr_numbers(persons))
    return [_row(each, names) for each in entries]


def detail(entry: Entry) -> list[tuple[str, str]]:
    """What the entry holds beside its columns, by name: codes, ids and counts, as they were written."""
    return [(name, _plain(value)) for name, value in sorted(entry.detail.items())]


def stated(look: LookLine | None) -> str:
    """What the professional stated when the look began."""
    if look is None:
        return ""
    ground = dated(_({**GROUNDS, **KINDS}.get(look.ground, look.ground)), look.day)
    if not look.reason:
        return ground
    return _("%(ground)s. In their words: %(reason)s") % {"ground": ground, "reason": in_words(look.reason)}


def _row(entry: Entry, names: _Names) -> Row:
    return Row(
        at=entry.at,
        micros=microseconds(entry.at),
        entry_id=entry.entry_id,
        who=_who(entry, names),
        profession=_profession(entry.profession),
        provider=names.providers.get(entry.provider_id, "") if entry.provider_id else "",
        event=entry.event,
        what=words.said(words.EVENTS, entry.event),
        about=_number(entry.person_id, names),
        categories=[named(*CATEGORY_NAMES[code]) for code in entry.categories if code in CATEGORY_NAMES],
        ground=words.said(words.GROUNDS, entry.ground),
        purpose=words.said(words.PURPOSES, entry.purpose),
        is_refused=entry.outcome == "refused",
        outcome=words.said(words.OUTCOMES, entry.outcome),
        reason=words.said(words.REASONS, entry.reason),
    )


def _who(entry: Entry, names: _Names) -> str:
    """A professional by name; of a patient's own account only the end of the eHR number."""
    known = names.callers.get(entry.caller_id) if entry.caller_id else None
    if known is None:
        return words.kind(entry.caller_kind)
    if known.person_id and entry.caller_kind != "professional":
        return _("patient, eHR number ending %(end)s") % {"end": names.persons.get(known.person_id, "?")}
    name = named(known.name_en, known.name_zh)
    if not known.sign_in_name:
        return name
    return _("%(name)s (%(sign_in)s)") % {"name": name, "sign_in": known.sign_in_name}


def _number(person_id: UUID | None, names: _Names) -> str:
    if person_id is None:
        return ""
    end = names.persons.get(person_id)
    return _("eHR number ending %(end)s") % {"end": end} if end else _("a person not in the register")


def _profession(code: str | None) -> str:
    return named(*PROFESSION_NAMES.get(code, (code, ""))) if code else ""


def _plain(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{name}: {_plain(each)}" for name, each in value.items())
    if isinstance(value, Iterable) and not isinstance(value, str):
        return ", ".join(_plain(each) for each in value)
    return in_words(str(value))
