"""The constraints of the base specification: broken ones are named by key and place, kept ones let by."""

import time
from collections.abc import Iterator
from typing import Any

import pytest
from examples import examples

from record.profiles.right import CONDITION, OBSERVATION, PART, PATIENT
from wutong.core import json_text
from wutong.core.json_text import Number
from wutong.record.definitions import r4
from wutong.record.fhirpath import compile as compiled
from wutong.record.fhirpath.nodes import children, node_of
from wutong.record.profiles import check
from wutong.record.profiles.invariants import AMENDED

VERIFIED = {"system": "http://terminology.hl7.org/CodeSystem/condition-ver-status", "code": "entered-in-error"}
RESOLVED = {"system": "http://terminology.hl7.org/CodeSystem/condition-clinical", "code": "resolved"}
UCUM = "http://unitsofmeasure.org"
BUNDLE = {"resourceType": "Bundle", "type": "collection"}
TASK = {"resourceType": "Task", "status": "ready", "intent": "order"}
QUESTIONNAIRE: dict[str, Any] = {"resourceType": "Questionnaire", "status": "active"}
DIV = "<div xmlns='http://www.w3.org/1999/xhtml'>"
BASIC: dict[str, Any] = {"resourceType": "Basic", "code": {"text": "x"}}


def _extended(name: str, value: Any) -> dict[str, Any]:
    return {**BASIC, "extension": [{"url": "u:1", name: value}]}


