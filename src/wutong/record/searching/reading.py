"""Reads the parameters of a search into a `Query`. Source: HL7 FHIR R4, search page."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from wutong.core import ids
from wutong.record.definitions import r4
from wutong.record.searching import writing
from wutong.record.searching.conditions import Surroundings, condition, missing
from wutong.record.searching.cost import MOST as MOST_LOOKS
from wutong.record.searching.cost import cost
from wutong.record.searching.entries import LONGEST_KEY
from wutong.record.searching.offered import is_clinical_date, offered
from wutong.record.searching.own import in_compartment, says_whose
from wutong.record.searching.query import (
    AnyOf,
    Chain,
    Condition,
    Has,
    Held,
    IdIs,
    Not,
    Query,
    TimeIs,
    TimePresent,
)
from wutong.record.searching.results import Results, read_results
from wutong.record.searching.writing import Unreadable, plain, several, split

PATIENT = frozenset({"patient", "subject"})
CONTROLS = frozenset({
    "_sort", "_count", "_total", "_summary", "_elements", "_include", "_revinclude", "_format", "_pretty",
})  # fmt: skip
_MOST_TARGETS = 8  # of a chain that does not say of which type it means
MOST_FOLLOWED = 16  # types that all chains of a search look at, each in a select of its own

Pairs = Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Question:
    """A search as it was read.

    `patient`: whose record it is about; `names`: of its parameters, for the trail; `tags`: of which every hit has one;
    `other_types`: of resources that a chain looks at or that come along; `ignored`: names and values that lenient
    reading passed over.
    """

    query: Query
    patient: UUID | None
    names: tuple[str, ...]
    tags: tuple[str, ...]
    other_types: frozenset[str]
    results: Results
    ignored: tuple[tuple[str, str], ...] = ()


@dataclass
class _Reading:
    """What one pass over the parameters gathers."""

    resource_type: str
    around: Surroundings
    conditions: list[Condition] = field(default_factory=list)
    patients: list[str] = field(default_factory=list)
    other_types: set[str] = field(default_factory=set)
    keys: tuple[str, ...] | None = None
    ignored: list[tuple[str, str]] = field(default_factory=list)
    followed: int = 0

    def follow(self, kinds: Sequence[str], name: str) -> None:
        """Note the types that a chain looks at; raises Unreadable where they are too many."""
        self.other_types.update(kinds)
        self.followed += len(kinds)
        if self.followed > MOST_FOLLOWED:
            sentence = f"A search can follow {MOST_FOLLOWED} chains, each type counted. Ask in several searches."
            raise Unreadable("too-costly", sentence, name=name[:64])


def read(resource_type: str, pairs: Pairs, around: Surroundings, *, is_lenient: bool = False) -> Question:
    """The question that the parameters ask; raises Unreadable.

    Lenient: those that are unknown or have no value are passed over, and named.
    """
    reading = _Reading(resource_type, around)
    for name, text in pairs:
        try:
            _take(reading, name, text)
        except _PassedOver:
            if not is_lenient:
                raise
            reading.ignored.append((name, text))
    _refuse_costly(reading.conditions)
    ignored = set(reading.ignored)
    kept = [pair for pair in pairs if pair not in ignored]
    patient = whose(reading.patients, around.base)
    results = read_results(resource_type, kept, has_patient=patient is not None)
    query = Query(
        resource_type=resource_type,
        has_patient=patient is not None and in_compartment(resource_type),
        conditions=tuple(reading.conditions),
        sorts=results.sorts,
        includes=results.includes,
        reverse_includes=results.reverse_includes,
        keys=reading.keys,
        count=results.count,
        counted=results.counted,
    )
    return Question(
        query,
        patient,
        names=tuple(sorted({name for name, _ in kept})),
        tags=tuple(next((split(text, ",") for name, text in kept if name == "_tag"), ())),
        other_types=frozenset(reading.other_types | results.other_types),
        results=results,
        ignored=tuple(reading.ignored),
    )


def _refuse_costly(conditions: Sequence[Condition]) -> None:
    if sum(map(cost, conditions)) > MOST_LOOKS:
        sentence = "This search has too many parameters and values. Ask in several searches."
        raise Unreadable("too-costly", sentence, name="")


def _take(reading: _Reading, name: str, text: str) -> None:
    if not text.strip():
        raise _PassedOver("value", f"{name[:64]} has no value. Write one, or leave it out.", name=name[:64])
    if name.partition(":")[0] in CONTROLS:
        return
    if _names_patient(reading.resource_type, name, text, reading.around.base):
        reading.patients.append(text)
        if in_compartment(reading.resource_type):
            return
    found = _condition(reading.resource_type, name, text, reading)
    reading.conditions.append(found)
    reading.keys = reading.keys or _keys(name, text, found)


class _PassedOver(Unreadable):
    """No parameter of this type, or one without a value: what lenient reading may pass over."""


def _keys(name: str, text: str, found: Condition) -> tuple[str, ...] | None:
    if name != "identifier" or not isinstance(found, Held) or "\\" in text:
        return None
    keys = tuple(_key(each) for each in found.every)
    return keys if all(len(key) <= LONGEST_KEY for key in keys) else None


def _key(entry: str) -> str:
    """`identifier=system|17` is looked up as `=17`, an identity number as `#` (`:of-type#`) and its hash."""
    rest = entry.removeprefix("identifier")
    return rest if rest.startswith(("#", ":")) else f"={rest[1:].partition('|')[2] or rest[1:]}"


def _condition(resource_type: str, name: str, text: str, reading: _Reading, *, is_inner: bool = False) -> Condition:
    head, dot, rest = name.partition(".")
    if head.startswith("_has:"):
        return _has(resource_type, name, text, reading, is_inner=is_inner)
    if dot:
        return _chain(resource_type, head, rest, text, reading, is_inner=is_inner)
    bare, _, modifier = name.partition(":")
    match bare:
        case "_id":
            return _id(bare, modifier, text)
        case "patient" if resource_type == "Patient":
            return _id(bare, modifier, _bare(text, reading.around.base))
        case "_lastUpdated":
            return _time("stored_at", bare, modifier, text)
    parameter = offered(resource_type).get(bare)
    if parameter is None:
        raise _unknown(resource_type, bare)
    if parameter.type == "date" and is_clinical_date(resource_type, bare):
        return _time("clinical_at", bare, modifier, text)
    return condition(parameter, modifier, text, reading.around)


def _unknown(resource_type: str, name: str) -> Unreadable:
    known = ", ".join([*sorted(offered(resource_type)), *sorted(CONTROLS)])
    sentence = f"{resource_type} has no search parameter {name[:64]!r} here. It has: {known}."
    return _PassedOver("not-supported", sentence, name=name[:64])


def _id(name: str, modifier: str, text: str) -> Condition:
    """What every row has."""
    if modifier == "missing":
        return missing(text, TimePresent("stored_at"), name)
    if modifier not in {"", "not"}:
        raise Unreadable("not-supported", f"{name} can have :not and :missing.", name=name)
    found = IdIs(tuple(ids.read(plain(each)) or ids.NOBODY for each in several(text, name)))
    return Not(found) if modifier else found


def _time(column: Any, name: str, modifier: str, text: str) -> Condition:
    if modifier == "missing":
        return missing(text, TimePresent(column), name)
    if modifier:
        raise Unreadable("not-supported", f"{name} can have :missing and no other modifier.", name=name)
    found = [TimeIs(column, *writing.date(each, name)) for each in several(text, name)]
    return found[0] if len(found) == 1 else AnyOf(tuple(found))


def _chain(resource_type: str, head: str, rest: str, text: str, reading: _Reading, *, is_inner: bool) -> Condition:
    name, _, kind = head.partition(":")
    parameter = offered(resource_type).get(name)
    if parameter is None:
        raise _unknown(resource_type, name)
    if parameter.type != "reference":
        raise Unreadable("not-supported", f"{name} is no reference, so it cannot be followed.", name=head)
    _refuse_deeper(is_inner or "." in rest or rest.startswith("_has:"), head)
    bare = rest.partition(":")[0]
    kinds = [kind] if kind else [each for each in parameter.targets if bare in offered(each)]
    if kind and not r4().is_resource(kind):
        raise Unreadable("not-supported", f"FHIR R4 has no resource type {kind[:64]!r}.", name=head)
    if not kinds:
        raise Unreadable("not-supported", f"Nothing that {name} points to has the parameter {bare[:64]!r}.", name=head)
    if len(kinds) > _MOST_TARGETS:
        raise Unreadable("too-costly", f"Say of which type you mean: {name}:Patient.{bare[:64]}, for one.", name=head)
    reading.follow(kinds, head)
    found = [(each, _condition(each, rest, text, reading, is_inner=True)) for each in kinds]
    links = [
        Chain(name, each, inner, _is_of_patient(resource_type, name, each), _keys(rest, text, inner))
        for each, inner in found
    ]
    return links[0] if len(links) == 1 else AnyOf(tuple(links))


def _has(resource_type: str, name: str, text: str, reading: _Reading, *, is_inner: bool) -> Condition:
    _refuse_deeper(is_inner, name)
    parts = name.split(":", 3)
    if len(parts) != 4 or not r4().is_resource(parts[1]):
        raise Unreadable("value", "Write _has:Type:reference:parameter=value.", name=name[:64])
    _, kind, pointer, rest = parts
    parameter = offered(kind).get(pointer)
    if parameter is None or parameter.type != "reference":
        raise Unreadable("not-supported", f"{kind} has no reference parameter {pointer[:64]!r}.", name=name[:64])
    if parameter.targets and resource_type not in parameter.targets:
        raise Unreadable("not-supported", f"{kind}:{pointer} never points to {resource_type}.", name=name[:64])
    reading.follow([kind], name)
    inner = _condition(kind, rest, text, reading, is_inner=True)
    return Has(kind, pointer, resource_type, inner, _is_of_patient(kind, pointer, resource_type))


def _is_of_patient(source: str, name: str, target: str) -> bool:
    return target == "Patient" and says_whose(source, name)


def _refuse_deeper(is_deeper: bool, name: str) -> None:
    if is_deeper:
        sentence = "A chain has one step here: name.parameter, or _has:Type:reference:parameter."
        raise Unreadable("not-supported", sentence, name=name[:64])


def _names_patient(resource_type: str, name: str, text: str, base: str) -> bool:
    """Whether a parameter says whose record is meant: by `patient`, or by a `subject` that is a patient."""
    bare, _, modifier = name.partition(":")
    if bare not in PATIENT or bare not in offered(resource_type) or modifier not in {"", "Patient"}:
        return False
    if not in_compartment(resource_type) and ids.read(_bare(text, base)) is None:
        return False  # somebody elsewhere, of whom a row speaks that is nobody's here
    here = plain(text).removeprefix(f"{base}/")
    return bare == "patient" or here.startswith("Patient/") or "/" not in here


def _bare(text: str, base: str) -> str:
    return plain(text).removeprefix(f"{base}/").removeprefix("Patient/").partition("/_history/")[0]


def whose(texts: Collection[str], base: str) -> UUID | None:
    """The patient whose record a request names: by id, as Patient/id, or by the address here; raises Unreadable."""
    named = {_bare(each, base) for each in texts}
    if len(named) > 1 or any("," in each for each in named):
        sentence = "Name one patient: `patient` or `subject`, once, without commas."
        raise Unreadable("invalid", sentence, name="patient")
    for each in named:
        if (found := ids.read(each)) is None:
            raise Unreadable(
                "value", "Name the patient by the id that this server gave, or as Patient/id.", name="patient"
            )
        return found
    return None
