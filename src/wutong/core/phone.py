"""Telephone numbers as networks want them. Source: ITU-T E.164."""

import re

_SEPARATORS = re.compile(r"[\s().-]")
_E164 = re.compile(r"\+[1-9]\d{7,14}", re.ASCII)
_LOCAL = re.compile(r"\d{8}", re.ASCII)  # Hong Kong's numbers have eight digits and no area code


def international(written: str) -> str:
    """The number as +85212345678, from "+852 1234 5678" or "1234 5678"; empty where it is none."""
    number = _SEPARATORS.sub("", written)
    if _LOCAL.fullmatch(number):
        number = f"+852{number}"
    return number if _E164.fullmatch(number) else ""
