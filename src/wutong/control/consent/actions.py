"""The only writer of sharing consents: a new version at each statement, never a change of an old one.

Each is about a provider, or (`group_id`) about a group of providers, a programme or whoever treats the person.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from wutong.control.audit.append import Actor, append
from wutong.control.consent.models import ConsentForm, ConsentVersion, GroupConsentVersion
from wutong.control.consent.queries import word_to
from wutong.control.consent.ways import PORTAL, Taken
from wutong.control.people.actions.persons import hold_person
from wutong.core import clock
from wutong.core.answers import Missing
from wutong.core.events import Event

State, Kind = ConsentVersion.State, ConsentVersion.Kind
_Version = ConsentVersion | GroupConsentVersion


@dataclass(frozen=True)
class Stated:
    """What holds now; `is_new` is False where the statement only repeated what held already."""

    version: int
    state: str
    kind: str
    valid_until: date | None
    stated_at: datetime
    stated_as: str
    is_new: bool = True


@dataclass(frozen=True)
class Outdated:
    """The consent is another one than the speaker was shown: nothing was stated."""


@dataclass(frozen=True)
class _Word:
    """A statement before it holds: whose, about one of two kinds of whom, as what, after which version, how taken."""

    actor: Actor
    person_id: UUID
    provider_id: UUID | None
    group_id: UUID | None
    stated_as: str
    seen: int | None
    taken: Taken

    @property
    def rows(self) -> Any:
        """The table of such statements."""
        return ConsentVersion.objects if self.group_id is None else GroupConsentVersion.objects

    @property
    def way(self) -> dict[str, Any]:
        """How it was taken, as columns; of a wider consent nobody at a desk takes one."""
        if self.group_id is not None:
            return {}
        return {
            "way": self.taken.way,
            "taken_by": self.taken.by,
            "form_reference": self.taken.form_reference,
            "signed_on": self.taken.signed_on,
        }

    @property
    def about(self) -> dict[str, UUID | None]:
        """Whose and about whom, as its columns."""
        whom = {"provider_id": self.provider_id} if self.group_id is None else {"group_id": self.group_id}
        return {"person_id": self.person_id, **whom}


@transaction.atomic
def give(
    *,
    actor: Actor,
    person_id: UUID,
    provider_id: UUID | None = None,
    group_id: UUID | None = None,
    kind: str,
    stated_as: str = "",
    seen: int | None = None,
    taken: Taken = PORTAL,
) -> Stated | Missing | Outdated:
    """Allow the provider or the group; a repetition on the same day changes nothing. Missing: there is no such person.

    `stated_as`: as the person's parent, ...; empty: for themselves. `seen`: the version that the speaker was shown, 0
    where there was none; None: they were shown nothing. `taken`: by which way it came.
    """
    if not hold_person(person_id):
        return Missing("person")
    word = _Word(actor, person_id, provider_id, group_id, stated_as, seen, taken)
    before, until = _newest(word), until_of(kind)
    if before and (before.state, before.kind, before.valid_until) == (State.GIVEN, kind, until):
        return _stated(before, is_new=False)
    return _state(word, before, state=State.GIVEN, kind=kind, valid_until=until)


@transaction.atomic
def withdraw(
    *,
    actor: Actor,
    person_id: UUID,
    provider_id: UUID | None = None,
    group_id: UUID | None = None,
    stated_as: str = "",
    seen: int | None = None,
    taken: Taken = PORTAL,
) -> Stated | Missing | Outdated:
    """Take the permission back; Missing: there is none to take back. `stated_as`, `seen` and `taken` as in `give`.

    From a provider also where it may look through a group alone: it may no more, and the rest of the group still may.
    """
    if not hold_person(person_id):
        return Missing("person")
    word = _Word(actor, person_id, provider_id, group_id, stated_as, seen, taken)
    before = _newest(word)
    is_given = before.state == State.GIVEN if before else _is_reached(word)
    if not is_given:
        return Missing("consent")
    kind = before.kind if before else Kind.INDEFINITE
    return _state(word, before, state=State.WITHDRAWN, kind=kind, valid_until=None)


def record_form(person_id: UUID, provider_id: UUID, taken: Taken) -> None:
    """Keep that the provider has recorded this form; raises IntegrityError where it had before."""
    ConsentForm.objects.create(provider_id=provider_id, reference=taken.form_reference, person_id=person_id)


def until_of(kind: str) -> date | None:
    """The last day of a consent of that kind that is given today; None: it has no end."""
    return clock.same_date_next_year(clock.today()) if kind == Kind.ONE_YEAR else None


def _is_reached(word: _Word) -> bool:
    holds = word_to(word.person_id, word.provider_id) if word.provider_id else None
    return holds is not None and holds.is_in_force


def _state(
    word: _Word, before: _Version | None, *, state: str, kind: str, valid_until: date | None
) -> Stated | Outdated:
    newest = before.version if before else 0
    if word.seen not in {None, newest}:
        return Outdated()
    if word.actor.account_id is None:
        raise ValueError("a consent is stated by an account")
    made = word.rows.create(
        **word.about,
        version=newest + 1,
        state=state,
        kind=kind,
        stated_at=clock.now(),
        valid_until=valid_until,
        stated_by=word.actor.account_id,
        stated_as=word.stated_as,
        **word.way,
    )
    if word.taken.is_on_paper and word.provider_id and word.taken.desk_of is None:
        record_form(word.person_id, word.provider_id, word.taken)
    _enter(word, before, made)
    return _stated(made, is_new=True)


def _enter(word: _Word, before: _Version | None, made: _Version) -> None:
    whom = {"provider": str(word.provider_id)} if word.group_id is None else {"group": str(word.group_id)}
    detail = {**whom, "old": _told(before), "new": _told(made), **word.taken.told}
    if word.stated_as:
        detail["relation"] = word.stated_as
    append(Event.CONSENT_CHANGE, actor=word.actor, person_id=word.person_id, detail=detail)


def _newest(word: _Word) -> _Version | None:
    newest: _Version | None = word.rows.filter(**word.about).order_by("-version").first()
    return newest


def _stated(row: _Version, *, is_new: bool) -> Stated:
    return Stated(row.version, row.state, row.kind, row.valid_until, row.stated_at, row.stated_as, is_new)


def _told(version: _Version | None) -> dict[str, object] | None:
    if version is None:
        return None
    until = version.valid_until.isoformat() if version.valid_until else None
    return {"version": version.version, "state": version.state, "kind": version.kind, "until": until}
