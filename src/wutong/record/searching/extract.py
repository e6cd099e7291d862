"""Reads from a resource what it can be found by: each official search parameter, by its FHIRPath expression.

The expressions are compiled once a process and type. Source: the SearchParameters of HL7 FHIR R4; its search page,
which says what each data type means to each type of parameter.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import islice, product
from typing import Any

from wutong.record.definitions.search_parameters import Component, Parameter
from wutong.record.fhirpath import CannotEvaluate, Compiled, Node, names_needed, parts
from wutong.record.fhirpath import compile as compile_fhirpath
from wutong.record.searching import values
from wutong.record.searching.entries import MOST, Entries
from wutong.record.searching.own import with_own
from wutong.record.searching.texts import folded

# Columns of the row itself, or of nothing at all.
_IN_COLUMNS = frozenset({"_id", "_lastUpdated"})
_KEYED = frozenset({"token", "reference", "uri"})
_MOST_PAIRS = 200  # of one element: an honest one has a few codes, and what has more is not paired further
_FEW = 8  # values of one element: beyond, it is looked on the way whether there are too many
# The suffixes of an identity number's tokens, in the place of what it reads (store/identity.py); None where it is none.
Numbers = Callable[[Mapping[str, Any]], list[str] | None]


# A type's readers for those that have elements of these names, kept of the latest.
_MOST_SHAPES = 4096


@dataclass(slots=True)
class _Reading:
    """One resource that is being read: what was found, and the tokens of each object that pairs are made of."""

    resource: Mapping[str, Any]
    numbers: Numbers
    found: Entries
    read: dict[int, Sequence[str]]

    def tokens(self, node: Node) -> Sequence[str]:
        value = node[0]
        if type(value) is not dict:
            return values.tokens(node, self.numbers)
        known = self.read.get(id(value))
        if known is None:
            known = self.read[id(value)] = values.tokens(node, self.numbers)
        return known


# Puts the entries of one value; where there are none, that there is something all the same.
_Put = Callable[[_Reading, Node], None]


@dataclass(frozen=True, slots=True)
class _Reader:
    """What several parameters ask, read once."""

    expression: Compiled
    needs: frozenset[str] | None  # JSON names, of which the resource must have one; None: it is asked in any case
    puts: Sequence[_Put]


@cache
def _readers(resource_type: str) -> tuple[_Reader, ...]:
    asked: dict[tuple[Any, frozenset[str] | None], list[Parameter]] = {}
    for each in with_own(resource_type).values():
        if each.expression and each.name not in _IN_COLUMNS and is_indexed(each):
            last = [part.expression for part in each.components[-1:]]
            for tree in parts(each.expression, resource_type):
                asked.setdefault((tree, names_needed(tree, resource_type, *last)), []).append(each)
    return tuple(
        _Reader(compile_fhirpath(tree, resource_type), needs, list(_puts(parameters)))
        for (tree, needs), parameters in asked.items()
    )


@lru_cache(maxsize=_MOST_SHAPES)
def _asked(resource_type: str, names: frozenset[str]) -> tuple[_Reader, ...]:
    """Most resources lack most elements: what is about others is not asked."""
    every = _readers(resource_type)
    return tuple(each for each in every if each.needs is None or not each.needs.isdisjoint(names))


def is_indexed(parameter: Parameter) -> bool:
    """Whether a parameter is offered: of a composite the last part alone may be a date or an amount, or a span."""
    heads = parameter.components[: -2 if parameter.is_span else -1]
    return not any(each.type in _RANGES for each in heads)


def entries(resource: Mapping[str, Any], numbers: Numbers) -> Entries:
    """All entries of a resource; raises TooMany."""
    reading = _Reading(resource, numbers, Entries(), {})
    for reader in _asked(resource["resourceType"], frozenset(resource)):
        try:
            nodes = reader.expression.values(resource, resource)
        except CannotEvaluate:
            continue
        for node in nodes:
            for put in reader.puts:
                put(reading, node)
            if len(nodes) > _FEW:
                reading.found.refuse_too_many()
    reading.found.refuse_too_many()
    return reading.found


def _puts(parameters: Sequence[Parameter]) -> Iterator[_Put]:
    if names := [each.name for each in parameters if each.type in _KEYED]:
        yield _put_tokens(names)
    for each in parameters:
        if each.type == "composite":
            yield _put_composite(each)
        elif each.type in _OTHERS:
            yield _put(_OTHERS[each.type], each.name)


def _put_tokens(names: Sequence[str]) -> _Put:
    is_identifier = "identifier" in names

    def put(reading: _Reading, node: Node) -> None:
        tokens, found = values.tokens(values.unwrapped(node), reading.numbers), reading.found
        for name in names:
            found.tokens.update([f"{name}{each}" for each in tokens] or (name,))
        if is_identifier:
            found.keys.update(tokens[:1])
            found.keys.update([each for each in tokens if each.startswith(":of-type#")])

    return put


def _put(entered: "_Entered", name: str) -> _Put:
    def put(reading: _Reading, node: Node) -> None:
        if not entered(reading.found, name, values.unwrapped(node)):
            reading.found.tokens.add(name)

    return put


def _strings(found: Entries, name: str, node: Node) -> bool:
    texts = list(islice(values.strings(node), MOST + 1))
    found.strings.update([f"{name}={folded(each)}" for each in texts])
    found.strings.update([f"{name}:exact={each}" for each in texts])
    return bool(texts)


def _date(found: Entries, name: str, node: Node) -> bool:
    if period := values.dates(node):
        found.dates.add((name, *period))
    return period is not None


def _amount(found: Entries, name: str, node: Node) -> bool:
    if amount := values.amount(node):
        found.amounts.add((name, *amount))
    return amount is not None


# Puts the entries of a value; whether there are any.
_Entered = Callable[[Entries, str, Node], bool]
_RANGES: Mapping[str, _Entered] = {"date": _date, "number": _amount, "quantity": _amount}
_OTHERS: Mapping[str, _Entered] = {"string": _strings, **_RANGES}


def _put_composite(parameter: Parameter) -> _Put:
    """Pairs within one element: the names of the first parts, then the last part as a value of its own type."""
    *heads, last = parameter.components[:-1] if parameter.is_span else parameter.components

    def put(reading: _Reading, node: Node) -> None:
        ends = _below(last.expression, node, reading.resource)
        if not ends:
            return
        keys = [_keys(reading, head, _below(head.expression, node, reading.resource)) for head in heads]
        if last.type in _KEYED:
            whole = islice(product(*keys, _keys(reading, last, ends)), _MOST_PAIRS)
            reading.found.tokens.update(["$".join([parameter.name, *names]) for names in whole])
            return
        for names, end in islice(product(product(*keys), ends), _MOST_PAIRS):
            name = "$".join([parameter.name, *names])
            if parameter.is_span:
                _span(reading.found, name, end, _below(parameter.components[-1].expression, node, reading.resource))
            else:
                _OTHERS[last.type](reading.found, name, values.unwrapped(end))

    return put


def _keys(reading: _Reading, part: Component, nodes: Sequence[Node]) -> list[str]:
    return [key for each in nodes for key in values.keys(reading.tokens(values.unwrapped(each)), part.type)]


def _span(found: Entries, name: str, begin: Node, ends: list[Node]) -> None:
    """From where to where, as one amount."""
    lowest = values.amount(begin)
    for highest in map(values.amount, ends[:1]):
        if lowest and highest:
            found.amounts.add((name, lowest[0], highest[1], lowest[2]))


def _below(expression: str, node: Node, resource: Any) -> list[Node]:
    try:
        return _part(expression, node[1]).values(node[0], resource)
    except CannotEvaluate:
        return []


@cache
def _part(expression: str, kind: str) -> Compiled:
    return compile_fhirpath(expression, kind)
