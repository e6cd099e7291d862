"""Is this JSON value a right FHIR primitive? Source: HL7 FHIR R4, data types page, with its own regular expressions."""

import base64
import binascii
import re
from collections.abc import Callable
from datetime import date
from functools import cache
from typing import Any

from wutong.core.json_text import Number
from wutong.record.definitions import r4

_LONGEST = 1024 * 1024
_INT32 = range(-(2**31), 2**31)
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_SCRIPT = re.compile(
    r"<\s*(script|iframe|object|embed|form|link|style|base|meta)\b|\son\w+\s*=|javascript:", re.IGNORECASE
)
# Texts whose official expression only says "not empty", or would backtrack on hostile input.
_BY_HAND = {
    "string",
    "markdown",
    "base64Binary",
    "xhtml",
    "boolean",
    "integer",
    "positiveInt",
    "unsignedInt",
    "decimal",
}


@cache
def is_right(kind: str) -> Callable[[Any], bool]:
    """The test for one primitive type."""
    if kind in _BY_HAND:
        return _HAND[kind]
    pattern = re.compile(r4().primitives[kind])
    is_dated = kind in {"date", "dateTime", "instant"}

    def right(value: Any) -> bool:
        if type(value) is not str or not value or len(value) > _LONGEST:
            return False
        return pattern.fullmatch(value) is not None and (not is_dated or _day_exists(value))

    return right


def _day_exists(value: str) -> bool:
    day = _DAY.match(value)
    if day is None:
        return True
    try:
        date.fromisoformat(day.group())
    except ValueError:
        return False
    return True


def _text(value: Any) -> bool:
    return type(value) is str and 0 < len(value) <= _LONGEST and not value.isspace()


def _base64(value: Any) -> bool:
    if type(value) is not str or not value:
        return False
    try:
        base64.b64decode("".join(value.split()), validate=True)
    except binascii.Error:
        return False
    return True


def _narrative(value: Any) -> bool:
    return type(value) is str and value.lstrip().startswith("<div") and _SCRIPT.search(value) is None


def _integer(value: Any) -> bool:
    return type(value) is int and value in _INT32


_HAND: dict[str, Callable[[Any], bool]] = {
    "string": _text,
    "markdown": _text,
    "base64Binary": _base64,
    "xhtml": _narrative,
    "boolean": lambda value: type(value) is bool,
    "integer": _integer,
    "positiveInt": lambda value: _integer(value) and value > 0,
    "unsignedInt": lambda value: _integer(value) and value >= 0,
    "decimal": lambda value: type(value) is int or isinstance(value, Number),
}

HINTS = {
    "boolean": "true or false, without quotes",
    "integer": "a whole number, without quotes",
    "positiveInt": "a whole number above 0, without quotes",
    "unsignedInt": "a whole number from 0, without quotes",
    "decimal": "a number, without quotes",
    "date": "a date that exists, such as 2024-05-31, 2024-05 or 2024",
    "dateTime": "a date, or a time with its zone, such as 2024-05-31T14:05:00+08:00",
    "instant": "a time with seconds and zone, such as 2024-05-31T14:05:00+08:00",
    "xhtml": "a <div> without scripts, forms or event handlers",
    "id": "1 to 64 letters, digits, hyphens and full stops",
    "code": "a code without spaces around it",
    "base64Binary": "base64",
}
