"""Who may see what: the rules, and nothing but. Pure; a doctor and a lawyer can read its table of tests.

What no rule allows is refused. Source: domain dossier 2.2, 2.4, 4.2; the rulings of the house, 6.1. How an emergency is
granted stands in wutong.core.emergency; what it opens, here. What a one-time code opens: wutong.core.authorisation.
A person's own record: wutong.core.own_record.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from enum import StrEnum

from wutong.core import authorisation, clock, own_record, strength
from wutong.core.answers import Reason, Refused
from wutong.core.care import Evidence, evidence_of, is_reason
from wutong.core.decision import Act as Act
from wutong.core.decision import Allowed as Allowed
from wutong.core.decision import Ground as Ground
from wutong.core.decision import Scope as Scope
from wutong.core.facts import Caller, CallerKind, DirectoryRow, EmergencyFacts, Facts, PersonFacts

EMERGENCY = "ETREAT"  # the purpose of use (HL7 v3) that needs a grant of emergency access

_BY_ROLE = frozenset({Reason.CATEGORY_RESTRICTED, Reason.CATEGORY_CLOSED, Reason.CATEGORY_WITHHELD})


class RoleAccess(StrEnum):
    """What the role matrix says of one profession and one category."""

    GENERAL = "general"
    RESTRICTED = "restricted"
    NONE = "none"

    @classmethod
    def of(cls, code: str) -> "RoleAccess":
        """G, R or -; what the matrix does not speak of (an empty code) is not seen."""
        return {"G": cls.GENERAL, "R": cls.RESTRICTED}.get(code, cls.NONE)

    @property
    def letter(self) -> str:
        """The code that `of` reads."""
        return {RoleAccess.GENERAL: "G", RoleAccess.RESTRICTED: "R"}.get(self, "-")


def decide(
    facts: Facts, *, act: Act, categories: frozenset[str], now: datetime, purpose: str = "", reason: str = ""
) -> Allowed | Refused:
    """Decide one act on one person (or on the caller's own deposits where no person is named).

    `categories`: the data categories that what is asked for can belong to. `purpose`, `reason`: what was stated to
    open a record. Pure: the same facts, the same answer.
    """
    caller = facts.caller
    if caller is None:
        return Refused(Reason.NO_TOKEN)
    if refused := _provider_closed(caller) or sign_in_too_weak(caller, strength.ONE_TIME_CODE):
        return refused
    match caller.kind, act:
        case CallerKind.SYSTEM, Act.READ:
            return _own_deposit(caller, facts)
        case CallerKind.SYSTEM, Act.WRITE:
            return _deposit(caller, facts, today=clock.local(now).date())
        case CallerKind.PROFESSIONAL, Act.READ if facts.directory_row is not None:
            return _where_referenced(caller, facts, facts.directory_row, now=now)
        case CallerKind.PROFESSIONAL, Act.OPEN if purpose == EMERGENCY:
            return _open_in_emergency(caller, facts, now=now)
        case CallerKind.PROFESSIONAL, Act.OPEN:
            return _open(caller, facts, reason=reason, now=now)
        case CallerKind.PROFESSIONAL, Act.READ | Act.ACCESS:
            return _treatment(caller, facts, act=act, categories=categories, now=now)
        case CallerKind.PATIENT, Act.COUNT | Act.READ:
            return own_record.decide(caller, facts, act=act, categories=categories, today=clock.local(now).date())
    return Refused(Reason.NO_RULE)


def may_not_find(caller: Caller, *, today: date) -> Refused | None:
    """Why a professional may not even ask who is registered; None where he may. Pure."""
    return (
        _provider_closed(caller)
        or sign_in_too_weak(caller, strength.ONE_TIME_CODE)
        or _registration_over(caller, today)
    )


def sign_in_too_weak(caller: Caller, needed: str) -> Refused | None:
    """Why a person must first sign in more strongly; a system has no session. Pure."""
    is_person = caller.kind is not CallerKind.SYSTEM
    return Refused(Reason.SIGN_IN_TOO_WEAK) if is_person and not strength.reaches(caller.strength, needed) else None


def _provider_closed(caller: Caller) -> Refused | None:
    is_closed = caller.kind is not CallerKind.PATIENT and not caller.provider_is_active  # nor is one that there is not
    return Refused(Reason.PROVIDER_NOT_ACTIVE) if is_closed else None


def _registration_over(caller: Caller, today: date) -> Refused | None:
    is_over = caller.registered_until is None or caller.registered_until < today
    return Refused(Reason.REGISTRATION_ENDED) if is_over else None


def _own_deposit(caller: Caller, facts: Facts) -> Allowed | Refused:
    if facts.depositor_id not in {None, caller.provider_id}:
        return Refused(Reason.NOT_YOUR_DEPOSIT)
    patients = facts.person.patient_ids if facts.person else ()
    return Allowed(Ground.OWN_DEPOSIT, Scope(patient_ids=patients, depositor_id=caller.provider_id))


def _deposit(caller: Caller, facts: Facts, *, today: date) -> Allowed | Refused:
    if facts.depositor_id not in {None, caller.provider_id}:
        return Refused(Reason.NOT_YOUR_DEPOSIT)
    if facts.person is None:
        return _without_person(caller, facts)
    if not facts.person.is_active:
        return Refused(Reason.PERSON_NOT_ACTIVE)
    if facts.deposit_requires_sharing_consent and (missing := _consent_missing(caller, facts, today)):
        return missing
    scope = Scope(patient_ids=facts.person.patient_ids, depositor_id=caller.provider_id)
    return Allowed(Ground.OWN_DEPOSIT, scope)


def _without_person(caller: Caller, facts: Facts) -> Allowed | Refused:
    if not facts.names_patient:  # an Organization, a Practitioner: the depositor's own
        return Allowed(Ground.OWN_DEPOSIT, Scope(depositor_id=caller.provider_id))
    if not (facts.brings_patient and caller.may_register):
        return Refused(Reason.NOT_REGISTERED)
    return Allowed(Ground.REGISTRATION, Scope(depositor_id=caller.provider_id))


def _treatment(
    caller: Caller, facts: Facts, *, act: Act, categories: frozenset[str], now: datetime
) -> Allowed | Refused:
    """On the ordinary ground of care; where that does not show all that an open emergency does, on the emergency's.

    So an emergency only ever adds what it names, and whatever needs it is entered as an emergency.
    """
    ordinary = _care(caller, facts, act=act, categories=categories, now=now)
    grant = open_emergency(facts, now=now)
    if grant is None or facts.person is None:
        return ordinary
    if act is Act.ACCESS:
        return ordinary if isinstance(ordinary, Allowed) else Allowed(Ground.EMERGENCY, Scope(), grant.grant_id)
    roles = roles_of(facts)
    added = emergency_categories(grant, roles) & categories
    if isinstance(ordinary, Refused) and not added:
        return ordinary if ordinary.reason in _BY_ROLE else Refused(_not_in_emergency(facts, categories))
    if isinstance(ordinary, Refused):
        return Allowed(Ground.EMERGENCY, _rows(facts.person, facts, added), grant.grant_id)
    shown = ordinary.scope.categories
    if added <= shown:
        return ordinary
    rows = _rows(facts.person, facts, added | shown)
    return Allowed(Ground.EMERGENCY, rows, grant.grant_id, authorised=ordinary.authorised)


def shown_categories(facts: Facts, decision: Allowed, *, now: datetime) -> frozenset[str]:
    """The categories that are open to a professional now; where nothing is open yet, those that would open."""
    grant = open_emergency(facts, now=now)
    named = emergency_categories(grant, roles_of(facts)) if grant else frozenset()
    is_ordinary = decision.ground is Ground.CARE and (decision.look_id is not None or grant is None)
    return named | _seen(facts, now) if is_ordinary else named


def open_emergency(facts: Facts, *, now: datetime) -> EmergencyFacts | None:
    """The emergency access that is open now: policy on, look begun, not over; caller and person as they must be."""
    caller, person, grant = facts.caller, facts.person, facts.emergency
    if caller is None or person is None or grant is None:
        return None
    holds = facts.emergency_is_on and person.is_active and grant.is_opened and now < grant.closes_at
    holds = holds and not facts.closed.to_professional and strength.reaches(caller.strength, facts.emergency_needs)
    return grant if holds and not may_not_find(caller, today=clock.local(now).date()) else None


def emergency_categories(grant: EmergencyFacts, roles: Mapping[str, str]) -> frozenset[str]:
    """What a grant opens: the categories that it names, less what the profession's role closes altogether today."""
    return grant.categories & openable(roles)


def _not_in_emergency(facts: Facts, categories: frozenset[str]) -> Reason:
    if categories & openable(roles_of(facts)):
        return Reason.CATEGORY_NOT_NAMED
    return Reason.CATEGORY_WITHHELD if categories & openable(facts.roles) else Reason.CATEGORY_CLOSED


def _open_in_emergency(caller: Caller, facts: Facts, *, now: datetime) -> Allowed | Refused:
    if not facts.emergency_is_on:
        return Refused(Reason.EMERGENCY_OFF)
    if refused := sign_in_too_weak(caller, facts.emergency_needs):
        return refused
    if facts.person is None:
        return Refused(Reason.NOT_REGISTERED)
    if refused := _registration_over(caller, clock.local(now).date()):
        return refused
    if not facts.person.is_active:
        return Refused(Reason.PERSON_NOT_ACTIVE)
    if facts.closed.to_professional:
        return Refused(Reason.WITHHELD)
    if facts.emergency is None or facts.emergency.closes_at <= now:
        return Refused(Reason.EMERGENCY_NOT_GRANTED)
    return Allowed(Ground.EMERGENCY, Scope(), facts.emergency.grant_id)


def _open(caller: Caller, facts: Facts, *, reason: str, now: datetime) -> Allowed | Refused:
    """The record itself shows that the provider cares for the person, or else the professional says so (R-02)."""
    decision = _care(caller, facts, act=Act.OPEN, categories=frozenset(), now=now)
    if isinstance(decision, Refused) or decision.care or is_reason(reason):
        return decision
    return Refused(Reason.CARE_NOT_STATED)


def _care(caller: Caller, facts: Facts, *, act: Act, categories: frozenset[str], now: datetime) -> Allowed | Refused:
    if facts.person is None:
        is_named = facts.names_patient or facts.names_row
        return Refused(Reason.NOT_REGISTERED if is_named else Reason.NAME_PATIENT)
    today = clock.local(now).date()
    if refused := _not_entitled(caller, facts, today):
        return refused
    look = facts.look if facts.look and now < facts.look.closes_at else None
    look_id = look.look_id if look else None
    if act is not Act.READ:
        return Allowed(Ground.CARE, Scope(), look_id, _evidence(caller, facts, today))
    if look is None:
        return Refused(Reason.NOT_OPENED)
    if not (seen := _seen(facts, now) & categories):
        return Refused(category_closes(facts, categories))
    rests_on = authorisation.rests_on(facts, seen, now=now)
    return Allowed(Ground.CARE, _rows(facts.person, facts, seen), look_id, authorised=rests_on)


def _seen(facts: Facts, now: datetime) -> frozenset[str]:
    """What care shows of an open record: general access, and what is restricted and the person authorised."""
    roles = roles_of(facts)
    return open_categories(roles) | authorisation.authorised_categories(facts, roles, now=now)


def _evidence(caller: Caller, facts: Facts, today: date) -> Evidence | None:
    open_to = open_categories(roles_of(facts))
    return evidence_of(facts.care, provider_id=caller.provider_id, closed=facts.closed, open_to=open_to, today=today)


def _rows(person: PersonFacts, facts: Facts, categories: frozenset[str]) -> Scope:
    return Scope(person.patient_ids, categories, closed=facts.closed.parts)


def _where_referenced(caller: Caller, facts: Facts, row: DirectoryRow, *, now: datetime) -> Allowed | Refused:
    """For whoever has a person's record open in which a row that he may see names the directory's row."""
    if facts.person is None:
        return Refused(Reason.NOT_REFERENCED)
    answer = _treatment(caller, facts, act=Act.READ, categories=facts.named_in, now=now)
    if isinstance(answer, Refused):
        return answer
    # Where the person closes parts, what names the row must not be one of them; the database looks for it.
    scope = replace(answer.scope, directory_row=row) if facts.closed.parts else Scope(directory_row=row)
    return Allowed(Ground.REFERENCE, scope, answer.look_id, authorised=answer.authorised)


def _not_entitled(caller: Caller, facts: Facts, today: date) -> Refused | None:
    if refused := _registration_over(caller, today):
        return refused
    if facts.person is None or not facts.person.is_active:
        return Refused(Reason.PERSON_NOT_ACTIVE)
    if missing := _consent_missing(caller, facts, today):
        return missing
    is_closed = facts.closed.to_provider or facts.closed.to_professional
    return Refused(Reason.WITHHELD) if is_closed else None


def _consent_missing(caller: Caller, facts: Facts, today: date) -> Refused | None:
    if caller.provider_is_deemed:
        return None
    if facts.consent is None:
        return Refused(Reason.NO_CONSENT)
    return None if facts.consent.in_force(today) else Refused(Reason.CONSENT_ENDED)


def roles_of(facts: Facts) -> Mapping[str, str]:
    """The role matrix of the day for the caller's profession, less the categories that the person has closed."""
    closed = facts.closed.categories
    return {category: access for category, access in facts.roles.items() if category not in closed}


def category_closes(facts: Facts, categories: frozenset[str]) -> Reason:
    """Why a professional sees none of the categories: the person closed them, restricted ("R"), or not their role's."""
    if any(roles_of(facts).get(category) == "R" for category in categories):
        return Reason.CATEGORY_RESTRICTED
    return Reason.CATEGORY_WITHHELD if openable(facts.roles) & categories else Reason.CATEGORY_CLOSED


def openable(roles: Mapping[str, str]) -> frozenset[str]:
    """The categories that a profession may have opened at all: general ("G") and restricted ("R") access."""
    return frozenset(category for category, access in roles.items() if access in {"G", "R"})


def open_categories(roles: Mapping[str, str]) -> frozenset[str]:
    """The categories that a profession sees with the sharing consent alone (general access, "G")."""
    return frozenset(category for category, access in roles.items() if access == "G")
