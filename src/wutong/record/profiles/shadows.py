"""Checks `_name`, the id and extensions of a primitive, beside `name`. Source: HL7 FHIR R4, json page."""

from typing import Any

from wutong.record.definitions import Element
from wutong.record.profiles.issues import Place, Run
from wutong.record.profiles.values import Check, Member


def shadow(element: Element, check: Check) -> Member:
    """The check of `_name`; `check` looks at one of its objects."""
    name = element.name
    if element.most != 1:
        return _list(name, check)

    def single(content: Any, whole: dict[str, Any], place: Place, run: Run) -> None:
        check(content, (place, f"_{name}"), run)
        if name not in whole:
            _says_something(content, (place, f"_{name}"), run)

    return single


def _list(name: str, check: Check) -> Member:
    def several(content: Any, whole: dict[str, Any], place: Place, run: Run) -> None:
        here = (place, f"_{name}")
        if type(content) is not list or not content:
            return run.say(
                "structure", here, f"A list is expected here, beside the list {name}. Leave it out if empty."
            )
        values = whole.get(name)
        beside = values if type(values) is list else []
        if beside and len(beside) != len(content):
            run.say("structure", here, f"It must be as long as {name}. Use null where there is nothing to say.")
        for number, item in enumerate(content):
            if item is not None:
                check(item, (here, number), run)
                if number >= len(beside) or beside[number] is None:
                    _says_something(item, (here, number), run)
            elif not beside:
                run.say("structure", (here, number), f"null beside nothing: {name} is not there. Leave it out.")
        return None

    return several


def _says_something(content: Any, place: Place, run: Run) -> None:
    """ele-1, where there is no value that an id could belong to."""
    if type(content) is dict and content.keys() == {"id"}:
        run.say("invariant", place, "ele-1: An id alone says nothing. Add what it belongs to, or leave it out.")
