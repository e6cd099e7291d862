"""What is contained in a resource, and what it may have. Source: HL7 FHIR R4, references page, rules dom-2 to dom-5."""

from typing import Any

from wutong.record.fhirpath.nodes import Node, children, is_kind, node_of
from wutong.record.profiles.issues import Place, Run

_NOTHING: dict[str, str] = {}


def contained_in(resource: dict[str, Any]) -> dict[str, str]:
    """The ids of the contained resources, with their types; what is malformed is left out."""
    contained = resource.get("contained")
    if type(contained) is not list:
        return _NOTHING
    return {
        each["id"]: each.get("resourceType", "")
        for each in contained
        if type(each) is dict and type(each.get("id")) is str and type(each.get("resourceType", "")) is str
    }


def inside(value: dict[str, Any], place: Place, run: Run) -> None:
    """The rules of a contained resource: an id, nothing contained, and no version or label of its own."""
    if "contained" in value:
        sentence = "dom-2: What is contained may not contain more. Move it one level up."
        run.say("invariant", (place, "contained"), sentence)
    if "id" not in value:
        run.say("required", (place, "id"), "A contained resource needs an id, so that a reference can name it.")
    meta = value.get("meta")
    for name, rule in (("versionId", "dom-4"), ("lastUpdated", "dom-4"), ("security", "dom-5")):
        if type(meta) is dict and name in meta:
            sentence = f"{rule}: What is contained has no {name} of its own. Leave it out."
            run.say("invariant", ((place, "meta"), name), sentence)


def is_used(resource: dict[str, Any], place: Place, run: Run) -> None:
    """dom-3: something refers to each contained resource, or it refers to its container."""
    if "contained" not in resource or not run.contained:
        return
    _refuse_twice(resource["contained"], place, run)
    named, users = _used(resource)
    for number, each in enumerate(resource["contained"]):
        name = each.get("id") if type(each) is dict else None
        if type(name) is str and f"#{name}" not in named and number not in users:
            sentence = f"dom-3: Nothing refers to what is contained as {name[:64]!r}. Add a reference, or leave it out."
            run.say("invariant", ((place, "contained"), number), sentence)


def _refuse_twice(contained: list[Any], place: Place, run: Run) -> None:
    """A reference to an id that two have could mean either."""
    seen: set[str] = set()
    for number, each in enumerate(contained):
        name = each.get("id") if type(each) is dict else None
        if type(name) is str and name in seen:
            sentence = f"Something else contained here has the id {name[:64]!r} too. Give each its own."
            run.say("duplicate", (((place, "contained"), number), "id"), sentence)
        elif type(name) is str:
            seen.add(name)


def _used(resource: dict[str, Any]) -> tuple[set[str], set[int]]:
    """The local references in the resource, and the numbers of the contained that refer to their container."""
    contained = [node_of(each, "Resource") for each in resource["contained"]]
    inner = [_local([each]) for each in contained]
    rest = {name: content for name, content in resource.items() if name != "contained"}
    named = _local([node_of(rest, "Resource")]).union(*inner)
    return named, {number for number, each in enumerate(inner) if "#" in each}


def _local(level: list[Node]) -> set[str]:
    """All texts below that name something contained; no recursion, so that no depth can break it."""
    found: set[str] = set()
    while level:
        level = children(level)
        for value, kind, _ in level:
            if type(value) is str:
                if value[:1] == "#" and is_kind(kind, "uri"):
                    found.add(value)
            elif type(value) is dict and type(text := value.get("reference")) is str and text[:1] == "#":
                found.add(text)
    return found