# What is broken, by key and place; and beside it nearly the same, which is right.
BROKEN: list[tuple[str, str, dict[str, Any], dict[str, Any]]] = [
    ("obs-6", "Observation", {**OBSERVATION, "dataAbsentReason": {"text": "x"}},
     {"resourceType": "Observation", "status": "final", "code": PART, "dataAbsentReason": {"text": "x"}}),
    ("obs-7", "Observation", {**OBSERVATION, "component": [{"code": OBSERVATION["code"], "valueInteger": 3}]},
     {**OBSERVATION, "component": [{"code": PART, "valueInteger": 3}]}),
    ("obs-3", "Observation.referenceRange[0]", {**OBSERVATION, "referenceRange": [{"type": {"text": "x"}}]},
     {**OBSERVATION, "referenceRange": [{"type": {"text": "x"}, "low": {"value": 1}}]}),
    ("sqty-1", "Observation.referenceRange[0].low", {**OBSERVATION, "referenceRange": [{"low": {"value": 1, "comparator": "<"}}]},
     {**OBSERVATION, "valueQuantity": {"value": 1, "comparator": "<"}}),
    ("con-4", "Condition", {**CONDITION, "abatementString": "x", "verificationStatus": {"coding": [VERIFIED]}},
     {**CONDITION, "abatementString": "x", "clinicalStatus": {"coding": [RESOLVED]}}),
    ("con-5", "Condition", {**CONDITION, "clinicalStatus": {"coding": [RESOLVED]}, "verificationStatus": {"coding": [VERIFIED]}},
     {**CONDITION, "verificationStatus": {"coding": [VERIFIED]}}),
    ("pat-1", "Patient.contact[0]", {**PATIENT, "contact": [{"gender": "male"}]}, {**PATIENT, "contact": [{"name": {"text": "x"}}]}),
    ("cpt-2", "Patient.telecom[0]", {**PATIENT, "telecom": [{"value": "5"}]}, {**PATIENT, "telecom": [{"value": "5", "system": "phone"}]}),
    ("att-1", "Patient.photo[0]", {**PATIENT, "photo": [{"data": "aGVs"}]}, {**PATIENT, "photo": [{"url": "u:1"}]}),
    ("per-1", "Patient.name[0].period", {**PATIENT, "name": [{"period": {"start": "2024-02-01", "end": "2024-01-31"}}]},
     {**PATIENT, "name": [{"period": {"start": "2024-02", "end": "2024-02-01"}}]}),
    ("org-1", "Organization", {"resourceType": "Organization", "active": True}, {"resourceType": "Organization", "name": "x"}),
    ("org-2", "Organization.address[1]", {"resourceType": "Organization", "name": "x", "address": [{"text": "a"}, {"use": "home"}]},
     {"resourceType": "Organization", "name": "x", "address": [{"use": "work"}]}),
    ("org-3", "Organization.telecom[0]", {"resourceType": "Organization", "name": "x", "telecom": [{"use": "home", "rank": 1}]},
     {"resourceType": "Organization", "name": "x", "telecom": [{"use": "work", "rank": 1}]}),
    ("qty-3", "Basic.extension[0].valueQuantity", _extended("valueQuantity", {"code": "mg"}), _extended("valueQuantity", {"unit": "mg"})),
    ("rng-2", "Basic.extension[0].valueRange", _extended("valueRange", {"low": {"value": 2}, "high": {"value": Number("1.5")}}),
     _extended("valueRange", {"low": {"value": Number("1.50")}, "high": {"value": Number("1.5")}})),
    ("rat-1", "Basic.extension[0].valueRatio", _extended("valueRatio", {"numerator": {"value": 1}}),
     _extended("valueRatio", {"numerator": {"value": 1}, "denominator": {"value": 1}})),
    ("age-1", "Basic.extension[0].valueAge", _extended("valueAge", {"value": 3}), _extended("valueAge", {"value": 3, "code": "a", "system": UCUM})),
    ("cnt-3", "Basic.extension[0].valueCount", _extended("valueCount", {"value": Number("3.5"), "code": "1", "system": UCUM}),
     _extended("valueCount", {"value": 3, "code": "1", "system": UCUM})),
    ("drt-1", "Basic.extension[0].valueDuration", _extended("valueDuration", {"value": 3, "code": "h"}),
     _extended("valueDuration", {"value": 3, "code": "h", "system": UCUM})),
    ("tim-1", "Basic.extension[0].valueTiming.repeat", _extended("valueTiming", {"repeat": {"duration": 1}}),
     _extended("valueTiming", {"repeat": {"duration": 1, "durationUnit": "h"}})),
    ("tim-5", "Basic.extension[0].valueTiming.repeat", _extended("valueTiming", {"repeat": {"period": -1, "periodUnit": "h"}}),
     _extended("valueTiming", {"repeat": {"period": 0, "periodUnit": "h"}})),
    ("tim-9", "Basic.extension[0].valueTiming.repeat", _extended("valueTiming", {"repeat": {"offset": 5, "when": ["CM"]}}),
     _extended("valueTiming", {"repeat": {"offset": 5, "when": ["MORN"]}})),
    ("exp-1", "Basic.extension[0].valueExpression", _extended("valueExpression", {"language": "text/cql"}),
     _extended("valueExpression", {"language": "text/cql", "expression": "x"})),
    ("ext-1", "Basic.extension[0]", {**BASIC, "extension": [{"url": "u:1"}]}, _extended("valueBoolean", False)),
    ("ele-1", "Basic.code", {"resourceType": "Basic", "code": {"id": "x"}}, {"resourceType": "Basic", "code": {"id": "x", "text": "y"}}),
    ("ele-1", "Basic._created", {**BASIC, "_created": {"id": "x"}}, {**BASIC, "created": "2024", "_created": {"id": "x"}}),
    ("ref-1", "Basic.subject.reference", {**BASIC, "subject": {"reference": "#x"}}, {**BASIC, "subject": {"reference": "#"}}),
    ("txt-1", "Basic.text.div", {**BASIC, "text": {"status": "generated", "div": f"{DIV}<script>x</script></div>"}},
     {**BASIC, "text": {"status": "generated", "div": f"{DIV}x</div>"}}),
    ("txt-2", "Basic.text.div", {**BASIC, "text": {"status": "generated", "div": f"{DIV} </div>"}},
     {**BASIC, "text": {"status": "generated", "div": f"{DIV}<img src='a.png' alt=''/></div>"}}),
    ("dom-2", "Basic.contained[0].contained",
     {**BASIC, "subject": {"reference": "#a"}, "contained": [{**BASIC, "id": "a", "contained": [{**BASIC, "id": "b"}]}]},
     {**BASIC, "subject": {"reference": "#a"}, "contained": [{**BASIC, "id": "a"}]}),
    ("dom-3", "Basic.contained[0]", {**BASIC, "contained": [{**BASIC, "id": "a"}]},
     {**BASIC, "contained": [{**BASIC, "id": "a", "subject": {"reference": "#"}}]}),
    ("dom-4", "Basic.contained[0].meta.versionId", {**BASIC, "subject": {"reference": "#a"}, "contained": [{**BASIC, "id": "a", "meta": {"versionId": "1"}}]},
     {**BASIC, "subject": {"reference": "#a"}, "contained": [{**BASIC, "id": "a", "meta": {"profile": ["u:1"]}}]}),
    ("dom-5", "Basic.contained[0].meta.security", {**BASIC, "subject": {"reference": "#a"}, "contained": [{**BASIC, "id": "a", "meta": {"security": [{"code": "R"}]}}]},
     {**BASIC, "meta": {"security": [{"code": "R"}]}}),
    ("bdl-1", "Bundle", {**BUNDLE, "total": 1}, {**BUNDLE, "type": "searchset", "total": 1}),
    ("bdl-3", "Bundle", {**BUNDLE, "entry": [{"request": {"method": "GET", "url": "x"}}]},
     {**BUNDLE, "type": "batch", "entry": [{"request": {"method": "GET", "url": "x"}}]}),
    ("bdl-5", "Bundle.entry[0]", {**BUNDLE, "entry": [{"fullUrl": "u:1"}]}, {**BUNDLE, "entry": [{"fullUrl": "u:1", "resource": BASIC}]}),
    ("bdl-7", "Bundle", {**BUNDLE, "entry": [{"fullUrl": "u:1", "resource": BASIC}, {"fullUrl": "u:1", "resource": BASIC}]},
     {**BUNDLE, "entry": [{"fullUrl": "u:1", "resource": BASIC}, {"fullUrl": "u:2", "resource": BASIC}]}),
    ("bdl-8", "Bundle.entry[0]", {**BUNDLE, "entry": [{"fullUrl": "http://a/Basic/1/_history/2", "resource": BASIC}]},
     {**BUNDLE, "entry": [{"resource": BASIC}]}),
    ("bdl-11", "Bundle", {**BUNDLE, "type": "document", "timestamp": "2024-01-01T00:00:00Z", "identifier": {"system": "u:1", "value": "1"}, "entry": [{"resource": BASIC}]},
     {**BUNDLE, "entry": [{"resource": BASIC}]}),
    ("inv-1", "Task", {**TASK, "authoredOn": "2024-02-01", "lastModified": "2024-01-01"}, {**TASK, "authoredOn": "2024-02-01", "lastModified": "2024-02-01"}),
    ("inv-1", "Parameters.parameter[0]", {"resourceType": "Parameters", "parameter": [{"name": "x"}]},
     {"resourceType": "Parameters", "parameter": [{"name": "x", "valueString": "y"}]}),
    ("que-1", "Questionnaire.item[0]", {**QUESTIONNAIRE, "item": [{"linkId": "1", "type": "group"}]},
     {**QUESTIONNAIRE, "item": [{"linkId": "1", "type": "group", "item": [{"linkId": "2", "type": "display"}]}]}),
    ("que-2", "Questionnaire", {**QUESTIONNAIRE, "item": [{"linkId": "1", "type": "string"}, {"linkId": "1", "type": "string"}]},
     {**QUESTIONNAIRE, "item": [{"linkId": "1", "type": "string"}, {"linkId": "2", "type": "string"}]}),
    ("que-7", "Questionnaire.item[0].enableWhen[0]", {**QUESTIONNAIRE, "item": [{"linkId": "1", "type": "string", "enableWhen": [{"question": "2", "operator": "exists", "answerInteger": 1}]}]},
     {**QUESTIONNAIRE, "item": [{"linkId": "1", "type": "string", "enableWhen": [{"question": "2", "operator": "exists", "answerBoolean": True}]}]}),
    ("ras-2", "RiskAssessment.prediction[0]", {"resourceType": "RiskAssessment", "status": "final", "subject": {"reference": "Patient/1"}, "prediction": [{"probabilityDecimal": 101}]},
     {"resourceType": "RiskAssessment", "status": "final", "subject": {"reference": "Patient/1"}, "prediction": [{"outcome": {"text": "x"}}]}),
    ("lnk-1", "Linkage", {"resourceType": "Linkage", "item": [{"type": "source", "resource": {"display": "x"}}]},
     {"resourceType": "Linkage", "item": [{"type": "source", "resource": {"display": "x"}}, {"type": "alternate", "resource": {"display": "y"}}]}),
]  # fmt: skip


