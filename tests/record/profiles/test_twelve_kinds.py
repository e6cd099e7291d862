"""Twelve kinds of fault, each put into many official examples: every one is refused, at the right place."""

import copy
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

import pytest
from examples import examples

from record.profiles.test_examples import SLIPS
from record.profiles.test_invariants import BROKEN
from wutong.core import json_text
from wutong.record.definitions import Element, r4
from wutong.record.profiles import check

# A bad resource with the code and the place that must be named.
Bad = tuple[Any, str, str]

ENOUGH = 10
WRONG_FORMAT = {
    "date": "2024-13-01", "dateTime": "2024-05-31T14:05", "instant": "2024-05-31", "time": "25:00:00", "code": " final",
    "uri": "u r i", "canonical": "a b", "url": "a b", "id": "a_b", "positiveInt": 0, "unsignedInt": -1, "integer": 2**31,
    "decimal": "1.5", "boolean": "true", "base64Binary": "?", "string": "", "markdown": "\x08",
}  # fmt: skip
SCRIPTS = [
    "<script>alert(1)</script>", "<p onclick='alert(1)'>x</p>", "<a href='javascript:alert(1)'>x</a>", "<iframe src='a'/>",
    "<object data='a'/>", "<embed src='a'/>", "<form action='a'/>", "<style>p{}</style>", "<link href='a'/>", "<base href='a'/>",
    "<img src='http://example.org/x.png' alt=''/>", "<p style='background:url(http://example.org)'>x</p>",
    "<svg onload='alert(1)'/>", "<a href=' java&#x0A;script:alert(1)'>x</a>", "<input value='x'/>",
]  # fmt: skip


@cache
def _right() -> list[dict[str, Any]]:
    """The small examples that are right, of each type at most two."""
    found: dict[str, list[dict[str, Any]]] = {}
    for name, body in examples():
        if name not in SLIPS and len(body) < 20_000:
            tree = json_text.parse(body)
            found.setdefault(tree["resourceType"], []).append(tree)
    return [each for several in found.values() for each in several[:2]]


@dataclass(frozen=True)
class Spot:
    """An element that an example has, at its top or deeper: what leads to it, and of which type what holds it is."""

    tree: dict[str, Any]
    keys: tuple[str | int, ...]
    place: str  # of what holds it
    holder: str
    element: Element

    @property
    def name(self) -> str:
        return f"{self.place}.{self.element.name}"

    @property
    def value(self) -> Any:
        return _at(self.tree, self.keys)[self.element.name]

    def changed(self, **values: Any) -> dict[str, Any]:
        """The example with other values beside it, or instead of it; None: without."""
        tree = copy.deepcopy(self.tree)
        node = _at(tree, self.keys)
        for name, value in values.items():
            node.pop(name, None)
            if value is not None:
                node[name] = value
        return tree


def _at(tree: Any, keys: tuple[str | int, ...]) -> Any:
    for key in keys:
        tree = tree[key]
    return tree


@cache
def _spots() -> list[Spot]:
    """Of each example what stands at its top; of what is deeper, each element of a type once."""
    met: set[str] = set()
    every = (spot for tree in _right() for spot in _within(tree, (), tree["resourceType"], tree["resourceType"]))
    return [spot for spot in every if not spot.keys or not (_bare(spot) in met or met.add(_bare(spot)))]


def _bare(spot: Spot) -> str:
    return f"{spot.tree['resourceType']} {spot.holder}.{spot.element.name}"


def _within(tree: dict[str, Any], keys: tuple[str | int, ...], place: str, holder: str) -> Iterator[Spot]:
    for name, value in _at(tree, keys).items():
        element = r4().types[holder].elements.get(name)
        if element is None:
            continue
        yield Spot(tree, keys, place, holder, element)
        if element.type in r4().types and element.type not in {"Resource", "Extension"}:
            inner = [((name,), "")] if type(value) is dict else [((name, n), f"[{n}]") for n, _ in enumerate(value)]
            for more, number in inner:
                yield from _within(tree, (*keys, *more), f"{place}.{name}{number}", element.type)


def _with(tree: dict[str, Any], name: str, value: Any) -> dict[str, Any]:
    return {**copy.deepcopy(tree), name: value}


def _like(element: Element, value: Any) -> tuple[Any, str]:
    """The value as the element takes it, one or several, and what to add to its place."""
    return ([value], "[0]") if element.most != 1 else (value, "")


def unknown_element() -> Iterator[Bad]:
    for tree in _right():
        yield _with(tree, "nothingLikeThis", 1), "structure", f"{tree['resourceType']}.nothingLikeThis"
    for spot in _spots():
        yield spot.changed(colour="red"), "structure", f"{spot.place}.colour"


def missing_required() -> Iterator[Bad]:
    for spot in _spots():
        if spot.element.least:
            stem = f"{spot.place}.{spot.element.choice}" if spot.element.choice else spot.name
            rest = spot.changed(**{spot.element.name: None, f"_{spot.element.name}": None})
            yield (rest, "required", stem) if _at(rest, spot.keys) else (rest, "structure", spot.place)


