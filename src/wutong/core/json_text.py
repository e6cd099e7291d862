"""Strict JSON for hostile input; decimals keep their digits. Source: RFC 8259; HL7 FHIR R4, json page.

Numbers with a fraction or an exponent become `Number`, which keeps the text that was sent: `72.50` stays `72.50`.
"""

import json
import re
from itertools import accumulate
from typing import Any, NoReturn

import orjson

from wutong.core.json_places import Literal, Second, place_of

MAX_DEPTH = 64
_DEEPEST_OURS = 3 * MAX_DEPTH  # a Bundle of Bundles of what was taken in
_MOST_VALUES = 1_000_000  # a body of 20 MB has some 600,000; more is only small change that fills the memory
_LONGEST_NUMBER = 64
_LONGEST_WHOLE = 18  # orjson writes 64-bit integers
_UNFIT = re.compile("[\x00\ud800-\udfff]")
# Possessive, and a text may end with the data: no input makes it go back over what it has read.
_TEXTS = re.compile(rb'"[^"]*+(?:"|\Z)')
_NO_MARKS = bytes(set(range(256)) - set(b'[]{}"'))
_STEPS = {ord("{"): 1, ord("["): 1, ord("}"): -1, ord("]"): -1}


class Number:
    """A JSON number that is no small whole number, as it was written. (No dataclass: orjson would write it as one.)"""

    __slots__ = ("text",)

    def __init__(self, text: str) -> None:
        self.text = text

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Number) and self.text == other.text

    def __hash__(self) -> int:
        return hash(self.text)

    def __repr__(self) -> str:
        return f"Number({self.text!r})"


class JsonProblem(Exception):
    """The text is no acceptable JSON: where, and a sentence that says how to mend it."""

    def __init__(self, place: str, message: str) -> None:
        super().__init__(message)
        self.place = place
        self.message = message


class _Meant(Exception):
    """A fault at a name or value: what is said of it, and how to know it again, so that its place can be told."""

    def __init__(self, message: str, what: str, kind: type[str] = str) -> None:
        super().__init__(message)
        self.message, self.what, self.kind = message, what, kind


def parse(data: bytes, *, max_depth: int = MAX_DEPTH) -> Any:
    """The tree of `data`; raises JsonProblem."""
    text = _decoded(data)
    _refuse_size(data, max_depth)
    try:
        return _tree(text, max_depth)
    except _Meant as wrong:
        message, what, kind = wrong.message, wrong.what, wrong.kind
    # Only now, when what was read so far is let go: to find the place, the text is read once more.
    raise JsonProblem(_UNFIT.sub("?", place_of(text, what, kind)), message)


def _tree(text: str, max_depth: int) -> Any:
    try:
        tree = _DECODER.decode(text)
    except json.JSONDecodeError as wrong:
        place = f"line {wrong.lineno}, column {wrong.colno}"
        raise JsonProblem(place, f"This is not JSON: {wrong.msg} ({place}).") from None
    except RecursionError:
        raise _too_deep(max_depth) from None
    if "\\u" in text:  # only an escape can bring in what `_decoded` did not see
        _refuse_unfit(tree)
    return tree


def dump(tree: Any) -> bytes:
    """The tree as UTF-8 JSON."""
    return orjson.dumps(tree, default=_as_written)