@pytest.mark.parametrize(
    ("key", "place", "broken", "kept"), BROKEN, ids=[f"{key} {place}" for key, place, *_ in BROKEN]
)
def test_a_broken_constraint_is_named_at_its_place(key: str, place: str, broken: Any, kept: Any) -> None:
    found = [(issue.place, issue.message.partition(":")[0]) for issue in check(broken) if issue.code == "invariant"]
    assert (place, key) in found
    assert key not in [issue.message.partition(":")[0] for issue in check(kept)]


def test_one_fault_is_said_once() -> None:
    assert len(check({**BUNDLE, "entry": [{"fullUrl": "http://a/Basic/1/_history/2", "resource": BASIC}]})) == 1


def test_inside_a_bundle_the_constraint_asks_its_own_resource() -> None:
    broken = {**OBSERVATION, "component": [{"code": OBSERVATION["code"], "valueInteger": 3}]}
    bundle = {**BUNDLE, "entry": [{"resource": OBSERVATION}, {"resource": broken}]}
    assert [issue.place for issue in check(bundle)] == ["Bundle.entry[1].resource"]


def test_where_the_structure_is_wrong_a_constraint_that_cannot_be_asked_says_nothing() -> None:
    ranged = _extended("valueRange", {"low": {"value": "two"}, "high": {"value": True}})
    assert {issue.code for issue in check(ranged)} == {"value"}


