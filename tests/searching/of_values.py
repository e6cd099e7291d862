"""The searches that must find a resource: by each value that it has, for each parameter that is offered of its type."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import product
from typing import Any
from urllib.parse import quote, urlencode

from searching import spelling
from searching.spelling import Json, Typed
from wutong.record.definitions import r4
from wutong.record.definitions.search_parameters import Parameter
from wutong.record.fhirpath import Compiled
from wutong.record.fhirpath import compile as compile_fhirpath
from wutong.record.searching.offered import offered

_MOST_PAIRS = 8  # of one element for a composite


@dataclass(frozen=True)
class Wanted:
    """A search by one parameter."""

    resource_type: str
    parameter: str
    sort: str
    modifier: str
    text: str

    @property
    def query(self) -> str:
        """As it is asked, behind the question mark."""
        return urlencode({f"{self.parameter}{self.modifier}": self.text}, quote_via=quote)


def searches(tree: Json) -> Iterator[Wanted]:
    """Each once. Of what cannot be searched by its value, whether it is there."""
    kind = tree["resourceType"]
    for parameter in offered(kind).values():
        for modifier, text in dict.fromkeys(_typed(parameter, kind, tree)):
            yield Wanted(kind, parameter.name, parameter.type, modifier, text)


def _typed(parameter: Parameter, kind: str, tree: Json) -> Iterator[Typed]:
    if parameter.name == "_id":
        yield "", tree["id"]
        return
    if not parameter.expression:
        return
    for _, found in _nodes(parameter, kind, tree):
        yield from found
        if found or not parameter.components:
            yield ":missing", "false"


def without_value(tree: Json) -> Iterator[tuple[str, str]]:
    """What is there and can be searched by no value: the parameter's type, and the data type."""
    kind = tree["resourceType"]
    for parameter in offered(kind).values():
        if parameter.expression and not parameter.components and parameter.name != "_id":
            yield from ((parameter.type, sort) for sort, found in _nodes(parameter, kind, tree) if not found)


def _nodes(parameter: Parameter, kind: str, tree: Json) -> Iterator[tuple[str, list[Typed]]]:
    """Each value that the parameter reads: its data type, and what finds it."""
    for value, sort, _ in _compiled(parameter.expression, kind).values(tree, tree):
        value, sort = _unwrapped(value, sort)
        yield (
            sort,
            _composite(parameter, value, sort, tree) if parameter.components else _single(parameter, value, sort),
        )


def _single(parameter: Parameter, value: Any, kind: str) -> list[Typed]:
    return [] if value is None else spelling.typed(parameter.type, kind, value, parameter.system)


def _composite(parameter: Parameter, value: Any, kind: str, tree: Json) -> list[Typed]:
    parts = [
        [
            text
            for inner, sort, _ in _compiled(each.expression, kind).values(value, tree)
            for modifier, text in spelling.typed(each.type, sort, inner, each.system)
            if not modifier and not text.endswith("|")
        ]
        for each in parameter.components
    ]
    return [("", "$".join(texts)) for texts, _ in zip(product(*parts), range(_MOST_PAIRS), strict=False)]


def _unwrapped(value: Any, kind: str) -> tuple[Any, str]:
    """The value of an extension."""
    if kind != "Extension":
        return value, kind
    name = next((each for each in value if each.startswith("value")), "value")
    sort = name.removeprefix("value")
    small = sort[:1].lower() + sort[1:]
    return value.get(name), small if small in r4().primitives else sort


@cache
def _compiled(expression: str, kind: str) -> Compiled:
    return compile_fhirpath(expression, kind)
