"""Strict JSON: what is refused, and that digits survive."""

import pytest

from wutong.core import json_text
from wutong.core.json_text import JsonProblem


@pytest.mark.parametrize(
    "number", ["72.50", "0.0", "-1.10", "1E5", "1.0e-7", "3", "123456789012345678901234567890", "0.1000000000000000000"]
)
def test_a_number_is_written_back_digit_for_digit(number: str) -> None:
    text = f'{{"value":{number}}}'.encode()
    assert json_text.dump(json_text.parse(text)) == text


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (b'{"a":1', "not JSON"),
        (b'{"a":NaN}', "NaN is not a JSON number"),
        (b'{"a":-Infinity}', "Infinity is not a JSON number"),
        (b'{"a":1,"a":2}', "'a' stands twice"),
        (b'\xef\xbb\xbf{"a":1}', "byte order mark"),
        (b'{"a":"\xff"}', "not UTF-8"),
        (b'{"a":"\x00"}', "NUL"),
        (b'{"a":"\\u0000"}', "NUL"),
        (b'{"a":["\\ud800"]}', "surrogate"),
        (b"[" * 10_000 + b"]" * 10_000, "deeper than 64"),
        (b'{"a":' * 10_000 + b"1" + b"}" * 10_000, "deeper than 64"),
        (b'{"a":1' + b"0" * 100 + b"}", "over 64 characters"),
    ],
)
def test_what_is_no_acceptable_json_is_refused_with_a_sentence(text: bytes, said: str) -> None:
    with pytest.raises(JsonProblem) as problem:
        json_text.parse(text)
    assert said in problem.value.message


def test_brackets_inside_a_string_are_not_depth() -> None:
    text = b'{"a":"' + b"[" * 500 + b'\\""}'
    assert json_text.parse(text)["a"].startswith("[[[")


def test_a_whole_surrogate_pair_is_one_character() -> None:
    assert json_text.parse(b'{"a":"\\ud841\\udf79"}')["a"] == "𠝹"
