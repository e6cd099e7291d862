"""JSON Patch as RFC 6902 says it, with numbers that keep their digits, and never more than was asked for."""

import contextlib
import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wutong.core import json_text
from wutong.core.json_patch import MOST_OPERATIONS, PatchProblem, apply, read
from wutong.core.json_text import Number


def _patched(document: str, patch: str) -> str:
    return json_text.dump(apply(json_text.parse(document.encode()), read(json_text.parse(patch.encode())))).decode()


# RFC 6902, appendix A, with its numbers; then what FHIR resources have beside it.
_RIGHT = [
    ('{"foo":"bar"}', '[{"op":"add","path":"/baz","value":"qux"}]', '{"foo":"bar","baz":"qux"}'),
    ('{"foo":["bar","baz"]}', '[{"op":"add","path":"/foo/1","value":"qux"}]', '{"foo":["bar","qux","baz"]}'),
    ('{"baz":"qux","foo":"bar"}', '[{"op":"remove","path":"/baz"}]', '{"foo":"bar"}'),
    ('{"foo":["bar","qux","baz"]}', '[{"op":"remove","path":"/foo/1"}]', '{"foo":["bar","baz"]}'),
    ('{"baz":"qux","foo":"bar"}', '[{"op":"replace","path":"/baz","value":"boo"}]', '{"baz":"boo","foo":"bar"}'),
    (
        '{"foo":{"bar":"baz","waldo":"fred"},"qux":{"corge":"grault"}}',
        '[{"op":"move","from":"/foo/waldo","path":"/qux/thud"}]',
        '{"foo":{"bar":"baz"},"qux":{"corge":"grault","thud":"fred"}}',
    ),
    (
        '{"foo":["all","grass","cows","eat"]}',
        '[{"op":"move","from":"/foo/1","path":"/foo/3"}]',
        '{"foo":["all","cows","eat","grass"]}',
    ),
    (
        '{"baz":"qux","foo":["a",2,"c"]}',
        '[{"op":"test","path":"/baz","value":"qux"},{"op":"test","path":"/foo/1","value":2}]',
        '{"baz":"qux","foo":["a",2,"c"]}',
    ),
    ('{"foo":"bar"}', '[{"op":"add","path":"/child","value":{"grandchild":{}}}]', '{"foo":"bar","child":{"grandchild":{}}}'),
    ('{"foo":"bar"}', '[{"op":"add","path":"/baz","value":"qux","xyz":123}]', '{"foo":"bar","baz":"qux"}'),
    ('{"/":9,"~1":10}', '[{"op":"test","path":"/~01","value":10}]', '{"/":9,"~1":10}'),
    ('{"foo":["bar"]}', '[{"op":"add","path":"/foo/-","value":["abc","def"]}]', '{"foo":["bar",["abc","def"]]}'),
    ('{"a":1}', '[{"op":"add","path":"/a","value":null}]', '{"a":null}'),
    ('{"a":1}', '[{"op":"replace","path":"","value":{"b":2}}]', '{"b":2}'),
    ('{"a":{"b":1}}', '[{"op":"copy","from":"/a","path":"/c"},{"op":"add","path":"/c/d","value":2}]', '{"a":{"b":1},"c":{"b":1,"d":2}}'),
    ('{"a":1}', '[{"op":"move","from":"/a","path":"/a"}]', '{"a":1}'),
    ('{"":{"":1}}', '[{"op":"replace","path":"//","value":2}]', '{"":{"":2}}'),
    ('{"v":72.50}', '[{"op":"test","path":"/v","value":72.5},{"op":"copy","from":"/v","path":"/w"}]', '{"v":72.50,"w":72.50}'),
    ('{"v":1}', '[{"op":"replace","path":"/v","value":1.10e1}]', '{"v":1.10e1}'),
    ('{"v":1E3}', '[{"op":"test","path":"/v","value":1000}]', '{"v":1E3}'),
]  # fmt: skip


@pytest.mark.parametrize(("document", "patch", "wanted"), _RIGHT)
def test_a_patch_does_what_the_standard_says(document: str, patch: str, wanted: str) -> None:
    assert _patched(document, patch) == wanted


_WRONG = [
    ('{"baz":"qux"}', '[{"op":"test","path":"/baz","value":"bar"}]'),
    ('{"foo":"bar"}', '[{"op":"add","path":"/baz/bat","value":"qux"}]'),
    ('{"foo":"bar"}', '[{"op":"remove","path":"/baz"}]'),
    ('{"foo":"bar"}', '[{"op":"replace","path":"/baz","value":1}]'),
    ('{"foo":["a"]}', '[{"op":"add","path":"/foo/2","value":1}]'),
    ('{"foo":["a"]}', '[{"op":"add","path":"/foo/01","value":1}]'),
    ('{"foo":["a"]}', '[{"op":"add","path":"/foo/-1","value":1}]'),
    ('{"foo":["a"]}', '[{"op":"add","path":"/foo/1e0","value":1}]'),
    ('{"foo":["a"]}', '[{"op":"add","path":"/foo/\u0661","value":1}]'),
    ('{"foo":["a"]}', '[{"op":"add","path":"/foo/99999999999999999999","value":1}]'),
    ('{"foo":["a"]}', '[{"op":"remove","path":"/foo/-"}]'),
    ('{"foo":"bar"}', '[{"op":"add","path":"/foo/x","value":1}]'),
    ('{"foo":"bar"}', '[{"op":"remove","path":""}]'),
    ('{"/":9,"~1":10}', '[{"op":"test","path":"/~01","value":"10"}]'),
    ('{"a":1}', '[{"op":"test","path":"/a","value":true}]'),
    ('{"a":true}', '[{"op":"test","path":"/a","value":1}]'),
    ('{"a":{"b":1}}', '[{"op":"move","from":"/a","path":"/a/b"}]'),
    ('{"a":1}', '[{"op":"move","from":"/b","path":"/b"}]'),
    ('{"a":1}', '[]'),
    ('{"a":1}', '{"op":"remove","path":"/a"}'),
    ('{"a":1}', '[{"op":"spam","path":"/a"}]'),
    ('{"a":1}', '[{"op":["add"],"path":"/a"}]'),
    ('{"a":1}', '[1]'),
    ('{"a":1}', '[{"op":"add","path":"/a"}]'),
    ('{"a":1}', '[{"op":"add","path":"a","value":1}]'),
    ('{"a":1}', '[{"op":"add","value":1}]'),
    ('{"a":1}', '[{"op":"copy","path":"/b"}]'),
    ('{"a":1}', '[{"op":"add","path":"/a~2","value":1}]'),
    ('{"a":1}', '[{"op":"add","path":"' + "/a" * 100 + '","value":1}]'),
]  # fmt: skip