def pretty(body: bytes) -> bytes:
    """JSON text of ours, indented for people; every number as it is written."""
    tree = parse(body, max_depth=_DEEPEST_OURS)
    return orjson.dumps(tree, default=_as_written, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


def raw(body: bytes) -> Any:
    """JSON text that is already written, to stand inside a tree for `dump`."""
    return orjson.Fragment(body)


def _as_written(value: Any) -> Any:
    if isinstance(value, Number):
        return orjson.Fragment(value.text)
    raise TypeError(f"{type(value).__name__} is no JSON")


def _decoded(data: bytes) -> str:
    if not data.strip(b" \t\r\n"):
        raise JsonProblem("line 1, column 1", "The text is empty. Send one JSON object.")
    if data.startswith(b"\xef\xbb\xbf"):
        raise JsonProblem("line 1, column 1", "The text begins with a byte order mark. Send plain UTF-8 without one.")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as wrong:
        line = data.count(b"\n", 0, wrong.start) + 1
        place = f"line {line}, byte {wrong.start}"
        raise JsonProblem(place, f"The text is not UTF-8 ({place}). Write it in UTF-8.") from None
    if "\x00" in text:
        line = text.count("\n", 0, text.index("\x00")) + 1
        place = f"line {line}"
        raise JsonProblem(place, f"The text contains a NUL character ({place}). Remove it.")
    return text


def _refuse_size(data: bytes, max_depth: int) -> None:
    """A look before the parser's own stack and memory are at risk; brackets inside texts do not count."""
    openers = data.count(b"{") + data.count(b"[")
    if openers + data.count(b",") > _MOST_VALUES:
        raise _too_many()
    if openers <= max_depth:
        return
    marks = _marks(data)
    if marks.count(b'"') > _MOST_VALUES:
        raise _too_many()
    brackets = _TEXTS.sub(b"", marks)
    if max(accumulate(map(_STEPS.__getitem__, brackets)), default=0) > max_depth:
        raise _too_deep(max_depth)


def _marks(data: bytes) -> bytes:
    """The brackets and quotes alone, without what is escaped, nor pairs of quotes with no bracket between.

    Whether a bracket stands in a text does not change where two quotes beside each other go. No piece for each text:
    a million of them would fill the memory.
    """
    if b"\\" in data:
        data = data.replace(b"\\\\", b"").replace(b'\\"', b"")
    return data.translate(None, _NO_MARKS).replace(b'""', b"")


def _too_many() -> JsonProblem:
    return JsonProblem("", f"The JSON has over {_MOST_VALUES} values. Send it in several parts.")


def _too_deep(max_depth: int) -> JsonProblem:
    return JsonProblem("", f"The JSON is nested deeper than {max_depth} levels. Send a flatter structure.")


def _pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    tree = dict(pairs)
    if len(tree) != len(pairs):
        _refuse_twice(pairs)
    return tree


def _refuse_twice(pairs: list[tuple[str, Any]]) -> NoReturn:
    seen: set[str] = set()
    for name, _ in pairs:
        if name in seen:
            break
        seen.add(name)
    shown = _UNFIT.sub("?", name[:64])
    sentence = f"The name {shown!r} stands twice in one object. Keep one."
    raise _Meant(sentence, name, Second)


def _refuse_unfit(tree: Any) -> None:
    """No recursion, so that no depth can break it."""
    waiting = [tree]
    while waiting:
        value = waiting.pop()
        if type(value) is dict:
            waiting.extend(value)
            waiting.extend(value.values())
        elif type(value) is list:
            waiting.extend(value)
        elif type(value) is str and (found := _UNFIT.search(value)):
            what = "a NUL character" if found.group() == "\x00" else "half a surrogate pair"
            near = _UNFIT.sub("?", value[max(0, found.start() - 20) : found.start() + 20])
            raise _Meant(f"A text contains {what} (near {near!r}). Remove it.", value)


def _number(text: str) -> Number:
    if len(text) > _LONGEST_NUMBER:
        sentence = f"A number has over {_LONGEST_NUMBER} characters ({text[:20]}…). Shorten it."
        raise _Meant(sentence, text, Literal)
    return Number(text)


def _integer(text: str) -> int | Number:
    return int(text) if len(text) <= _LONGEST_WHOLE and text != "-0" else _number(text)


def _constant(text: str) -> NoReturn:
    sentence = f"{text} is not a JSON number. Leave the value out."
    raise _Meant(sentence, text, Literal)


_DECODER = json.JSONDecoder(object_pairs_hook=_pairs, parse_float=_number, parse_int=_integer, parse_constant=_constant)
