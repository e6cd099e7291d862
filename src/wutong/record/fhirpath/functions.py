"""Functions that take values only. Source: HL7 FHIRPath N1, functions; HL7 FHIR R4, fhirpath page.

Each takes the evaluation, the collection before the dot, and its arguments as collections.
"""

import re
from collections.abc import Callable, Hashable, Mapping
from typing import Any

from wutong.core.json_text import Number
from wutong.record.definitions import r4
from wutong.record.fhirpath import nodes as walk
from wutong.record.fhirpath.faults import CannotEvaluate
from wutong.record.fhirpath.nodes import NOTHING, Node
from wutong.record.fhirpath.resolving import target
from wutong.record.fhirpath.run import Run
from wutong.record.fhirpath.values import FALSE, TRUE, of, single, text, whole

Function = Callable[..., list[Node]]

_LONGEST_TEXT = 10_000  # what a pattern is tried on: it may be a pattern that goes back over what it has read
_WHOLE = re.compile(r"[+-]?[0-9]{1,18}")


def _said(condition: bool) -> list[Node]:
    return TRUE if condition else FALSE


def _union(run: Run, found: list[Node], other: list[Node]) -> list[Node]:
    every = found + other
    return every if len(every) < 2 else _distinct(run, every)


def _distinct(run: Run, found: list[Node]) -> list[Node]:
    run.spend(len(found))
    kept: dict[Hashable, Node] = {}
    for each in found:
        kept.setdefault(run.key(each), each)
    return list(kept.values())


def _is_distinct(run: Run, found: list[Node]) -> list[Node]:
    run.spend(len(found))
    return _said(len({run.key(each) for each in found}) == len(found))


def _intersect(run: Run, found: list[Node], other: list[Node]) -> list[Node]:
    run.spend(len(found) + len(other))
    kept = {run.key(each) for each in other}
    return _distinct(run, [each for each in found if run.key(each) in kept])


def _exclude(run: Run, found: list[Node], other: list[Node]) -> list[Node]:
    run.spend(len(found) + len(other))
    dropped = {run.key(each) for each in other}
    return [each for each in found if run.key(each) not in dropped]


def _descendants(run: Run, found: list[Node]) -> list[Node]:
    every: list[Node] = []
    level = walk.children(found)
    while level:
        run.spend(len(level))
        every += level
        level = walk.children(level)
    return every


def _has_value(_: Run, found: list[Node]) -> list[Node]:
    return _said(len(found) == 1 and found[0][0] is not None and type(found[0][0]) is not dict)


def _extension(_: Run, found: list[Node], url: list[Node]) -> list[Node]:
    wanted = text(url)
    return [each for each in walk.step(found, "extension") if type(each[0]) is dict and each[0].get("url") == wanted]


def _has_extension(run: Run, found: list[Node], url: list[Node]) -> list[Node]:
    """No function of N1; a search parameter of R4 (QuestionnaireResponse item-subject) calls it all the same."""
    return _said(bool(_extension(run, found, url)))


def _resolve(run: Run, found: list[Node]) -> list[Node]:
    """What references point to: the contained resource; for any other, a resource known by type and id alone."""
    return [target for each in found if (target := _target(run, each))]


def _target(run: Run, node: Node) -> Node | None:
    whole, value = run.root[0][0], node[0]
    reference = value.get("reference") if type(value) is dict else value
    if type(whole) is dict and type(reference) is str and reference.startswith("#"):
        run.spend(len(contained) if type(contained := whole.get("contained")) is list else 0)
    return target(node, whole)


def _take(_: Run, found: list[Node], count: list[Node]) -> list[Node]:
    return found[: max(whole(count) or 0, 0)]


def _skip(_: Run, found: list[Node], count: list[Node]) -> list[Node]:
    return found[max(whole(count) or 0, 0) :]


def _single(_: Run, found: list[Node]) -> list[Node]:
    single(found)
    return found


def _on_text(test: Callable[[str, str], bool]) -> Function:
    def function(_: Run, found: list[Node], argument: list[Node]) -> list[Node]:
        whole_text, part = text(found), text(argument)
        return NOTHING if whole_text is None or part is None else _said(test(whole_text, part))

    return function


def _matches(value: str, pattern: str) -> bool:
    """The whole text, as the definitions' own constraints mean it."""
    return _pattern(value, pattern).fullmatch(value) is not None


