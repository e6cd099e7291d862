"""The only writer of closings: a new version at each statement, never a change of an old one."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from wutong.control.audit.append import Actor, append
from wutong.control.consent.actions import Outdated
from wutong.control.consent.models import ClosingVersion
from wutong.control.people.actions.persons import hold_person
from wutong.core import clock
from wutong.core.answers import Missing
from wutong.core.events import Event

Kind = ClosingVersion.Kind


@dataclass(frozen=True)
class ClosingStated:
    """What holds now; `is_new` is False where the statement only repeated what held already."""

    kind: str
    value: str
    version: int
    is_closed: bool
    stated_at: datetime
    stated_as: str
    is_new: bool = True


@dataclass(frozen=True)
class _Word:
    """A statement before it holds: whose, about whom and what, as what, and after which version was shown."""

    actor: Actor
    person_id: UUID
    kind: str
    value: str
    stated_as: str
    seen: int | None


@transaction.atomic
def close(
    *,
    actor: Actor,
    person_id: UUID,
    kind: str,
    value: str,
    title: str = "",
    stated_as: str = "",
    seen: int | None = None,
) -> ClosingStated | Missing | Outdated:
    """Close something of the record; what is closed stays so. Missing: there is no such person.

    `kind`, `value`, `title`: as ClosingVersion has them. `stated_as`: as the person's parent, ...; empty: for
    themselves. `seen`: the version that the speaker was shown, 0 where there was none; None: they were shown nothing.
    """
    if not hold_person(person_id):
        return Missing("person")
    word = _Word(actor, person_id, kind, value, stated_as, seen)
    before = _newest(word)
    if before and before.is_closed:
        return _stated(before, is_new=False)
    return _state(word, before, is_closed=True, title=title)


@transaction.atomic
def open_again(
    *, actor: Actor, person_id: UUID, kind: str, value: str, stated_as: str = "", seen: int | None = None
) -> ClosingStated | Missing | Outdated:
    """End a closing; Missing: there is none to end. `stated_as` and `seen` as in `close`."""
    if not hold_person(person_id):
        return Missing("person")
    word = _Word(actor, person_id, kind, value, stated_as, seen)
    before = _newest(word)
    if before is None or not before.is_closed:
        return Missing("closing")
    return _state(word, before, is_closed=False, title=before.title)


def _state(word: _Word, before: ClosingVersion | None, *, is_closed: bool, title: str) -> ClosingStated | Outdated:
    newest = before.version if before else 0
    if word.seen not in {None, newest}:
        return Outdated()
    if word.actor.account_id is None:
        raise ValueError("a closing is stated by an account")
    made = ClosingVersion.objects.create(
        person_id=word.person_id,
        kind=word.kind,
        value=word.value,
        version=newest + 1,
        is_closed=is_closed,
        title=title,
        stated_at=clock.now(),
        stated_by=word.actor.account_id,
        stated_as=word.stated_as,
    )
    _enter(word, before, made)
    return _stated(made, is_new=True)


def _enter(word: _Word, before: ClosingVersion | None, made: ClosingVersion) -> None:
    detail: dict[str, object] = {"kind": word.kind, "old": _told(before), "new": _told(made)}
    if word.kind != Kind.LABEL:  # which label somebody closes tells of their health
        detail["value"] = word.value
    if word.stated_as:
        detail["relation"] = word.stated_as
    append(Event.CLOSING_CHANGE, actor=word.actor, person_id=word.person_id, detail=detail)


def _newest(word: _Word) -> ClosingVersion | None:
    versions = ClosingVersion.objects.filter(person_id=word.person_id, kind=word.kind, value=word.value)
    return versions.order_by("-version").first()


def _stated(row: ClosingVersion, *, is_new: bool) -> ClosingStated:
    return ClosingStated(row.kind, row.value, row.version, row.is_closed, row.stated_at, row.stated_as, is_new)


def _told(version: ClosingVersion | None) -> dict[str, object] | None:
    return {"version": version.version, "closed": version.is_closed} if version else None
