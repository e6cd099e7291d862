"""How values are written in a search: separators and escapes, prefixes, numbers with their precision.

Source: HL7 FHIR R4, search page: escaping search parameters, prefixes, number.
"""

import re
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from wutong.record.searching.dates import period

MOST_VALUES = 500  # of one parameter
PREFIXES = ("eq", "ne", "gt", "lt", "ge", "le", "sa", "eb", "ap")
_NUMBER = re.compile(r"[+-]?\d{1,40}(\.\d{1,40})?([eE][+-]?\d{1,3})?")
_ESCAPED = re.compile(r"\\([,|$\\])")
_LONGEST_COUNT = 6
_TENTH = Decimal("0.1")


class Unreadable(Exception):
    """A parameter that cannot be read: FHIR's issue code, how to mend it, and its name (empty: of all of them)."""

    def __init__(self, code: str, message: str, *, name: str) -> None:
        super().__init__(message)
        self.message, self.name, self.code = message, name, code


def page_size(text: str, *, least: int, most: int) -> int:
    """The `_count` of a page, as far as a page goes; raises Unreadable."""
    if not (text.isascii() and text.isdigit() and len(text) <= _LONGEST_COUNT and int(text) >= least):
        sentence = f"_count must be a whole number, {least} to 999999; a page has {most} at most."
        raise Unreadable("value", sentence, name="_count")
    return min(int(text), most)


@dataclass(frozen=True)
class Number:
    """A number as it was written: what it says, and from where to below where its digits reach."""

    exact: Decimal
    low: Decimal
    high: Decimal


def split(text: str, separator: str) -> list[str]:
    """The parts of a text between separators that are not escaped; the parts are escaped still."""
    if "\\" not in text:
        return text.split(separator)
    parts, begin, place = list[str](), 0, 0
    while place < len(text):
        if text[place] == separator:
            parts.append(text[begin:place])
            begin = place + 1
        place += 2 if text[place] == "\\" else 1
    return [*parts, text[begin:]]


def several(text: str, name: str) -> list[str]:
    """The values of which one is enough, escaped still; raises Unreadable, also where one of them is nothing."""
    parts = split(text, ",")
    if not all(each.strip() for each in parts):
        raise without_value(name)
    if len(parts) > MOST_VALUES:
        sentence = f"A parameter may have {MOST_VALUES} values with commas between. Ask in several searches."
        raise Unreadable("too-costly", sentence, name=name)
    return parts


def without_value(name: str) -> Unreadable:
    """What is wrong with a value that is nothing: without it, a search would find more than was meant."""
    sentence = f"{name[:64]} has no value, or an empty one among several. Write it, or leave it out."
    return Unreadable("value", sentence, name=name[:64])


def plain(text: str) -> str:
    """The text without its escapes."""
    return _ESCAPED.sub(r"\1", text) if "\\" in text else text


def prefixed(text: str) -> tuple[str, str]:
    """The prefix (`eq` where there is none) and what follows it."""
    return (text[:2], text[2:]) if text[:2] in PREFIXES else ("eq", text)


def date(text: str, name: str) -> tuple[str, datetime, datetime]:
    """A prefix, and the period that the date means; raises Unreadable."""
    prefix, written = prefixed(text)
    meant = period(plain(written))
    if meant is None:
        sentence = f"Write dates as 2024-01-01, or with {', '.join(PREFIXES)} before them."
        raise Unreadable("value", sentence, name=name)
    return prefix, *meant


def number(text: str, prefix: str, name: str) -> Number:
    """What a written number means; `ap` is within a tenth. Raises Unreadable."""
    if not _NUMBER.fullmatch(text):
        raise Unreadable("value", f"Write numbers as 5.4, or with {', '.join(PREFIXES)} before them.", name=name)
    exact = Decimal(text)
    reach = _half_of_last_digit(exact)
    if prefix == "ap":
        reach = max(reach, abs(exact) * _TENTH)
    return Number(exact, exact - reach, exact + reach)


def _half_of_last_digit(exact: Decimal) -> Decimal:
    """Of 100: 0.5; of 5.40: 0.005. Of 1e2 the page says from 95 to below 105, as if it had one digit more."""
    exponent = int(exact.as_tuple().exponent)
    return Decimal(5).scaleb(exponent - (2 if exponent > 0 else 1))


def liked(text: str) -> str:
    """The text as a pattern of SQL's `like` that fits itself alone."""
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
