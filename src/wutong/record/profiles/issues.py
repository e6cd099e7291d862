"""What a check finds, and where."""

from dataclasses import dataclass
from typing import Any

from wutong.core.json_text import Number

MOST_ISSUES = 100

# The place of a value while it is checked: a text, or the place around it with a name or a number in it. Written out
# only where there is a fault, because nearly always there is none.
Place = str | tuple["Place", str | int]


@dataclass(frozen=True)
class Issue:
    """One fault: FHIR issue severity and code, FHIRPath place, and a sentence that says how to mend it."""

    severity: str
    code: str
    place: str
    message: str


class Full(Exception):
    """Enough faults found."""


class Run:
    """One run over one resource: what it found, and which contained resources may be referred to."""

    __slots__ = ("contained", "found")

    def __init__(self) -> None:
        self.found: list[Issue] = []
        self.contained: dict[str, str] = {}  # id: resource type

    def say(self, code: str, place: Place, message: str) -> None:
        """Note a fault; raises Full when there are MOST_ISSUES."""
        self.found.append(Issue("error", code, written(place), message))
        if len(self.found) >= MOST_ISSUES:
            raise Full


def written(place: Place) -> str:
    """The place as a FHIRPath expression."""
    parts: list[str] = []
    while not isinstance(place, str):
        place, step = place
        parts.append(f"[{step}]" if isinstance(step, int) else f".{step[:64]}")
    return place + "".join(reversed(parts))


def named(value: Any) -> str:
    """What kind of JSON value this is, in plain words."""
    names = {dict: "an object", list: "a list", str: "text", bool: "true or false", type(None): "null"}
    return names.get(type(value), "a number")


def shown(value: Any) -> str:
    """A value as a sentence can show it: short, and what is no plain value only named."""
    match value:
        case None | True | False:
            return {None: "null", True: "true", False: "false"}[value]
        case str():
            return repr(value[:60]) + ("…" if len(value) > 60 else "")
        case Number():
            return value.text
        case int():
            return str(value)
    return named(value)
