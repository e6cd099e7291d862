"""Strict JSON for hostile input; decimals keep their digits. Source: RFC 8259; HL7 FHIR R4, json page.

Numbers with a fraction or an exponent become `Number`, which keeps the text that was sent: `72.50` stays `72.50`.
"""

import json
import re
from typing import Any, NoReturn

import orjson

MAX_DEPTH = 64
_LONGEST_NUMBER = 64
_LONGEST_WHOLE = 18  # orjson writes 64-bit integers
_SURROGATE = re.compile("[\ud800-\udfff]")
_OPENERS = re.compile(rb'"(?:[^"\\]|\\.)*"|[\[\]{}]', re.DOTALL)


class Number:
    """A JSON number that is no small whole number, as it was written. (No dataclass: orjson would write it as one.)"""

    __slots__ = ("text",)

    def __init__(self, text: str) -> None:
        self.text = text


class JsonProblem(Exception):
    """The text is no acceptable JSON: where, and a sentence that says how to mend it."""

    def __init__(self, place: str, message: str) -> None:
        super().__init__(message)
        self.place = place
        self.message = message


def parse(data: bytes, *, max_depth: int = MAX_DEPTH) -> Any:
    """The tree of `data`; raises JsonProblem."""
    text = _decoded(data)
    _refuse_depth(data, max_depth)
    try:
        return _DECODER.decode(text)
    except json.JSONDecodeError as wrong:
        place = f"line {wrong.lineno}, column {wrong.colno}"
        raise JsonProblem(place, f"This is not JSON: {wrong.msg} ({place}).") from None
    except RecursionError:
        raise _too_deep(max_depth) from None


def dump(tree: Any) -> bytes:
    """The tree as UTF-8 JSON."""
    return orjson.dumps(tree, default=_as_written)


def raw(body: bytes) -> Any:
    """JSON text that is already written, to stand inside a tree for `dump`."""
    return orjson.Fragment(body)


def _as_written(value: Any) -> Any:
    if isinstance(value, Number):
        return orjson.Fragment(value.text)
    raise TypeError(f"{type(value).__name__} is no JSON")


def _decoded(data: bytes) -> str:
    if data.startswith(b"\xef\xbb\xbf"):
        raise JsonProblem("line 1, column 1", "The text begins with a byte order mark. Send plain UTF-8 without one.")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as wrong:
        raise JsonProblem(f"byte {wrong.start}", f"The text is not UTF-8 (byte {wrong.start}).") from None
    if "\x00" in text:
        raise JsonProblem("", "The text contains a NUL character. Remove it.")
    return text


def _refuse_depth(data: bytes, max_depth: int) -> None:
    """A quick look before the parser's own stack is at risk; braces inside strings are skipped."""
    if data.count(b"{") + data.count(b"[") <= max_depth:
        return
    depth = 0
    for found in _OPENERS.finditer(data):
        mark = found.group()
        if mark in b"[{":
            depth += 1
            if depth > max_depth:
                raise _too_deep(max_depth)
        elif mark in b"]}":
            depth -= 1


def _too_deep(max_depth: int) -> JsonProblem:
    return JsonProblem("", f"The JSON is nested deeper than {max_depth} levels.")


def _pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    tree = dict(pairs)
    if len(tree) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise JsonProblem(twice[:64], f"The name {twice[:64]!r} stands twice in one object. Keep one.")
    for name, value in pairs:
        _refuse_text(name)
        if type(value) is str:
            _refuse_text(value)
        elif type(value) is list:
            for item in value:
                if type(item) is str:
                    _refuse_text(item)
    return tree


def _refuse_text(text: str) -> None:
    if text.isascii():
        if "\x00" in text:
            raise JsonProblem("", "A text contains a NUL character. Remove it.")
    elif "\x00" in text or _SURROGATE.search(text):
        raise JsonProblem("", "A text contains a NUL character or half a surrogate pair. Remove it.")


def _number(text: str) -> Number:
    if len(text) > _LONGEST_NUMBER:
        raise JsonProblem(text[:20], f"A number has over {_LONGEST_NUMBER} characters.")
    return Number(text)


def _integer(text: str) -> int | Number:
    return int(text) if len(text) < _LONGEST_WHOLE else _number(text)


def _constant(text: str) -> NoReturn:
    raise JsonProblem("", f"{text} is not a JSON number.")


_DECODER = json.JSONDecoder(object_pairs_hook=_pairs, parse_float=_number, parse_int=_integer, parse_constant=_constant)
