"""All that the official definitions ask compiles; and none of it can be made slow."""

import time
from contextlib import suppress
from typing import Any

from examples import examples

from record.fhirpath.asking import package
from wutong.core import json_text
from wutong.record.fhirpath import CannotEvaluate, Compiled
from wutong.record.fhirpath import compile as compiled
from wutong.record.fhirpath.nodes import KEYS, WAYS
from wutong.record.fhirpath.parser import parse
from wutong.record.fhirpath.pruning import pruned

CHECKS = {"htmlChecks": lambda _: True}


def test_every_constraint_compiles() -> None:
    expressions = {
        (element["path"], constraint["expression"])
        for structure in package("StructureDefinition-")
        if structure.get("derivation") != "constraint"
        for element in structure["snapshot"]["element"]
        for constraint in element.get("constraint", [])
    }
    assert len({expression for _, expression in expressions}) > 190
    for path, expression in expressions:
        compiled(expression, path, checks=CHECKS)


def test_every_search_parameter_compiles() -> None:
    count = 0
    for parameter in package("SearchParameter-"):
        expressions = [parameter, *parameter.get("component", [])]
        for kind in parameter.get("base", []):
            for each in expressions:
                if "expression" in each:
                    compiled(each["expression"], kind)
                    count += 1
    assert count > 1600


def _took(expression: str, kind: str, resource: Any) -> float:
    began = time.process_time()
    with suppress(CannotEvaluate):
        compiled(expression, kind).holds(resource, resource)
    return time.process_time() - began


def test_hostile_resources_cost_little() -> None:
    many = [{"resourceType": "Observation", "id": str(number)} for number in range(5000)]
    contained = {"resourceType": "Patient", "contained": many}
    linked = {"resourceType": "Questionnaire", "item": [{"linkId": str(number % 4000)} for number in range(5000)]}
    grouped = {
        "resourceType": "ImplementationGuide",
        "definition": {
            "grouping": [{"id": str(each)} for each in range(5000)],
            "resource": [{"groupingId": "x"}] * 5000,
        },
    }
    path = {"path": "a" + ".a:b" * 3000 + "!", "sliceName": "-" * 9000 + "!"}
    assert _took("contained.where('#'+id in %resource.descendants().reference)", "Patient", contained) < 3
    assert _took("descendants().linkId.isDistinct()", "Questionnaire", linked) < 3
    assert _took("definition.resource.groupingId.all(%resource.definition.grouping.id contains $this)", "ImplementationGuide", grouped) < 3  # fmt: skip
    for structure in package("StructureDefinition-ElementDefinition"):
        for constraint in structure["snapshot"]["element"][0]["constraint"]:
            for value in (path, {"path": "a" * 9999, "sliceName": "a:" * 5000}):
                assert _took(constraint["expression"], "ElementDefinition", value) < 1, constraint["key"]


def test_a_union_keeps_what_is_about_the_type_alone() -> None:
    whole = " | ".join(f"{kind}.code" for kind in ("AllergyIntolerance", "Condition", "Procedure", "Observation"))
    condition = {"resourceType": "Condition", "code": {"text": "x"}}
    assert pruned(parse(whole), "Condition") == parse("{} | Condition.code")
    assert [value for value, *_ in compiled(whole, "Condition").values(condition, condition)] == [{"text": "x"}]
    for other in ("(Condition.code as CodeableConcept)", "Resource.code", "code", "Condition.code.exists()"):
        assert pruned(parse(other), "Condition") == parse(other)
    assert pruned(parse("Patient.deceased.exists()"), "Condition") == parse("Patient.deceased.exists()")


def test_every_search_parameter_gives_the_same_pruned_or_not() -> None:
    trees = {tree["resourceType"]: tree for tree in (json_text.parse(body) for _, body in examples())}
    found = 0
    for parameter in package("SearchParameter-"):
        expression = parameter.get("expression", "")
        for kind in parameter.get("base", []) if "|" in expression else []:
            if tree := trees.get(kind):
                given = compiled(expression, kind).values(tree, tree)
                # An abstract type is not pruned; the node itself says of which type it is.
                assert given == compiled(expression, "Resource").values(tree, tree)
                found += len(given)
    assert found > 100


def test_every_search_parameter_can_be_asked_of_every_example() -> None:
    compiled_for: dict[str, list[Compiled]] = {}
    for parameter in package("SearchParameter-"):
        for kind in parameter.get("base", []):
            if "expression" in parameter:
                compiled_for.setdefault(kind, []).append(compiled(parameter["expression"], kind))
    found = 0
    for _, body in examples():
        tree = json_text.parse(body)
        for each in [*compiled_for.get(tree["resourceType"], ()), *compiled_for["Resource"]]:
            found += len(each.values(tree, tree))
    assert found > 8_000


def test_a_type_that_nobody_knows_leaves_nothing_behind() -> None:
    rule = compiled("entry.resource.meta.versionId.exists()", "Bundle")
    before = len(WAYS), len(KEYS)
    for number in range(1000):
        resource = {"resourceType": f"Invented{number}", "meta": {"versionId": "1"}}
        rule.holds({"resourceType": "Bundle", "entry": [{"resource": resource}]}, {})
    assert len(WAYS) - before[0] < 10
    assert len(KEYS) - before[1] < 10
