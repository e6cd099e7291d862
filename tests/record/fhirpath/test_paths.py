"""A plain path, and the parts of a union, find what the expression finds that is walked step by step."""

from functools import cache

from examples import examples

from wutong.core import json_text
from wutong.record.definitions.search_parameters import parameters
from wutong.record.fhirpath import CannotEvaluate, Compiled, parts
from wutong.record.fhirpath import compile as compiled
from wutong.record.fhirpath.values import key


def test_in_all_official_examples_of_all_search_parameters() -> None:
    asked = 0
    for _, data in examples():
        tree = json_text.parse(data)
        for parameter in parameters(tree["resourceType"]).values():
            stepped, whole, split = _asked(parameter.expression, tree["resourceType"])
            found = _found(stepped, tree)
            assert _found(whole, tree) == found, parameter
            assert _found(split, tree) == found, parameter
            asked += bool(found)
    assert asked > 2_000


def test_what_is_malformed_is_passed_over() -> None:
    asked = compiled("Observation.component.code", "Observation")
    for wrong in (None, "x", [None], [{"code": None}], [["code"]], {"code": None}):
        tree = {"resourceType": "Observation", "component": wrong}
        assert [value for value, _, _ in asked.values(tree, tree)] == []


def test_a_primitive_comes_with_what_stands_beside_it() -> None:
    tree = {"resourceType": "Observation", "_status": {"id": "a"}}
    assert compiled("Observation.status", "Observation").values(tree, tree) == [(None, "code", {"id": "a"})]


def test_a_reference_leads_to_what_is_contained() -> None:
    tree = {
        "resourceType": "Observation",
        "contained": [{"resourceType": "Patient", "id": "p"}, {"resourceType": "Group", "id": "g"}],
        "subject": {"reference": "#p"},
    }
    asked = compiled("Observation.subject.where(resolve() is Patient)", "Observation")
    assert [value for value, _, _ in asked.values(tree, tree)] == [tree["subject"]]
    other = tree | {"subject": {"reference": "#g"}}
    assert asked.values(other, other) == []


@cache
def _asked(expression: str, kind: str) -> tuple[list[Compiled], list[Compiled], list[Compiled]]:
    """Step by step, as what a sender wrote is, each step of which is counted; as it is; and each part by itself."""
    if not expression:
        return [], [], []
    stepped, whole = compiled(expression, kind, is_foreign=True), compiled(expression, kind)
    return [stepped], [whole], [compiled(part, kind) for part in parts(expression, kind)]


def _found(asked: list[Compiled], tree: object) -> set[object] | None:
    """A union has what is equal once."""
    try:
        return {(key(node), node[1]) for each in asked for node in each.values(tree, tree)}
    except CannotEvaluate:
        return None
