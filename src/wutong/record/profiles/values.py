"""Checks of single primitive values, with the sentences that say what was expected."""

import re
from collections.abc import Callable
from typing import Any

from wutong.record.profiles.issues import Place, Run, shown
from wutong.record.profiles.primitives import HINTS, is_right

# Checks a value at a place; checks what stands under one name of an object, with the whole object beside it.
Check = Callable[[Any, Place, Run], None]
Member = Callable[[Any, dict[str, Any], Place, Run], None]


def primitive(kind: str) -> Check:
    """The check of one primitive type."""
    right, hint = is_right(kind), HINTS[kind]

    def check(value: Any, place: Place, run: Run) -> None:
        if not right(value):
            _no_value(value, kind, hint, place, run)

    return check


def _no_value(value: Any, kind: str, hint: str, place: Place, run: Run) -> None:
    if value is None:
        sentence = "null may only hold a place in a list whose extensions stand beside it. Leave the element out."
        return run.say("structure", place, sentence)
    return run.say("value", place, f"{shown(value)} is no {kind}. Expected: {hint}.")


def shaped(shape: str) -> Check:
    """The check of a `code` whose required binding others give out: at least it looks like one of theirs."""
    matches = re.compile(shape, re.ASCII).fullmatch

    def check(value: Any, place: Place, run: Run) -> None:
        if type(value) is not str or not is_right("code")(value):
            _no_value(value, "code", HINTS["code"], place, run)
        elif matches(value) is None:
            hint = "three capital letters, such as HKD" if shape == "[A-Z]{3}" else "a MIME type, such as text/plain"
            run.say("code-invalid", place, f"{shown(value)} is not a code allowed here. Expected: {hint}.")

    return check


def code(codes: frozenset[str]) -> Check:
    """The check of a `code` with a required binding."""
    allowed = ", ".join(sorted(codes)[:12]) + (" …" if len(codes) > 12 else "")

    def check(value: Any, place: Place, run: Run) -> None:
        if type(value) is str and value in codes:
            return
        if type(value) is str:
            run.say("code-invalid", place, f"{shown(value)} is not a code allowed here. Allowed: {allowed}.")
        else:
            _no_value(value, "code", HINTS["code"], place, run)

    return check
