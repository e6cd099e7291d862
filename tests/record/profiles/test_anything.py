"""Whatever is sent, the check answers; and what is right stays right."""

import copy
import time
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from record.profiles.right import CONDITION, OBSERVATION, PATIENT
from wutong.core import json_text
from wutong.record.definitions import r4
from wutong.record.profiles import check, patient_references, references

NAMES = sorted(
    {name for kind in ("Observation", "Patient", "Extension", "Bundle") for name in r4().types[kind].elements}
)
SCALARS = (
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20)
    | st.sampled_from(["Patient/1", "#x", "#", "2024-02-30", "final", "<div>x</div>", "urn:uuid:x", "Observation"])
    | st.sampled_from(["72.50", "1E5", "-0"]).map(json_text.Number)
)  # fmt: skip
KEYS = st.sampled_from([*NAMES, *(f"_{name}" for name in NAMES), "resourceType", "reference", "nothing"]) | st.text(
    max_size=8
)
TREES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=5), max_leaves=25
)


def _answers(resource: Any) -> None:
    issues = check(resource)
    assert all(issue.message and issue.severity == "error" for issue in issues)
    found = list(references(resource))
    assert all(holder[name] == text for holder, name, text in found)
    if isinstance(resource, dict):
        patient_references(resource)


@settings(max_examples=150)
@given(TREES, st.sampled_from(sorted(r4().resources)))
def test_any_tree_is_answered(tree: Any, kind: str) -> None:
    _answers(tree)
    if isinstance(tree, dict):
        _answers({**tree, "resourceType": kind})


@settings(max_examples=200, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_a_right_resource_with_one_part_replaced_is_answered(data: st.DataObject) -> None:
    resource = copy.deepcopy(data.draw(st.sampled_from([OBSERVATION, PATIENT, CONDITION])))
    holder: Any = resource
    while True:
        key = data.draw(st.sampled_from(sorted(holder) if isinstance(holder, dict) else range(len(holder))))
        inner = holder[key]
        if not isinstance(inner, dict | list) or not inner or data.draw(st.booleans()):
            break
        holder = inner
    holder[key] = data.draw(TREES)
    _answers(resource)
    _answers({"resourceType": "Bundle", "type": "collection", "entry": [{"resource": resource}]})


@settings(max_examples=50)
@given(st.sampled_from(sorted(r4().resources)))
def test_every_type_is_checked(kind: str) -> None:
    issues = check({"resourceType": kind, "id": "x", "nothing": 1})
    assert (f"{kind}.nothing", "structure") in [(issue.place, issue.code) for issue in issues]
    required = {f"{kind}.{name}" for name in r4().types[kind].required}
    assert required == {issue.place for issue in issues if issue.code == "required"}


def test_time_grows_with_size_and_no_faster() -> None:
    def took(entries: int) -> float:
        bundle = {"resourceType": "Bundle", "type": "collection", "entry": [{"resource": OBSERVATION}] * entries}
        began = time.process_time()
        assert check(bundle) == []
        return time.process_time() - began

    took(10)
    assert took(4_000) < 40 * took(400)


def test_a_tree_that_no_reader_lets_through_is_still_answered() -> None:
    deep: dict[str, Any] = {"url": "u:1", "valueString": "x"}
    for _ in range(5_000):
        deep = {"url": "u:1", "extension": [deep]}
    issues = check({"resourceType": "Basic", "code": {"text": "x"}, "extension": [deep]})
    assert issues[-1].code == "too-costly"
