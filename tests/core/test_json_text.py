"""Strict JSON: what is refused, and that digits survive."""

import json
import re
import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wutong.core import json_text
from wutong.core.json_text import JsonProblem, Number

LEVELS = 10_000


@pytest.mark.parametrize(
    "number",
    ["72.50", "0.0", "-1.10", "1E5", "1.0e-7", "3", "-0", "123456789012345678901234567890", "0.1000000000000000000"],
)
def test_a_number_is_written_back_digit_for_digit(number: str) -> None:
    text = f'{{"value":{number}}}'.encode()
    assert json_text.dump(json_text.parse(text)) == text


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (b"", "empty"),
        (b" \n", "empty"),
        (b'{"a":1', "not JSON"),
        (b'{"a":1,}', "not JSON"),
        (b"{'a':1}", "not JSON"),
        (b'{"a":01}', "not JSON"),
        (b'{"a":1}{"b":2}', "not JSON"),
        (b'{"a":"\n"}', "not JSON"),
        (b'{"a":NaN}', "NaN is not a JSON number"),
        (b'{"a":-Infinity}', "Infinity is not a JSON number"),
        (b'{"a":1,"a":2}', "'a' stands twice"),
        (b'{"b":[{"a":1,"c":1,"a":2}]}', "'a' stands twice"),
        (b'{"a":1,"\\u0061":2}', "'a' stands twice"),
        (b'\xef\xbb\xbf{"a":1}', "byte order mark"),
        (b'{"a":"\xff"}', "not UTF-8"),
        (b'{"a":"\xed\xa0\x80"}', "not UTF-8"),
        ('{"a":1}'.encode("utf-16"), "not UTF-8"),
        (b'{"a":"\x00"}', "NUL"),
        (b'{"a":"\\u0000"}', "NUL"),
        (b'{"\\u0000":1}', "NUL"),
        (b'"\\u0000"', "NUL"),
        (b'{"a":["\\ud800"]}', "surrogate"),
        (b'{"a":[["\\udc00\\ud800"]]}', "surrogate"),
        (b'{"\\ud800":1,"\\ud800":1}', "stands twice"),
        (b"[" * LEVELS + b"]" * LEVELS, "deeper than 64"),
        (b"[" * LEVELS, "deeper than 64"),
        (b'{"a":' * LEVELS + b"1" + b"}" * LEVELS, "deeper than 64"),
        (b'{"a":[' * 33 + b"]}" * 33, "deeper than 64"),
        (b'{"a":1' + b"0" * 100 + b"}", "over 64 characters"),
        (b'{"a":0.' + b"0" * 100 + b"}", "over 64 characters"),
        (b"[" + b"1," * 1_000_001 + b"1]", "values"),
    ],
)
def test_what_is_no_acceptable_json_is_refused_with_a_sentence(text: bytes, said: str) -> None:
    with pytest.raises(JsonProblem) as problem:
        json_text.parse(text)
    assert said in problem.value.message
    problem.value.message.encode()  # what is said can itself be sent


def test_a_fault_names_its_line_and_column() -> None:
    with pytest.raises(JsonProblem) as problem:
        json_text.parse(b'{\n  "a": 1,\n  "b": tru\n}')
    assert problem.value.place == "line 3, column 8"


@pytest.mark.parametrize(
    ("text", "place"),
    [
        (b'{"code":{"text":"a","text":"b"},"resourceType":"Observation"}', "Observation.code.text"),
        (
            b'{"resourceType":"Bundle","entry":[{},{"resource":{"id":"a","i\\u0064":"b"}}]}',
            "Bundle.entry[1].resource.id",
        ),
        (
            b'{"resourceType":"Observation","text":"NaN","valueQuantity":{"value":NaN}}',
            "Observation.valueQuantity.value",
        ),
        (b'{"resourceType":"Patient","name":[{"given":["a","b\\u0000"]}]}', "Patient.name[0].given[1]"),
        (b'{"resourceType":"Patient","name":[{"fam\\ud800":"a"}]}', "Patient.name[0].fam?"),
        (b'{"resourceType":"Patient","a":' + b"1" * 65 + b"}", "Patient.a"),
        (b'{"a":1,"b":{"c":-Infinity}}', "b.c"),
        (b'{"resourceType":"Patient","":{"":NaN}}', "Patient.``.``"),
        (b'[{"a":1},{"a":1,"a":2}]', "[1].a"),
        (b'{"a":1,"a":2', "line 1, column 13"),  # read no further than there
    ],
)
def test_a_fault_names_its_place_as_fhirpath(text: bytes, place: str) -> None:
    with pytest.raises(JsonProblem) as problem:
        json_text.parse(text)
    assert problem.value.place == place