def _pattern(value: str, pattern: str) -> re.Pattern[str]:
    if len(value) > _LONGEST_TEXT:
        raise CannotEvaluate(f"The text has over {_LONGEST_TEXT} characters.")
    try:
        return re.compile(pattern, re.DOTALL)  # re keeps the patterns that it has compiled
    except re.error as wrong:
        raise CannotEvaluate(f"{pattern[:60]!r} is no regular expression.") from wrong


def _replace(_: Run, found: list[Node], pattern: list[Node], by: list[Node]) -> list[Node]:
    value, wanted, other = text(found), text(pattern), text(by)
    if value is None or wanted is None or other is None:
        return NOTHING
    if len(value) * (len(other) + 1) > _LONGEST_TEXT * _LONGEST_TEXT:
        raise CannotEvaluate("The text would become too long.")
    return of(value.replace(wanted, other), "string")


def _replace_matches(_: Run, found: list[Node], pattern: list[Node], by: list[Node]) -> list[Node]:
    value, wanted, other = text(found), text(pattern), text(by)
    if value is None or wanted is None or other is None:
        return NOTHING
    replaced = re.sub(r"\$(\d)", r"\\g<\1>", other)
    return of(_pattern(value, wanted).sub(replaced, value), "string")


def _length(_: Run, found: list[Node]) -> list[Node]:
    value = text(found)
    return NOTHING if value is None else of(len(value), "integer")


def _substring(_: Run, found: list[Node], start: list[Node], length: list[Node] = NOTHING) -> list[Node]:
    value, first, most = text(found), whole(start), whole(length)
    if value is None or first is None or not 0 <= first < len(value):
        return NOTHING
    return of(value[first:] if most is None else value[first : first + max(most, 0)], "string")


def _to_integer(_: Run, found: list[Node]) -> list[Node]:
    value = single(found)
    if type(value) is bool:
        return of(int(value), "integer")
    if type(value) is str and _WHOLE.fullmatch(value):
        return of(int(value), "integer")
    return found if type(value) is int else NOTHING


def _to_string(_: Run, found: list[Node]) -> list[Node]:
    match single(found):
        case bool() as value:
            return of("true" if value else "false", "string")
        case Number() as value:
            return of(value.text, "string")
        case str() | int() as value:
            return of(str(value), "string")
    return NOTHING


def _member_of(run: Run, found: list[Node], url: list[Node]) -> list[Node]:
    """Decided for value sets that the definitions can enumerate; of any other nothing is known."""
    address, codes = (text(url) or "").partition("|")[0], r4().codes
    plain, full = codes.get(address), codes.get(f"{address}|")
    match single(found):
        case str() as code if plain:
            return _said(code in plain)
        case dict() as value if full:
            return _said(any(f"{each.get('system')}|{each.get('code')}" in full for each in _codings(value)))
    run.is_undecided = run.is_undecided or bool(found)
    return NOTHING


def _codings(value: dict[str, Any]) -> list[dict[str, Any]]:
    codings = value.get("coding", [value])
    return [each for each in codings if type(each) is dict] if type(codings) is list else []


# Name: (fewest arguments, most arguments, the function).
FUNCTIONS: Mapping[str, tuple[int, int, Function]] = {
    "children": (0, 0, lambda _, found: walk.children(found)),
    "combine": (1, 1, lambda _, found, other: found + other),
    "contains": (1, 1, _on_text(lambda value, part: part in value)),
    "count": (0, 0, lambda _, found: of(len(found), "integer")),
    "descendants": (0, 0, _descendants),
    "distinct": (0, 0, _distinct),
    "endsWith": (1, 1, _on_text(str.endswith)),
    "exclude": (1, 1, _exclude),
    "extension": (1, 1, _extension),
    "first": (0, 0, lambda _, found: found[:1]),
    "hasExtension": (1, 1, _has_extension),
    "hasValue": (0, 0, _has_value),
    "intersect": (1, 1, _intersect),
    "isDistinct": (0, 0, _is_distinct),
    "last": (0, 0, lambda _, found: found[-1:]),
    "length": (0, 0, _length),
    "matches": (1, 1, _on_text(_matches)),
    "memberOf": (1, 1, _member_of),
    "replace": (2, 2, _replace),
    "replaceMatches": (2, 2, _replace_matches),
    "resolve": (0, 0, _resolve),
    "single": (0, 0, _single),
    "skip": (1, 1, _skip),
    "startsWith": (1, 1, _on_text(str.startswith)),
    "substring": (1, 2, _substring),
    "tail": (0, 0, lambda _, found: found[1:]),
    "take": (1, 1, _take),
    "toInteger": (0, 0, _to_integer),
    "toString": (0, 0, _to_string),
    "union": (1, 1, _union),
}
