"""Reads from a resource what it can be found by: each official search parameter, by its FHIRPath expression.

The expressions are compiled once a process and type. Source: the SearchParameters of HL7 FHIR R4; its search page,
which says what each data type means to each type of parameter.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import islice, product
from typing import Any

from wutong.record.definitions.search_parameters import Parameter, parameters
from wutong.record.fhirpath import CannotEvaluate, Compiled, Node
from wutong.record.fhirpath import compile as compile_fhirpath
from wutong.record.fhirpath.nodes import WAYS
from wutong.record.searching import values
from wutong.record.searching.entries import Entries
from wutong.record.searching.texts import folded

# Columns of the row itself, or of nothing at all.
_IN_COLUMNS = frozenset({"_id", "_lastUpdated"})
_RANGES = frozenset({"date", "number", "quantity"})
_MOST_PAIRS = 200  # of one element: an honest one has a few codes, and what has more is not paired further
# The suffixes of an identity number's tokens, in the place of what it reads (store/identity.py); None where it is none.
Numbers = Callable[[Mapping[str, Any]], list[str] | None]


@dataclass(frozen=True, slots=True)
class _Reader:
    parameter: Parameter
    expression: Compiled
    needs: frozenset[str]  # JSON names, of which the resource must have one; empty: it is asked in any case


@cache
def _readers(resource_type: str) -> tuple[_Reader, ...]:
    return tuple(
        _Reader(each, compile_fhirpath(each.expression, resource_type), _needs(each.expression, resource_type))
        for each in parameters(resource_type).values()
        if each.name not in _IN_COLUMNS and is_indexed(each)
    )


def _needs(expression: str, resource_type: str) -> frozenset[str]:
    """Most resources lack most elements: what an expression begins with is looked at before it is evaluated."""
    first = re.findall(rf"\b{resource_type}\.(\w+)(\()?", expression)
    parts = len(re.findall(rf"\b{resource_type}\b", expression))
    if not first or len(first) < parts or any(call and name != "extension" for name, call in first):
        return frozenset()
    ways = [way for name, _ in first for way in WAYS[resource_type].get(name, ())]
    return frozenset(key for way in ways for key in way[:2] if key)


def is_indexed(parameter: Parameter) -> bool:
    """Whether a parameter is offered: a composite may have one part that is a date or an amount, its last."""
    if parameter.type != "composite":
        return True
    *heads, _last = parameter.components
    return not any(each.type in _RANGES for each in heads)


def entries(resource: Mapping[str, Any], numbers: Numbers) -> Entries:
    """All entries of a resource."""
    found = Entries()
    for reader in _readers(resource["resourceType"]):
        if reader.needs and reader.needs.isdisjoint(resource):
            continue
        try:
            nodes = reader.expression.values(resource, resource)
        except CannotEvaluate:
            continue
        if not nodes:
            continue
        if reader.parameter.type == "composite":
            _composite(found, reader.parameter, nodes, resource, numbers)
        else:
            for node in nodes:
                _put(found, reader.parameter.type, reader.parameter.name, node, numbers)
    return found


def _put(found: Entries, kind: str, name: str, node: Node, numbers: Numbers) -> None:
    """The entries of one value; where there are none, that there is something all the same."""
    if not _entered(found, kind, name, values.unwrapped(node), numbers):
        found.tokens.add(name)


def _entered(found: Entries, kind: str, name: str, node: Node, numbers: Numbers) -> bool:
    match kind:
        case "string":
            texts = list(values.strings(node))
            found.strings.update(f"{name}={folded(each)}" for each in texts)
            found.strings.update(f"{name}:exact={each}" for each in texts)
            return bool(texts)
        case "date":
            period = values.dates(node)
            found.dates.update({(name, *period)} if period else ())
            return period is not None
        case "number" | "quantity":
            amount = values.amount(node)
            found.amounts.update({(name, *amount)} if amount else ())
            return amount is not None
    tokens = list(values.tokens(node, numbers))
    found.tokens.update(f"{name}{each}" for each in tokens)
    if name == "identifier":
        found.keys.update(tokens[:1])
    return bool(tokens)


def _composite(found: Entries, parameter: Parameter, nodes: list[Node], resource: Any, numbers: Numbers) -> None:
    """Pairs within one element: the names of the first parts, then the last part as a value of its own type."""
    *heads, last = parameter.components
    for node in nodes:
        ends = _below(last.expression, node, resource)
        if not ends:
            continue
        parts = [_below(each.expression, node, resource) for each in heads]
        keys = [[key for each in part for key in values.keys(values.unwrapped(each), numbers)] for part in parts]
        for names, end in islice(product(product(*keys), ends), _MOST_PAIRS):
            _last(found, last.type, "$".join([parameter.name, *names]), end, numbers)


def _last(found: Entries, kind: str, name: str, node: Node, numbers: Numbers) -> None:
    node = values.unwrapped(node)
    if kind in {"token", "reference", "uri"}:
        found.tokens.update(f"{name}${key}" for key in islice(values.keys(node, numbers), _MOST_PAIRS))
    else:
        _entered(found, kind, name, node, numbers)


def _below(expression: str, node: Node, resource: Any) -> list[Node]:
    try:
        return _part(expression, node[1]).values(node[0], resource)
    except CannotEvaluate:
        return []


@cache
def _part(expression: str, kind: str) -> Compiled:
    return compile_fhirpath(expression, kind)