def test_what_is_amended_stands_in_the_definitions() -> None:
    for path, key in AMENDED:
        assert key in [each.key for each in r4().constraints[path]]


def _nodes(tree: Any) -> Iterator[tuple[Any, str]]:
    level = [node_of(tree, "Resource")]
    while level:
        yield from ((value, kind) for value, kind, _ in level if type(value) is dict)
        level = children(level)


def test_a_constraint_holds_wherever_an_element_that_it_needs_is_absent() -> None:
    rules = {path: [compiled(each.expression, path) for each in every] for path, every in r4().constraints.items()}
    asked = 0
    for _, body in examples():
        tree = json_text.parse(body)
        if "Bundle" in tree["resourceType"]:
            continue
        for value, kind in _nodes(tree):
            for rule in rules.get(kind, ()):
                if any(not compiled(f"`{name}`.exists()", kind).holds(value, tree) for name in rule.needs):
                    asked += 1
                    assert rule.holds(value, tree), (kind, rule.text)
    assert asked > 2_000


def test_all_constraints_of_errors_are_compiled() -> None:
    assert sum(map(len, r4().constraints.values())) > 240
    assert not {"dom-6", "ele-1"} & {each.key for every in r4().constraints.values() for each in every}


def _contained(count: int, **content: Any) -> list[dict[str, Any]]:
    return [{**content, "id": f"c{number}"} for number in range(count)]


def test_many_contained_resources_cost_little() -> None:
    references = [{"url": "u:1", "valueReference": {"reference": f"#c{number}"}} for number in range(3000)]
    assert check({**BASIC, "contained": _contained(3000, **BASIC), "extension": references}) == []


def test_what_would_take_the_square_of_its_size_is_ended() -> None:
    members = [
        {"member": {"reference": f"#c{number}"}, "onBehalfOf": {"reference": "Organization/1"}}
        for number in range(10_000)
    ]
    contained = _contained(10_000, resourceType="Practitioner")
    began = time.process_time()
    found = check({"resourceType": "CareTeam", "contained": contained, "participant": members})
    assert [issue.code for issue in found] == ["too-costly"]
    assert time.process_time() - began < 8


def test_a_huge_code_is_read_once_however_many_components_there_are() -> None:
    coding = {"code": "x", "extension": [{"url": "u:1", "valueInteger": number} for number in range(20_000)]}
    components = [{"code": {"coding": [{"code": str(number)}]}, "valueInteger": 1} for number in range(2_000)]
    tree = {**OBSERVATION, "code": {"coding": [coding]}, "component": components}
    began = time.process_time()
    assert check(tree) == []
    assert time.process_time() - began < 4
