"""Which elements a condition needs, to be anything but true: where one is absent, nobody has to ask.

`dataAbsentReason.empty() or value.empty()` needs both of its elements. Found by reading the condition once for each
name, with that element absent and all else unknown. Source: HL7 FHIRPath N1, what functions give for nothing.
"""

from wutong.record.fhirpath.parser import Ast, Binary, Call, Literal, Member, TypeTest

# Functions that give nothing where there is nothing.
EMPTY_OF_EMPTY = frozenset(
    {"where", "select", "first", "last", "tail", "skip", "take", "distinct", "children", "descendants", "extension",
     "startsWith", "endsWith", "contains", "matches", "length", "substring", "toInteger", "toString", "as", "ofType",
     "resolve", "trace", "single", "repeat", "intersect"}
)  # fmt: skip
_EMPTY_SIGNS = frozenset({"=", "!=", "<", ">", "<=", ">=", "+", "-", "*", "/"})
_WHEN_EMPTY = {"exists": False, "empty": True, "all": True, "isDistinct": True, "hasValue": False}

# What is known of a part while one element is absent: a truth, that it is empty, or nothing (None).
_Known = bool | str | None
_EMPTY = "empty"


def needs(tree: Ast) -> list[str]:
    """The elements of the focus without any of which the condition is true, in the order in which it names them."""
    return [name for name in dict.fromkeys(_names(tree)) if _known(tree, name) is True]


def _names(tree: Ast) -> list[str]:
    match tree:
        case Member(None, name):
            return [name]
        case Member(target, _) if target:
            return _names(target)
        case Call(target, _, arguments):
            inner = [name for each in arguments for name in _names(each)]
            return [*(_names(target) if target else []), *inner]
        case Binary(_, left, right):
            return [*_names(left), *_names(right)]
        case TypeTest(_, operand, _):
            return _names(operand)
    return []


def _known(tree: Ast, absent: str) -> _Known:
    match tree:
        case Literal(bool() as value, "boolean"):
            return value
        case Literal(_, ""):
            return _EMPTY
        case Member(None, name):
            return _EMPTY if name == absent else None
        case Member(target, _) if target:
            return _EMPTY if _known(target, absent) == _EMPTY else None
        case TypeTest("as", operand, _):
            return _EMPTY if _known(operand, absent) == _EMPTY else None
        case Call(target, name, _) if target:
            return _of_call(_known(target, absent), name)
        case Binary(sign, left, right):
            return _of_signs(sign, _known(left, absent), _known(right, absent))
    return None


def _of_call(target: _Known, name: str) -> _Known:
    if name == "not":
        return target if target == _EMPTY else None if target is None else not target
    if target == _EMPTY:
        return _WHEN_EMPTY.get(name, _EMPTY if name in EMPTY_OF_EMPTY else None)
    return None


def _of_signs(sign: str, left: _Known, right: _Known) -> _Known:
    match sign:
        case "and":
            return False if left is False or right is False else True if left is True and right is True else None
        case "or":
            return True if left is True or right is True else False if left is False and right is False else None
        case "implies":
            return True if left is False or right is True else None
    return _EMPTY if sign in _EMPTY_SIGNS and _EMPTY in {left, right} else None
