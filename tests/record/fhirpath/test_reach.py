"""An expression is not asked of a resource that has none of the names it needs: it would find nothing there."""

import pytest
from examples import examples

from wutong.core import json_text
from wutong.record.definitions.search_parameters import parameters
from wutong.record.fhirpath import CannotEvaluate, Node, names_needed
from wutong.record.fhirpath import compile as compiled


@pytest.mark.parametrize(
    ("expression", "names"),
    [
        ("Observation.status", {"status", "_status"}),
        ("Observation.component.code", {"component"}),
        ("Observation.subject.where(resolve() is Patient)", {"subject"}),
        ("(Observation.value as Quantity) | (Observation.component.value as Quantity)", {"valueQuantity", "component"}),
        ("Observation.value.as(string)", {"valueString", "_valueString"}),
        ("Observation.extension('http://example.org')", {"extension"}),
        ("Condition.code", set()),
        ("Patient.deceased.exists() and Patient.deceased != false", None),
        ("Observation", None),
    ],
)
def test_the_names_that_an_expression_needs(expression: str, names: set[str] | None) -> None:
    kind = "Patient" if "Patient." in expression else "Observation"
    assert names_needed(expression, kind) == names


def test_a_composite_needs_what_its_last_part_needs() -> None:
    assert names_needed("Observation | Observation.component", "Observation", "value.as(Quantity)") == {
        "valueQuantity",
        "component",
    }


def test_what_says_itself_of_which_type_it_is_may_be_of_any() -> None:
    assert names_needed("(Bundle.entry as Composition)", "Bundle") == set()
    assert names_needed("(Parameters.parameter.resource as Patient)", "Parameters") == {"parameter"}
    assert names_needed("(Patient.contained as Organization)", "Patient") == {"contained"}


def test_no_parameter_finds_anything_in_an_official_example_that_lacks_what_it_needs() -> None:
    spared = 0
    for _, body in examples():
        resource = json_text.parse(body)
        kind = resource["resourceType"]
        for parameter in parameters(kind).values():
            last = [each.expression for each in parameter.components[-1:]]
            needed = names_needed(parameter.expression, kind, *last)
            if needed is None or not needed.isdisjoint(resource):
                continue
            spared += 1
            found = _found(parameter.expression, kind, resource)
            parts = [_found(each, node[1], node[0]) for node in found for each in last]
            assert not (any(parts) if last else found), (kind, parameter.name)
    assert spared > 5_000


def _found(expression: str, kind: str, node: object) -> list[Node]:
    try:
        return compiled(expression, kind).values(node, node)
    except CannotEvaluate:
        return []
