"""Takes out of an expression what is about other types: search parameters name dozens of them in one union.

`AllergyIntolerance.code | Condition.code`, compiled for Condition, is `Condition.code`.
"""

from wutong.record.definitions import r4
from wutong.record.fhirpath.nodes import is_kind, is_type
from wutong.record.fhirpath.parser import Ast, Binary, Call, Item, Literal, Member, TypeTest

_NOTHING = Literal(None, "")


def pruned(tree: Ast, kind: str) -> Ast:
    """The tree without the parts of its union that find nothing at nodes of type `kind`."""
    if not r4().is_resource(kind):
        return tree
    if not isinstance(tree, Binary) or tree.sign != "|":
        return _NOTHING if _is_about_others(tree, kind) else tree
    left, right = pruned(tree.left, kind), pruned(tree.right, kind)
    if right == _NOTHING and (left == _NOTHING or (isinstance(left, Binary) and left.sign == "|")):
        return left  # it is a union already, without the same value twice
    return Binary("|", left, right)


def _is_about_others(tree: Ast, kind: str) -> bool:
    match tree:
        case Member(None, name):
            return name[:1].isupper() and is_type(name) and not is_kind(kind, name)
        case Member(target, _) | Call(target, _, _) | Item(target, _) | TypeTest("as", target, _) if target:
            return _gives_nothing_of_nothing(tree) and _is_about_others(target, kind)
    return False


def _gives_nothing_of_nothing(tree: Ast) -> bool:
    return not isinstance(tree, Call) or tree.name in {"where", "as", "ofType", "extension", "first"}
