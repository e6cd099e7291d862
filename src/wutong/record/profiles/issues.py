"""What a check finds, and where."""

from dataclasses import dataclass
from typing import Any

from wutong.core.json_text import Number
from wutong.record.fhirpath import Budget

MOST_ISSUES = 100
# What all constraints together may touch: the bundle of all definitions of resources, 35 MB, needs 190,000.
_MOST_NODES = 2_000_000

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
    """One run over one resource: what it found, which contained resources may be referred to, and where it is now."""

    __slots__ = ("budget", "contained", "found", "resource", "root")

    def __init__(self) -> None:
        self.found: list[Issue] = []
        self.contained: dict[str, str] = {}  # id: resource type
        self.resource: Any = None  # the resource that holds what is checked
        self.root: Any = None  # the one that contains that resource; else the same
        self.budget = Budget(_MOST_NODES)  # of all constraints together

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
