"""A person states over FHIR what they state in the portal: by the same flows. Page: docs/flows/record_consent.md."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db import transaction

from wutong.control.audit.append import Actor, append
from wutong.control.consent.actions import Kind, Outdated, until_of
from wutong.control.consent.statements import GROUP, SHARING, Statement, statement_id, statement_versions
from wutong.control.flows.change_closing import end_closing, state_closing
from wutong.control.flows.change_consent import (
    give_consent,
    give_group_consent,
    withdraw_consent,
    withdraw_group_consent,
)
from wutong.control.flows.represent_person import may_state_in_person, represent_person
from wutong.control.people.actions.persons import hold_person
from wutong.control.people.queries.tokens import Bearer
from wutong.core import clock, statements
from wutong.core.answers import Missing, Refused
from wutong.core.events import Event


@dataclass(frozen=True)
class Wanted:
    """What shall hold, as Statement has it; `until`: the last day of a sharing consent, None: it has no end."""

    person_id: UUID
    kind: str
    value: str
    holds: bool
    until: date | None = None
    title: str = ""

    @property
    def length(self) -> str:
        """How long a sharing consent is, in the portal's words; empty: none of that length can be given today."""
        return next((kind for kind in Kind if until_of(kind) == self.until), "")

    @property
    def is_over(self) -> bool:
        """Whether its last day is past, which takes a consent back."""
        return self.until is not None and self.until < clock.today()

    def is_said_by(self, statement: Statement) -> bool:
        """Whether that states it already."""
        if not self.holds or self.kind not in {SHARING, GROUP}:
            return statement.holds == self.holds
        return statement.holds and statement.valid_until == self.until


@dataclass(frozen=True)
class Recorded:
    """What holds now; `is_new` is False where it held already."""

    statement: Statement
    is_new: bool


Answer = Recorded | Missing | Outdated


def may_not_state(bearer: Bearer) -> Refused | None:
    """Why the holder of a token states nothing about anybody, entered; None: it is a person in their own portal."""
    refused = statements.may_not_state(bearer.caller)
    if refused:
        append(Event.CONSENT_CHANGE, actor=bearer.actor, reason=refused.reason)
    return refused


def speaks_for(bearer: Bearer, person_id: UUID) -> str | Refused:
    """In which relation the sender may state something about a person: empty for themselves. A refusal is entered."""
    own = bearer.caller.person_id if bearer.caller else None
    if own is None or own == person_id:
        return may_not_state(bearer) or ""
    standing = represent_person(bearer.actor, own, person_id)
    return standing if isinstance(standing, Refused) else standing.relation


@transaction.atomic
def record_consent(actor: Actor, wanted: Wanted, *, stated_as: str, seen: int) -> Answer:
    """Let it hold. `seen`: the version that the speaker has seen, 0 for none; Outdated where another one is the newest.

    `stated_as`: as in `change_consent`. What holds already is stated once, also where none was seen. Missing: as there.
    """
    if not (hold_person(wanted.person_id) and may_state_in_person(actor, wanted.person_id, stated_as)):
        return Missing("person")
    consent_id = statement_id(wanted.person_id, wanted.kind, wanted.value)
    before = next(iter(statement_versions(consent_id)), None)
    if before and wanted.is_said_by(before) and seen in {0, before.version}:
        return Recorded(before, is_new=False)
    if seen != (before.version if before else 0):
        return Outdated()
    stated = _state(actor, wanted, stated_as, seen)
    if isinstance(stated, Missing | Outdated):
        return stated
    return Recorded(statement_versions(consent_id)[0], is_new=True)


def _state(actor: Actor, wanted: Wanted, stated_as: str, seen: int) -> object:
    about, value, holds = wanted.person_id, wanted.value, wanted.holds and not wanted.is_over
    match wanted.kind, holds:
        case (("sharing" | "group"), True) if not wanted.length:
            return Missing("length")
        case "sharing", True:
            return give_consent(actor, about, UUID(value), wanted.length, stated_as=stated_as, seen=seen)
        case "sharing", False:
            return withdraw_consent(actor, about, UUID(value), stated_as=stated_as, seen=seen)
        case "group", True:
            return give_group_consent(actor, about, UUID(value), wanted.length, stated_as=stated_as, seen=seen)
        case "group", False:
            return withdraw_group_consent(actor, about, UUID(value), stated_as=stated_as, seen=seen)
        case kind, True:
            return state_closing(actor, about, kind, value, title=wanted.title, stated_as=stated_as, seen=seen)
    return end_closing(actor, about, wanted.kind, value, stated_as=stated_as, seen=seen)
