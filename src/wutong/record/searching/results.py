"""The parameters that say how the hits come: order, number, what comes along, and how much of each.

Source: HL7 FHIR R4, search page, managing returned resources.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from wutong.record.definitions import r4
from wutong.record.searching.offered import is_clinical_date, offered
from wutong.record.searching.own import CLINICAL_DATE, in_compartment, says_whose
from wutong.record.searching.query import Include, ReverseInclude, Sort
from wutong.record.searching.writing import Unreadable, page_size

MOST, USUAL = 500, 50
MOST_COUNTED = 1000  # without being asked, of all that a system deposited: counting more costs more than the page
SUMMARIES = ("true", "text", "data", "count", "false")
TOTALS = ("none", "estimate", "accurate")
_MOST_SORTS, _MOST_INCLUDES = 4, 8


@dataclass(frozen=True)
class Results:
    """How the hits come.

    `counted`: as of a `Query`; `summary`: one of `SUMMARIES`, `elements`: these alone (empty: all).
    """

    sorts: tuple[Sort, ...]
    includes: tuple[Include, ...]
    reverse_includes: tuple[ReverseInclude, ...]
    count: int
    counted: int | None
    summary: str
    elements: tuple[str, ...]
    other_types: frozenset[str]


def read_results(resource_type: str, pairs: Sequence[tuple[str, str]], *, has_patient: bool) -> Results:
    """Read them; raises Unreadable. Of one that is given twice the last counts, but every inclusion does."""
    last = dict(pairs)
    _refuse_modified(pairs)
    includes = [_include(resource_type, text) for name, text in pairs if name == "_include"]
    reverse = [_reverse(resource_type, text) for name, text in pairs if name == "_revinclude"]
    if len(includes) + len(reverse) > _MOST_INCLUDES:
        raise Unreadable("too-costly", f"A search can have {_MOST_INCLUDES} inclusions.", name="_include")
    summary = _one_of(last.get("_summary", "false"), SUMMARIES, "_summary")
    count = 0 if summary == "count" else page_size(last.get("_count", str(USUAL)), least=0, most=MOST)
    return Results(
        sorts=_sorts(resource_type, last.get("_sort") or _usual(resource_type, has_patient)),
        includes=tuple(includes),
        reverse_includes=tuple(reverse),
        count=count,
        counted=_counted(last.get("_total", ""), count, has_patient=has_patient),
        summary=summary,
        elements=tuple(each.strip() for each in last.get("_elements", "").split(",") if each.strip()),
        other_types=frozenset(_brought(resource_type, includes, reverse)),
    )


def _usual(resource_type: str, has_patient: bool) -> str:
    """A record: newest first. Over all of a system's deposits: in the order of the index."""
    return f"-{CLINICAL_DATE}" if has_patient and in_compartment(resource_type) else "-_lastUpdated"


def _refuse_modified(pairs: Sequence[tuple[str, str]]) -> None:
    for name, _ in pairs:
        bare, _, modifier = name.partition(":")
        if modifier and bare in {"_include", "_revinclude", "_sort", "_count", "_total", "_summary", "_elements"}:
            sentence = f"{bare} has no modifier here; :iterate is not offered yet."
            raise Unreadable("not-supported", sentence, name=bare)


def _sorts(resource_type: str, text: str) -> tuple[Sort, ...]:
    found = tuple(_sort(resource_type, each.strip()) for each in text.split(",") if each.strip())
    if len(found) > _MOST_SORTS:
        raise Unreadable("too-costly", f"_sort can name {_MOST_SORTS} parameters.", name="_sort")
    return found


def _sort(resource_type: str, text: str) -> Sort:
    name, is_descending = text.removeprefix("-"), text.startswith("-")
    if name in {"_id", "_lastUpdated"}:
        return Sort({"_id": "resource_id", "_lastUpdated": "stored_at"}[name], "column", is_descending)
    parameter = offered(resource_type).get(name)
    if parameter is None or parameter.type == "composite":
        can = ", ".join(name for name, each in sorted(offered(resource_type).items()) if each.type != "composite")
        raise Unreadable("value", f"_sort can name {can}; with - before it, the other way round.", name="_sort")
    if is_clinical_date(resource_type, name):
        return Sort("clinical_at", "column", is_descending)
    return Sort(name, parameter.type, is_descending)


def _include(resource_type: str, text: str) -> Include:
    source, name, target = _parts(text, "_include")
    if source != resource_type:
        raise Unreadable("value", f"_include begins with the type that is searched: {resource_type}:…", name="_include")
    _pointing(source, name, "_include")
    if target and not r4().is_resource(target):
        raise Unreadable("not-supported", f"FHIR R4 has no resource type {target[:64]!r}.", name="_include")
    return Include(name, target)


def _reverse(resource_type: str, text: str) -> ReverseInclude:
    source, name, target = _parts(text, "_revinclude")
    targets = _pointing(source, name, "_revinclude")
    if (target and target != resource_type) or (targets and resource_type not in targets):
        sentence = f"_revinclude names a reference to {resource_type}."
        raise Unreadable("value", sentence, name="_revinclude")
    return ReverseInclude(source, name, resource_type == "Patient" and says_whose(source, name))


def _parts(text: str, name: str) -> tuple[str, str, str]:
    parts = text.split(":")
    if len(parts) not in {2, 3} or "*" in parts:
        sentence = f"Write {name}=Type:parameter or Type:parameter:TargetType; * is not offered yet."
        raise Unreadable("not-supported", sentence, name=name)
    return parts[0], parts[1], parts[2] if len(parts) == 3 else ""


def _pointing(source: str, name: str, where: str) -> tuple[str, ...]:
    parameter = offered(source).get(name) if r4().is_resource(source) else None
    if parameter is None or parameter.type != "reference":
        sentence = f"{source[:64]} has no reference parameter {name[:64]!r}."
        raise Unreadable("not-supported", sentence, name=where)
    return parameter.targets


def _brought(resource_type: str, includes: list[Include], reverse: list[ReverseInclude]) -> set[str]:
    brought = {each.resource_type for each in reverse}
    for include in includes:
        targets = offered(resource_type)[include.name].targets
        brought |= {include.resource_type} if include.resource_type else set(targets)
    return brought


def _counted(text: str, count: int, *, has_patient: bool) -> int | None:
    """Of a record all hits are counted, and where it is asked for; `Query.counted`.

    A page of none, which is `_summary=count` by another name, asks for the number alone, whatever `_total` says.
    """
    total = _one_of(text, TOTALS, "_total") if text else ""
    if count == 0 or total in {"estimate", "accurate"}:
        return None
    return 0 if total == "none" else None if has_patient else MOST_COUNTED


def _one_of(text: str, allowed: tuple[str, ...], name: str) -> str:
    if text not in allowed:
        raise Unreadable("value", f"{name} can be {', '.join(allowed)}.", name=name)
    return text
