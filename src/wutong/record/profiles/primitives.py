"""Is this JSON value a right FHIR primitive? Source: HL7 FHIR R4, data types page, with its own regular expressions."""

import base64
import binascii
import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal, InvalidOperation
from functools import cache
from typing import Any

from wutong.core.json_text import Number
from wutong.record.definitions import r4

Right = Callable[[Any], bool]

_LONGEST = 1024 * 1024  # characters of a string
_MOST = 2**31
_FARTHEST = 100  # powers of ten: more than anything in nature needs, and what every reader can hold
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f]")


@cache
def is_right(kind: str) -> Right:
    """The test for one primitive type."""
    if kind in _BY_HAND:
        return _BY_HAND[kind]
    matches = re.compile(r4().primitives[kind], re.ASCII).fullmatch
    if kind in {"date", "dateTime", "instant"}:
        return lambda value: type(value) is str and matches(value) is not None and _day_exists(value)
    return lambda value: type(value) is str and value != "" and matches(value) is not None


def _day_exists(value: str) -> bool:
    if len(value) < 10 or value[8:10] < "29":
        return True
    try:
        date.fromisoformat(value[:10])
    except ValueError:
        return False
    return True


def _text(value: Any) -> bool:
    if type(value) is not str or not 0 < len(value) <= _LONGEST:
        return False
    return value.isprintable() or _CONTROL.search(value) is None


def _decimal(value: Any) -> bool:
    return type(value) in {int, float} or (type(value) is Number and _is_within_reach(value.text))


def _is_within_reach(text: str) -> bool:
    try:
        return abs(Decimal(text).adjusted()) <= _FARTHEST
    except InvalidOperation:
        return False


def _base64(value: Any) -> bool:
    if type(value) is not str or not value:
        return False
    try:
        base64.b64decode("".join(value.split()), validate=True)
    except (binascii.Error, ValueError):
        return False
    return not value.isspace()


# Where JSON has a type of its own, and where the official expression would go over hostile input again and again.
_BY_HAND: dict[str, Right] = {
    "string": _text,
    "markdown": _text,
    "base64Binary": _base64,
    "xhtml": lambda value: type(value) is str and value != "",  # narrative.py looks inside
    "boolean": lambda value: type(value) is bool,
    "integer": lambda value: type(value) is int and -_MOST <= value < _MOST,
    "positiveInt": lambda value: type(value) is int and 0 < value < _MOST,
    "unsignedInt": lambda value: type(value) is int and 0 <= value < _MOST,
    "decimal": _decimal,
}

HINTS = {
    "boolean": "true or false, without quotes",
    "integer": "a whole number of at most 32 bits, without quotes",
    "positiveInt": "a whole number above 0, without quotes",
    "unsignedInt": "a whole number from 0, without quotes",
    "decimal": "a number, without quotes, from 1E-100 to 1E+100 (above and below zero), or 0",
    "date": "a date that exists, such as 2024-05-31, 2024-05 or 2024",
    "dateTime": "a date that exists, or a time with its zone, such as 2024-05-31T14:05:00+08:00",
    "instant": "a time with seconds and zone, such as 2024-05-31T14:05:00+08:00",
    "time": "a time of day with seconds, such as 14:05:00",
    "xhtml": "a <div> in quotes",
    "id": "1 to 64 letters, digits, hyphens and full stops",
    "code": "a code without spaces around it",
    "uri": "an address without spaces",
    "url": "an address without spaces",
    "canonical": "an address without spaces",
    "oid": "an address such as urn:oid:1.2.3",
    "uuid": "an address such as urn:uuid:c757873d-ec9a-4326-a141-556f43239520, in small letters",
    "base64Binary": "base64",
    "string": "text in quotes, not empty, at most 1 MB, without control characters",
    "markdown": "text in quotes, not empty, at most 1 MB, without control characters",
}
