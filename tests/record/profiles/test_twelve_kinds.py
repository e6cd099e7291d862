"""Twelve kinds of fault, each put into many official examples: every one is refused, at the right place."""

import copy
from collections.abc import Callable, Iterator
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


def _elements() -> Iterator[tuple[dict[str, Any], str, Element]]:
    """Each example with each element that it has at its top."""
    for tree in _right():
        kind = tree["resourceType"]
        for name in tree:
            if element := r4().types[kind].elements.get(name):
                yield tree, f"{kind}.{name}", element


def _with(tree: dict[str, Any], name: str, value: Any) -> dict[str, Any]:
    return {**copy.deepcopy(tree), name: value}


def _like(element: Element, value: Any) -> tuple[Any, str]:
    """The value as the element takes it, one or several, and what to add to its place."""
    return ([value], "[0]") if element.most != 1 else (value, "")


def unknown_element() -> Iterator[Bad]:
    for tree in _right():
        yield _with(tree, "nothingLikeThis", 1), "structure", f"{tree['resourceType']}.nothingLikeThis"
    for tree, place, element in _elements():
        if element.type == "CodeableConcept":
            value, number = _like(element, {"text": "x", "colour": "red"})
            yield _with(tree, element.name, value), "structure", f"{place}{number}.colour"


def missing_required() -> Iterator[Bad]:
    for tree, place, element in _elements():
        if element.least and not element.choice:
            yield {name: each for name, each in tree.items() if name.lstrip("_") != element.name}, "required", place
        elif element.least:
            stem = f"{tree['resourceType']}.{element.choice}"
            yield {name: each for name, each in tree.items() if name.lstrip("_") != element.name}, "required", stem


def too_many() -> Iterator[Bad]:
    for tree, place, element in _elements():
        if element.most == 1:
            yield _with(tree, element.name, [tree[element.name]] * 2), "structure", place


def wrong_json() -> Iterator[Bad]:
    for tree, place, element in _elements():
        if element.type in r4().primitives:
            value, number = _like(element, {"value": 1})
            yield _with(tree, element.name, value), "value", place + number
        elif element.type != "Resource":
            value, number = _like(element, "text")
            yield _with(tree, element.name, value), "structure", place + number
        if element.most != 1:
            yield _with(tree, element.name, tree[element.name][0]), "structure", place


def wrong_format() -> Iterator[Bad]:
    for tree, place, element in _elements():
        if element.type in WRONG_FORMAT:
            value, number = _like(element, WRONG_FORMAT[element.type])
            yield _with(tree, element.name, value), "code-invalid" if element.codes else "value", place + number


def two_choices() -> Iterator[Bad]:
    for tree, place, element in _elements():
        for other in r4().types[tree["resourceType"]].choices.get(element.choice, ()):
            if other != element.name:
                yield _with(tree, other, tree[element.name]), "structure", place.replace(element.name, other)


def code_outside_its_binding() -> Iterator[Bad]:
    for tree, place, element in _elements():
        if element.codes and element.type == "code":
            value, number = _like(element, "no-such-code")
            yield _with(tree, element.name, value), "code-invalid", place + number
        elif element.codes and element.type == "CodeableConcept":
            value, number = _like(element, {"coding": [{"system": "u:1", "code": "no-such-code"}]})
            yield _with(tree, element.name, value), "code-invalid", f"{place}{number}.coding"


def reference_to_a_wrong_type() -> Iterator[Bad]:
    for tree, place, element in _elements():
        if element.type == "Reference" and element.targets and "Resource" not in element.targets:
            wrong = next(each for each in ("Binary", "Basic", "Slot") if each not in element.targets)
            value, number = _like(element, {"reference": f"{wrong}/1"})
            yield _with(tree, element.name, value), "value", f"{place}{number}.reference"


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
    for tree, place, element in _elements():
        if element.type in r4().primitives and element.most == 1 and element.name != "id":
            beside = place.replace(f".{element.name}", f"._{element.name}")
            yield _with(tree, f"_{element.name}", {"extension": [both]}), "invariant", f"{beside}.extension[0]"


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


@pytest.mark.parametrize("kind", KINDS, ids=[each.__name__ for each in KINDS])
def test_a_fault_of_each_kind_is_refused_at_its_place(kind: Callable[[], Iterator[Bad]]) -> None:
    every = list(kind())
    assert len(every) >= ENOUGH
    for tree, code, place in every:
        found = [(issue.code, issue.place) for issue in check(tree)]
        assert (code, place) in found, (tree["resourceType"], code, place, found[:3])