def test_exactly_the_greatest_depth_is_read() -> None:
    assert json_text.parse(b"[" * 64 + b"]" * 64)
    assert json_text.parse(b"[" * 3 + b"]" * 3, max_depth=3) == [[[]]]
    with pytest.raises(JsonProblem):
        json_text.parse(b"[" * 4 + b"]" * 4, max_depth=3)


def test_brackets_inside_a_string_are_not_depth() -> None:
    text = b'{"a":"' + b"[" * 500 + b'\\""}'
    assert json_text.parse(text)["a"].startswith("[[[")


def test_a_whole_surrogate_pair_is_one_character() -> None:
    assert json_text.parse(b'{"a":"\\ud841\\udf79"}')["a"] == "𠝹"


@pytest.mark.parametrize(
    "text",
    [
        b'[["' + b'\\"' * 2_000_000,
        b"[" * 70 + b'"\\"' * 1_000_000,
        b'["' + b"\\\\" * 2_000_000,
        b"{" + b",".join(b'"k%d":1' % number for number in range(200_000)) + b',"k199999":2}',
    ],
    ids=["open string of quotes", "quotes after brackets", "open string of backslashes", "a late second name"],
)
def test_hostile_text_costs_time_in_proportion_to_its_length(text: bytes) -> None:
    began = time.process_time()
    with pytest.raises(JsonProblem):
        json_text.parse(text)
    assert time.process_time() - began < 10  # going over it again for each quote would take hours


def test_numbers_compare_as_they_were_written() -> None:
    assert Number("1.0") == Number("1.0")
    assert Number("1.0") != Number("1.00")
    assert len({Number("1.0"), Number("1.0")}) == 1


LETTERS = st.characters(exclude_characters="\x00", exclude_categories=["Cs"])
TREES = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**16), 10**16) | st.text(LETTERS),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(LETTERS), inner),
    max_leaves=30,
)


@given(TREES, st.booleans())
def test_any_tree_is_read_back_as_it_was(tree: Any, is_ascii: bool) -> None:
    written = json.dumps(tree, ensure_ascii=is_ascii).encode()
    assert json_text.parse(written) == tree
    assert json_text.parse(json_text.dump(tree)) == tree


@given(st.from_regex(re.compile(r"-?(0|[1-9][0-9]{0,25})(\.[0-9]{1,25})?([eE][+-]?[0-9]{1,3})?"), fullmatch=True))
def test_any_number_keeps_its_digits(number: str) -> None:
    assert json_text.dump(json_text.parse(f"[{number}]".encode())) == f"[{number}]".encode()


@given(st.binary(max_size=300) | st.text('{}[]",:\\u0d8 1.eE-', max_size=200).map(str.encode))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    try:
        tree = json_text.parse(data)
    except JsonProblem:
        return
    assert json_text.parse(json_text.dump(tree)) == tree


_WITH_BRACKETS = st.recursive(
    st.text('[]{}"\\a,:', max_size=6),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text('[]{}"\\a', max_size=3), inner, max_size=3),
    max_leaves=12,
)


def _depth(tree: object) -> int:
    inner = tree.values() if isinstance(tree, dict) else tree if isinstance(tree, list) else None
    return 0 if inner is None else 1 + max(map(_depth, inner), default=0)


@given(tree=_WITH_BRACKETS)
def test_brackets_in_texts_do_not_count(tree: object) -> None:
    """Padded with flat lists, so that there are more brackets than levels are allowed."""
    data = json.dumps([tree, *[[]] * 200]).encode()
    deepest = max(1 + _depth(tree), 2)
    assert json_text.parse(data, max_depth=deepest)[0] == tree
    with pytest.raises(JsonProblem, match="deeper"):
        json_text.parse(data, max_depth=deepest - 1)
