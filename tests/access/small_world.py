"""From a situation to the facts of a decision and back, and the situations: every combination of what can matter.

A world is a part of the small world: a caller and an act, and the fields that its answer may rest on, each with all its
values. Several fields together ("person names") have the combinations that there are; what is not named has its first.
"""

import itertools
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from math import prod
from random import Random
from types import ModuleType
from typing import Any
from uuid import UUID

from access.professionals import DAYS
from access.reasons import Answer
from access.situations import TRACES, VALUES, Shown, Situation
from wutong.core import access, clock
from wutong.core.care import Trace
from wutong.core.closings import Closed
from wutong.core.facts import (
    AuthorisationFacts,
    Caller,
    CallerKind,
    ConsentFacts,
    DirectoryRow,
    EmergencyFacts,
    Facts,
    LookFacts,
    PersonFacts,
)
from wutong.core.representation import Birth, Link, Representation

NOW = datetime(2026, 3, 9, 17, 0, tzinfo=UTC)  # in Hong Kong it is the 10th already
TODAY, YESTERDAY = date(2026, 3, 10), date(2026, 3, 9)
LATER = NOW + timedelta(microseconds=1)
CALLER, PERSON, SELF, OWN, OTHER, LOOK, GRANT, ROW, TRACE, CODE, CODE_OVER, *PATIENTS = (
    UUID(int=number) for number in range(1, 14)
)
PARTS = frozenset({"PSY", "an episode", str(TRACE)})
LABELS = frozenset({"PSY", "ETH", "HIV", "SEX", "GDIS", "SDV"})

_LICENCES = {"current": date(2027, 1, 1), "its last day": TODAY, "over since yesterday": YESTERDAY, "unknown": None}
_STRENGTHS = {"code": "otp", "passkey": "phr", "unknown": "sms"}
_PEOPLE = {
    "active": PersonFacts(PERSON, True, tuple(PATIENTS)),
    "not active": PersonFacts(PERSON, False, tuple(PATIENTS)),
}
_CONSENTS = {
    "indefinite": ConsentFacts(True),
    "its last day": ConsentFacts(True, TODAY),
    "over since yesterday": ConsentFacts(True, YESTERDAY),
    "withdrawn": ConsentFacts(False, date(2027, 1, 1), 2),
}
_LOOKS = {"open": LookFacts(LOOK, "TREAT", LATER), "over": LookFacts(LOOK, "TREAT", NOW)}
_CHILD, _SIXTEEN = Birth(date(2010, 3, 11)), Birth(date(2010, 3, 10))
_TEN, _ELEVEN = Birth(date(2015, 3, 11)), Birth(date(2015, 3, 10))


def _links(birth: Birth, *links: Link, beside: Link | None = None) -> Representation:
    held = frozenset(links)
    return Representation(held, held | ({beside} if beside else set()), birth)


def _granted(**functions: date) -> Representation:
    return Representation(birth=_SIXTEEN, granted=functions)


_INCAPABLE = "incapable"
_RELATIONS = {
    "parent of a child": _links(_CHILD, Link("parent")),
    "parent of one who is 10": _links(_TEN, Link("parent")),
    "parent of one who is 11": _links(_ELEVEN, Link("parent")),
    "parent of one who is 16": _links(_SIXTEEN, Link("parent")),
    "parent, birth unknown": _links(Birth(None), Link("parent")),
    "family of a child": _links(_CHILD, Link("family-member")),
    "family of a child who has a parent": _links(_CHILD, Link("family-member"), beside=Link("parent")),
    "friend of a child": _links(_CHILD, Link("friend")),
    "provider of a child": _links(_CHILD, Link("provider")),  # the last resort, but no person
    "guardian of an incapable adult": _links(_SIXTEEN, Link("guardian", _INCAPABLE)),
    "family of an incapable adult who has a guardian": _links(
        _SIXTEEN, Link("family-member", _INCAPABLE), beside=Link("guardian", _INCAPABLE)
    ),
    "guardian of the child of then": _links(_SIXTEEN, Link("guardian"), beside=Link("family-member", _INCAPABLE)),
    "carer to whom nothing was granted": _granted(),
    "carer to count": _granted(inventory=TODAY),
    "carer to count until yesterday": _granted(inventory=YESTERDAY),
    "carer for messages": _granted(messages=TODAY),
}
_PURPOSES = {"treatment": "TREAT", "emergency": "ETREAT"}
_REASONS = {
    "stated": "a rash",
    "none": "",
    "blank": " \n",
    "500 characters": "a" * 500,
    "501 characters": "a" * 501,
    "unreadable": "a\u202erash",
}
_CATEGORIES = {text: frozenset(text) for text in ("", "A", "B", "AB")}
_DEPOSITORS = {"own": OWN, "other": OTHER, "none": None}


