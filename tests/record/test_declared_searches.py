"""Whatever the CapabilityStatement declares of searches is asked for, on every type; what it declares is read from it.

A least resource of each type stands behind, so that each statement runs over a row. Nothing answers 5xx or a problem,
and nothing takes a second: what took longer on a busy machine is asked again, and what is slow is slow each time.
"""

import os
import re
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from cast import Cast, Registered, patient
from searching.of_values import searches

from record.least import least
from wutong.core import ids
from wutong.record.fhir.metadata import statement
from wutong.record.searching.offered import offered

Json = dict[str, Any]
Pairs = Sequence[tuple[str, str]]
_REST: Json = statement("")["rest"][0]
SEED = int(os.environ.get("WUTONG_SEED", "20261129"))
# Each reference that may point to several types, with one of them.
_POINTING = {text: each["type"] for each in reversed(_REST["resource"]) for text in each.get("searchRevInclude", ())}
_SECOND, _TRIES = 1.0, 4
_AT_ONCE = 25  # conditions of one search
_MOST_SORTS, _MOST_ALONG = 4, 8
_MOST_RANGES = 3  # with all prefixes each
_FORM = {"content-type": "application/x-www-form-urlencoded"}
_ANY = {
    "token": "urn:nowhere|x",
    "string": "xyzzy",
    "date": "1901",
    "number": "77",
    "quantity": "77|urn:nowhere|x",
    "reference": "Basic/x",
    "uri": "urn:nowhere",
}
# What is asked by each modifier that a parameter is declared to have; one that is not here is not exercised.
_BY_MODIFIER = {"not": "urn:nowhere|x", "of-type": "urn:nowhere|x|1", "identifier": "urn:nowhere|x"}
_BY_MODIFIER |= {"exact": "xyzzy", "contains": "xyzzy"}
_KNOWN = {
    "type", "interaction", "operation", "versioning", "readHistory", "updateCreate", "conditionalCreate",
    "conditionalRead", "conditionalUpdate", "conditionalDelete", "searchInclude", "searchRevInclude", "searchParam",
    "documentation",
}  # fmt: skip


@dataclass
class Asking:
    """Searches for one resource, whose id they all name."""

    cast: Cast
    tree: Json
    who: Registered

    def total(self, pairs: Pairs) -> int:
        """How many there are, 1 or 0; fails for what is no answer, and for what is slow."""
        kind = self.tree["resourceType"]
        query = urlencode([("_id", self.tree["id"]), *pairs], quote_via=quote)
        for _ in range(_TRIES):
            begin = time.monotonic()
            answer = self.cast.fhir(self.cast.ha, "POST", f"{kind}/_search", content=query, headers=_FORM)
            took = time.monotonic() - begin
            assert answer.status_code == 200, f"{kind}?{query}: {answer.text[:500]}"
            if took < _SECOND:
                return int(answer.json().get("total", -1))
        raise AssertionError(f"{kind}?{query} takes {took:.1f} s")

    def ask(self, pairs: Pairs, *, most: int = _AT_ONCE) -> set[int]:
        """The totals of searches by some of the pairs each."""
        return {self.total(pairs[begin : begin + most]) for begin in range(0, len(pairs), most)}


@dataclass(frozen=True)
class Declared:
    """A search parameter as it is described."""

    name: str
    sort: str
    modifiers: tuple[str, ...]
    prefixes: tuple[str, ...]


def _declared(described: Json) -> list[Declared]:
    return [
        Declared(each["name"], each["type"], *(_listed(each["documentation"], what) for what in ("Modif", "Pref")))
        for each in described["searchParam"]
    ]


def _listed(documentation: str, what: str) -> tuple[str, ...]:
    """`Modifiers: :not, :missing.`, `Prefixes: eq, ne.`"""
    found = re.search(rf"{what}[a-z]+: ([^.]*)\.", documentation)
    return tuple(each.removeprefix(":") for each in found[1].split(", ")) if found else ()


@pytest.fixture(scope="module")
def who(cast: Cast) -> Registered:
    """A person about whom all types can speak."""
    return cast.register()


@pytest.mark.parametrize("described", _REST["resource"], ids=lambda each: each["type"])
def test_a_type_can_be_searched_by_all_that_is_declared_of_it(cast: Cast, who: Registered, described: Json) -> None:
    assert described.keys() <= _KNOWN
    kind = described["type"]
    made = patient(cast.register().hkid) if kind == "Patient" else least(kind, who.patient_id)
    answer = cast.fhir(cast.ha, "POST", kind, json=made)
    assert answer.status_code == 201, answer.text
    asking = Asking(cast, answer.json(), who)
    for act in (_values, _presence, _modified, _typed, _prefixed, _sorted, _followed, _brought):
        act(asking, described)


def _values(asking: Asking, described: Json) -> None:
    """Of what it has not, by a value of each parameter's type."""
    pairs = [(each.name, _value(asking, each)) for each in _declared(described)]
    assert asking.ask(pairs) <= {0, 1}
    assert asking.ask([pair for pair in pairs if pair[0] in {"_id", "_lastUpdated"}]) == {1}


def _value(asking: Asking, parameter: Declared) -> str:
    kind = asking.tree["resourceType"]
    match parameter.name:
        case "_id":
            return str(asking.tree["id"])
        case "_lastUpdated":
            return "ge2000"
        case "patient":
            return str(asking.tree["id"] if kind == "Patient" else asking.who.patient_id)
    if parameter.sort == "composite":
        return "$".join(_ANY[each.type] for each in offered(kind)[parameter.name].components)
    return _ANY[parameter.sort]


