"""Numbers as a sender wrote them, for people: never through a float, and never so long that they fill the page."""

from decimal import Decimal, InvalidOperation
from typing import Any

_MOST_ZEROS = 30  # beyond it, the exponent stands as it is
_MOST_DIGITS = 8  # more than any laboratory measures: what some systems calculate is shortened


def exact(text: str) -> Decimal | str:
    """A JSON number; one that not even a Decimal holds stays the text that it was."""
    try:
        return Decimal(text)
    except InvalidOperation:
        return text


def measured(value: Any) -> str:
    """A measurement as sent, with its zeros; a fraction of many digits to four that count, or one behind the point."""
    number = _number(value)
    if number is None:
        return str("" if value is None else value)
    if len(number.as_tuple().digits) > _MOST_DIGITS and number != number.to_integral_value():
        number = Decimal(f"{number:.4g}" if abs(number) < 1000 else f"{number:.1f}").normalize()
    return f"{number:f}"


def dose(value: Any) -> str:
    """A dose: never rounded, without an exponent, and without zeros behind the point, which are misread."""
    number = _number(value)
    if number is None:
        return str(value)
    plain = f"{number:f}"
    return plain.rstrip("0").rstrip(".") if "." in plain else plain


def _number(value: Any) -> Decimal | None:
    """A number to be written without an exponent."""
    read = exact(str(value))
    is_plain = isinstance(read, Decimal) and read.is_finite() and abs(read.adjusted()) <= _MOST_ZEROS
    return read if isinstance(read, Decimal) and is_plain else None