@cache
def _caller(
    who: str, provider: str, deemed: bool, licence: str, may_register: bool, is_self: bool, sign_in: str
) -> Caller | None:
    if who == "nobody":
        return None
    if who == "patient":
        return Caller(CallerKind.PATIENT, CALLER, person_id=PERSON if is_self else SELF, strength=_STRENGTHS[sign_in])
    return Caller(
        CallerKind(who),
        CALLER,
        provider_id=OWN,
        registered_until=_LICENCES[licence],
        may_register=may_register,
        provider_is_active=provider == "active",
        provider_is_deemed=deemed,
        strength="" if who == "system" else _STRENGTHS[sign_in],
    )


@cache
def _closed(categories: str, to: str, parts: bool) -> Closed:
    return Closed(_CATEGORIES[categories], PARTS if parts else frozenset(), to == "provider", to == "professional")


@cache
def _roles(role_a: str, role_b: str) -> Mapping[str, str]:
    return {category: cell for category, cell in (("A", role_a), ("B", role_b)) if cell != "?"}


@cache
def _grant(state: str, names: str) -> EmergencyFacts | None:
    if state == "none":
        return None
    return EmergencyFacts(GRANT, _CATEGORIES[names], NOW if "over" in state else LATER, "begun" in state)


@cache
def _authorised(code: str, code_over: str) -> tuple[AuthorisationFacts, ...]:
    given = ((CODE_OVER, code_over, NOW), (CODE, code, LATER))
    return tuple(AuthorisationFacts(key, _CATEGORIES[names], until) for key, names, until in given if names)


@cache
def _directory_row(depositor: str) -> DirectoryRow:
    return DirectoryRow("Practitioner", ROW, _DEPOSITORS[depositor] or OTHER)


@cache
def _traces(name: str, day: str, by: str, marked: str) -> tuple[Trace, ...]:
    """One row: begun and ended so many days from today, by the days of its kind (of a row of no kind, as an appointment)."""
    if name == "none":
        return ()
    shows = TRACES[name]
    before, after = DAYS[shows.kind or "appointment"]
    lasts = timedelta(10 if shows.ends == "later" else 0)
    first = {
        "today": TODAY - lasts,
        "first day": TODAY + timedelta(before),
        "too early": TODAY + timedelta(before + 1),
        "last day": TODAY - timedelta(after) - lasts,
        "too late": TODAY - timedelta(after + 1) - lasts,
    }[day]
    begins = datetime.combine(first, time(23, 59), tzinfo=clock.TERRITORY)
    ends = None if shows.ends == "never" else begins + lasts + timedelta(minutes=1)  # midnight, which is not in it
    words = {f"status={shows.status}", f"class={shows.encounter_class}", *({"~PSY"} if marked == "label" else ())}
    depositor = _DEPOSITORS[by]
    assert depositor
    resource_id = TRACE if marked == "item" else UUID(int=99)
    return (Trace(shows.resource_type, resource_id, depositor, "A", frozenset(words), begins, ends),)


