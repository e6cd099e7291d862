"""Which JSON names an object must have, one at least, for an expression to find anything in it.

Most resources lack most elements: so that hardly any expression is asked for nothing. Source: HL7 FHIRPath N1, what
functions give for nothing.
"""

from collections.abc import Iterable

from wutong.record.fhirpath.needs import EMPTY_OF_EMPTY
from wutong.record.fhirpath.nodes import WAYS, is_kind, is_type
from wutong.record.fhirpath.parser import Ast, Binary, Call, Literal, Member, TypeTest, type_name
from wutong.record.fhirpath.pruning import pruned

Names = frozenset[str] | None
# What stands there says itself of which type it is.
_OWN_TYPE = frozenset({"Resource", "DomainResource"})


def reach(tree: Ast, kind: str, parts: Iterable[Ast] = ()) -> Names:
    """The names, or None where that cannot be told: the expression is to be asked in any case.

    `parts`: expressions that are asked of what `tree` finds, each of which must find something.
    """
    return _reach(pruned(tree, kind), kind, list(parts))


def _reach(tree: Ast, kind: str, parts: list[Ast]) -> Names:
    match tree:
        case Literal(_, ""):
            return frozenset()
        case Binary("|", left, right):
            one, other = _reach(left, kind, parts), _reach(right, kind, parts)
            return None if one is None or other is None else one | other
    if _is_root(tree, kind):
        every = (_names(each, kind) for each in parts)
        return next((names for names in every if names is not None), None)
    return _names(tree, kind)


def _names(tree: Ast, kind: str) -> Names:
    match tree:
        case Literal(_, ""):
            return frozenset()
        case Binary("|", left, right):
            one, other = _names(left, kind), _names(right, kind)
            return None if one is None or other is None else one | other
        case Member(target, name) if target is None or _is_root(target, kind):
            return None if _is_root(tree, kind) else _of_element(kind, name)
        case Member(target, _) if target:
            return _names(target, kind)
        case TypeTest("as", operand, wanted):
            return _as(operand, kind, wanted)
        case Call(target, "as" | "ofType", (wanted,)) if target:
            return _as(target, kind, type_name(wanted))
        case Call(target, "extension", _) if target is None or _is_root(target, kind):
            return _of_element(kind, "extension")
        case Call(target, name, _) if target and name in EMPTY_OF_EMPTY:
            return _names(target, kind)
    return None


def _as(operand: Ast, kind: str, wanted: str) -> Names:
    match operand:
        case Member(target, name) if target is None or _is_root(target, kind):
            return _of_element(kind, name, wanted)
    return _names(operand, kind)


def _of_element(kind: str, name: str, wanted: str = "") -> Names:
    ways = [way for way in WAYS[kind].get(name, ()) if not wanted or way[2] in _OWN_TYPE or is_kind(way[2], wanted)]
    return frozenset(key for way in ways for key in way[:2] if key)


def _is_root(tree: Ast, kind: str) -> bool:
    if not isinstance(tree, Member) or tree.target is not None or not tree.name[:1].isupper():
        return False
    return is_type(tree.name) and is_kind(kind, tree.name)