def too_many() -> Iterator[Bad]:
    for spot in _spots():
        if spot.element.most == 1:
            yield spot.changed(**{spot.element.name: [spot.value] * 2}), "structure", spot.name


def wrong_json() -> Iterator[Bad]:
    for spot in _spots():
        if spot.element.type in r4().primitives:
            value, number = _like(spot.element, {"value": 1})
            yield spot.changed(**{spot.element.name: value}), "value", spot.name + number
        elif spot.element.type != "Resource":
            value, number = _like(spot.element, "text")
            yield spot.changed(**{spot.element.name: value}), "structure", spot.name + number
        if spot.element.most != 1:
            yield spot.changed(**{spot.element.name: spot.value[0]}), "structure", spot.name


def wrong_format() -> Iterator[Bad]:
    for spot in _spots():
        if spot.element.type in WRONG_FORMAT:
            value, number = _like(spot.element, WRONG_FORMAT[spot.element.type])
            code = "code-invalid" if spot.element.codes else "value"
            yield spot.changed(**{spot.element.name: value}), code, spot.name + number


def two_choices() -> Iterator[Bad]:
    for spot in _spots():
        for other in r4().types[spot.holder].choices.get(spot.element.choice, ()):
            if other != spot.element.name:
                yield spot.changed(**{other: spot.value}), "structure", f"{spot.place}.{other}"


def code_outside_its_binding() -> Iterator[Bad]:
    for spot in _spots():
        if spot.element.codes and spot.element.type == "code":
            value, number = _like(spot.element, "no-such-code")
            yield spot.changed(**{spot.element.name: value}), "code-invalid", spot.name + number
        elif spot.element.codes and spot.element.type == "CodeableConcept":
            value, number = _like(spot.element, {"coding": [{"system": "u:1", "code": "no-such-code"}]})
            yield spot.changed(**{spot.element.name: value}), "code-invalid", f"{spot.name}{number}.coding"


def reference_to_a_wrong_type() -> Iterator[Bad]:
    for spot in _spots():
        targets = spot.element.targets
        if spot.element.type == "Reference" and targets and "Resource" not in targets:
            wrong = next(each for each in ("Binary", "Basic", "Slot") if each not in targets)
            value, number = _like(spot.element, {"reference": f"{wrong}/1"})
            yield spot.changed(**{spot.element.name: value}), "value", f"{spot.name}{number}.reference"


def wrongly_contained() -> Iterator[Bad]:
    inner = {"resourceType": "Basic", "id": "inner", "code": {"text": "x"}}
    outer = {**inner, "id": "outer"}
    for tree in _right():
        kind = tree["resourceType"]
        if "contained" in r4().types[kind].elements and "contained" not in tree:
            yield _with(tree, "contained", [inner]), "invariant", f"{kind}.contained[0]"
            nested = [{**outer, "subject": {"reference": "#"}, "contained": [inner]}]
            yield _with(tree, "contained", nested), "invariant", f"{kind}.contained[0].contained"


def extension_of_both_kinds() -> Iterator[Bad]:
    both = {"url": "u:1", "valueString": "x", "extension": [{"url": "u:2", "valueString": "y"}]}
    for tree in _right():
        kind = tree["resourceType"]
        if "extension" in r4().types[kind].elements:
            yield _with(tree, "extension", [both]), "invariant", f"{kind}.extension[0]"
    for spot in _spots():
        if spot.element.type in r4().primitives and spot.element.most == 1 and spot.element.name != "id":
            beside = f"_{spot.element.name}"
            yield spot.changed(**{beside: {"extension": [both]}}), "invariant", f"{spot.place}.{beside}.extension[0]"


def broken_invariant() -> Iterator[Bad]:
    for _, place, broken, _kept in BROKEN:
        yield broken, "invariant", place


def narrative_with_script() -> Iterator[Bad]:
    trees = [tree for tree in _right() if "text" in r4().types[tree["resourceType"]].elements]
    for tree, script in zip(trees, SCRIPTS * 9, strict=False):
        text = {"status": "generated", "div": f'<div xmlns="http://www.w3.org/1999/xhtml">Text {script}</div>'}
        yield _with(tree, "text", text), "invariant", f"{tree['resourceType']}.text.div"


KINDS: list[Callable[[], Iterator[Bad]]] = [
    unknown_element, missing_required, too_many, wrong_json, wrong_format, two_choices, code_outside_its_binding,
    reference_to_a_wrong_type, wrongly_contained, extension_of_both_kinds, broken_invariant, narrative_with_script,
]  # fmt: skip


def test_what_is_spoilt_is_right_before() -> None:
    assert len(_right()) > 150
    for tree in _right():
        assert check(tree) == []
    assert sum(bool(spot.keys) for spot in _spots()) > 1000


@pytest.mark.parametrize("kind", KINDS, ids=[each.__name__ for each in KINDS])
def test_a_fault_of_each_kind_is_refused_at_its_place(kind: Callable[[], Iterator[Bad]]) -> None:
    every = list(kind())
    assert len(every) >= ENOUGH
    for tree, code, place in every:
        found = [(issue.code, issue.place) for issue in check(tree)]
        assert (code, place) in found, (tree["resourceType"], code, place, found[:3])