def facts_of(s: Situation) -> Facts:
    """What the gate would have read."""
    return Facts(
        caller=_caller(s.who, s.provider, s.deemed, s.licence, s.may_register, s.relation == "self", s.sign_in),
        person=_PEOPLE.get(s.person),
        representation=_RELATIONS.get(s.relation),
        consent=_CONSENTS.get(s.consent),
        look=_LOOKS.get(s.look),
        emergency=_grant(s.emergency, s.emergency_names),
        authorised=_authorised(s.code, s.code_over),
        closed=_closed(s.closed, s.closed_to, s.parts_closed),
        care=_traces(s.trace, s.trace_day, s.trace_by, s.trace_marked) if s.trace != "none" else (),
        roles=_roles(s.role_a, s.role_b),
        depositor_id=_DEPOSITORS[s.depositor],
        directory_row=_directory_row(s.depositor) if s.names == "directory row" else None,
        named_in=_CATEGORIES[s.named_in],
        names_row=s.names in ("row", "directory row"),
        names_patient=s.names == "patient" or s.brings_patient,
        brings_patient=s.brings_patient,
        deposit_requires_sharing_consent=s.requires_consent,
        emergency_is_on=s.emergency_on,
        emergency_needs=_STRENGTHS[s.emergency_needs],
    )


def decided(s: Situation, rules: ModuleType = access) -> Answer:
    """What the decision says, in the oracle's words."""
    facts = facts_of(s)
    decision = rules.decide(
        facts,
        act=rules.Act(s.act),
        categories=_CATEGORIES[s.asked],
        now=NOW,
        purpose=_PURPOSES[s.purpose],
        reason=_REASONS[s.reason],
    )
    if isinstance(decision, rules.Refused):
        return decision.reason.value
    scope = decision.scope
    categories = scope.categories if s.act != "access" else rules.shown_categories(facts, decision, now=NOW)
    return Shown(
        ground=decision.ground.value,
        categories="".join(sorted(categories)),
        patients=_known(scope.patient_ids, (), tuple(PATIENTS)),
        only_own_deposits=_known(scope.depositor_id, None, OWN),
        only_directory_row=_known(scope.directory_row, None, facts.directory_row),
        parts_closed=scope.closed == PARTS,
        labels_closed=_known(scope.closed - (PARTS if scope.closed == PARTS else frozenset()), frozenset(), LABELS),
        under={None: "", LOOK: "look", GRANT: "grant"}[decision.look_id],
        care=decision.care.kind if decision.care else "",
        by_code=_known(decision.authorised, (), (CODE,)),
    )


def _known(value: Any, nothing: Any, something: Any) -> bool:
    """Whether it is there; it can be nothing else."""
    assert value in (nothing, something), value
    return value != nothing


def _all(*fields: str) -> dict[str, list[tuple]]:
    return {field: [(value,) for value in VALUES[field]] for field in fields}


def _some(**fields: str | tuple) -> dict[str, list[tuple]]:
    return {
        field: [(each,) for each in ((values,) if isinstance(values, str) else values)]
        for field, values in fields.items()
    }


# Who is not known is named, by row or patient, or is not; who is known was named.
_WHO_IS_MEANT = {
    "person names": [
        ("active", "patient"),
        ("active", "row"),
        ("not active", "patient"),
        ("not known", "patient"),
        ("not known", "row"),
        ("not known", "nothing"),
    ]
}
_EMERGENCY = _all("emergency", "emergency_on", "emergency_names")
_GATES = {**_all("provider", "licence", "consent", "deemed", "closed_to", "look"), **_WHO_IS_MEANT}