@pytest.mark.parametrize(("document", "patch"), _WRONG)
def test_what_is_no_patch_or_does_not_fit_is_told(document: str, patch: str) -> None:
    with pytest.raises(PatchProblem) as told:
        _patched(document, patch)
    assert told.value.message.endswith((".", ")."))


def test_the_document_stays_as_it_is_and_a_value_is_its_own() -> None:
    document, value = {"a": {"b": [1]}}, {"c": 1}
    operations = read([{"op": "add", "path": "/x", "value": value}, {"op": "add", "path": "/x/d", "value": 2}])
    assert apply(document, operations) == {"a": {"b": [1]}, "x": {"c": 1, "d": 2}}
    assert (document, value) == ({"a": {"b": [1]}}, {"c": 1})
    assert apply(document, operations)["x"] == {"c": 1, "d": 2}


@pytest.mark.parametrize(
    "patch",
    [
        [{"op": "copy", "from": "", "path": f"/n{number}"} for number in range(200)],
        [{"op": "copy", "from": "", "path": "/a"}] * 200,
        [{"op": "copy", "from": "/list", "path": "/list/-"}] * 200,
        [{"op": "add", "path": f"/n{number}", "value": [0] * 1000} for number in range(500)],
        [{"op": "copy", "from": "/text", "path": "/list/-"}] * 200,
    ],
)
def test_a_small_patch_grows_nothing_large(patch: list[Any]) -> None:
    begin = time.process_time()
    with pytest.raises(PatchProblem):
        apply({"a": 1, "list": [1, 2], "text": "a" * 100_000}, read(patch))
    assert time.process_time() - begin < 2


def test_a_long_text_is_copied_once_or_twice() -> None:
    patch = [{"op": "copy", "from": "/text", "path": f"/{number}"} for number in range(2)]
    assert len(apply({"text": "a" * 100_000}, read(patch))["1"]) == 100_000


@pytest.mark.parametrize(("number", "other"), [("1e9", "1E+9"), ("1e" + "9" * 40, "1e" + "9" * 40)])
def test_numbers_are_compared_however_large(number: str, other: str) -> None:
    assert apply([Number(number)], read([{"op": "test", "path": "/0", "value": Number(other)}])) == [Number(number)]
    with pytest.raises(PatchProblem):
        apply([Number(number)], read([{"op": "test", "path": "/0", "value": Number("1e" + "9" * 41)}]))


def test_moves_make_nothing_deep() -> None:
    patch: list[Any] = []
    for number in range(MOST_OPERATIONS // 2):
        patch += [{"op": "add", "path": f"/n{number}", "value": {}}]
        patch += [{"op": "move", "from": f"/n{number - 1}", "path": f"/n{number}/x"}] if number else []
    with pytest.raises(PatchProblem, match="deeper"):
        apply({}, read(patch))


def test_too_many_operations_are_not_begun() -> None:
    with pytest.raises(PatchProblem, match="operations"):
        read([{"op": "remove", "path": "/a"}] * (MOST_OPERATIONS + 1))


_TREES = st.recursive(
    st.none() | st.booleans() | st.integers(-99, 99) | st.sampled_from([Number("1.50"), Number("1E2")]) | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=12,
)  # fmt: skip


def _escaped(name: str) -> str:
    return name.replace("~", "~0").replace("/", "~1")


@given(tree=st.dictionaries(st.text(max_size=3), _TREES, max_size=3), name=st.text(max_size=3), value=_TREES)
def test_what_is_added_is_there_and_what_is_removed_is_not(tree: Any, name: str, value: Any) -> None:
    path = f"/{_escaped(name)}"
    added = apply(
        tree, read([{"op": "add", "path": path, "value": value}, {"op": "test", "path": path, "value": value}])
    )
    assert added == tree | {name: value}
    removed = apply(added, read([{"op": "remove", "path": path}]))
    assert removed == {key: each for key, each in tree.items() if key != name}


@given(tree=_TREES, operations=st.lists(_TREES, max_size=4))
def test_anything_is_applied_or_told(tree: Any, operations: Any) -> None:
    with contextlib.suppress(PatchProblem):
        apply(tree, read(operations))
