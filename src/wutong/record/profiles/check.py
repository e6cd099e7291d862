"""Is this resource valid FHIR R4? Names every fault with its place. Source: HL7 FHIR R4, json page."""

from collections.abc import Mapping
from typing import Any

from wutong.record.profiles.issues import Full, Issue, Run
from wutong.record.profiles.structure import check_root, resource_type_of


def check(resource: Mapping[str, Any], *, expected_type: str | None = None, place: str = "") -> list[Issue]:
    """All faults of `resource` (at most MOST_ISSUES), none if it is valid.

    `resource`: a tree as `json_text.parse` gives it. `place`: where it stands, such as `Bundle.entry[3].resource`; by
    default its own type. Takes time in proportion to the size of the resource.
    """
    run = Run()
    try:
        _check(resource, expected_type, place, run)
    except Full:
        pass
    except RecursionError:
        run.found.append(Issue("error", "too-costly", place, "The resource is nested too deeply. Send a flatter one."))
    return run.found


def _check(resource: Any, expected_type: str | None, place: str, run: Run) -> None:
    kind = resource_type_of(resource, place, run)
    if kind is None:
        return
    if expected_type and kind != expected_type:
        run.say("invalid", place or kind, f"Expected here: {expected_type}, not {kind}. Send it to /{kind}.")
        return
    check_root(kind, resource, place or kind, run)