def _presence(asking: Asking, described: Json) -> None:
    """By whether it is there."""
    names = [each.name for each in _declared(described) if "missing" in each.modifiers]
    present = {each.parameter for each in searches(asking.tree)} | {"_lastUpdated"} | _in_columns(asking, names)
    told = [(f"{name}:missing", "false" if name in present else "true") for name in names]
    assert asking.ask(told) == {1}


def _in_columns(asking: Asking, names: Sequence[str]) -> set[str]:
    """Of the parameters that read no element, those that have something; of the time of a record the server says so."""
    own = {name for name in names if not offered(asking.tree["resourceType"])[name].expression}
    if "clinical-date" in own and not asking.total([("clinical-date:missing", "false")]):
        assert asking.total([("clinical-date:missing", "true")])
        return own & {"patient"}
    return own


def _modified(asking: Asking, described: Json) -> None:
    """By every other modifier; nothing has what they ask for, so that `:not` holds of all."""
    for parameter in _declared(described):
        assert set(parameter.modifiers) <= {"missing", "[type]", *_BY_MODIFIER}, parameter
    for modifier, text in _BY_MODIFIER.items():
        names = [each.name for each in _declared(described) if modifier in each.modifiers]
        found = asking.ask([(f"{name}:{modifier}", text) for name in names])
        assert found == (set() if not names else {1} if modifier == "not" else {0}), modifier


def _typed(asking: Asking, described: Json) -> None:
    """References by the type that they point to."""
    names = [each.name for each in _declared(described) if "[type]" in each.modifiers]
    assert asking.ask([(f"{name}:{target}", _id_of(asking, target)) for name, target in _targets(asking, names)]) <= {
        0,
        1,
    }


def _targets(asking: Asking, names: Sequence[str]) -> Iterator[tuple[str, str]]:
    parameters: Mapping[str, Any] = offered(asking.tree["resourceType"])
    return ((name, (parameters[name].targets or ("Basic",))[0]) for name in names)


def _id_of(asking: Asking, kind: str) -> str:
    return str(asking.who.patient_id if kind == "Patient" else ids.NOBODY)


def _prefixed(asking: Asking, described: Json) -> None:
    """Any of all prefixes at once: of what there is, one of them holds."""
    pairs = [
        (each.name, ",".join(f"{prefix}{_ANY[each.sort]}" for prefix in each.prefixes))
        for each in _declared(described)
        if each.prefixes
    ]
    assert asking.ask(pairs, most=_MOST_RANGES) <= {0, 1}
    assert asking.ask([pair for pair in pairs if pair[0] == "_lastUpdated"]) == {1}


def _sorted(asking: Asking, described: Json) -> None:
    names = [each.name for each in _declared(described) if each.sort != "composite"]
    turned = [name if number % 2 else f"-{name}" for number, name in enumerate(names)]
    for begin in range(0, len(turned), _MOST_SORTS):
        assert asking.total([("_sort", ",".join(turned[begin : begin + _MOST_SORTS]))]) == 1


def _followed(asking: Asking, described: Json) -> None:
    """Chains, and the other way round."""
    names = [text.partition(":")[2] for text in described.get("searchInclude", ())]
    chained = [(f"{name}:{target}._id", str(ids.NOBODY)) for name, target in _targets(asking, names)]
    assert asking.ask(chained, most=_MOST_ALONG) <= {0}
    pointing = described.get("searchRevInclude", ())[:_MOST_ALONG]
    assert asking.ask([(f"_has:{text}:_id", str(ids.NOBODY)) for text in pointing], most=_MOST_ALONG) <= {0}


def _brought(asking: Asking, described: Json) -> None:
    """What comes along, of any type and of one. What points here: some; and each at one of the types it points to."""
    included, pointing = described.get("searchInclude", []), described.get("searchRevInclude", [])
    names = [text.partition(":")[2] for text in included]
    of_type = [f"{described['type']}:{name}:{target}" for name, target in _targets(asking, names)]
    some = Random(f"{SEED} {described['type']}").sample(pointing, min(len(pointing), _MOST_ALONG))
    own = [text for text in pointing if _POINTING[text] == described["type"]]
    pairs = [("_include", text) for text in [*included, *of_type]]
    pairs += [("_revinclude", text) for text in sorted({*some, *own})]
    assert asking.ask(pairs, most=_MOST_ALONG) <= {1}


def test_every_declared_inclusion_is_asked_for() -> None:
    declared = {text for each in _REST["resource"] for text in each.get("searchRevInclude", ())}
    assert declared == _POINTING.keys()
    assert declared <= {text for each in _REST["resource"] for text in each.get("searchInclude", ())}


_SHAPED: Mapping[str, Callable[[str], list[str]]] = {
    "_count": lambda _: ["0", "1", "500"],
    "_total": lambda told: told.split(", "),
    "_summary": lambda told: told.split(", "),
    "_elements": lambda _: ["id,status"],
}


@pytest.mark.parametrize("kind", ["Basic", "Observation", "Practitioner"])
def test_what_shapes_an_answer_does_so_as_declared(cast: Cast, who: Registered, kind: str) -> None:
    declared = {each["name"]: each["documentation"] for each in _REST["searchParam"]}
    asked_elsewhere = {"_sort", "_include", "_revinclude", "_has"}
    assert declared.keys() == _SHAPED.keys() | asked_elsewhere
    asking = Asking(cast, cast.fhir(cast.ha, "POST", kind, json=least(kind, who.patient_id)).json(), who)
    for name, values in _SHAPED.items():
        for text in values(declared[name]):
            assert asking.total([(name, text)]) == (-1 if (name, text) == ("_total", "none") else 1)
