"""Decisions with one rule dropped or turned, made from the sources of wutong.core.access and of who represents whom; nothing is written.

A mutant is one change at one place: a refusal left out, a part of a condition, a case, a limit that moves by a moment, a
set without one of its members, a cut that is not made.
"""

import ast
import copy
import itertools
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import Any

from wutong.core import access, representation

_SOURCE = Path(access.__file__).read_text(encoding="utf-8")
_OF_REPRESENTATION = Path(representation.__file__).read_text(encoding="utf-8")
# How births are read, and rows, has its own tests (tests/core/test_representation.py).
_NO_DECISIONS = {"earliest", "decides_alone_from", "representation_of"}
_TURNED: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Eq: ast.NotEq,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
}

Change = Callable[[], Callable[[], None]]  # of one node, in place; answers how it is undone


def mutants() -> Iterator[tuple[str, ModuleType]]:
    """Each mutant with its name: the function, and what was done there."""
    for name, mutant in _mutants_of(_SOURCE):
        yield name, mutant
    decision = ast.parse(_SOURCE)
    for name, mutant in _mutants_of(_OF_REPRESENTATION):
        whole = _module(decision)
        vars(whole)["representation"] = mutant
        yield name, whole


def _mutants_of(source: str) -> Iterator[tuple[str, ModuleType]]:
    tree = ast.parse(source)
    for name, change in list(_changes(tree)):
        undo = change()
        yield name, _module(tree)
        undo()


def _module(tree: ast.Module) -> ModuleType:
    module = ModuleType("mutant")
    exec(compile(ast.fix_missing_locations(tree), "mutant", "exec"), module.__dict__)
    return module


def _changes(tree: ast.Module) -> Iterator[tuple[str, Change]]:
    """Of what functions do, not of what they say of their types; and of the sets that stand beside them."""
    for function in ast.walk(tree):
        if isinstance(function, ast.FunctionDef) and function.name not in _NO_DECISIONS:
            for node in itertools.chain.from_iterable(map(ast.walk, function.body)):
                yield from ((f"{function.name}: {what}", change) for what, change in _changes_of(node))
    for constant in tree.body:
        if isinstance(constant, ast.Assign):
            for node in ast.walk(constant):
                yield from ((f"{what}", change) for what, change in _changes_of(node))


def _changes_of(node: ast.AST) -> Iterator[tuple[str, Change]]:
    for kind, changes in _CHANGES.items():
        if isinstance(node, kind):
            yield from changes(node)


def _without(values: list, number: int) -> Change:
    return _changed(values, [*values[:number], *values[number + 1 :]])


def _changed(values: list, others: list) -> Change:
    def change() -> Callable[[], None]:
        before = list(values)
        values[:] = others
        return partial(values.__setitem__, slice(None), before)

    return change


def _becomes(node: ast.AST, other: ast.AST) -> Change:
    """In place: the parent of a node need not be known."""

    def change() -> Callable[[], None]:
        before = node.__class__, dict(node.__dict__)
        new = copy.deepcopy(other)
        _be(node, new.__class__, new.__dict__)
        return partial(_be, node, *before)

    return change


def _be(node: ast.AST, kind: type[ast.AST], content: dict[str, Any]) -> None:
    node.__class__ = kind  # type: ignore[assignment]
    node.__dict__.clear()
    node.__dict__.update(content)


def _drop_a_refusal(node: ast.If) -> Iterator[tuple[str, Change]]:
    yield f"no `if {ast.unparse(node.test)}`", _becomes(node, ast.Pass())


def _drop_a_condition(node: ast.BoolOp) -> Iterator[tuple[str, Change]]:
    for number, value in enumerate(node.values):
        others = [each for each in node.values if each is not value]
        rest = others[0] if len(others) == 1 else ast.BoolOp(node.op, others)
        yield f"no `{ast.unparse(value)}` ({number}) in `{ast.unparse(node)}`", _becomes(node, rest)


def _turn_a_comparison(node: ast.Compare) -> Iterator[tuple[str, Change]]:
    for number, operator in enumerate(node.ops):
        if type(operator) in _TURNED:
            turned = [*node.ops[:number], _TURNED[type(operator)](), *node.ops[number + 1 :]]
            other = ast.Compare(node.left, turned, node.comparators)
            yield f"`{ast.unparse(other)}` for `{ast.unparse(node)}`", _becomes(node, other)


def _drop_an_operand(node: ast.BinOp) -> Iterator[tuple[str, Change]]:
    for side in (node.left, node.right):
        yield f"`{ast.unparse(side)}` for `{ast.unparse(node)}`", _becomes(node, side)


def _take_one_way(node: ast.IfExp) -> Iterator[tuple[str, Change]]:
    for way in (node.body, node.orelse):
        yield f"`{ast.unparse(way)}` for `{ast.unparse(node)}`", _becomes(node, way)


def _affirm(node: ast.UnaryOp) -> Iterator[tuple[str, Change]]:
    if isinstance(node.op, ast.Not):
        yield f"`{ast.unparse(node.operand)}` for `{ast.unparse(node)}`", _becomes(node, node.operand)


def _drop_a_member(node: ast.Set) -> Iterator[tuple[str, Change]]:
    for number, value in enumerate(node.elts):
        if len(node.elts) > 1:
            yield f"no `{ast.unparse(value)}` in `{ast.unparse(node)}`", _without(node.elts, number)


def _drop_a_case(node: ast.Match) -> Iterator[tuple[str, Change]]:
    for number, case in enumerate(node.cases):
        yield f"no `case {ast.unparse(case.pattern)}` ({number})", _without(node.cases, number)
        if case.guard:
            yield (
                f"no `if {ast.unparse(case.guard)}` in the case",
                _becomes(case, ast.match_case(case.pattern, None, case.body)),
            )


def _drop_a_pattern(node: ast.MatchOr) -> Iterator[tuple[str, Change]]:
    for number, pattern in enumerate(node.patterns):
        yield f"no `{ast.unparse(pattern)}` in `{ast.unparse(node)}`", _without(node.patterns, number)


def _drop_a_filter(node: ast.comprehension) -> Iterator[tuple[str, Change]]:
    for number, condition in enumerate(node.ifs):
        yield f"no `if {ast.unparse(condition)}` in `{ast.unparse(node.iter)}`", _without(node.ifs, number)


def _drop_a_part_of_the_scope(node: ast.Call) -> Iterator[tuple[str, Change]]:
    if ast.unparse(node.func) in ("Scope", "replace", "Allowed"):
        optional = {"Allowed": 2}.get(ast.unparse(node.func), 0)
        for number in range(optional, len(node.args)):
            yield (
                f"no `{ast.unparse(node.args[number])}` in `{ast.unparse(node)}`",
                _changed(node.args, node.args[:number]),
            )
        for number, keyword in enumerate(node.keywords):
            yield f"no `{keyword.arg}` in `{ast.unparse(node)}`", _without(node.keywords, number)


_CHANGES: dict[type[ast.AST], Callable] = {
    ast.If: _drop_a_refusal,
    ast.BoolOp: _drop_a_condition,
    ast.Compare: _turn_a_comparison,
    ast.BinOp: _drop_an_operand,
    ast.IfExp: _take_one_way,
    ast.UnaryOp: _affirm,
    ast.Set: _drop_a_member,
    ast.Match: _drop_a_case,
    ast.MatchOr: _drop_a_pattern,
    ast.comprehension: _drop_a_filter,
    ast.Call: _drop_a_part_of_the_scope,
}