WORLDS: dict[str, dict[str, list[tuple]]] = {
    # Each gate with each other, for one category (the other one is asked for nowhere, and named as often).
    **{
        f"read one category, role {role}": {
            **_GATES,
            **_some(who="professional", act="read", role_a=role, closed=("", "A"), emergency_names=("B", "AB")),
            **_all("emergency", "emergency_on"),
        }
        for role in VALUES["role_a"]
    },
    # What a one-time code opens of one category, with each gate that closes it all the same.
    **{
        f"read one category by a code, role {role}": {
            **_GATES,
            **_some(
                who="professional", act="read", role_a=role, closed=("", "A"), code=("A", "B"), code_over=("", "A")
            ),
            **_some(emergency=("none", "begun"), emergency_names=("B", "AB")),
        }
        for role in VALUES["role_a"]
    },
    "read two categories by a code": {
        **_some(who="professional", act="read", asked="AB", consent=("indefinite", "withdrawn"), look=("open", "none")),
        **_all("role_a", "role_b", "closed", "parts_closed", "code", "code_over"),
    },
    "read two categories by a code, beside an emergency": {
        **_some(who="professional", act="read", asked="AB", emergency="begun"),
        **_all("role_a", "role_b", "closed", "emergency_names", "code"),
    },
    # Two categories, with all that may differ between them.
    **{
        f"read two categories, emergency {emergency}": {
            **_some(who="professional", act="read", asked="AB", emergency=emergency),
            **_all("consent", "deemed", "closed_to", "look", "role_a", "role_b", "closed", "parts_closed"),
            **_all("emergency_on", "emergency_names"),
        }
        for emergency in VALUES["emergency"]
    },
    "read what is not shared": {
        **_GATES,
        **_EMERGENCY,
        **_some(who="professional", act="read", asked="", licence="current"),
    },
    "read a directory's row": {
        **_some(who="professional", act="read", names="directory row", emergency=("none", "begun")),
        **_all(
            "person", "consent", "look", "role_a", "role_b", "closed", "parts_closed", "named_in", "emergency_names"
        ),
        **_some(code=("", "A")),
    },
    "open": {
        **_GATES,
        **_some(who="professional", act="open"),
        **_all("purpose", "emergency", "emergency_on"),
        **_some(reason=("stated", "none")),
    },
    **{
        f"{act} by what the record shows": {
            **_some(who="professional", act=act, closed=("", "A", "B")),
            **_all("trace", "trace_day", "trace_by", "trace_marked", "parts_closed", "role_a", "reason"),
        }
        for act in ("open", "access")
    },
    "see what would open": {
        **_some(who="professional", act="access", person=("active", "not known"), provider="active"),
        **_all("consent", "closed_to", "look", "role_a", "role_b", "closed", "emergency_names", "emergency_on"),
        **_some(emergency=("none", "granted", "begun", "begun, over")),
    },
    "see what a code opens": {
        **_some(who="professional", act="access", consent=("indefinite", "withdrawn"), emergency=("none", "begun")),
        **_all("look", "role_a", "role_b", "closed", "code", "code_over"),
    },
    "see whether it would open": {
        **_GATES,
        **_some(who="professional", act="access"),
        **_all("emergency", "emergency_on"),
    },
    "a professional writes or counts": {**_GATES, **_some(who="professional", act=("write", "count"))},
    "signed in with more or less": {
        **_some(who="professional", asked=("A", "AB"), consent=("indefinite", "none"), emergency_names=("A", "B")),
        **_all(
            "act", "purpose", "provider", "sign_in", "emergency", "emergency_needs", "emergency_on", "licence", "look"
        ),
    },
    "a patient signed in with more or less": {
        **_some(who="patient"),
        **_all("act", "relation", "person", "sign_in", "emergency_needs"),
    },
    "a system": {
        **_some(who="system"),
        **_all(
            "act", "provider", "depositor", "names", "brings_patient", "may_register", "person", "consent", "deemed"
        ),
        **_all("requires_consent", "closed_to", "parts_closed"),
    },
    "a patient": {
        **_some(who="patient"),
        **_all("act", "purpose", "relation", "person", "asked", "consent", "closed_to", "parts_closed", "names"),
    },
    "nobody": {
        **_some(who="nobody"),
        **_all("act", "purpose", "names", "person", "relation", "depositor", "look", "consent"),
    },
}

_FIRST = Situation(**{field: values[0] for field, values in VALUES.items()})


def size_of(world: Mapping[str, list[tuple]]) -> int:
    """How many situations a world has."""
    return prod(map(len, world.values()))


def situations_of(world: Mapping[str, list[tuple]]) -> Iterator[Situation]:
    """All of them."""
    places = _places(world)
    for combination in itertools.product(*world.values()):
        yield _situation(places, combination)


def some_of(world: Mapping[str, list[tuple]], number: int, dice: Random) -> Iterator[Situation]:
    """So many of them, by chance."""
    places = _places(world)
    for _ in range(number):
        yield _situation(places, [dice.choice(values) for values in world.values()])


def _places(world: Mapping[str, list[tuple]]) -> list[int]:
    return [Situation._fields.index(field) for fields in world for field in fields.split()]


def _situation(places: list[int], combination: Any) -> Situation:
    values = list(_FIRST)
    for place, value in zip(places, itertools.chain.from_iterable(combination), strict=True):
        values[place] = value
    return Situation._make(values)
