"""Rules of single types that are neither structure nor format, as fast code: they are met in every resource."""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from wutong.core import hkid
from wutong.record.definitions import r4
from wutong.record.profiles.issues import Place, Run
from wutong.record.profiles.narrative import narrative

Rule = Callable[[dict[str, Any], Place, Run], None]

_HKID_SYSTEM = "urn:wutong:hkid"
_LITERAL = re.compile(r"([A-Z][A-Za-z]{1,63})/[A-Za-z0-9\-.]{1,64}(?:/_history/[A-Za-z0-9\-.]{1,64})?")


def extension(value: dict[str, Any], place: Place, run: Run) -> None:
    """ext-1: a value or extensions, never both, never neither."""
    has_value = any(name.startswith(("value", "_value")) for name in value)
    if has_value == ("extension" in value):
        run.say(
            "invariant", place, "ext-1: An extension has either a value or extensions of its own. Give one of them."
        )


def identity_number(value: dict[str, Any], place: Place, run: Run) -> None:
    """An HKID number must read as one: a slip would register somebody else, a stand-in would make many people one."""
    number = value.get("value")
    if value.get("system") == _HKID_SYSTEM and type(number) is str and not hkid.is_valid(number):
        run.say(
            "value",
            (place, "value"),
            "This is not a right HKID number. Check each letter and digit, with the one in brackets; leave the "
            "identifier out where the number is not known.",
        )


def local_reference(value: dict[str, Any], place: Place, run: Run) -> None:
    """ref-1: what begins with # must be contained; # alone is the container."""
    reference = value.get("reference")
    if type(reference) is str and reference.startswith("#") and reference[1:] not in run.contained and reference != "#":
        run.say(
            "invariant",
            (place, "reference"),
            f"ref-1: Nothing contained here has the id {reference[1:65]!r}. Add it, or correct the reference.",
        )


def said_type(value: dict[str, Any], place: Place, run: Run) -> None:
    """A reference that says its target's type, and reads `Type/id`, must mean the same by both."""
    kind, reference = value.get("type"), value.get("reference")
    literal = _LITERAL.fullmatch(reference) if kind and type(reference) is str else None
    if literal and type(kind) is str and r4().is_resource(kind) and literal[1] != kind:
        sentence = f"The reference is to {literal[1]}, and its type says {kind}. Correct one, or leave the type out."
        run.say("value", (place, "type"), sentence)


def target_rule(targets: frozenset[str]) -> Rule:
    """The rule of one element: a reference `Type/id`, or to something contained, must be to one of `targets`."""
    allowed = ", ".join(sorted(targets))
    is_resource = r4().is_resource

    def target(value: dict[str, Any], place: Place, run: Run) -> None:
        reference = value.get("reference")
        if type(reference) is not str:
            return
        literal = _LITERAL.fullmatch(reference)
        kind = literal[1] if literal else run.contained.get(reference[1:], "") if reference.startswith("#") else ""
        if not kind or kind in targets:
            return
        if not is_resource(kind):
            run.say("value", (place, "reference"), f"FHIR R4 has no resource type {kind!r}. Correct the reference.")
        elif "Resource" not in targets:
            run.say(
                "value", (place, "reference"), f"A reference to {kind} is not allowed here. It may point to: {allowed}."
            )

    return target


def concept_rule(codes: frozenset[str]) -> Rule:
    """The rule of one element: a concept with codings, or text alone, must have one of `codes` (`system|code`)."""
    allowed = ", ".join(sorted(codes)[:12]) + (" …" if len(codes) > 12 else "")

    def concept(value: dict[str, Any], place: Place, run: Run) -> None:
        codings = value.get("coding")
        given = codings if type(codings) is list else []
        pairs = [f"{each.get('system')}|{each.get('code')}" for each in given if type(each) is dict]
        if (pairs or "text" in value) and codes.isdisjoint(pairs):
            run.say("code-invalid", (place, "coding"), f"One coding must be of those required here: {allowed}.")

    return concept


RULES: Mapping[str, Sequence[Rule]] = {
    "Extension": (extension,),
    "Identifier": (identity_number,),
    "Narrative": (narrative,),
    "Reference": (local_reference, said_type),
}
